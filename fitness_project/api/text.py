"""Cleans texts, wherever they come in."""

import re
from unicodedata import normalize

LINE_BREAKS = re.compile(r"\r\n?")
# All but tabs and line feeds. U+202D and U+202E reverse the text that follows them.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")
SEPARATE_LINES = re.compile(r"[\n\u2028\u2029]")
# Unicode's Default_Ignorable_Code_Point, and Braille's pattern without dots.
INVISIBLE = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
NOTHING_TO_SEE = re.compile(rf"[\s{INVISIBLE}]*")
FAULTS = {
    "control_characters": (
        "Control characters other than tabs and line breaks aren't allowed, and neither are "
        "bidirectional overrides (U+202D, U+202E)."
    ),
    "line_breaks": "A name must be a single line.",
}


def clean_text(text: str) -> str:
    """Trims the text, normalizes it to NFC, and writes its line breaks as `\\n`."""
    return normalize("NFC", LINE_BREAKS.sub("\n", text)).strip()


def clean_name(text: str) -> str:
    """Cleans the text. A name of invisible characters alone counts as empty."""
    return "" if is_invisible(text) else clean_text(text)


def is_invisible(text: str) -> bool:
    return NOTHING_TO_SEE.fullmatch(text) is not None


def fault_in_text(text: str) -> str | None:
    """The key in FAULTS of what is wrong with the text, if anything is."""
    return "control_characters" if FORBIDDEN.search(text) else None


def fault_in_name(text: str) -> str | None:
    is_one_line = SEPARATE_LINES.search(clean_name(text)) is None
    return fault_in_text(text) or (None if is_one_line else "line_breaks")
