"""Which collections hold what is a user's.

The apps above this one enter theirs in `AppConfig.ready`: deletion and export then reach them
without an import upward.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """A model whose documents have a `userId`. An export has them under `name`, as `answer`
    turns each into what the API answers."""

    name: str
    model: type
    answer: Callable[[dict], dict]


owned: list[Owned] = []
