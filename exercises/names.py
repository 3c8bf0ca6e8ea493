"""Decides when two names are the same, and in which order names are sorted."""

import unicodedata

SINGLE_QUOTES = "‘’‚‛′‵`´ʹʻʼ‹›"
DOUBLE_QUOTES = "“”„‟″‶«»〃"
MINUS = "\N{MINUS SIGN}"
# Characters without a shape that aren't in the category Cf.
FILLERS = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
VARIATION_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def name_key(name: str) -> str:
    """Equal for names that are the same.

    Ignores case, the amount of spacing, invisible characters, and the kind of dash or quotation
    mark: `" Bench\u2011PRESS"` becomes `"bench-press"`.
    """
    plain = "".join(map(_plain, unicodedata.normalize("NFC", name.casefold())))
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
    return "" if _is_invisible(char) else char


def _is_invisible(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) == "Cf"
        or code in FILLERS
        or any(code in selectors for selectors in VARIATION_SELECTORS)
    )
