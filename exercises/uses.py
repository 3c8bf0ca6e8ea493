"""What the admin says about exercises that can't be deleted because they are in use."""

from collections.abc import Sequence
from dataclasses import dataclass

from .models import Exercise
from .references import MANY, count_uses

# Of many exercises, the uses of the first are counted.
MAX_COUNTED = 20


@dataclass(frozen=True)
class Used:
    exercise: Exercise
    uses: str

    def __str__(self) -> str:
        return f"{self.exercise} is in use{self.uses}."


def in_use(exercises: Sequence[Exercise]) -> list[Used]:
    """Such as `Bench Press is in use by 12 routines and 1,000+ sessions.`"""
    counted = [Used(each, f" by {_uses(each)}") for each in exercises[:MAX_COUNTED]]
    return counted + [Used(each, "") for each in exercises[MAX_COUNTED:]]


def _uses(exercise: Exercise) -> str:
    counts = count_uses(exercise.pk)
    return " and ".join(_counted(count, kind) for kind, count in counts.items() if count)


def _counted(count: int, kind: str) -> str:
    number = f"{MANY:,}+" if count == MANY else str(count)
    return f"{number} {kind}" if count == 1 else f"{number} {kind}s"
