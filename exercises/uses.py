"""What the admin says about exercises that can't be deleted because they are in use."""

from collections.abc import Mapping, Sequence
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
    counted = [
        Used(each, f" by {uses_text(count_uses(each.pk))}") for each in exercises[:MAX_COUNTED]
    ]
    return counted + [Used(each, "") for each in exercises[MAX_COUNTED:]]


def uses_text(counts: Mapping[str, int]) -> str:
    """Such as `12 routines and 1,000+ sessions`, and empty if there are none."""
    return " and ".join(_counted(count, kind) for kind, count in counts.items() if count)


def _counted(count: int, kind: str) -> str:
    number = f"{MANY:,}+" if count == MANY else str(count)
    return f"{number} {kind}" if count == 1 else f"{number} {kind}s"
