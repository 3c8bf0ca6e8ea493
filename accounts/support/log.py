"""The log of support. It stores ids alone, and is deleted with the user whom it is about."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId

from fitness_project.database.transactions import new_id
from fitness_project.documents.instants import now

from ..documents import SupportDocument
from ..models import SupportEntry
from ..people import DELETED, emails

# The entries on a user's page.
LATEST = 50


@dataclass(frozen=True)
class Row:
    """An entry as people read it. `who` is an e-mail address."""

    at: datetime
    who: str
    action: str


def record(action: str, user_id: ObjectId, staff_id: ObjectId) -> None:
    """Logs an action. If its transaction runs again, nothing is logged twice."""
    stored = SupportEntry.objects.documents
    entry: SupportDocument = {
        "_id": new_id(),
        "userId": user_id,
        "staffId": staff_id,
        "action": str(action),
        "at": now(),
    }
    stored.collection.replace_one({"_id": entry["_id"]}, entry, upsert=True, session=stored.session)


def latest(user_id: ObjectId) -> list[Row]:
    """What was done to the user's account, newest first."""
    stored = SupportEntry.objects.documents.collection
    entries = stored.find({"userId": user_id}).sort("at", -1).limit(LATEST).to_list()
    known = emails(entry["staffId"] for entry in entries)
    return [
        Row(entry["at"].replace(tzinfo=UTC), known.get(entry["staffId"], DELETED), entry["action"])
        for entry in entries
    ]
