"""Exercises side by side: which one is kept, and whose value it gets in each field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bson import ObjectId
from django.http import QueryDict

from exercises.audit import log, reading
from exercises.catalogue import catalogue
from exercises.models import MAX_MERGED, ExerciseDocument
from exercises.references import count_uses
from exercises.uses import uses_text
from fitness_project.documents.collection import Document
from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.revisions import Revisions, revision_of

from .news import news

# The kept one, and those that one merge takes.
MOST = MAX_MERGED + 1
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Column:
    """`opened` is what the form sends back, by which a later change is noticed."""

    id: ObjectId
    exercise: ExerciseDocument
    uses: str
    opened: str
    is_kept: bool


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class FieldRow:
    """One field of all exercises. If `is_same`, there is nothing to choose, and if there are gaps,
    some of them have no value."""

    name: str
    label: str
    cells: list[Cell]
    is_same: bool
    has_gaps: bool
    follows_kept: bool


class MergeForm:
    """`data` is what was sent, or empty if the page is opened. `told` is what has changed since,
    or else why nothing was merged."""

    def __init__(self, ids: Iterable[ObjectId], data: QueryDict) -> None:
        snapshot, asked = catalogue.refreshed(), list(dict.fromkeys(ids))
        self._exercises = {each: snapshot.by_id[each] for each in asked if each in snapshot.by_id}
        self._data = data
        pairs = [text.partition(":") for text in data.getlist("opened")]
        self._opened = {parse_object_id(each): parse_object_id(last) for each, _, last in pairs}
        self.told = list(news(asked, self._opened))

    @property
    def is_possible(self) -> bool:
        return 2 <= len(self._exercises) <= MOST

    @property
    def exercises(self) -> list[ExerciseDocument]:
        return list(self._exercises.values())

    @cached_property
    def kept_id(self) -> ObjectId:
        """If none was chosen, the exercise that most documents use, but rather one that isn't
        archived."""
        chosen = parse_object_id(self._data.get("keep"))
        return chosen if chosen in self._exercises else max(self._exercises, key=self._weight)

    @property
    def other_ids(self) -> list[ObjectId]:
        return [each for each in self._exercises if each != self.kept_id]

    @property
    def fields(self) -> Document:
        """What the kept exercise gets."""
        return {name: log.content(self._source(name), name) for name in log.CONTENT}

    @property
    def only_if(self) -> dict[ObjectId, Revisions]:
        """The revisions that the page showed."""
        opened = {each: self._opened.get(each) for each in self._exercises}
        return {each: Revisions((last,) if last else ()) for each, last in opened.items()}

    @property
    def columns(self) -> list[Column]:
        return [
            Column(
                exercise_id,
                exercise,
                uses_text(self._uses[exercise_id]) or "nothing",
                f"{exercise_id}:{revision_of(exercise)}",
                exercise_id == self.kept_id,
            )
            for exercise_id, exercise in self._exercises.items()
        ]

    def rows(self) -> Iterator[FieldRow]:
        columns = self.columns
        for name in log.CONTENT:
            chosen = self._chosen(name)
            values = [log.content(column.exercise, name) for column in columns]
            cells = [
                Cell(column, reading.shown(value), column.id == chosen)
                for column, value in zip(columns, values, strict=True)
            ]
            is_same = all(value == values[0] for value in values)
            has_gaps = any(value in EMPTY for value in values)
            yield FieldRow(name, reading.LABELS[name], cells, is_same, has_gaps, chosen is None)

    def _source(self, name: str) -> ExerciseDocument:
        """The exercise whose value is chosen, else the kept one, or if that has none, the first
        that has one."""
        if chosen := self._chosen(name):
            return self._exercises[chosen]
        kept = self._exercises[self.kept_id]
        having = (e for e in (kept, *self._exercises.values()) if log.content(e, name) not in EMPTY)
        return next(having, kept)

    def _chosen(self, name: str) -> ObjectId | None:
        chosen = parse_object_id(self._data.get(f"value-{name}"))
        return chosen if chosen in self._exercises else None

    @cached_property
    def _uses(self) -> Mapping[ObjectId, Mapping[str, int]]:
        return {each: count_uses(each) for each in self._exercises}

    def _weight(self, exercise_id: ObjectId) -> tuple[bool, int]:
        is_archived = self._exercises[exercise_id].get("isArchived", False)
        return not is_archived, sum(self._uses[exercise_id].values())
