"""Lists of the catalogue."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from bson import ObjectId

from fitness_project.documents.order import Boundary, Order
from fitness_project.errors import Missing

from .catalogue import catalogue
from .models import ExerciseDocument, muscles_of
from .search import RANK

Label = Literal["category", "equipment", "level"]


@dataclass(frozen=True)
class Selection:
    """A filtered list of the catalogue, with the `fetch` and `get` of Documents.

    `labels` are pairs of a field and its value, and `muscle` must be one of the primary or
    secondary muscles. These values are case-folded. If there is a `search`, the list may be sorted
    by RANK.
    """

    search: str = ""
    labels: tuple[tuple[Label, str], ...] = ()
    muscle: str | None = None
    archived: bool = False

    def get(self, exercise_id: ObjectId) -> ExerciseDocument:
        document = catalogue.find(exercise_id)
        if document is None:
            raise Missing("No exercise has this id.")
        return document

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[ExerciseDocument]:
        rows = walk(self._sorted_by(order), order, boundary)
        return list(islice(filter(self._matches, rows), limit))

    def _sorted_by(self, order: Order) -> list[ExerciseDocument]:
        snapshot = catalogue.current()
        if not self.search:
            return snapshot.sorted_by(order)
        found = snapshot.search(self.search)
        return found if order == RANK else sorted(found, key=order.key)

    def _matches(self, document: ExerciseDocument) -> bool:
        return (
            (self.archived or not document.get("isArchived"))
            and all((document.get(name) or "").casefold() == value for name, value in self.labels)
            and (self.muscle is None or self.muscle in map(str.casefold, muscles_of(document)))
        )


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
