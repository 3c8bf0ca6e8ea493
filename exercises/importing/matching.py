"""Finds the exercise that a row of a file is about."""

from bson import ObjectId

from ..models import ExerciseDocument
from ..names import name_key
from ..snapshot import Snapshot

Match = tuple[ExerciseDocument | None, bool]
"""The exercise, and whether the row has the id or the name of one that was merged into it."""


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
        return self._by_alias.get(key), True

    def is_other(self, key: str | None, exercise: ExerciseDocument) -> bool:
        """Whether another exercise than this one has the name."""
        return key in self._by_name and self._by_name[key]["_id"] != exercise["_id"]
