"""Which collections refer to exercises.

The apps above this one enter their own in `AppConfig.ready`: a rename, a deletion and a check
whether an exercise is in use then reach them without an import upward.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A model whose documents hold an array `exercises` of entries with `exerciseId`, `name`.

    Where `follows_renames`, an exercise's new name is written into them.
    """

    model: type
    follows_renames: bool


references: list[Reference] = []
