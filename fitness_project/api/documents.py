"""Stored documents, read and written as they are.

A stored document already has the shape of the answer, so a read makes no model instances: it
finds documents and leaves the rest to the serializer's `answer`. Dates come as PyMongo gives
them: without a time zone, in UTC.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from django.db import connections
from django_mongodb_backend.managers import MongoManager
from pymongo import ReturnDocument

from .errors import Missing

UNREAD = CodecOptions(document_class=RawBSONDocument)


def now() -> datetime:
    """The present, in UTC, as exact as the database keeps it: to the millisecond."""
    value = datetime.now(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


@dataclass(frozen=True)
class Order:
    """The fields a list is sorted by, all in one direction; together they are unique.

    `types` are what the fields hold, in the same order: they say what a cursor may contain.
    """

    fields: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool = False

    def key(self, document) -> tuple:
        return tuple(document[name] for name in self.fields)

    def sort(self, backwards=False) -> list[tuple[str, int]]:
        direction = -1 if self.descending != backwards else 1
        return [(name, direction) for name in self.fields]


@dataclass(frozen=True)
class Boundary:
    """Where a page begins, or (`backwards`) where it ends: beside the document with this key."""

    key: tuple
    backwards: bool = False
    inclusive: bool = False


@dataclass(frozen=True)
class Documents:
    """The documents of one collection that a filter lets through."""

    model: type
    filter: dict = field(default_factory=dict)

    @property
    def connection(self):
        return connections["default"]

    @property
    def collection(self):
        return self.connection.get_collection(self.name)

    @property
    def name(self):
        return self.model._meta.db_table

    @property
    def session(self):
        """The transaction under way, if there is one."""
        return self.connection.session

    def where(self, **conditions) -> "Documents":
        return replace(self, filter={**self.filter, **conditions})

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[RawBSONDocument]:
        """Up to `limit` documents from the boundary on, in the order's direction.

        Going backwards they come nearest first. They come as they are stored: mappings that are
        read when a field is asked for.
        """
        backwards = boundary is not None and boundary.backwards
        query = self.filter if boundary is None else beyond(self.filter, order, boundary)
        collection = self.connection.get_collection(self.name, codec_options=UNREAD)
        cursor = collection.find(query, session=self.session)
        return cursor.sort(order.sort(backwards)).limit(limit).to_list()

    def get(self, id: ObjectId) -> dict:
        """Finds by `_id` alone and compares the rest here.

        The embedded database scans the collection for `{_id, userId}` where a compound index
        holds `_id` further on.
        """
        document = self.collection.find_one({"_id": id}, session=self.session)
        return document if self.holds(document) else self._missing()

    def holds(self, document: dict | None) -> bool:
        return document is not None and all(document.get(k) == v for k, v in self.filter.items())

    def exists(self, id: ObjectId) -> bool:
        try:
            self.get(id)
        except Missing:
            return False
        return True

    def insert(self, document: dict) -> dict:
        self.collection.insert_one(document, session=self.session)
        return document

    def update(self, id: ObjectId, changes: dict) -> dict:
        """Sets fields and answers the document as it is after. Raises Missing."""
        document = self.collection.find_one_and_update(
            {"_id": id, **self.filter},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
            session=self.session,
        )
        return document or self._missing()

    def _missing(self):
        raise Missing(f"No {self.model._meta.verbose_name} has this id.")


def beyond(filter: dict, order: Order, boundary: Boundary) -> dict:
    """The filter, narrowed to what lies on the boundary's far side.

    The range on the first field is one that an index serves; among those with the boundary's
    own first value the second field decides.
    """
    less = order.descending != boundary.backwards
    if len(order.fields) == 1:
        operator = ("$lt" if less else "$gt") + ("e" if boundary.inclusive else "")
        return {**filter, order.fields[0]: {operator: boundary.key[0]}}
    (first, second), (date, other) = order.fields, boundary.key
    near_side = ("$gt" if less else "$lt") + ("" if boundary.inclusive else "e")
    range = until(date) if less else since(date)
    return {
        **filter,
        first: narrowed(filter.get(first, {}), range),
        "$nor": [{first: date, second: {near_side: other}}],
    }


MILLISECOND = timedelta(milliseconds=1)


def since(instant: datetime) -> dict:
    """That instant or later.

    The embedded database takes `$gte` for `$gt` where a compound index has this field
    descending and another one behind it. Dates are whole milliseconds: `$gt` says the same.
    """
    return {"$gt": _moved(instant, -MILLISECOND)}


def until(instant: datetime) -> dict:
    """That instant or earlier: the mirror image of `since`."""
    return {"$lt": _moved(instant, MILLISECOND)}


def narrowed(one: dict, other: dict) -> dict:
    """The range that lies in both, of ranges with `$gt` and `$lt` alone."""
    both = {**one, **other}
    for operator, tighter in (("$gt", max), ("$lt", min)):
        if operator in one and operator in other:
            both[operator] = tighter(one[operator], other[operator])
    return both


def _moved(instant, distance):
    """No document lies at the ends of the calendar, so there it makes no difference."""
    try:
        return instant.replace(tzinfo=None) + distance
    except OverflowError:
        return instant.replace(tzinfo=None)


class DocumentManager(MongoManager):
    """The ORM's manager, and the way to the stored documents."""

    @property
    def documents(self) -> Documents:
        return Documents(self.model)
