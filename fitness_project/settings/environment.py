"""Reads environment variables. An empty variable counts as unset.

For an invalid value, these functions raise ImproperlyConfigured with the variable's name.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")
TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def whole_number(name: str, default: int, lowest: int, highest: int) -> int:
    given = text(name, str(default))
    if not given.isascii() or not given.isdigit() or not lowest <= int(given[:9]) <= highest:
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(given)


def switch(name: str) -> bool:
    """True or false. False by default."""
    given = text(name, "false").lower()
    if given not in TRUE + FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false, not {given!r}.")
    return given in TRUE


def comma_separated(name: str, default: Sequence[str] = ()) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()] or [*default]


def from_url(name: str, read: Callable[[str], Value]) -> Value:
    try:
        return read(text(name))
    except (ImproperlyConfigured, ValueError):  # Their messages may contain parts of a password.
        raise ImproperlyConfigured(
            f"{name} is not a valid URL. In a password, write / as %2F and @ as %40."
        ) from None
