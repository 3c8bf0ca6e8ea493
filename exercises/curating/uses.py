"""Counts what uses the exercises on a page of the admin's list."""

from collections.abc import Iterable
from time import monotonic

from bson import ObjectId

from exercises.references import count_uses
from exercises.uses import uses_text

# The page asks again for the rest, and other requests get their turn meanwhile.
SECONDS = 0.5


def counted_in_time(ids: Iterable[ObjectId]) -> dict[str, str]:
    """The uses of the first exercises, and of as many others as there is time for."""
    counted: dict[str, str] = {}
    end = monotonic() + SECONDS
    for exercise_id in ids:
        if counted and monotonic() > end:
            break
        counted[str(exercise_id)] = uses_text(count_uses(exercise_id)) or "nothing"
    return counted
