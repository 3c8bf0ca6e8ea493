"""Which of the catalogue's fields a file's column or key stands for."""

import re
from functools import lru_cache

# For each field, the names that files give it, best first: without case, spaces and punctuation.
NAMES = {
    "name": ("name", "exercisename", "title"),
    "description": ("description", "instructions", "steps", "desc"),
    "gifUrl": ("gifurl", "gif"),
    "defaultSets": ("defaultsets",),
    "defaultReps": ("defaultreps",),
    "category": ("category", "type"),
    "equipment": ("equipment", "equipments"),
    "level": ("level", "difficulty"),
    "primaryMuscles": (
        "primarymuscles",
        "primarymuscle",
        "muscles",
        "targetmuscles",
        "target",
        "muscle",
        "bodyparts",
        "bodypart",
    ),
    "secondaryMuscles": ("secondarymuscles", "secondarymuscle", "musclessecondary"),
    "isArchived": ("isarchived", "archived"),
    "attribution": ("attribution",),
}
COLUMNS = tuple(NAMES)
FIELDS = {name: (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names)}
MAX_LENGTH = 60


def field_of(column: str) -> tuple[str, int] | None:
    """The field and how well the column's name fits it (0 is best)."""
    return FIELDS.get(plain(column))


def plain(column: str) -> str:
    """Without case, spaces and punctuation: `Primary Muscles` becomes `primarymuscles`."""
    return _plain(column) if len(column) <= MAX_LENGTH else ""


@lru_cache(maxsize=2_000)
def _plain(column: str) -> str:
    return re.sub(r"[\W_]+", "", column).lower()
