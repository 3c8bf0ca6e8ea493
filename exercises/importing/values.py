"""Turns the values of a file into those of the catalogue's fields."""

import re
from collections.abc import Container
from typing import Any

import orjson
from bson import ObjectId

from ..names import name_key
from .columns import field_of, plain
from .rows import Entry, FileRow

OWN_ID = re.compile("[0-9a-f]{24}")
WHOLE = re.compile(r"(\d{1,9})(?:[.,]0{1,9})?", re.ASCII)
ESCAPED = re.compile(r"'+[=+\-@]")
SERVER_FIELDS = ("createdat", "updatedat")
LISTS = ("primaryMuscles", "secondaryMuscles")
NUMBERS = ("defaultSets", "defaultReps")
SEPARATORS = (";", r"[,/|\n]")
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def to_row(entry: Entry, known_muscles: Container[str]) -> tuple[FileRow, list[str]]:
    """The row, and the names of the values that the catalogue doesn't keep."""
    exercise_id = _own_id(entry.values)
    chosen, unused = _choose(entry.values, is_own=exercise_id is not None)
    fields = {
        field: _convert(field, value, known_muscles, is_own=exercise_id is not None)
        for field, value in chosen.items()
    }
    return FileRow(entry.line, fields, entry.fault, exercise_id), [*unused, *entry.unused]


def _own_id(values: dict[str, Any]) -> ObjectId | None:
    for key, value in values.items():
        if plain(key) == "id" and isinstance(value, str) and OWN_ID.fullmatch(value):
            return ObjectId(value)
    return None


def _choose(values: dict[str, Any], is_own: bool) -> tuple[dict[str, Any], list[str]]:
    """Chooses a value for each field: the first that isn't empty. Returns the other names too."""
    chosen: dict[str, tuple[bool, int, str]] = {}
    unused = []
    for key, value in values.items():
        is_empty = value in (None, "", [], {})
        found = field_of(key)
        if found is None:
            is_ours = is_own and plain(key) in ("id", *SERVER_FIELDS)
            unused += [key] if not is_empty and not is_ours else []
            continue
        field, rank = found
        candidates = [(is_empty, rank, key), *([chosen[field]] if field in chosen else [])]
        chosen[field] = min(candidates)
        unused += [
            key for is_empty, _, key in candidates if not is_empty and key != min(candidates)[2]
        ]
    return {field: values[key] for field, (_, _, key) in chosen.items()}, unused


def _convert(field: str, value: Any, known_muscles: Container[str], is_own: bool) -> Any:
    if isinstance(value, str):
        value = value[1:] if ESCAPED.match(value) else value
    if field in LISTS:
        return _muscles(value, known_muscles, is_own)
    if field == "description":
        return value if is_own else _description(value)
    if field == "equipment" and isinstance(value, list):
        return ", ".join(map(str, value)) or None
    if isinstance(value, str):
        if field in NUMBERS:
            return int(match[1]) if (match := WHOLE.fullmatch(value)) else value or None
        if field == "isArchived":
            return BOOLEANS.get(value.lower(), value)
    return value


def _description(value: Any) -> Any:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value


def _muscles(value: Any, known_muscles: Container[str], is_own: bool) -> Any:
    if value is None:
        return []
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            pass
    if name_key(value) in known_muscles:
        return [value]
    separator = next((s for s in SEPARATORS if re.search(s, value)), ";")
    parts = re.split(";" if is_own else separator, value)
    return [part.strip() for part in parts if part.strip()]
