"""Documents that belong to a user, and the record that they keep of their own changes.

Every write gives a document a new `revision`. Deleting a document replaces it with a tombstone, for
devices that haven't learnt of the deletion yet. A tombstone has neither `createdAt` nor `date`, and
lists read one of these from a lower bound on, so it is in no list.

Every command names `userId`, so the collections can be sharded by it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NotRequired, Protocol, Self, TypedDict

from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from django.conf import settings
from django.db import models
from pymongo.errors import DuplicateKeyError

from fitness_project.database.transactions import transactional
from fitness_project.errors import PreconditionFailed, Taken

from . import chosen_ids
from .collection import Document, DocumentManager, Documents, StoredT
from .instants import now
from .order import Boundary, Order, narrowed
from .revisions import Expression, Revisions, revision, revision_of
from .tombstones import LIVING, is_tombstone

Store = Callable[[Document], StoredT]

EARLIEST = datetime(1970, 1, 1)
"""The lower bound of every list. Without a time zone, as PyMongo reads dates."""


class OwnedDocument(TypedDict):
    """The fields that the stored documents of users have in common."""

    _id: ObjectId
    userId: ObjectId
    notes: NotRequired[str | None]
    createdAt: datetime
    updatedAt: datetime
    revision: NotRequired[ObjectId]
    idempotencyKey: NotRequired[bytes]
    idempotencyBody: NotRequired[bytes]


class Owner(Protocol):
    """A user, whose key is the `userId` of the user's documents."""

    @property
    def pk(self) -> Any: ...


