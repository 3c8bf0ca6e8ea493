"""When two names are the same, how they are sorted and searched, and what words they have."""

import re
import unicodedata
from collections.abc import Callable

from fitness_project.api.text import INVISIBLE

SINGLE_QUOTES = "‘’‚‛′‵`´ʹʻʼ‹›"
DOUBLE_QUOTES = "“”„‟″‶«»〃"
MINUS = "\N{MINUS SIGN}"
ASCII_WORD = re.compile("[a-z0-9]+")
INVISIBLE_CHARACTERS = re.compile(f"[{INVISIBLE}]")


def name_key(name: str) -> str:
    """Equal for names that are the same.

    Ignores case, the amount of spacing, invisible characters, and the kind of dash or quotation
    mark: `" Bench\u2011PRESS"` becomes `"bench-press"`.
    """
    if name.isascii():  # Most names are, and this takes a tenth of the time.
        return " ".join(name.lower().split())
    visible = INVISIBLE_CHARACTERS.sub("", name.casefold())
    plain = "".join(map(_plain, unicodedata.normalize("NFC", visible)))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def order_key(name: str) -> str:
    """Sorts names as people do: case and accents only decide between names that are otherwise
    equal. Digits compare as characters."""
    folded = unicodedata.normalize("NFD", name.casefold())
    return f"{_without_accents(folded)}\0{folded}\0{name}"


def words(text: str) -> list[str]:
    """The words of a text without case and accents. Punctuation separates words."""
    if text.isascii():  # Most texts are, and this takes a fraction of the time.
        return ASCII_WORD.findall(text.lower())
    visible = INVISIBLE_CHARACTERS.sub("", text.casefold())
    letters = _without_accents(unicodedata.normalize("NFD", visible))
    return "".join(
        char if unicodedata.category(char)[0] in "LMN" else " " for char in letters
    ).split()


def name_has(text: str) -> Callable[[str], bool]:
    """Tells of a name whether it contains every word of the text, whatever its case and accents."""
    parts = _folded(text).split()

    def has_parts(name: str) -> bool:
        whole = _folded(name)
        return all(part in whole for part in parts)

    return has_parts


def _folded(text: str) -> str:
    letters = _without_accents(unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", letters)


def _without_accents(decomposed: str) -> str:
    if decomposed.isascii():
        return decomposed
    return "".join(char for char in decomposed if not unicodedata.combining(char))


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
