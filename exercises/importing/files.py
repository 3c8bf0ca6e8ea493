"""Reads exercises from files: JSON and CSV in several layouts."""

from collections import Counter
from collections.abc import Iterable

from ..names import name_key
from .encodings import decode
from .objects import read_objects
from .rows import BadFile, Entry, FileRow, ReadFile
from .tables import read_table
from .values import to_row

__all__ = ["BadFile", "FileRow", "ReadFile", "read_file"]


def read_file(
    content: bytes,
    encoding: str | None = None,
    language: str | None = None,
    known_muscles: Iterable[str] = (),
) -> ReadFile:
    """Reads a file of exercises. Raises BadFile.

    The encoding is detected unless it is given. `known_muscles` are those whose names aren't split
    at a comma.
    """
    text, encoding = decode(content, encoding)
    layout, entries = _entries(text)
    keys = {name_key(muscle) for muscle in known_muscles}
    dropped: Counter[str] = Counter()
    rows = []
    for entry in entries:
        row, unused = to_row(entry, keys)
        rows.append(row)
        dropped.update(unused)
    return ReadFile(layout, encoding, None, {}, rows, dict(dropped), needs_language=False)


def _entries(text: str) -> tuple[str, list[Entry]]:
    if text.lstrip()[:1] in ("[", "{"):
        return "JSON", read_objects(text)
    return "CSV", read_table(text)
