"""Finds the exercise that a row of a file is about."""

from dataclasses import dataclass

from bson import ObjectId

from fitness_project.documents.collection import Document

from ..audit import reading
from ..models import ExerciseDocument
from ..names import name_key
from ..snapshot import Snapshot
from .files.rows import FileRow

Match = tuple[ExerciseDocument | None, bool]
"""The exercise, and whether the row has the id or the name of one that was merged into it."""


@dataclass(frozen=True)
class MatchedRow:
    """A row with its valid values and the exercise that it is about, if there is one.

    `is_former`: the row has the id of one that was merged into the exercise, or a former name.
    `deleted` is the deletion of an exercise with the row's name.
    """

    number: int
    place: str
    row: FileRow
    values: Document
    exercise: ExerciseDocument | None
    is_former: bool
    deleted: reading.ChangeRow | None = None

    @property
    def key(self) -> str | None:
        return name_key(self.values["name"]) if "name" in self.values else None

    @property
    def has_its_id(self) -> bool:
        return self.exercise is not None and self.row.exercise_id == self.exercise["_id"]

    @property
    def keeps_name(self) -> bool:
        """Only a row with the exercise's id can rename it."""
        return self.has_its_id and not self.is_renamed

    @property
    def is_renamed(self) -> bool:
        return (
            self.exercise is not None
            and self.has_its_id
            and self.key not in (None, self.exercise["nameKey"])
        )


class Matcher:
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        exercises = snapshot.by_id.values()
        self._by_name = {exercise["nameKey"]: exercise for exercise in exercises}
        self._by_alias = {
            alias["key"]: exercise
            for exercise in exercises
            for alias in exercise.get("aliases", ())
        }

    def match(self, exercise_id: ObjectId | None, name: str | None) -> Match:
        """An id that the catalogue doesn't know comes from another one, so the name decides."""
        kept_id = self._snapshot.ids.get(str(exercise_id))
        if kept_id in self._snapshot.by_id:
            return self._snapshot.by_id[kept_id], kept_id != exercise_id
        if name is None:
            return None, False
        key = name_key(name)
        if key in self._by_name:
            return self._by_name[key], False
        former = self._by_alias.get(key)
        return former, former is not None

    def holder(self, row: MatchedRow) -> ExerciseDocument | None:
        """Another exercise than the row's that has the row's name."""
        found = self._by_name.get(row.key or "")
        return found if found and row.exercise and found["_id"] != row.exercise["_id"] else None
