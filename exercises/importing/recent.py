"""The latest imports, for those who want to return to one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId

from accounts.people import DELETED, emails
from exercises.models import CatalogueImport

from .stored import Status

MAX_LISTED = 10
SHOWN = {"fileName": 1, "userId": 1, "createdAt": 1, "status": 1}


@dataclass(frozen=True)
class Recent:
    id: ObjectId
    file_name: str
    who: str
    at: datetime
    status: Status


def recent_imports() -> list[Recent]:
    """Newest first. Any curator who may import sees those of the others."""
    stored = CatalogueImport.objects.documents.collection
    found = list(stored.find({}, SHOWN).sort("_id", -1).limit(MAX_LISTED))
    known = emails(each["userId"] for each in found)
    return [
        Recent(
            each["_id"],
            each["fileName"],
            known.get(each["userId"], DELETED) if each["userId"] else DELETED,
            each["createdAt"].replace(tzinfo=UTC),
            Status(each["status"]),
        )
        for each in found
    ]
