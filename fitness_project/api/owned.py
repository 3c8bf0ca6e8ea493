"""Serializers of documents that belong to a user."""

from collections.abc import Mapping
from typing import Any

from fitness_project.documents.revisions import revision_of

from .fields import ObjectIdField
from .serializers import DocumentSerializer


class RevisionField(ObjectIdField):
    """The document's ETag without the quotation marks, so that a client needs no GET to send
    `If-Match`."""

    def __init__(self) -> None:
        help_text = "The ETag without its quotation marks, for `If-Match`. Each write changes it."
        super().__init__(read_only=True, source="*", help_text=help_text)

    def to_representation(self, value: Any) -> str:
        return super().to_representation(value.revision or value.pk)


class OwnedSerializer(DocumentSerializer):
    revision = RevisionField()

    @classmethod
    def response(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().response(document), "revision": revision_of(document)}
