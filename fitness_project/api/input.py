from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fitness_project.documents.collection import Stored


@dataclass(frozen=True)
class Input:
    """A request's body, and what a serializer needs to know to validate it.

    `stored` is the document that the body changes, or None if the body creates one. A `partial`
    body (of a PATCH) may omit fields.
    """

    body: Any
    user: Any = None
    stored: Stored | None = None
    partial: bool = False

    def of_whole_items(self) -> "Input":
        """The input for the items of an array, which must be complete even in a PATCH."""
        return replace(self, partial=False) if self.partial else self


Rule = Callable[[Any, Input], Any]
"""Takes a valid value and the input. Returns the value to store, or raises ValidationError."""
