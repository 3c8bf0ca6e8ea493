"""Reads exercises from files, and finds out what importing them would change."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
from rest_framework.exceptions import ValidationError

from fitness_project.api.problems.responses import flatten
from fitness_project.api.serializers import Input

from .catalogue import catalogue
from .names import name_key
from .serializers import ExerciseSerializer

LISTS = ("primaryMuscles", "secondaryMuscles")
NUMBERS = ("defaultSets", "defaultReps")
COLUMNS = (
    "name",
    "description",
    "gifUrl",
    *NUMBERS,
    "category",
    "equipment",
    "level",
    *LISTS,
    "attribution",
)


class BadFile(Exception):
    """The file as a whole can't be read: nothing of it is imported."""


@dataclass
class Plan:
    """What an import does: `new` documents, `changes` by id, and what stays out.

    `refused` pairs a row's number (from 1, in CSV as a spreadsheet counts them) with the reason.
    """

    new: list[dict] = field(default_factory=list)
    changes: list[tuple] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def read_rows(content: bytes) -> list[tuple[int, dict]]:
    """Numbered rows of a JSON array in free-exercise-db's layout, or of CSV with COLUMNS.

    Raises BadFile.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"The file is not UTF-8: {error.reason} at byte {error.start}.") from None
    if text.lstrip()[:1] in ("[", "{"):
        return list(enumerate(_json_rows(text), start=1))
    return list(_csv_rows(text))


def _json_rows(text) -> list[dict]:
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFile(f"The file is not valid JSON: {error}.") from None
    if not isinstance(rows, list):
        raise BadFile("Expected a JSON array of exercises.")
    return [_json_row(row) for row in rows]


def _json_row(row):
    """Instructions become the description; pictures and the like are left out."""
    if not isinstance(row, dict):
        return row
    known = {name: row[name] for name in COLUMNS if name in row}
    steps = row.get("instructions")
    if isinstance(steps, list) and all(isinstance(step, str) for step in steps):
        known.setdefault("description", "\n".join(steps))
    return known


def _csv_rows(text) -> Iterator[tuple[int, dict]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_header(reader.fieldnames or [])
        for row in reader:
            yield reader.line_num, _csv_row(row)
    except csv.Error as error:
        raise BadFile(f"The file is not valid CSV at line {reader.line_num}: {error}.") from None


def _check_header(names):
    wrong = [repr(name) for name in names if name not in COLUMNS or names.count(name) > 1]
    if wrong or "name" not in names:
        wrong = f"Not so: {', '.join(wrong)}." if wrong else "`name` is missing."
        raise BadFile(
            f"The first line must name columns of {', '.join(COLUMNS)}, each once. {wrong}"
        )


def _csv_row(row) -> dict:
    """A cell that is missing leaves its field alone; an empty one empties it."""
    values = {}
    for name, text in row.items():
        if name is None:
            values["(more cells than columns)"] = text
        elif text is not None:
            values[name] = _csv_value(name, text.strip())
    return values


def _csv_value(name, text):
    if name in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in NUMBERS:
        return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else text or None
    return text


def plan_import(rows: list[tuple[int, dict]]) -> Plan:
    """Matches rows with the catalogue by name, whatever its case and spacing."""
    present = {d["nameKey"]: d for d in catalogue.refreshed().by_id.values()}
    plan, seen = Plan(), {}
    for number, row in rows:
        try:
            document = ExerciseSerializer.read(Input(row))
        except ValidationError as error:
            plan.refused.append((number, _reason(error.detail)))
            continue
        key = name_key(document["name"])
        if key in seen:
            plan.refused.append((number, f"name: row {seen[key]} has this name already."))
            continue
        seen[key] = number
        _enter(plan, document, row, present.get(key))
    return plan


def _enter(plan, document, row, stored):
    if stored is None:
        plan.new.append(document)
        return
    changes = {name: document[name] for name in row if stored.get(name) != document[name]}
    if changes:
        plan.changes.append((stored["_id"], changes))
    else:
        plan.unchanged += 1


def _reason(errors) -> str:
    return " ".join(
        f"{pointer.lstrip('/') or 'row'}: {detail}" for pointer, detail in flatten(errors, "")
    )
