"""The change feed: all that changed for a user since a token, in pages.

Users' documents are read in the order of their last change. A write becomes visible a moment after
the instant that it carries, and machines' clocks differ a little: so a reader begins again SETTLE
before the moment of its last visit, and its token names what it got of that time already. What is
named too many to remember comes twice; nothing is missed.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from bson import ObjectId
from django.core import signing

from .conditions import revision_of
from .documents import Boundary, Documents, Order, now, since
from .errors import Gone

# A write takes at most this long from its instant on, the difference of clocks included.
SETTLE = timedelta(seconds=60)
TOKENS_LAST = timedelta(days=90)
PAGE = 100
MAX_NAMED = 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Part:
    """What one collection has for a page: answers of what changed, ids of what was deleted, and
    the `state` (of JSON's types) from which its next part goes on."""

    changes: list[dict]
    deleted: list[ObjectId]
    state: list
    has_more: bool


class Followed(Protocol):
    """A collection that the feed follows; its documents are answered by `serializer_class`."""

    name: str
    serializer_class: type

    def begin(self) -> list:
        """The state of who has nothing yet."""

    def read(self, user, state: list, goes_on: bool) -> Part:
        """The first page of a visit, or one with which it `goes_on`. Raises Gone where the state is
        from another database than this."""


followed: list[Followed] = []
"""The apps above this one enter their collections in `AppConfig.ready`."""


@dataclass(frozen=True)
class OwnedFeed:
    """A collection of users' documents."""

    name: str
    model: type
    serializer_class: type

    def begin(self):
        return [_beginning(0), _beginning(_milliseconds(now() - SETTLE))]

    def read(self, user, state, goes_on):
        """What lives is read first: a document that dies meanwhile is then told as dead."""
        documents = self.model.objects.documents
        living, dead = state
        mine, gone = documents.where(userId=user.pk), documents.where(deletedFor=user.pk)
        changed, living, more_living = _read(mine, "updatedAt", living, goes_on)
        deleted, dead, more_dead = _read(gone, "deletedAt", dead, goes_on)
        return Part(
            [self.serializer_class.answer(row) for row in changed],
            [row["_id"] for row in deleted],
            [living, dead],
            more_living or more_dead,
        )


def _beginning(date):
    return [date, None, None, []]


def _read(documents: Documents, instant: str, state: list, goes_on: bool):
    """Up to PAGE documents in the order of the date in the field `instant`, the state behind
    them, and whether there are more.

    A state is `[date, id, next, names]`, dates in milliseconds since 1970. A visit reads on behind
    `date` and `id` until there is no more, and the next one begins at `next`; between visits `id`
    and `next` are null. `names` are those of the documents that were got and may come again.
    """
    date, id, next, got = state
    order = Order((instant, "_id"), (datetime, ObjectId))
    if id is None and goes_on:
        return [], state, False
    if id is None:
        next = _milliseconds(now() - SETTLE)
        found = documents.where(**{instant: since(_datetime(min(date, next)))})
        rows = found.fetch(order, None, PAGE + 1)
    else:
        rows = documents.fetch(order, Boundary((_datetime(date), ObjectId(id))), PAGE + 1)
    has_more, rows = len(rows) > PAGE, rows[:PAGE]

    fresh = [row for row in rows if _name(row) not in got]
    settling = [_name(row) for row in rows if row[instant] > _datetime(next)]
    earlier = got if has_more or id is not None else []
    names = [*(name for name in earlier if name not in settling), *settling][-MAX_NAMED:]
    if has_more:
        return fresh, [_milliseconds(rows[-1][instant]), str(rows[-1]["_id"]), next, names], True
    return fresh, [next, None, None, names], False


def _name(document) -> str:
    """Of the document at its present revision."""
    content = document["_id"].binary + revision_of(document).binary
    return urlsafe_b64encode(blake2b(content, digest_size=9).digest()).decode()


def _milliseconds(instant: datetime) -> int:
    return (instant.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


def _datetime(milliseconds: int) -> datetime:
    """As PyMongo reads dates: without a time zone."""
    return EPOCH.replace(tzinfo=None) + timedelta(milliseconds=milliseconds)


def write_token(user, states: dict, has_more: bool) -> str:
    """What a client holds of the feed: signed, so that it is ours, and for this user alone."""
    return signing.dumps([states, has_more], salt=_salt(user), compress=True)


def read_token(user, text: str) -> tuple[dict, bool]:
    """The states, and whether a visit goes on with them.

    Raises ValueError for what `write_token` didn't make for this user, and Gone for what it made
    too long ago.
    """
    try:
        return signing.loads(text, salt=_salt(user), max_age=TOKENS_LAST)
    except signing.SignatureExpired:
        raise Gone("This token is older than 90 days: start afresh, without one.") from None
    except signing.BadSignature as error:
        raise ValueError("not a token of this user") from error


def _salt(user):
    return f"sync {user.pk}"
