"""Decides when two names are the same, and in which order names are sorted."""

import re
import unicodedata

from fitness_project.api.text import INVISIBLE

SINGLE_QUOTES = "‘’‚‛′‵`´ʹʻʼ‹›"
DOUBLE_QUOTES = "“”„‟″‶«»〃"
MINUS = "\N{MINUS SIGN}"
INVISIBLE_CHARACTERS = re.compile(f"[{INVISIBLE}]")


def name_key(name: str) -> str:
    """Equal for names that are the same.

    Ignores case, the amount of spacing, invisible characters, and the kind of dash or quotation
    mark: `" Bench\u2011PRESS"` becomes `"bench-press"`.
    """
    visible = INVISIBLE_CHARACTERS.sub("", name.casefold())
    plain = "".join(map(_plain, unicodedata.normalize("NFC", visible)))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def order_key(name: str) -> str:
    """Sorts names as people do: case and accents only decide between names that are otherwise
    equal. Digits compare as characters."""
    folded = unicodedata.normalize("NFD", name.casefold())
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return f"{letters}\0{folded}\0{name}"


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if char in SINGLE_QUOTES:
        return "'"
    if char in DOUBLE_QUOTES:
        return '"'
    if char == MINUS or unicodedata.category(char) == "Pd":
        return "-"
    return char
