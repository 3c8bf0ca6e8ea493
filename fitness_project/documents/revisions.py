"""The revision of a document, which is new with every write and is its ETag."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django_mongodb_backend.fields import ObjectIdField


def revision() -> ObjectIdField:
    """The model field."""
    return ObjectIdField(default=ObjectId, editable=False)


def revision_of(document: Mapping[str, Any]) -> ObjectId:
    """A document that another program stored has no revision until it is changed."""
    found: ObjectId = document.get("revision", document["_id"])
    return found


def is_at(revision: ObjectId) -> dict[str, Any]:
    """The condition, inside a write, that the document is at this revision."""
    return is_at_one_of([revision])


def is_at_one_of(revisions: list[ObjectId]) -> dict[str, Any]:
    return {"$in": [{"$ifNull": ["$revision", "$_id"]}, revisions]}


@dataclass(frozen=True)
class Revisions:
    """The revisions that `If-Match` names: a write happens at one of them only."""

    ids: tuple[ObjectId, ...]

    def hold_for(self, document: Mapping[str, Any]) -> bool:
        return revision_of(document) in self.ids

    @property
    def expression(self) -> dict[str, Any]:
        """The same condition, for the database to check inside the write."""
        return is_at_one_of(list(self.ids))
