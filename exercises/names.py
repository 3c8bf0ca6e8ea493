"""When two names are the same, how they are sorted and searched, and what words they have."""

import re
import unicodedata
from collections import defaultdict
from functools import cache

from fitness_project.api.text import INVISIBLE

SINGLE_QUOTES = "‘’‚‛′‵`´ʹʻʼ‹›"
DOUBLE_QUOTES = "“”„‟″‶«»〃"
MINUS = "\N{MINUS SIGN}"
# No character from here on has a case or an accent.
END_OF_LETTERS = 0x20000
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
    return f"{_without_accents(folded)}\0{folded}\0{name}"


def words(text: str) -> list[str]:
    """The words of a text without case and accents. Punctuation separates words."""
    visible = INVISIBLE_CHARACTERS.sub("", text.casefold())
    letters = _without_accents(unicodedata.normalize("NFD", visible))
    return "".join(
        char if unicodedata.category(char)[0] in "LMN" else " " for char in letters
    ).split()


def name_pattern(text: str) -> str:
    """A regular expression for the names that contain this text, whatever its case and accents."""
    longest_first = sorted(_variants(), key=len, reverse=True)
    several = [re.escape(letters) for letters in longest_first if len(letters) > 1]
    parts = re.findall("|".join([*several, "."]), _folded(text), re.DOTALL)
    return "".join(map(_part_pattern, parts))


def _part_pattern(letters: str) -> str:
    """For one letter, or for several that some character stands for, as ß does for ss."""
    each = "".join(
        rf"[{re.escape(letter)}{_variants().get(letter, '')}]\p{{Mn}}*" for letter in letters
    )
    return each if len(letters) == 1 else f"(?:{each}|[{_variants()[letters]}])"


@cache
def _variants() -> dict[str, str]:
    """The characters that differ from these letters by case and accents alone."""
    found: defaultdict[str, str] = defaultdict(str)
    for char in map(chr, range(END_OF_LETTERS)):
        if char.casefold() != char or unicodedata.decomposition(char):
            found[_folded(char)] += char
    del found[""]
    return dict(found)


def _folded(text: str) -> str:
    letters = _without_accents(unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", letters)


def _without_accents(decomposed: str) -> str:
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
