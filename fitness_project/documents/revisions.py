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
    return document.get("revision") or document["_id"]


@dataclass(frozen=True)
class Revisions:
    """Revisions, such as those that `If-Match` names. A write requires one of them."""

    ids: tuple[ObjectId, ...]

    def hold_for(self, document: Mapping[str, Any]) -> bool:
        return revision_of(document) in self.ids

    @property
    def expression(self) -> Expression:
        """The same condition for the database."""
        current = {"$ifNull": ["$revision", "$_id"]}
        return {"$in": [current, {"$literal": list(self.ids)}]}
