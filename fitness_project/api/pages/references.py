"""What the ids in a response refer to: names for people, and links."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from bson import ObjectId
from django.urls import reverse
from rest_framework import serializers

from fitness_project.documents.ids import parse_object_id

from ..fields import ReferenceField

Shape = serializers.Field | None
"""The serializer or the field that describes a value, where one does."""


class References:
    """The names and links of the documents that a response mentions."""

    def __init__(self, content: Any, shape: Shape, user: Any) -> None:
        self.user = user
        fields: dict[str, ReferenceField] = {}
        ids: defaultdict[str, set[ObjectId]] = defaultdict(set)
        for field, document_id in referred(content, shape):
            fields[field.to] = field
            ids[field.to].add(document_id)
        self._names = {to: field.names(ids[to], user) for to, field in fields.items()}
        self._own = dict(documents_in(content, shape))

    def name_of(self, field: ReferenceField, document_id: ObjectId) -> str | None:
        """None if the user has no such document: it was deleted, for example."""
        return self._names[field.to].get(document_id)

    @property
    def links(self) -> dict[str, str]:
        """Addresses by ids."""
        kinds = {each: to for to, names in self._names.items() for each in names} | self._own
        return {str(document_id): link_to(kind, document_id) for document_id, kind in kinds.items()}


def link_to(kind: str, document_id: ObjectId) -> str:
    return reverse(f"{kind}-detail", kwargs={"id": str(document_id)})


def inner(shape: Shape, name: str) -> Shape:
    """The shape of a field."""
    return shape.fields.get(name) if isinstance(shape, serializers.Serializer) else None


def item(shape: Shape) -> Shape:
    """The shape of an array's items."""
    return getattr(shape, "child", None)


def kind_of(shape: Shape) -> str:
    """What the router calls documents of this shape, if each has an address."""
    return getattr(shape, "kind", "")


def id_of(value: object) -> ObjectId | None:
    return value if isinstance(value, ObjectId) else parse_object_id(value)


def referred(value: Any, shape: Shape) -> Iterator[tuple[ReferenceField, ObjectId]]:
    """All ids in the response that refer to other documents, with their fields."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from referred(each, inner(shape, name))
    elif isinstance(value, list):
        for each in value:
            yield from referred(each, item(shape))
    elif isinstance(shape, ReferenceField) and (found := id_of(value)):
        yield shape, found


def documents_in(value: Any, shape: Shape) -> Iterator[tuple[ObjectId, str]]:
    """The ids and kinds of the documents that the response consists of."""
    if isinstance(value, Mapping):
        kind, own_id = kind_of(shape), id_of(value.get("id"))
        if kind and own_id:
            yield own_id, kind
        for name, each in value.items():
            yield from documents_in(each, inner(shape, name))
    elif isinstance(value, list):
        for each in value:
            yield from documents_in(each, item(shape))
