"""The stored documents of one collection.

Dates are as PyMongo reads them: in UTC, without a time zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import local
from typing import Any, Generic, Self, TypeVar

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from django.db import connections, models
from django_mongodb_backend.managers import MongoManager
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from fitness_project.errors import Missing

from .order import Boundary, Filter, Order, beyond

Document = dict[str, Any]
"""Fields to be stored, under their stored names."""

Stored = Mapping[str, Any]
"""A stored document of any collection, as it is read."""

StoredT = TypeVar("StoredT", bound=Stored)
"""The stored documents of one collection: a TypedDict."""

RAW = CodecOptions(document_class=RawBSONDocument)


@dataclass(frozen=True)
class Documents(Generic[StoredT]):
    """The documents in `model`'s collection that match `filter`."""

    model: type[models.Model]
    filter: Filter = field(default_factory=dict)

    @property
    def collection(self) -> Collection[StoredT]:
        """The whole collection: `filter` doesn't apply to it."""
        return _collection(self.model._meta.db_table)

    @property
    def session(self) -> ClientSession | None:
        """The session of the current transaction, if there is one."""
        return connections["default"].session  # type: ignore[attr-defined]

    def where(self, **conditions: Any) -> Self:
        return type(self)(self.model, {**self.filter, **conditions})

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[RawBSONDocument]:
        """Up to `limit` documents beyond the boundary, in the order's direction.

        For a backwards boundary, the document nearest to it comes first. The documents are raw:
        a field is decoded only when it is accessed.
        """
        backwards = boundary is not None and boundary.backwards
        query = self.filter if boundary is None else beyond(self.filter, order, boundary)
        collection = _collection(self.model._meta.db_table, raw=True)
        cursor = collection.find(query, session=self.session)
        return cursor.sort(order.sort(backwards)).limit(limit).to_list()

    def find(self, document_id: ObjectId) -> StoredT | None:
        return self.collection.find_one({"_id": document_id, **self.filter}, session=self.session)

    def get(self, document_id: ObjectId) -> StoredT:
        """Raises Missing."""
        document = self.find(document_id)
        if document is None:
            raise self.missing()
        return document

    def names_of(self, document_ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
        """The names of those of the documents that exist."""
        query = {"_id": {"$in": list(document_ids)}, **self.filter}
        found: Any = self.collection.find(query, {"name": 1}, session=self.session)
        return {row["_id"]: row["name"] for row in found if "name" in row}

    def insert(self, document: Document) -> StoredT:
        """Stores a document that has all the fields of StoredT."""
        stored: Any = document
        self.collection.insert_one(stored, session=self.session)
        return stored

    def update(self, stored: StoredT, changes: Document) -> StoredT:
        """Sets fields of a document that the current transaction has read, and returns it."""
        self.collection.update_one({"_id": stored["_id"]}, {"$set": changes}, session=self.session)
        changed: Any = {**stored, **changes}
        return changed

    def missing(self) -> Missing:
        return Missing(f"There is no {self.model._meta.verbose_name} with this id.")


class _Kept(local):
    """A thread's Collections. Creating one takes longer than preparing a command."""

    database: Database[Any] | None = None
    collections: dict[tuple[str, bool], Collection[Any]]


_kept = _Kept()


def _collection(name: str, *, raw: bool = False) -> Collection[Any]:
    database = connections["default"].database  # type: ignore[attr-defined]
    if _kept.database is not database:  # In a forked worker, for example.
        _kept.database, _kept.collections = database, {}
    found = _kept.collections.get((name, raw))
    if found is None:
        found = database.get_collection(name, codec_options=RAW if raw else None)
        _kept.collections[name, raw] = found
    return found


class DocumentManager(MongoManager, Generic[StoredT]):
    """The ORM's manager, which also gives access to the stored documents."""

    @property
    def documents(self) -> Documents[StoredT]:
        return Documents(self.model)
