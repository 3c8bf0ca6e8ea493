"""What reading a file gives."""

from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

MAX_ROWS = 50_000
MAX_COLUMNS = 1_000


class BadFile(Exception):
    """The file as a whole can't be read, so nothing of it is imported."""


def too_many_rows() -> BadFile:
    return BadFile(f"The file has more than {MAX_ROWS:,} exercises. Import it in parts.")


@dataclass(frozen=True)
class FileRow:
    """A row, not validated yet.

    `line` is where it begins in the file, from 1. `fields` has only what the row gives, under the
    stored names. `fault` says why the row can't be read, and `exercise_id` is the id that this
    service's own export gives. If `omits_empty`, an empty value says only that nothing is known.
    """

    line: int
    fields: dict[str, Any]
    fault: str | None = None
    exercise_id: ObjectId | None = None
    omits_empty: bool = False


@dataclass(frozen=True)
class ReadFile:
    """The rows of a file, and what it has besides.

    `languages` counts the rows in each language, and `dropped` those with a value that the
    catalogue doesn't keep. Where `needs_language`, there are several languages, none was chosen,
    and `rows` is empty.
    """

    layout: str
    encoding: str
    language: str | None
    languages: dict[str, int]
    rows: list[FileRow]
    dropped: dict[str, int]
    needs_language: bool


@dataclass
class Entry:
    """A row as the file has it: `values` under the file's own names.

    `unused` names what the catalogue doesn't keep, beyond the names in `values`.
    """

    line: int
    values: dict[str, Any]
    language: str | None = None
    unused: list[str] = field(default_factory=list)
    fault: str | None = None
