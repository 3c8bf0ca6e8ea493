"""Converts sign-ins, and carries browser sessions over into their own collection.

Nobody is signed out. Both go batch by batch, and a migration that was stopped continues where it
stopped.
"""

from itertools import islice

from django.contrib.auth import SESSION_KEY
from django.db import migrations
from pymongo import UpdateOne

from accounts.signing_in.browser_sessions import SessionStore
from fitness_project.documents.ids import parse_object_id

BATCH = 500


def convert_sign_ins(apps, schema_editor):
    sign_ins = schema_editor.connection.database["sign_ins"]
    _write(sign_ins, sign_ins.find({"rotations": {"$exists": False}}), _converted)


def _converted(sign_in):
    """Whether a pair has been used isn't known, so its predecessor may be sent again for the ten
    seconds that the old version allowed."""
    used = [{**rotation, "isUsed": True, "pairs": []} for rotation in sign_in["rotated"]]
    current = {
        "tokenId": "",
        "at": sign_in["createdAt"],
        "isUsed": True,
        "pairs": [sign_in["tokenId"]],
    }
    rotations = {"$ifNull": ["$rotations", {"$literal": [*used, current]}]}
    changes = [{"$set": {"rotations": rotations}}, {"$unset": ["tokenId", "rotated"]}]
    return UpdateOne({"_id": sign_in["_id"]}, changes)


def carry_browser_sessions_over(apps, schema_editor):
    database = schema_editor.connection.database
    _write(database["browser_sessions"], database["django_session"].find(), _carried_over)
    database["django_session"].drop()


def _carried_over(session):
    key, data = session["session_key"], session["session_data"]
    user_id = parse_object_id(SessionStore().decode(data).get(SESSION_KEY))
    fields = {"session_data": data, "expire_date": session["expire_date"], "userId": user_id}
    return UpdateOne({"_id": key}, {"$setOnInsert": fields}, upsert=True)


def _write(collection, documents, write):
    while batch := [write(document) for document in islice(documents, BATCH)]:
        collection.bulk_write(batch, ordered=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_browser_sessions")]

    operations = [
        migrations.RunPython(convert_sign_ins, migrations.RunPython.noop),
        migrations.RunPython(carry_browser_sessions_over, migrations.RunPython.noop),
    ]
