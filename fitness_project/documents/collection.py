"""The documents of one collection, found and written as they are stored.

Dates come as PyMongo reads them: without a time zone, in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from django.db import connections, models
from django_mongodb_backend.managers import MongoManager
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from fitness_project.errors import Missing

from .order import Boundary, Filter, Order, beyond

Document = dict[str, Any]
UNREAD = CodecOptions(document_class=RawBSONDocument)


@dataclass(frozen=True)
class Documents:
    """The documents of `model`'s collection that match `filter`."""

    model: type[models.Model]
    filter: Filter = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def collection(self) -> Collection[Document]:
        return _collection(self.name)

    @property
    def session(self) -> ClientSession | None:
        """The session of the transaction under way, if there is one."""
        return connections["default"].session

    def where(self, **conditions: Any) -> "Documents":
        return replace(self, filter={**self.filter, **conditions})

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[RawBSONDocument]:
        """Up to `limit` documents from the boundary on, in the order's direction.

        Going backwards, the nearest comes first. They are unread: each field is decoded when it is
        asked for.
        """
        backwards = boundary is not None and boundary.backwards
        query = self.filter if boundary is None else beyond(self.filter, order, boundary)
        cursor = _collection(self.name, unread=True).find(query, session=self.session)
        return cursor.sort(order.sort(backwards)).limit(limit).to_list()

    def find(self, document_id: ObjectId) -> Document | None:
        return self.collection.find_one({"_id": document_id, **self.filter}, session=self.session)

    def get(self, document_id: ObjectId) -> Document:
        """Raises Missing."""
        document = self.find(document_id)
        if document is None:
            raise self.missing()
        return document

    def holds(self, document: Mapping[str, Any]) -> bool:
        return all(document.get(name) == value for name, value in self.filter.items())

    def insert(self, document: Document) -> Document:
        self.collection.insert_one(document, session=self.session)
        return document

    def update(self, document_id: ObjectId, changes: Document) -> Document:
        """Sets fields and returns the document as it is afterwards. Raises Missing."""
        document: Document | None = self.collection.find_one_and_update(
            {"_id": document_id, **self.filter},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
            session=self.session,
        )
        if document is None:
            raise self.missing()
        return document

    def missing(self) -> Missing:
        return Missing(f"There is no {self.model._meta.verbose_name} with this id.")


# Making a collection object takes longer than preparing a command, so they are kept.
_made: dict[tuple[str, bool], Collection[Any]] = {}


def _collection(name: str, *, unread: bool = False) -> Collection[Any]:
    database = connections["default"].database
    found = _made.get((name, unread))
    if found is None or not _is_of(database, found):
        found = database.get_collection(name, codec_options=UNREAD if unread else None)
        _made[name, unread] = found
    return found


def _is_of(database: Database[Any], collection: Collection[Any]) -> bool:
    """A forked worker has a client of its own, and a test run a database of its own."""
    other = collection.database
    return other.client is database.client and other.name == database.name


class DocumentManager(MongoManager):
    """The ORM's manager, and the way to the stored documents."""

    @property
    def documents(self) -> Documents:
        return Documents(self.model)
