"""Lists of the catalogue."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Self

from bson import ObjectId

from fitness_project.documents.order import Boundary, Order

from .catalogue import catalogue
from .models import ExerciseDocument, muscles_of
from .ranking import RANK

Facet = Literal[
    "category", "equipment", "level", "muscle", "archived", "description", "picture", "muscles"
]
FACETS: tuple[Facet, ...] = ("category", "equipment", "level", "muscle")
# Of the last three, an exercise has the value NONE if it lacks them.
CURATORS_FACETS: tuple[Facet, ...] = (*FACETS, "archived", "description", "picture", "muscles")
NONE = "none"
NAME = Order(("orderKey", "_id"), (str, ObjectId))


@dataclass(frozen=True)
class Selection:
    """A filtered list of the catalogue, with the `fetch` and `get` of Documents.

    `values` are case-folded, and an exercise must have all of them. If there is a `search`, the
    list may be sorted by RANK.
    """

    search: str = ""
    values: Mapping[Facet, str] = field(default_factory=dict)
    archived: bool = False

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Self:
        """What these parameters of a request, or options of a command, select."""
        return cls(
            search=query.get("search") or "",
            values={facet: query[facet].casefold() for facet in FACETS if query.get(facet)},
            archived=query.get("archived", False),
        )

    def get(self, exercise_id: ObjectId) -> ExerciseDocument:
        return catalogue.get(exercise_id)

    def fetch(
        self, order: Order, boundary: Boundary | None = None, limit: int | None = None
    ) -> list[ExerciseDocument]:
        rows = walk(self._sorted_by(order), order, boundary)
        return list(islice(filter(self._has, rows), limit))

    def found(self) -> Iterable[ExerciseDocument]:
        """The exercises, whatever values they have, in no particular order."""
        snapshot = catalogue.current()
        every = snapshot.by_id.values()
        found = snapshot.search(self.search).unranked() if self.search else every
        return filter(self._is_shown, found)

    def unmet(self, exercise: ExerciseDocument) -> list[Facet]:
        """The facets of which the exercise has another value."""
        return [
            facet
            for facet, value in self.values.items()
            if value not in map(str.casefold, values_of(exercise, facet))
        ]

    def _has(self, exercise: ExerciseDocument) -> bool:
        return self._is_shown(exercise) and not self.unmet(exercise)

    def _is_shown(self, exercise: ExerciseDocument) -> bool:
        return self.archived or not exercise.get("isArchived")

    def _sorted_by(self, order: Order) -> Sequence[ExerciseDocument]:
        snapshot = catalogue.current()
        if not self.search:
            return snapshot.sorted_by(order)
        found = snapshot.search(self.search)
        return found if order == RANK else sorted(found.unranked(), key=order.key)


def values_of(exercise: ExerciseDocument, facet: Facet) -> tuple[str, ...]:
    match facet:
        case "muscle":
            return tuple(muscles_of(exercise))
        case "archived":
            return ("yes" if exercise.get("isArchived") else "no",)
        case "description":
            return () if exercise.get("description") else (NONE,)
        case "picture":
            return () if exercise.get("gifUrl") else (NONE,)
        case "muscles":
            return () if muscles_of(exercise) else (NONE,)
    value = exercise.get(facet)
    return (value,) if value else ()


def walk(
    rows: Sequence[ExerciseDocument], order: Order, boundary: Boundary | None
) -> Iterable[ExerciseDocument]:
    """The rows (ascending) beyond the boundary, in the direction of the page."""
    if boundary is None:
        return reversed(rows) if order.descending else rows
    falling = order.descending != boundary.backwards
    bisect = bisect_right if falling == boundary.inclusive else bisect_left
    place = bisect(rows, boundary.key, key=order.key)
    return reversed(rows[:place]) if falling else rows[place:]
