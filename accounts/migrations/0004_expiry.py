"""Sign-ins and counted attempts end by themselves."""

from django.db import migrations

COLLECTIONS = ("sign_ins", "login_attempts")
NAME = "expiry"


def make_indexes(apps, schema_editor):
    for collection in COLLECTIONS:
        schema_editor.connection.get_collection(collection).create_index(
            {"expiresAt": 1}, name=NAME, expireAfterSeconds=0
        )


def drop_indexes(apps, schema_editor):
    for collection in COLLECTIONS:
        schema_editor.connection.get_collection(collection).drop_index(NAME)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_ins")]

    operations = [migrations.RunPython(make_indexes, drop_indexes)]
