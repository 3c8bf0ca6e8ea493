"""Turns the values of a file into those of the catalogue's fields."""

import re
from collections.abc import Container
from typing import Any

import orjson

from exercises.names import name_key

from .columns import MAX_LENGTH, field_of
from .own import LISTS, SERVER_FIELDS, own_id
from .rows import Entry, FileRow
from .texts import plain_text

NUMBERS = ("defaultSets", "defaultReps")
LABELS = ("category", "equipment", "level")
# Spreadsheets write whole numbers as 4.0 if another row has none. 4.000 may be four thousand.
WHOLE = re.compile(r"(\d{1,9})(?:[.,]0{1,2})?", re.ASCII)
MUSCLE_SEPARATORS = (";", r"[,/|\n](?![^(]*\))")
OWN_SEPARATORS = "[;,]"  # An export writes muscles that have one of these in a JSON list.
MAX_MUSCLES = 2_000  # characters: the longest lists that a catalogue can store are shorter.
# A list as Python writes it: ['Lie down.', "Don't sit up."]
PYTHON_TEXT = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)\"""", re.DOTALL)
PYTHON_LIST = re.compile(rf"\[\s*+(?:(?:{PYTHON_TEXT.pattern})\s*+(?:,\s*+|(?=\])))*+\]", re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
# Spreadsheets translate them.
TRUE = (
    *("true", "yes", "x", "1", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "sant"),
    *("sand", "sann", "prawda", "pravda", "igaz", "tosi", "doğru", "adevărat", "истина", "αληθησ"),
)
FALSE = (
    *("false", "no", "0", "falsch", "faux", "falso", "onwaar", "falskt", "falsk", "usann"),
    *("fałsz", "nepravda", "hamis", "epätosi", "yanlış", "yanliş", "fals", "ложь", "ψευδησ"),
)
BOOLEANS = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)  # Casefolded.


def to_row(
    entry: Entry, known_muscles: Container[str], is_own: bool = False, is_table: bool = False
) -> tuple[FileRow, list[str]]:
    """The row, and the names of the values that the catalogue doesn't keep.

    The rows of this service's own export have its ids, and their texts are taken as they are.
    """
    exercise_id, fault = None, entry.fault
    chosen, unused = _choose(entry.values)
    if is_own:
        unused = [key for key in unused if key not in SERVER_FIELDS]
        try:
            exercise_id = own_id(entry.values)
        except ValueError as error:
            fault = fault or str(error)
    if chosen.get("isArchived") in (None, ""):
        chosen.pop("isArchived", None)  # An exercise is archived or not: nothing can be emptied.
    fields = {
        field: _convert(field, value, known_muscles, is_own) for field, value in chosen.items()
    }
    unused = [key[:MAX_LENGTH] for key in (*unused, *entry.unused)]
    return FileRow(entry.line, fields, fault, exercise_id, not (is_own or is_table)), unused


def _choose(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Chooses a value for each field: of those that aren't empty, the one whose name fits best.

    Returns the other names as well.
    """
    chosen: dict[str, tuple[bool, int, str]] = {}
    unused = []
    for key, value in values.items():
        is_empty = value in (None, "", [], {})
        if found := field_of(key):
            field, rank = found
            candidate = (is_empty, rank, key)
            best, *others = sorted([candidate, *filter(None, [chosen.get(field)])])
            chosen[field] = best
            unused += [key for is_empty, _, key in others if not is_empty]
        elif not is_empty:
            unused.append(key)
    return {field: values[key] for field, (_, _, key) in chosen.items()}, unused


def _convert(field: str, value: Any, known_muscles: Container[str], is_own: bool) -> Any:
    if field in LISTS:
        return _muscles(value, known_muscles, is_own)
    if field in NUMBERS and isinstance(value, str):
        return int(match[1]) if (match := WHOLE.fullmatch(value)) else value or None
    if field == "isArchived" and isinstance(value, str):
        return BOOLEANS.get(value.casefold(), value)
    if is_own:
        return value
    if field == "description":
        return _description(value)
    return _label(value) if field in LABELS else value


def _description(value: Any) -> Any:
    """Joins steps, which are texts or objects with one text."""
    value = _listed(value)
    if value is None:
        return ""
    if isinstance(value, list):
        steps = [_step(step) for step in value]
        return "\n".join(steps) if all(isinstance(step, str) for step in steps) else value
    return plain_text(value) if isinstance(value, str) else value


def _step(step: Any) -> Any:
    if isinstance(step, dict):
        texts = [value for value in step.values() if isinstance(value, str)]
        step = texts[0] if len(texts) == 1 else step
    return plain_text(step) if isinstance(step, str) else step


def _label(value: Any) -> Any:
    """The name, or several names joined: an exercise has one text for all its equipment."""
    value = _listed(value)
    if isinstance(value, list):
        names = [_name(item) for item in value]
        return ", ".join(names) if all(isinstance(name, str) for name in names) else value
    return _name(value)


def _name(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) and "name" in value else value


def _muscles(value: Any, known_muscles: Container[str], is_own: bool) -> Any:
    value = _listed(value)
    if value in (None, ""):
        return []
    if isinstance(value, str):
        return _split(value, known_muscles, is_own)
    if not isinstance(value, list) or is_own:
        return value
    muscles: list[Any] = []
    for name in map(_name, value):
        muscles += _split(name, known_muscles, is_own) if isinstance(name, str) else [name]
    return muscles


def _split(text: str, known_muscles: Container[str], is_own: bool) -> list[str]:
    if len(text) > MAX_MUSCLES:
        return [text]
    for separator in (OWN_SEPARATORS,) if is_own else MUSCLE_SEPARATORS:
        parts = re.split(separator, text)
        if len(parts) > 1 and (is_own or name_key(text) not in known_muscles):
            return [part.strip() for part in parts if part.strip()]
    return [text]


def _listed(value: Any) -> Any:
    """The list that a cell holds in JSON, or in Python's notation, or the value as it is."""
    if not isinstance(value, str) or not value.startswith("[") or not value.endswith("]"):
        return value
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        found = _python_list(value)
    return found if isinstance(found, list) else value


def _python_list(text: str) -> list[str] | None:
    if not PYTHON_LIST.fullmatch(text):
        return None
    items = (single or double for single, double in PYTHON_TEXT.findall(text))
    return [ESCAPE.sub(lambda match: ESCAPES.get(match[1], match[1]), item) for item in items]
