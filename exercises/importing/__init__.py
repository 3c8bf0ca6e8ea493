"""Reads exercises from files and plans what importing them changes."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from bson import ObjectId
from rest_framework.exceptions import ValidationError

from fitness_project.api.problems.responses import flatten
from fitness_project.api.serializers import Input
from fitness_project.documents.collection import Document

from ..catalogue import catalogue
from ..models import ExerciseDocument
from ..names import name_key
from ..serializers import ExerciseSerializer

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

Row = Mapping[str, Any]


class BadFile(Exception):
    """The file as a whole can't be read, so nothing of it is imported."""


@dataclass
class Plan:
    """What an import does: the `new` documents, the `changes` by id, and the rows it refuses.

    `refused` pairs a row's number (from 1; in CSV, the line number) with the reason.
    """

    new: list[Document] = field(default_factory=list)
    changes: list[tuple[ObjectId, Document]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def read_rows(content: bytes) -> list[tuple[int, Any]]:
    """Returns the numbered rows of a JSON array in free-exercise-db's layout, or of CSV.

    The CSV's header names some of COLUMNS. A row that isn't an object is returned as it is.
    Raises BadFile.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"The file is not UTF-8: {error.reason} at byte {error.start}.") from None
    if text.lstrip()[:1] in ("[", "{"):
        return list(enumerate(_json_rows(text), start=1))
    return list(_csv_rows(text))


def _json_rows(text: str) -> list[Any]:
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFile(f"The file is not valid JSON: {error}.") from None
    if not isinstance(rows, list):
        raise BadFile("Expected a JSON array of exercises.")
    return [_json_row(row) for row in rows]


def _json_row(row: Any) -> Any:
    """Makes the instructions the description, and drops keys that aren't in COLUMNS."""
    if not isinstance(row, dict):
        return row
    known = {name: row[name] for name in COLUMNS if name in row}
    steps = row.get("instructions")
    if isinstance(steps, list) and all(isinstance(step, str) for step in steps):
        known.setdefault("description", "\n".join(steps))
    return known


def _csv_rows(text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(
        io.StringIO(text, newline=""), restkey="(more cells than columns)", strict=True
    )
    try:
        _check_header(reader.fieldnames or [])
        for row in reader:
            yield reader.line_num, _csv_row(row)
    except csv.Error as error:
        raise BadFile(f"The file is not valid CSV at line {reader.line_num}: {error}.") from None


def _check_header(names: Sequence[str]) -> None:
    wrong = [repr(name) for name in names if name not in COLUMNS or names.count(name) > 1]
    if wrong or "name" not in names:
        fault = f"Unknown or repeated: {', '.join(wrong)}." if wrong else "`name` is missing."
        raise BadFile(
            f"The first line must name columns of {', '.join(COLUMNS)}, each once. {fault}"
        )


def _csv_row(row: Row) -> Row:
    """Leaves out the fields of missing cells. An empty cell empties its field."""
    return {name: _csv_value(name, cell) for name, cell in row.items() if cell is not None}


def _csv_value(name: str, cell: str | list[str]) -> list[str] | int | str | None:
    if isinstance(cell, list):
        return cell  # More cells than columns: the row will be refused.
    text = cell.strip()
    if name in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in NUMBERS:
        return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else text or None
    return text


def plan_import(rows: list[tuple[int, Any]]) -> Plan:
    """Matches rows with the catalogue by name, ignoring case and spacing."""
    present = {d["nameKey"]: d for d in catalogue.refreshed().by_id.values()}
    plan = Plan()
    seen: dict[str, int] = {}
    for number, row in rows:
        try:
            document = ExerciseSerializer.read(Input(row))
        except ValidationError as error:
            plan.refused.append((number, _reason(error.detail)))
            continue
        key = name_key(document["name"])
        if key in seen:
            plan.refused.append((number, f"name: row {seen[key]} already has this name."))
            continue
        seen[key] = number
        _enter(plan, document, row, present.get(key))
    return plan


def _enter(plan: Plan, document: Document, row: Row, stored: ExerciseDocument | None) -> None:
    if stored is None:
        plan.new.append(document)
    elif changes := {name: document[name] for name in row if stored.get(name) != document[name]}:
        plan.changes.append((stored["_id"], changes))
    else:
        plan.unchanged += 1


def _reason(errors: Any) -> str:
    return " ".join(
        f"{pointer.lstrip('/') or 'row'}: {detail}" for pointer, detail in flatten(errors, "")
    )
