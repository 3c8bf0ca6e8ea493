"""Documents that belong to a user, and what they remember of their own changes.

`revision` is new with every write. A deleted document leaves a tombstone in its place, for the
devices that haven't heard of the deletion yet. A tombstone has no `userId`, and so is in no list.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.db import models
from pymongo.errors import DuplicateKeyError

from fitness_project.database.transactions import transactional
from fitness_project.errors import Overtaken, PreconditionFailed, Taken

from .collection import Document, DocumentManager, Documents
from .instants import now
from .revisions import Revisions, is_at, revision, revision_of

Store = Callable[[Document], Document]


class OwnedDocuments(Documents):
    """One user's documents of a collection."""

    def create(self, document: Document, store: Store | None = None) -> Document:
        """A new document, which `store` writes (an insertion by default).

        The document may bring its own `_id`. Raises Taken if the id or the idempotency key is used
        already.
        """
        present = now()
        stamps = {"createdAt": present, "updatedAt": present, "revision": ObjectId()}
        document = {"_id": ObjectId(), **document, **self.filter, **stamps}
        store = store or self.insert
        for write in (store, partial(self._store_anew, store)):
            with suppress(DuplicateKeyError):
                return write(document)
        raise Taken

    @transactional
    def _store_anew(self, store: Store, document: Document) -> Document:
        """In place of the user's own tombstone. Another user's stays: that user would miss it."""
        found = self.collection.find_one({"_id": document["_id"]}, session=self.session) or {}
        if found.get("revision") == document["revision"]:
            return found  # The transaction was committed, and only the reply was lost.
        if found.get("deletedFor") != self.filter["userId"]:
            raise Taken
        key = found.get("idempotencyKey")
        if key is not None and key == document.get("idempotencyKey"):
            raise Taken  # A late retry of the request that the deletion came after.
        self.collection.delete_one({"_id": document["_id"]}, session=self.session)
        if key is not None:
            self.insert({**found, "_id": ObjectId()})  # Late retries still find their key.
        return store(document)

    def change(
        self, stored: Document, changes: Document, only_if: Revisions | None = None
    ) -> Document:
        """Sets fields of the document that was read as `stored`, and returns what it is afterwards.

        Raises Overtaken if it isn't as it was read any more, and PreconditionFailed if `stored` is
        at another revision than `only_if` names.
        """
        if only_if is not None and not only_if.hold_for(stored):
            raise PreconditionFailed
        changes = {**changes, "updatedAt": now(), "revision": ObjectId()}
        merged = {"$mergeObjects": ["$$ROOT", {"$literal": changes}]}
        unchanged_since = is_at(revision_of(stored))
        if not self._write(stored["_id"], merged, unchanged_since):
            found = self.find(stored["_id"]) or {}
            if found.get("revision") != changes["revision"]:
                raise Overtaken  # Otherwise it was done, and only the reply was lost.
        return {**stored, **changes}

    def delete(
        self,
        document_id: ObjectId,
        only_if: Revisions | None = None,
        revision: ObjectId | None = None,
    ) -> None:
        """Raises Missing and PreconditionFailed, but not if it was done before with the same
        `revision`.

        The idempotency key stays, so that a late retry creates nothing.
        """
        revision = revision or ObjectId()
        tombstone = {
            "_id": "$_id",
            "deletedFor": "$userId",
            "deletedAt": {"$literal": now()},
            "revision": {"$literal": revision},
            "idempotencyKey": "$idempotencyKey",
            "idempotencyBody": "$idempotencyBody",
        }
        condition = True if only_if is None else only_if.expression
        while not self._write(document_id, tombstone, condition):
            found = self.collection.find_one({"_id": document_id}, session=self.session) or {}
            if found.get("revision") == revision:
                return
            if not self.holds(found):
                raise self.missing()
            if only_if is not None and not only_if.hold_for(found):
                raise PreconditionFailed

    def ever_held(self, document_id: ObjectId) -> bool:
        """Whether the document is the user's, or was until it was deleted."""
        owners = {"userId": 1, "deletedFor": 1}
        document = self.collection.find_one({"_id": document_id}, owners) or {}
        return self.filter["userId"] in (document.get("userId"), document.get("deletedFor"))

    def made_with(self, idempotency_key: bytes) -> Document | None:
        """The document that was made with this key, or the tombstone that is left of it."""
        return self.collection.find_one({"idempotencyKey": idempotency_key})

    def _write(self, document_id: ObjectId, after: Document, condition: Any) -> bool:
        """Replaces the document if the condition holds; the database checks it in the write."""
        done = self.collection.update_one(
            {"_id": document_id, **self.filter},
            [{"$replaceWith": {"$cond": [condition, after, "$$ROOT"]}}],
            session=self.session,
        )
        return done.modified_count > 0


class OwnedManager(DocumentManager):
    """The ORM sees no tombstones."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(user__isnull=False)

    def visible_to(self, user: models.Model) -> OwnedDocuments:
        """The user's own documents, whether or not the user is staff."""
        return OwnedDocuments(self.model, {"userId": user.pk})


class OwnedModel(models.Model):
    """What all documents of users have in common."""

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

    objects = OwnedManager()

    class Meta:
        abstract = True
