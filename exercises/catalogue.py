"""The catalogue in memory.

It is small (a thousand documents, a few megabytes), read by every call and written by few
people, so each process holds all of it and asks the database for one number, the version, ten
times a second. Lists, searches and the names in routines and sessions then cost no query.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import islice
from threading import Lock
from time import monotonic

from bson import ObjectId

from fitness_project.documents.instants import now
from fitness_project.documents.order import Boundary, Order
from fitness_project.documents.ready import ReadyResponses
from fitness_project.errors import Missing

from .models import CatalogueVersion, Exercise
from .names import name_key

MAX_AGE = 0.1
# A deletion takes some seconds; a mark that is older was left by a process that was killed.
DELETION_SECONDS = 60
VERSION_ID = "exercises"


# For responses that are kept ready: any query makes one, and one may be half a megabyte.
MAX_RESPONSE_BYTES = 8 * 2**20
OVERHEAD_BYTES = 1024


class Snapshot:
    """The exercises as they were at one version, with responses that are ready to be sent."""

    def __init__(self, version, documents):
        documents = [d for d in documents if isinstance(d["_id"], ObjectId)]
        self.version = version
        self.by_id = {d["_id"]: _sortable(d) for d in documents if "name" in d}
        self.deletions = [d for d in documents if "name" not in d]
        self.usable_ids = {
            str(id): id for id, d in self.by_id.items() if d.get("deletingSince") is None
        }
        self._sorted = {}
        self._responses: ReadyResponses[tuple[bytes, str]] = ReadyResponses(MAX_RESPONSE_BYTES)

    def ready_response(
        self, key: Hashable, make: Callable[[], tuple[bytes, str]]
    ) -> tuple[bytes, str]:
        """What `make()` returned, a body and its ETag, made once."""
        return self._responses.get(key, make, lambda made: len(made[0]) + OVERHEAD_BYTES)

    @cached_property
    def _changes(self):
        return sorted(self.by_id.values(), key=changed_in)

    def changed_after(self, place: tuple[int, ObjectId], limit: int) -> list[dict]:
        """Up to `limit` exercises, in the order of their last change."""
        first = bisect_right(self._changes, place, key=changed_in)
        return self._changes[first : first + limit]

    def sorted_by(self, order: Order) -> list[dict]:
        """Ascending, whatever the order's direction."""
        if order.fields not in self._sorted:
            self._sorted[order.fields] = sorted(self.by_id.values(), key=order.key)
        return self._sorted[order.fields]


def changed_in(document) -> tuple[int, ObjectId]:
    """The version of its last change, and what tells it from others of that version."""
    return document.get("changedIn", 0), document["_id"]


def _sortable(document):
    """A document that another program wrote may lack what only this service keeps."""
    document.setdefault("nameKey", name_key(document["name"]))
    document.setdefault("createdAt", document["_id"].generation_time.replace(tzinfo=None))
    return document


def is_being_deleted(document) -> bool:
    since = document.get("deletingSince")
    limit = timedelta(seconds=DELETION_SECONDS)
    return since is not None and now().replace(tzinfo=None) - since < limit


class Catalogue:
    """The current snapshot, at most MAX_AGE seconds behind the database."""

    def __init__(self):
        self._snapshot = None
        self._checked = float("-inf")
        self._lock = Lock()

    def current(self) -> Snapshot:
        if monotonic() - self._checked > MAX_AGE:
            with self._lock:
                if monotonic() - self._checked > MAX_AGE:
                    self._check()
        return self._snapshot

    def refreshed(self) -> Snapshot:
        """The snapshot as the database has it now."""
        with self._lock:
            self._check()
        return self._snapshot

    def find(self, id: ObjectId) -> dict | None:
        """The exercise, archived or not. What isn't known here may be new: ask again."""
        return self.current().by_id.get(id) or self.refreshed().by_id.get(id)

    def find_usable(self, id: ObjectId) -> dict | None:
        """The exercise, archived or not, unless it is just being deleted."""
        document = self.find(id)
        if document is None or is_being_deleted(document):
            return None
        return document

    def forget(self) -> None:
        """This process has written: its next read asks for the version. A check that is under way
        may have asked before that."""
        with self._lock:
            self._checked = float("-inf")

    def _check(self):
        asked = monotonic()
        version = self._stored_version()
        while self._snapshot is None or self._snapshot.version != version:
            exercises = Exercise.objects.documents.collection.find().to_list()
            self._snapshot = Snapshot(version, exercises)
            version = self._stored_version()  # Not raised meanwhile: they are of one version.
        self._checked = asked

    @staticmethod
    def _stored_version():
        document = CatalogueVersion.objects.documents.collection.find_one({"_id": VERSION_ID})
        return document["version"] if document else 0


catalogue = Catalogue()


@dataclass(frozen=True)
class Selection:
    """A filtered list of the catalogue: `fetch` and `get` as Documents has them.

    `words` must all be in the name; `labels` are fields and the value each must have, whatever
    the case; `muscle` is in one of the two lists.
    """

    words: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    muscle: str | None = None
    archived: bool = False

    def get(self, id: ObjectId) -> dict:
        document = catalogue.find(id)
        if document is None:
            raise Missing("No exercise has this id.")
        return document

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[dict]:
        rows = catalogue.current().sorted_by(order)
        return list(islice(filter(self._matches, _walk(rows, order, boundary)), limit))

    def _matches(self, document) -> bool:
        if document.get("isArchived") and not self.archived:
            return False
        if not all(word in document["nameKey"] for word in self.words):
            return False
        if not all((document.get(name) or "").casefold() == value for name, value in self.labels):
            return False
        return self.muscle is None or self.muscle in _muscles(document)


def _muscles(document) -> set[str]:
    both = *document.get("primaryMuscles", ()), *document.get("secondaryMuscles", ())
    return {muscle.casefold() for muscle in both}


def _walk(rows, order, boundary):
    """The rows (ascending) from the boundary on, in the direction of the page."""
    if boundary is None:
        return reversed(rows) if order.descending else rows
    before = bisect_left(rows, boundary.key, key=order.key)
    through = bisect_right(rows, boundary.key, key=order.key)
    if order.descending != boundary.backwards:
        return reversed(rows[: through if boundary.inclusive else before])
    return rows[before if boundary.inclusive else through :]
