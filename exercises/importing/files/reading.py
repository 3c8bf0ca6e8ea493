"""Reads exercises from files: JSON and CSV in several layouts."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from exercises.names import name_key

from .encodings import decode
from .languages import choose_language, count_languages, split_languages
from .objects import read_objects
from .own import are_objects_of_ours, is_table_of_ours
from .rows import BadFile, Entry, FileRow, ReadFile
from .tables import read_table
from .values import to_row
from .wger import fixture_entries, is_fixture, is_response, response_entries

# What free-exercise-db has beside the fields that many layouts have.
FREE_EXERCISE_DB = {"force", "mechanic", "instructions"}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MAX_DROPPED = 100
MAX_TAGS = 1_000_000  # Bounds the time that HTML takes.


def read_file(
    content: bytes,
    encoding: str | None = None,
    language: str | None = None,
    known_muscles: Iterable[str] = (),
) -> ReadFile:
    """Reads a file of exercises. Raises BadFile.

    The encoding is detected unless it is given. Where the file has several languages, only the rows
    in `language` are read, and none without it. A text that lists several muscles becomes a list,
    unless it is one of `known_muscles`.
    """
    if content.startswith(WORKBOOKS):
        raise BadFile("This is a workbook or an archive. Save the table as CSV and import that.")
    text, encoding = decode(content, encoding)
    if text.count("<") + text.count("&") > MAX_TAGS:
        raise BadFile(f"The file has more than {MAX_TAGS:,} HTML tags. Import it in parts.")
    layout, entries, dropped = _entries(text)
    is_own = is_table_of_ours(entries) if layout == "CSV" else are_objects_of_ours(entries)
    languages = count_languages(entries)
    chosen = choose_language(languages, language)
    needs_language = chosen is None and len(languages) > 1
    if needs_language:
        entries = []
    else:
        entries = [entry for entry in entries if entry.language in (None, chosen)]
    muscles = {name_key(muscle) for muscle in known_muscles}
    rows = []
    for entry in entries:
        row, unused = to_row(entry, muscles, is_own, is_table=layout == "CSV")
        rows.append(row)
        dropped.update(unused)
    _check_rows(rows)
    top = dict(dropped.most_common(MAX_DROPPED))
    return ReadFile(layout, encoding, chosen, languages, rows, top, needs_language)


def _entries(text: str) -> tuple[str, list[Entry], Counter[str]]:
    """The layout, the entries in all languages, and what else the file has."""
    if text.lstrip()[:1] not in ("[", "{"):
        return "CSV", _split(read_table(text)), Counter()
    entries = read_objects(text)
    if is_fixture(entries):
        joined, others = fixture_entries(entries)
        return "wger (fixture)", joined, Counter(others)
    if is_response(entries):
        return "wger", list(response_entries(entries)), Counter()
    is_free = any(entry.values.keys() >= FREE_EXERCISE_DB for entry in entries)
    return "free-exercise-db" if is_free else "JSON", _split(entries), Counter()


def _split(entries: list[Entry]) -> list[Entry]:
    return list(chain.from_iterable(map(split_languages, entries)))


def _check_rows(rows: list[FileRow]) -> None:
    if rows and not any("name" in row.fields or row.exercise_id for row in rows):
        raise BadFile("The file has no exercises: none of its rows has a `name`.")
