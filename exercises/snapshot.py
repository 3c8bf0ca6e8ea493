"""The catalogue at one of its versions."""

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import itemgetter
from threading import Lock
from typing import TypeVar

from bson import ObjectId

from fitness_project.database.deadline import paused
from fitness_project.documents.order import Order
from fitness_project.documents.ready import ReadyResponses

from .models import ExerciseDocument, ExerciseTombstone, MergedExercise
from .names import name_key, order_key
from .search import Found, SearchIndex

# Every distinct query has its own ready response, which can be half a megabyte.
MAX_RESPONSE_BYTES = 8 * 2**20
OVERHEAD_BYTES = 1024
# What searches found is kept for their other pages. All of ten thousand exercises take 90 kB.
MAX_FOUND_BYTES = 2**20

# Taking over more changes than these takes as long as sorting and indexing ten thousand exercises
# anew, for which only requests that need it wait. During an import, a process that has been idle
# for some seconds finds thousands.
MANY = 5_000

Response = tuple[bytes, str]
"""A body and its ETag."""


class Snapshot:
    """The exercises at one version of the catalogue, and responses that are ready to send.

    `ids` are by their text. That of an exercise that was merged away leads to the kept one's. So
    does `merged`, but also if the kept one was deleted. A chain of merges ends at the last one.

    `deleted` has the version in which each exercise was deleted or merged away. It may be
    remembered for longer than its tombstone lives: no token of the change feed is old enough to ask
    for it then.
    """

    def __init__(self, version: int = -1) -> None:
        self.version = version
        self.by_id: dict[ObjectId, ExerciseDocument] = {}
        self.ids: dict[str, ObjectId] = {}
        self.deleted: dict[ObjectId, int] = {}
        self.merged: dict[ObjectId, ObjectId] = {}
        self._unfinished: set[ObjectId] = set()
        self._sorted: dict[tuple[str, ...], list[ExerciseDocument]] = {}
        self._search_index: SearchIndex | None = None
        self._building = Lock()
        self._found: ReadyResponses[Found] = ReadyResponses(MAX_FOUND_BYTES)
        self._responses: ReadyResponses[Response] = ReadyResponses(MAX_RESPONSE_BYTES)

    def updated(
        self,
        version: int,
        changed: Iterable[ExerciseDocument | ExerciseTombstone | MergedExercise],
    ) -> "Snapshot":
        """Another snapshot, with these documents in place of older ones.

        What has been sorted and indexed is taken over, because doing it anew takes a second among
        ten thousand exercises. Other threads may be reading this snapshot, so it stays as it is.
        """
        snapshot = Snapshot(version)
        documents = [d for d in changed if isinstance(d["_id"], ObjectId)]
        new = {d["_id"]: _sortable(d) for d in documents if "name" in d}
        deleted = {d["_id"]: _deleted_in(d) for d in documents if "name" not in d}
        old = {key: self.by_id[key] for key in new.keys() | deleted.keys() if key in self.by_id}
        snapshot.by_id = _replaced(self.by_id, old, new)
        snapshot.ids = _replaced(self.ids, map(str, old), {str(key): key for key in new})
        snapshot.deleted = _replaced(self.deleted, self.deleted.keys() & new.keys(), deleted)
        snapshot._take_over_merges(
            self, [d for d in documents if "name" not in d and "mergedInto" in d]
        )
        if len(documents) <= MANY:
            snapshot._sorted = {
                fields: _sorted_again(rows, fields, old.values(), new.values())
                for fields, rows in list(self._sorted.items())
            }
            if self._search_index is not None:
                snapshot._search_index = self._search_index.updated(old, new.values())
        return snapshot

    def _take_over_merges(self, older: "Snapshot", found: Iterable[MergedExercise]) -> None:
        into = {**older.merged, **{document["_id"]: document["mergedInto"] for document in found}}
        self.merged = {each: _last(into, each) for each in into}
        for each, kept in self.merged.items():
            if kept in self.by_id:
                self.ids[str(each)] = kept
            else:
                self.ids.pop(str(each), None)
        unfinished = {document["_id"]: document.get("isUnfinished") for document in found}
        self._unfinished = older._unfinished - unfinished.keys()
        self._unfinished |= {each for each in unfinished if unfinished[each]}

    def used_ids(self, exercise_id: ObjectId) -> list[ObjectId]:
        """The ids by which routines and sessions may refer to an exercise: its own, and those of
        exercises merged into it as long as they are being replaced."""
        others = (each for each in self._unfinished if self.merged[each] == exercise_id)
        return [exercise_id, *others]

    def ready_response(self, key: Hashable, make: Callable[[], Response]) -> Response:
        """The response for this key, created by `make()` the first time."""
        return self._responses.get(key, make, lambda made: len(made[0]) + OVERHEAD_BYTES)

    def sorted_by(self, order: Order) -> list[ExerciseDocument]:
        """All exercises, ascending regardless of the order's direction."""
        if order.fields not in self._sorted:
            self._sorted[order.fields] = sorted(self.by_id.values(), key=order.key)
        return self._sorted[order.fields]

    def search(self, text: str) -> Found:
        """The exercises that match, archived or not."""
        if self._search_index is None:
            with paused(), self._building:
                if self._search_index is None:
                    self._search_index = SearchIndex().updated([], self.by_id.values())
        index = self._search_index
        return self._found.get(
            text, lambda: index.search(text), lambda found: OVERHEAD_BYTES + 9 * len(found)
        )


def _deleted_in(document: ExerciseTombstone | MergedExercise) -> int:
    return document["mergedIn"] if "mergedIn" in document else document.get("changedIn", 0)


def _last(into: Mapping[ObjectId, ObjectId], merged: ObjectId) -> ObjectId:
    while merged in into:
        merged = into[merged]
    return merged


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _replaced(
    whole: dict[Key, Value], gone: Iterable[Key], new: dict[Key, Value]
) -> dict[Key, Value]:
    replaced = whole.copy()
    for key in gone:
        del replaced[key]
    return replaced | new


def _sorted_again(
    rows: list[ExerciseDocument],
    fields: tuple[str, ...],
    gone: Iterable[ExerciseDocument],
    new: Iterable[ExerciseDocument],
) -> list[ExerciseDocument]:
    rows, key = list(rows), itemgetter(*fields)
    for row in gone:
        del rows[bisect_left(rows, key(row), key=key)]
    for row in new:
        insort(rows, row, key=key)
    return rows


def _sortable(document: ExerciseDocument) -> ExerciseDocument:
    """Adds what lists are sorted by. A document that another program wrote may lack it."""
    document.setdefault("nameKey", name_key(document["name"]))
    document["orderKey"] = order_key(document["name"])
    document.setdefault("createdAt", document["_id"].generation_time.replace(tzinfo=None))
    document.setdefault("changedIn", 0)
    return document
