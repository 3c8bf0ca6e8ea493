"""Reads the log of the catalogue, newest first, a page at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, TypeVar

import bson
from bson import ObjectId

from accounts.people import emails
from exercises.models import CatalogueChange, CatalogueOperation, Exercise
from fitness_project.documents.collection import Documents, StoredT
from fitness_project.documents.order import Boundary, Order

from . import people
from .models import ChangeDocument, OperationDocument
from .operations import Action, Kind

PAGE = 50
NEWEST_FIRST = Order(("at", "_id"), (datetime, ObjectId), descending=True)
LABELS: Mapping[str, str] = {
    **{str(field.column): str(field.verbose_name) for field in Exercise._meta.concrete_fields},
    "aliases": "also found as",
}
NOTHING = "—"

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Page:
    """`older` is the id of the last row if there are more, for the next page."""

    rows: list[Any]
    older: ObjectId | None


@dataclass(frozen=True)
class OperationRow:
    """An operation as people read it."""

    id: ObjectId
    kind: str
    file: str
    who: str
    user_id: ObjectId | None
    at: datetime
    what: str
    counts: Mapping[str, int]
    undoes: ObjectId | None
    undone_by: ObjectId | None

    @property
    def is_merge(self) -> bool:
        return Action.MERGE in self.counts


@dataclass(frozen=True)
class FieldRow:
    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeRow:
    """A change as people read it, with its operation if that is known.

    `into` has the id and the name of the exercise that this one was merged into.
    """

    id: ObjectId
    exercise_id: ObjectId
    name: str
    action: str
    at: datetime
    fields: list[FieldRow]
    operation: OperationRow | None
    into: tuple[ObjectId, str] | None


def operations(after: ObjectId | None = None, **conditions: Any) -> Page:
    """A page of the operations that meet the conditions, after the one with the id `after`."""
    page = _page(CatalogueOperation.objects.documents.where(**conditions), after)
    return Page(_operation_rows(page.rows), page.older)


def operation(operation_id: ObjectId) -> OperationRow:
    """Raises Missing."""
    (row,) = _operation_rows([CatalogueOperation.objects.documents.get(operation_id)])
    return row


def changes(after: ObjectId | None = None, **conditions: Any) -> Page:
    """A page of the changes that meet the conditions, after the one with the id `after`."""
    page = _page(CatalogueChange.objects.documents.where(**conditions), after)
    return Page(rows_of(page.rows), page.older)


def rows_of(changes: Collection[Any]) -> list[ChangeRow]:
    """Stored changes as people read them."""
    operations = {change["operation"] for change in changes}
    found = CatalogueOperation.objects.documents.collection.find({"_id": {"$in": list(operations)}})
    known = {row.id: row for row in _operation_rows(list(found))}
    return [_change_row(change, known.get(change["operation"])) for change in changes]


def since(exercise_id: ObjectId, revision: ObjectId | None) -> dict[str, ChangeRow]:
    """The latest change of each field (by its stored name) since the exercise had that revision."""
    latest: dict[str, ChangeRow] = {}
    for row in takewhile(lambda row: row.id != revision, changes(exerciseId=exercise_id).rows):
        for field in row.fields:
            latest.setdefault(field.name, row)
    return latest


def _page(documents: Documents[StoredT], after: ObjectId | None) -> Page:
    last = after and documents.find(after)
    boundary = Boundary(NEWEST_FIRST.key(last)) if last else None
    found = documents.fetch(NEWEST_FIRST, boundary, PAGE + 1)
    rows = [bson.decode(document.raw) for document in found[:PAGE]]
    return Page(rows, rows[-1]["_id"] if len(found) > PAGE else None)


def _operation_rows(documents: Iterable[Any]) -> list[OperationRow]:
    stored: list[OperationDocument] = list(documents)
    known = emails(document["userId"] for document in stored)
    return [_operation_row(document, people.who(document, known)) for document in stored]


def _operation_row(document: OperationDocument, who: str) -> OperationRow:
    return OperationRow(
        id=document["_id"],
        kind=Kind(document["kind"]).label,
        file=document.get("file", ""),
        who=who,
        user_id=document["userId"],
        at=document["at"].replace(tzinfo=UTC),
        what=_what(document),
        counts=document["counts"],
        undoes=document.get("undoes"),
        undone_by=document.get("undoneBy"),
    )


def _what(document: OperationDocument) -> str:
    """Such as `Bench Press changed` or `12 changed, 1 added`."""
    counts = document["counts"]
    if Action.MERGE in counts:  # What else has changed is the exercise that was kept.
        counts = {Action.MERGE: counts[Action.MERGE]}
    if sum(counts.values()) == 1:
        return f"{document['name']} {Action(next(iter(counts))).label.lower()}"
    return ", ".join(f"{n:,} {Action(action).label.lower()}" for action, n in counts.items())


def _change_row(change: ChangeDocument, made_by: OperationRow | None) -> ChangeRow:
    return ChangeRow(
        id=change["_id"],
        exercise_id=change["exerciseId"],
        name=change["name"],
        action=Action(change["action"]).label,
        at=change["at"].replace(tzinfo=UTC),
        fields=[
            FieldRow(name, LABELS.get(name, name), shown(values["old"]), shown(values["new"]))
            for name, values in change["fields"].items()
        ],
        operation=made_by,
        into=(change["into"]["_id"], change["into"]["name"]) if "into" in change else None,
    )


def shown(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        texts = (each["name"] if isinstance(each, dict) else str(each) for each in value)
        return ", ".join(texts) or NOTHING
    return NOTHING if value in (None, "") else str(value)
