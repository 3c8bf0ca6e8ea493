"""Finds what is wrong with rows of a file beside each other and the catalogue."""

from bson import ObjectId

from .matching import MatchedRow, Matcher

TAKEN = "name: Another exercise has the name {}."


class Clashes:
    """Judges rows in the order of the file. Of two that clash, the first is right."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._names: dict[str, str] = {}
        self._places: dict[ObjectId, str] = {}

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
        return self._rename_fault_of(each) if each.is_renamed else None

    def _rename_fault_of(self, each: MatchedRow) -> str | None:
        is_taken = self._matcher.holder(each) is not None
        return TAKEN.format(each.values["name"]) if is_taken else None
