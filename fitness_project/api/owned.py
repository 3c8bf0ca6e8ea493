"""Documents that belong to a user, and what they remember of their own changes.

`revision` is new with every write: it is the document's ETag. A deleted document leaves a tombstone
in its place, without `userId` and so in no list, for the devices that haven't heard of it yet.
"""

from contextlib import suppress
from datetime import datetime
from functools import partial

from bson import ObjectId
from django.conf import settings
from django.db import models
from django_mongodb_backend.fields import ObjectIdField
from pymongo.errors import DuplicateKeyError

from fitness_project.database.transactions import transactional

from .conditions import Revisions
from .documents import DocumentManager, Documents, now
from .errors import Conflict, PreconditionFailed

# When documents were made (None where it isn't stored), as far as this process has seen them. An
# id may be given again: who relies on it makes sure.
MOST_BIRTHS = 1_000
UNKNOWN = object()
births: dict[ObjectId, datetime | None] = {}


class OwnedDocuments(Documents):
    """One user's documents of a collection.

    A write finds its document by `_id` alone and checks the rest inside the write itself: for
    `{_id, userId}` the embedded database scans a collection that has a compound index with `_id`
    further on.
    """

    def create(self, document: dict, store=None) -> dict:
        """A new document, stored by `store` (by an insertion alone, unless told).

        Its `_id` may be chosen. Raises Conflict (`taken`) where the id or the idempotency key is.
        """
        present = now()
        stamps = {"createdAt": present, "updatedAt": present, "revision": ObjectId()}
        document = {"_id": ObjectId(), **document, **self.filter, **stamps}
        store = store or self.insert
        for write in (store, partial(self._store_anew, store)):
            with suppress(DuplicateKeyError):
                return _remembered(write(document))
        raise _taken()

    @transactional
    def _store_anew(self, store, document):
        """In the place of the user's own tombstone; not of another's, who would miss it."""
        found = self.collection.find_one({"_id": document["_id"]}, session=self.session) or {}
        if found.get("revision") == document["revision"]:
            return found  # A commit whose answer was lost had been done.
        if found.get("deletedFor") != self.filter["userId"]:
            raise _taken()
        key = found.get("idempotencyKey")
        if key is not None and key == document.get("idempotencyKey"):
            raise _taken()  # A late retry: the deletion came after it.
        self.collection.delete_one({"_id": document["_id"]}, session=self.session)
        if key is not None:
            self.insert({**found, "_id": ObjectId()})  # For late retries of the first one.
        return store(document)

    def update(self, id: ObjectId, changes: dict, only_if: Revisions | None = None) -> dict:
        """Sets fields and answers the document as it is after.

        Raises Missing, and PreconditionFailed where it is at another revision.
        """
        return self._update(id, _stamped(changes), only_if)

    def replace(self, id: ObjectId, document: dict, only_if: Revisions | None = None) -> dict:
        """As `update`, by a document that lacks nothing that is answered but `createdAt`.

        That stays what it was: where this process remembers it, the write makes sure of it, and
        nothing need be read afterwards.
        """
        changes = _stamped(document)
        born = births.get(id, UNKNOWN)
        if born is not UNKNOWN and self._write_once(id, _merged(changes), only_if, createdAt=born):
            return {"_id": id, **self.filter, **changes, "createdAt": born}
        return self._update(id, changes, only_if)

    def ever_held(self, id: ObjectId) -> bool:
        """Whether it is the user's, or was and was deleted."""
        document = self.collection.find_one({"_id": id}, {"userId": 1, "deletedFor": 1}) or {}
        return self.filter["userId"] in (document.get("userId"), document.get("deletedFor"))

    def get(self, id: ObjectId) -> dict:
        return _remembered(super().get(id))

    def _update(self, id, changes, only_if):
        self._write(id, _merged(changes), changes["revision"], only_if)
        return self.get(id)

    def delete(
        self, id: ObjectId, only_if: Revisions | None = None, revision: ObjectId | None = None
    ) -> None:
        """Raises as `update` does; not if it was done before with the same `revision`.

        The idempotency key stays: a late retry makes nothing anew.
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
        self._write(id, tombstone, revision, only_if)

    def _write(self, id, after, revision, only_if):
        """Raises Missing and PreconditionFailed, but not where the write had been done and its
        answer was lost. What went and came again between write and look is written again."""
        while not self._write_once(id, after, only_if):
            found = self.collection.find_one({"_id": id}, session=self.session) or {}
            if found.get("revision") == revision:
                return
            if not self.holds(found):
                self._missing()
            if only_if is not None and not only_if.hold_for(found):
                raise PreconditionFailed

    def _write_once(self, id, after, only_if, **others) -> bool:
        """Not by `findAndModify`, for which the embedded database scans the collection."""
        conditions = [
            {"$eq": [{"$ifNull": [f"${name}", None]}, {"$literal": value}]}
            for name, value in {**self.filter, **others}.items()
        ]
        if only_if is not None:
            conditions.append(only_if.expression)
        done = self.collection.update_one(
            {"_id": id},
            [{"$replaceWith": {"$cond": [{"$and": conditions}, after, "$$ROOT"]}}],
            session=self.session,
        )
        return done.modified_count > 0


def _remembered(document):
    if len(births) >= MOST_BIRTHS and document["_id"] not in births:
        births.clear()
    births[document["_id"]] = document.get("createdAt")
    return document


def _stamped(changes):
    return {**changes, "updatedAt": now(), "revision": ObjectId()}


def _merged(changes):
    return {"$mergeObjects": ["$$ROOT", {"$literal": changes}]}


def _taken():
    return Conflict(
        "This id is taken: GET it, for you may have made it, or choose another.", "taken"
    )


class OwnedManager(DocumentManager):
    """Of documents that belong to a user. The ORM sees no tombstones."""

    def get_queryset(self):
        return super().get_queryset().filter(user__isnull=False)

    def visible_to(self, user) -> OwnedDocuments:
        """The user's own, staff or not."""
        return OwnedDocuments(self.model, {"userId": user.pk})


def revision() -> ObjectIdField:
    """The model field."""
    return ObjectIdField(default=ObjectId, editable=False)


class OwnedModel(models.Model):
    """What the documents of users have in common."""

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
