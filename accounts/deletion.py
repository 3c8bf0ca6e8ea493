"""Deleting an account, however much belongs to it.

One small transaction closes the account: from then on it is inactive, for good. Everything that
belongs to it is then deleted in small batches, which hold up nobody, and the user last of all: as
long as anything is left, the e-mail address stays taken. The request deletes what it can in the
time it has. A task that the same transaction has stored does the rest, and deletes what other
processes wrote in the seconds in which they still accepted the account's tokens.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

from bson import ObjectId
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError
from django_tasks import task
from pymongo.cursor import Cursor
from pymongo.errors import PyMongoError

from fitness_project.database import deadline
from fitness_project.database.transactions import transactional
from fitness_project.documents import chosen_ids, registry
from fitness_project.documents.collection import Documents
from fitness_project.documents.instants import now
from fitness_project.errors import PreconditionFailed

from .models import BrowserSession, SupportEntry, User
from .services import Condition
from .signing_in.principals import MAX_AGE, remembered_principals

# Of documents that are read and deleted at once. To find a few, the embedded database looks at the
# index entries of all.
READ, BATCH = 2_000, 200
SECONDS_IN_REQUEST = 1.0
SECONDS_IN_TASK = 5.0
# By then, no process accepts a token of the account, and requests that did have ended.
UNTIL_NOBODY_WRITES = timedelta(seconds=MAX_AGE + deadline.SECONDS + 2)

log = logging.getLogger(__name__)


def delete_account(user_id: ObjectId, only_if: Condition) -> None:
    """Closes the account, and deletes everything that belongs to it as far as there is time.

    Raises PreconditionFailed if the stored user doesn't satisfy `only_if`.
    """
    _close(user_id, only_if)
    remembered_principals.forget()
    try:
        _delete_all(user_id, monotonic() + deadline.remaining_seconds(SECONDS_IN_REQUEST))
    except (PyMongoError, DatabaseError) as error:
        log.warning("A task will delete the rest of a closed account: %s", error)


@transactional
def _close(user_id: ObjectId, only_if: Condition) -> None:
    users = User.objects.documents
    user = users.find(user_id)
    if user is None or user.get("closedAt"):
        return  # Another request closed it, or this one did and the reply was lost.
    if not only_if(user):
        raise PreconditionFailed
    present = now()
    users.update(user, {"isActive": False, "closedAt": present})
    finish_deletion.using(run_after=present + UNTIL_NOBODY_WRITES).enqueue(str(user_id))


@task()
def finish_deletion(user_id: str) -> None:
    """Makes way for other tasks now and then."""
    if not _delete_all(ObjectId(user_id), monotonic() + SECONDS_IN_TASK):
        finish_deletion.enqueue(user_id)


def _delete_all(user_id: ObjectId, until: float) -> bool:
    """Deletes the user's documents and then the user, or stops at the time `until`.

    Returns whether everything is deleted.
    """
    for documents in _belonging_to(user_id):
        for ids in _batches(documents):
            if monotonic() > until:
                return False
            documents.collection.delete_many({**documents.filter, "_id": {"$in": ids}})
    chosen_ids.release_all(user_id)
    User.objects.documents.collection.delete_one({"_id": user_id})
    return True


def _batches(documents: Documents) -> Iterator[list[ObjectId]]:
    """The ids, until the caller has deleted all documents."""
    while ids := [document["_id"] for document in _some(documents)]:
        yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _some(documents: Documents) -> Cursor[Any]:
    return documents.collection.find(documents.filter, {"_id": 1}).limit(READ)


def _belonging_to(user_id: ObjectId) -> Iterator[Documents]:
    """The user's documents in each collection, with tombstones and the admin's logs of the user."""
    for entry in registry.owned():
        yield entry.documents.where(**{str(entry.owner): user_id})
    yield BrowserSession.objects.documents.where(userId=user_id)
    yield SupportEntry.objects.documents.where(userId=user_id)
    for model in (User.groups.through, User.user_permissions.through, LogEntry):
        yield Documents(model, {"user_id": user_id})
    yield Documents(LogEntry, {"object_id": str(user_id)})
