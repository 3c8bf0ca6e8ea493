"""Finds what is wrong with rows of a file beside each other and the catalogue."""

from collections.abc import Iterable

from bson import ObjectId

from .matching import MatchedRow, Matcher

TAKEN = "name: Another exercise has the name {}."
IN_A_CIRCLE = (
    "name: Another exercise has the name {}, and the file's new names form a circle. "
    "Import it with another name for one of them first."
)


class Clashes:
    """Judges rows in the order of the file. Of two that clash, the first is right.

    A row may give an exercise the name of another one that the file renames too.
    """

    def __init__(self, matcher: Matcher, rows: Iterable[MatchedRow]) -> None:
        self._matcher = matcher
        self._names: dict[str, str] = {}
        self._places: dict[ObjectId, str] = {}
        self._renamed = {
            row.exercise["_id"]: row for row in rows if row.exercise and row.is_renamed
        }
        self._outcomes: dict[ObjectId, int | str] = {}

    def fault_of(self, each: MatchedRow) -> str | None:
        """A row whose exercise keeps its name doesn't clash, even if another one has it too.

        They are from a time when names didn't have to differ.
        """
        place, key, exercise = each.place, each.key, each.exercise
        if exercise is None and key is None:
            return "name: This field is required."
        first = self._names.setdefault(key, place) if key is not None else place
        if first != place and not each.keeps_name:
            return f"name: {first} already has this name."
        if exercise is None or each.is_former:
            return None
        if (first := self._places.setdefault(exercise["_id"], place)) != place:
            return f"{first} is the same exercise, {exercise['name']}."
        outcome = self._outcome_of(exercise["_id"]) if each.is_renamed else 0
        return outcome.format(each.values["name"]) if isinstance(outcome, str) else None

    def turn_of(self, exercise_id: ObjectId) -> int:
        """How many other exercises must be renamed before this one, each for the next."""
        outcome = self._outcomes.get(exercise_id, 0)
        return outcome if isinstance(outcome, int) else 0

    def _outcome_of(self, renamed: ObjectId) -> int | str:
        """The turn of an exercise that the file renames, or the fault.

        Each of those that wait has a new name that the next one has still.
        """
        waiting: dict[ObjectId, None] = {}
        outcome: int | str | None = None
        current = renamed
        while outcome is None:
            if current in self._outcomes:
                outcome = self._outcomes[current]
            elif current not in self._renamed:
                outcome = TAKEN
            elif current in waiting:
                outcome = IN_A_CIRCLE
            else:
                waiting[current] = None
                holder = self._matcher.holder(self._renamed[current])
                current, outcome = (holder["_id"], None) if holder else (current, -1)
        for each in reversed(waiting):
            outcome = outcome + 1 if isinstance(outcome, int) else outcome
            self._outcomes[each] = outcome
        return self._outcomes[renamed]
