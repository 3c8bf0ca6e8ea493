from collections.abc import Callable
from dataclasses import dataclass
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


Rule = Callable[[Any, Input], Any]
"""Takes a valid value and the input. Returns the value to store, or raises ValidationError."""