class OwnedDocuments(Documents[StoredT]):
    """One user's documents in a collection."""

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[RawBSONDocument]:
        """Leaves out tombstones, which lack the date that the order begins with."""
        date = order.fields[0]
        living = self.where(**{date: narrowed({"$gte": EARLIEST}, self.filter.get(date, {}))})
        return super(OwnedDocuments, living).fetch(order, boundary, limit)

    def named(self, accepts: Callable[[str], bool]) -> Self:
        """A list of the documents whose names are accepted. It reads all of the user's names.

        A regular expression can ignore accents only by listing every letter's variants, and the
        database refuses long ones.
        """
        living = {**self.filter, "createdAt": {"$gte": EARLIEST}}
        found: Any = self.collection.find(living, {"name": 1}, session=self.session)
        ids = [row["_id"] for row in found if accepts(row.get("name") or "")]
        return self.where(_id={"$in": ids})

    def find(self, document_id: ObjectId) -> StoredT | None:
        found = self.find_any(document_id)
        return None if found is None or is_tombstone(found) else found

    def find_any(self, document_id: ObjectId) -> StoredT | None:
        """The user's document or, if it has been deleted, its tombstone."""
        return super().find(document_id)

    def create(self, document: Document, store: Store[StoredT] | None = None) -> StoredT:
        """Adds the user and the first stamps to the document, stores it and returns it.

        `store` writes the document; by default, it is inserted. A document whose id the client
        chose has an `_id`. Raises Taken if the id or the idempotency key is already in use.
        """
        if "_id" in document:
            chosen_ids.reserve(self, document["_id"])
        present = now()
        stamps = {"createdAt": present, "updatedAt": present, "revision": ObjectId()}
        document = {"_id": ObjectId(), **document, **self.filter, **stamps}
        store = store or self.insert
        for write in (store, partial(self._replace_tombstone, store)):
            with suppress(DuplicateKeyError):
                return write(document)
        raise Taken

    @transactional
    def _replace_tombstone(self, store: Store[StoredT], document: Document) -> StoredT:
        """Stores the document in the place of the user's own tombstone."""
        found: Any = self.find_any(document["_id"])
        if found is None:
            raise Taken  # By another user's document or tombstone, or the idempotency key is.
        if found.get("revision") == document["revision"]:
            return found  # The transaction was committed and only the reply was lost.
        if not is_tombstone(found):
            raise Taken
        key = found.get("idempotencyKey")
        if key is not None and key == document.get("idempotencyKey"):
            raise Taken  # A late retry of the request whose document was deleted since.
        self.collection.delete_one(self._place(document["_id"]), session=self.session)
        if key is not None:
            self.insert({**found, "_id": ObjectId()})  # Late retries must still find the key.
        return store(document)

    def change(
        self, stored: StoredT, changes: Document, only_if: Revisions | None = None
    ) -> StoredT:
        """Sets fields of the document that was read as `stored`, and returns the changed document.

        Raises PreconditionFailed if the document isn't at one of the revisions in `only_if`, and
        Missing if it has been deleted since it was read.
        """
        if only_if is not None and not only_if.hold_for(stored):
            raise PreconditionFailed(revision_of(stored))
        changes = {**changes, "updatedAt": now(), "revision": ObjectId()}
        merged = {"$mergeObjects": ["$$ROOT", {"$literal": changes}]}
        unchanged = Revisions((revision_of(stored),))
        if self._write(stored["_id"], merged, unchanged.expression):
            changed: Any = {**stored, **changes}
            return changed
        # Another write came first. The last one wins, and what both made of it is read.
        self._write_at(stored["_id"], merged, changes["revision"], only_if)
        return self.get(stored["_id"])

    def amend(self, stored: StoredT, amended: Callable[[StoredT], Document]) -> None:
        """Sets the fields that `amended` returns for the document, as the service's own change.

        Other writes are kept: after one, `amended` is called again, with the document as it is
        then. It returns nothing if there is nothing to change.
        """
        current: StoredT | None = stored
        while current is not None and (changes := amended(current)):
            stamps = {"updatedAt": now(), "revision": ObjectId()}
            merged = {"$mergeObjects": ["$$ROOT", {"$literal": {**changes, **stamps}}]}
            unchanged = Revisions((revision_of(current),))
            if self._write(current["_id"], merged, unchanged.expression):
                return
            current = self.find(current["_id"])

    def delete(
        self,
        document_id: ObjectId,
        only_if: Revisions | None = None,
        revision: ObjectId | None = None,
    ) -> None:
        """Replaces the document with a tombstone, which gets `revision`.

        Raises Missing and PreconditionFailed, but neither if an earlier attempt with the same
        `revision` has deleted the document. The tombstone keeps the idempotency key, so that a late
        retry of the POST creates nothing.
        """
        revision = revision or ObjectId()
        present = {"$literal": now()}
        tombstone = {
            "_id": "$_id",
            "userId": "$userId",
            "updatedAt": present,
            "deletedAt": present,
            "revision": {"$literal": revision},
            "idempotencyKey": "$idempotencyKey",
            "idempotencyBody": "$idempotencyBody",
        }
        self._write_at(document_id, tombstone, revision, only_if)

    def ever_held(self, document_id: ObjectId) -> bool:
        """Whether the document is the user's, or was until it was deleted."""
        return self.find_any(document_id) is not None

    def made_with(self, idempotency_key: bytes) -> StoredT | None:
        """The document that was created with this key, or its tombstone."""
        return self.collection.find_one({**self.filter, "idempotencyKey": idempotency_key})

    def _write_at(
        self,
        document_id: ObjectId,
        after: Expression,
        revision: ObjectId,
        only_if: Revisions | None,
    ) -> None:
        """Replaces the document, which gets `revision`, at one of the revisions in `only_if`.

        Raises Missing and PreconditionFailed, but neither if an earlier attempt with the same
        `revision` succeeded and its reply was lost.
        """
        condition = LIVING if only_if is None else {"$and": [LIVING, only_if.expression]}
        while not self._write(document_id, after, condition):
            found = self.find_any(document_id)
            if found is not None and found.get("revision") == revision:
                return
            if found is None or is_tombstone(found):
                raise self.missing()
            if only_if is not None and not only_if.hold_for(found):
                raise PreconditionFailed(revision_of(found))

    def _write(self, document_id: ObjectId, after: Expression, condition: Expression) -> bool:
        """Replaces the document if the database finds that the condition holds.

        Returns whether it did.
        """
        done = self.collection.update_one(
            self._place(document_id),
            [{"$replaceWith": {"$cond": [condition, after, "$$ROOT"]}}],
            session=self.session,
        )
        return done.modified_count > 0

    def _place(self, document_id: ObjectId) -> Document:
        return {"_id": document_id, **self.filter}


class OwnedManager(DocumentManager[StoredT]):
    """The ORM's manager of a model of users' documents. The ORM doesn't see tombstones."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(created_at__isnull=False)

    def visible_to(self, user: Owner) -> OwnedDocuments[StoredT]:
        """The user's own documents, whether or not the user is staff."""
        return OwnedDocuments(self.model, {"userId": user.pk})


class OwnedModel(models.Model):
    """The fields that all documents of users have in common."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_column="userId",
    )
    notes = models.TextField(max_length=2_000, null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False, db_column="createdAt")
    updated_at = models.DateTimeField(default=now, editable=False, db_column="updatedAt")
    revision = revision()

    objects: ClassVar[OwnedManager[Any]] = OwnedManager()

    class Meta:
        abstract = True
