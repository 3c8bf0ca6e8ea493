"""Reads what changed for a user: the storage side of the change feed.

A feed reads a user's documents and tombstones in the order of their last change. A write becomes
visible a moment after the instant that it is stamped with. A visit therefore starts SETTLE before
the time of the previous visit, and the state names the documents of that period that the client
already has. If there are too many to name, the client gets some of them twice. It never misses one.

Within a visit, a page that isn't the last one ends REQUEST before its time, because no later page
reads what becomes visible before its end. During a burst of writes, that page may be empty.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import takewhile
from typing import Any, Protocol

import bson
from bson import ObjectId

from fitness_project.database.deadline import SECONDS

from .collection import Document, Documents, Stored
from .instants import now
from .order import Boundary, Order
from .revisions import revision_of
from .tombstones import is_tombstone

# More than the longest time from a write's instant until it is visible.
SETTLE = timedelta(seconds=60)
# The longest time from a write's instant until it is acknowledged.
REQUEST = timedelta(seconds=SECONDS + 1)
PAGE = 100
MAX_NAMED = 32
MILLISECOND = timedelta(milliseconds=1)
FIRST_ID = "0" * 24
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHANGES = Order(("updatedAt", "_id"), (datetime, ObjectId))

State = list[Any]
"""JSON values that say how far a client has read. Only the feed that wrote them can read them."""


@dataclass
class Part:
    """One collection's part of a page.

    `changed` are stored documents, `deleted` the ids of deleted ones. The next part continues from
    `state`.
    """

    changed: Sequence[Stored]
    deleted: list[ObjectId]
    state: State
    has_more: bool


class Feed(Protocol):
    """Reads the changes of one collection."""

    def begin(self) -> State:
        """The state of a client that has nothing yet."""

    def read(self, user_id: ObjectId, state: State, continues: bool) -> Part:
        """Reads the first part of a visit or, if it `continues`, a later part.

        Raises Gone if the state comes from a newer state of the database than this one.
        """


@dataclass(frozen=True)
class OwnedFeed:
    """The changes of a collection of users' documents."""

    documents: Documents

    def begin(self) -> State:
        return [0, None, None, []]

    def read(self, user_id: ObjectId, state: State, continues: bool) -> Part:
        mine = self.documents.where(userId=user_id)
        if isinstance(state[0], list):  # An older version's: living documents and tombstones.
            state, continues = [min(date for date, *_ in state), None, None, []], False
        rows, state, has_more = _read(mine, state, continues)
        changed = [row for row in rows if not is_tombstone(row)]
        deleted = [row["_id"] for row in rows if is_tombstone(row)]
        return Part(changed, deleted, state, has_more)


def _read(
    documents: Documents, state: State, continues: bool
) -> tuple[list[Document], State, bool]:
    """Up to PAGE documents in the order of their last change, the state after them, and whether
    there are more.

    A state is `[date, last, following, names]`, with dates in milliseconds since 1970. A visit
    continues after `date` and the id `last` until there are no more documents, and the next visit
    starts at `following`. Between visits, `last` is null, the next visit starts at `date`, and
    `following` is when documents were last read: if the visit continues with other collections'
    pages, they have what was written since. `names` identify documents that the client has and that
    may be read again.
    """
    date, last, following, seen = state
    present, is_new_visit = now(), last is None and not continues
    if last is not None:
        raw = documents.fetch(CHANGES, Boundary((_datetime(date), ObjectId(last))), PAGE + 1)
    else:
        if is_new_visit:
            following = _milliseconds(present - SETTLE)
            date = min(date, following)
        else:
            read = following or date  # Older versions didn't store when.
            date, following = read - REQUEST // MILLISECOND, date
        last = FIRST_ID
        raw = documents.where(updatedAt={"$gte": _datetime(date)}).fetch(CHANGES, None, PAGE + 1)
    # Almost all of them are sent, and decoding each at once takes half of the time.
    has_more, rows = len(raw) > PAGE, [bson.decode(document.raw) for document in raw[:PAGE]]
    if has_more:
        rows = [*takewhile(partial(_is_settled, present.replace(tzinfo=None)), rows)]

    fresh = [row for row in rows if _name(row) not in seen]
    settling = [_name(row) for row in rows if row["updatedAt"] > _datetime(following)]
    earlier = [] if is_new_visit and not has_more else seen
    names = [*(name for name in earlier if name not in settling), *settling][-MAX_NAMED:]
    if not has_more:
        return fresh, [following, None, _milliseconds(present), names], False
    if rows:
        date, last = _milliseconds(rows[-1]["updatedAt"]), str(rows[-1]["_id"])
    return fresh, [date, last, following, names], True


def _is_settled(present: datetime, row: Document) -> bool:
    """Whether all writes with an earlier instant are visible. (Of a later instant than the present,
    stamped before the clock was set back, more is not known.)"""
    return not present - REQUEST < row["updatedAt"] <= present


def _name(document: Stored) -> str:
    """Identifies a document at its current revision."""
    content = document["_id"].binary + revision_of(document).binary
    return urlsafe_b64encode(blake2b(content, digest_size=9).digest()).decode()


def _milliseconds(instant: datetime) -> int:
    return (instant.replace(tzinfo=UTC) - EPOCH) // MILLISECOND


def _datetime(milliseconds: int) -> datetime:
    """Without a time zone, as PyMongo reads dates."""
    return EPOCH.replace(tzinfo=None) + timedelta(milliseconds=milliseconds)
