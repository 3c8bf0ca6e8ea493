"""Names and texts of the API's description, as pages show them."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SPECIAL = {
    "email": "e-mail",
    "id": "ID",
    "ip": "IP address",
    "url": "URL",
    "gif": "GIF",
    "json": "JSON",
    "csv": "CSV",
}
# They say what kind of value follows, which the value itself shows.
BEFORE = ("is",)
AFTER = ("at", "id", "seconds")


def in_words(name: str) -> str:
    """`primaryMuscles` as "Primary muscles", `exerciseId` as "Exercise", `isArchived` as
    "Archived"."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[^A-Z]+|[A-Z]", name)]
    if len(words) > 1 and words[0] in BEFORE:
        words = words[1:]
    if len(words) > 1 and words[-1] in AFTER:
        words = words[:-1]
    text = " ".join(SPECIAL.get(word, word) for word in words)
    return text[:1].upper() + text[1:]


def with_code(text: str) -> SafeString:
    """What is between backticks as code."""
    parts = text.split("`")
    shown = (format_html("<code>{}</code>", p) if i % 2 else p for i, p in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))
