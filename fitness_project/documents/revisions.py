"""A document's revision. Every write gives it a new one, and it serves as the ETag."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django_mongodb_backend.fields import ObjectIdField

Expression = dict[str, Any]
"""A condition that the database evaluates inside a write."""


def revision() -> ObjectIdField:
    """The model field."""
    return ObjectIdField(default=ObjectId, editable=False)


def revision_of(document: Mapping[str, Any]) -> ObjectId:
    """Until its first change, a document that another program stored has its id as its revision."""
    found: ObjectId = document.get("revision", document["_id"])
    return found


def is_at(revision: ObjectId) -> Expression:
    """The condition that the document is at this revision."""
    return is_at_one_of([revision])


def is_at_one_of(revisions: list[ObjectId]) -> Expression:
    return {"$in": [{"$ifNull": ["$revision", "$_id"]}, revisions]}


@dataclass(frozen=True)
class Revisions:
    """The revisions that `If-Match` names. A write requires the document to be at one of them."""

    ids: tuple[ObjectId, ...]

    def hold_for(self, document: Mapping[str, Any]) -> bool:
        return revision_of(document) in self.ids

    @property
    def expression(self) -> Expression:
        """The same condition for the database."""
        return is_at_one_of(list(self.ids))
