"""The catalogue in memory.

The catalogue is small (a thousand documents, a few megabytes), every request reads it and few
people write it. Each process therefore holds all of it and reads one number from the database, the
catalogue's version, at most ten times a second. Lists, searches and the names in routines and
sessions then need no query.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from time import monotonic
from typing import Literal

from bson import ObjectId

from fitness_project.documents.order import Boundary, Order
from fitness_project.documents.ready import ReadyResponses
from fitness_project.errors import Missing

from .models import CatalogueVersion, Exercise, ExerciseDocument, ExerciseTombstone
from .names import name_key, order_key

MAX_AGE = 0.1
VERSION_ID = "exercises"

# Every distinct query has its own ready response, which can be half a megabyte.
MAX_RESPONSE_BYTES = 8 * 2**20
OVERHEAD_BYTES = 1024

Response = tuple[bytes, str]
"""A body and its ETag."""

Label = Literal["category", "equipment", "level"]


class Snapshot:
    """The exercises at one version of the catalogue, and responses that are ready to send."""

    def __init__(
        self, version: int, documents: Iterable[ExerciseDocument | ExerciseTombstone]
    ) -> None:
        documents = [d for d in documents if isinstance(d["_id"], ObjectId)]
        self.version = version
        self.by_id = {d["_id"]: _sortable(d) for d in documents if "name" in d}
        self.deletions = [d for d in documents if "name" not in d]
        self.ids = {str(document_id): document_id for document_id in self.by_id}
        self._sorted: dict[tuple[str, ...], list[ExerciseDocument]] = {}
        self._responses: ReadyResponses[Response] = ReadyResponses(MAX_RESPONSE_BYTES)

    def ready_response(self, key: Hashable, make: Callable[[], Response]) -> Response:
        """The response for this key, created by `make()` the first time."""
        return self._responses.get(key, make, lambda made: len(made[0]) + OVERHEAD_BYTES)

    def sorted_by(self, order: Order) -> list[ExerciseDocument]:
        """All exercises, ascending regardless of the order's direction."""
        if order.fields not in self._sorted:
            self._sorted[order.fields] = sorted(self.by_id.values(), key=order.key)
        return self._sorted[order.fields]


def _sortable(document: ExerciseDocument) -> ExerciseDocument:
    """Adds what lists are sorted by. A document that another program wrote may lack it."""
    document.setdefault("nameKey", name_key(document["name"]))
    document["orderKey"] = order_key(document["name"])
    document.setdefault("createdAt", document["_id"].generation_time.replace(tzinfo=None))
    document.setdefault("changedIn", 0)
    return document


class Catalogue:
    """The current snapshot, which is at most MAX_AGE seconds behind the database.

    If several threads find that it is older, one of them asks the database and the others wait for
    what it finds.
    """

    def __init__(self) -> None:
        self._snapshot = Snapshot(-1, ())
        self._checked = float("-inf")
        self._written = float("-inf")
        self._check: Future[None] | None = None
        self._lock = Lock()

    def current(self) -> Snapshot:
        return self._at(max(monotonic() - MAX_AGE, self._written))

    def refreshed(self) -> Snapshot:
        """The snapshot, after a check that it is current."""
        return self._at(monotonic())

    def find(self, exercise_id: ObjectId) -> ExerciseDocument | None:
        """The exercise, archived or not. An id that isn't in the snapshot may be a new one."""
        return self.current().by_id.get(exercise_id) or self.refreshed().by_id.get(exercise_id)

    def forget(self) -> None:
        """Makes the next read check the version, after this process has written."""
        self._written = monotonic()

    def _at(self, moment: float) -> Snapshot:
        """The snapshot, after a check that didn't begin before that moment."""
        while self._checked < moment:
            with self._lock:
                check, is_mine = self._check, self._check is None
                if check is None:
                    check = self._check = Future()
            if is_mine:
                self._run(check)
            check.result()
        return self._snapshot

    def _run(self, check: Future[None]) -> None:
        started = monotonic()
        try:
            self._snapshot = self._read()
        except BaseException as error:
            self._check = None
            check.set_exception(error)
            raise
        self._checked = started
        self._check = None
        check.set_result(None)

    def _read(self) -> Snapshot:
        snapshot = self._snapshot
        # If the version is still the same after the exercises were read, they belong to it.
        while snapshot.version != (version := _stored_version()):
            snapshot = Snapshot(version, Exercise.objects.documents.collection.find())
        return snapshot


def _stored_version() -> int:
    document = CatalogueVersion.objects.documents.collection.find_one({"_id": VERSION_ID})
    return document["version"] if document else 0


catalogue = Catalogue()


@dataclass(frozen=True)
class Selection:
    """A filtered list of the catalogue, with the `fetch` and `get` of Documents.

    The name must contain all `words`. `labels` are pairs of a field and its value, ignoring case.
    `muscle` must be one of the primary or secondary muscles. Words, values and the muscle are
    case-folded.
    """

    words: tuple[str, ...] = ()
    labels: tuple[tuple[Label, str], ...] = ()
    muscle: str | None = None
    archived: bool = False

    def get(self, exercise_id: ObjectId) -> ExerciseDocument:
        document = catalogue.find(exercise_id)
        if document is None:
            raise Missing("No exercise has this id.")
        return document

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[ExerciseDocument]:
        rows = catalogue.current().sorted_by(order)
        return list(islice(filter(self._matches, walk(rows, order, boundary)), limit))

    def _matches(self, document: ExerciseDocument) -> bool:
        return (
            (self.archived or not document.get("isArchived"))
            and all(word in document["nameKey"] for word in self.words)
            and all((document.get(name) or "").casefold() == value for name, value in self.labels)
            and (self.muscle is None or self.muscle in _muscles(document))
        )


def _muscles(document: ExerciseDocument) -> set[str]:
    both = document.get("primaryMuscles", []) + document.get("secondaryMuscles", [])
    return {muscle.casefold() for muscle in both}


def walk(
    rows: list[ExerciseDocument], order: Order, boundary: Boundary | None
) -> Iterable[ExerciseDocument]:
    """The rows (ascending) beyond the boundary, in the direction of the page."""
    if boundary is None:
        return reversed(rows) if order.descending else rows
    falling = order.descending != boundary.backwards
    bisect = bisect_right if falling == boundary.inclusive else bisect_left
    place = bisect(rows, boundary.key, key=order.key)
    return reversed(rows[:place]) if falling else rows[place:]
