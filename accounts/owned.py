"""Which collections hold what is a user's.

The apps above this one enter theirs in `AppConfig.ready`: deletion and export then reach them
without an import upward.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """A model whose documents have a `userId`. An export has them under `name`, as the serializer
    answers them."""

    name: str
    model: type
    serializer_class: type


owned: list[Owned] = []
