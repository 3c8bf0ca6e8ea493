"""Applies imports in parts, so that no other writer to the catalogue waits for long."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bson import ObjectId
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import TaskResultDoesNotExist

from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.errors import FieldRefused

from .. import services
from ..audit import log
from ..audit.latest import latest_changes
from ..audit.operations import Kind, Operation
from ..models import CatalogueImport, CatalogueImportPart, ExerciseDocument
from ..names import name_key
from ..versions import catalogue_write, giving_way
from ..writing import Writing
from .models import LeftDocument
from .packing import Row, pack, unpack, unpacked_rows
from .plan import ChangedRow, NewRow, Tick
from .stored import RESULT_LIVES, Progress, Status, find_import, parts_of


@dataclass
class Outcome:
    """What came of some rows. `left` is what the catalogue's state didn't allow any more."""

    added: list[ExerciseDocument] = field(default_factory=list)
    changed: list[services.Changed] = field(default_factory=list)
    left: list[LeftDocument] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.added += other.added
        self.changed += other.changed
        self.left += other.left


def confirm(import_id: ObjectId, user_id: ObjectId, ticked: Iterable[Tick]) -> None:
    """Starts importing, in the name of the user: new exercises and the ticked changes.

    Without ticks, only new ones are imported, and none that was deleted. Confirming again does
    nothing. Raises Missing.
    """
    _confirm(import_id, user_id, pack(sorted(map(list, ticked))))


@transactional
def _confirm(import_id: ObjectId, user_id: ObjectId, ticked: bytes) -> None:
    stored = find_import(import_id)
    if stored["status"] != Status.PREVIEW:
        return
    imports, parts = CatalogueImport.objects.documents, CatalogueImportPart.objects.documents
    expires_at = now() + RESULT_LIVES
    task_id = apply_import.enqueue(str(import_id)).id
    started = {"status": Status.RUNNING.value, "userId": user_id, "ticked": ticked}
    imports.collection.update_one(
        {"_id": import_id},
        {
            "$set": {**started, "taskId": task_id, "expiresAt": expires_at},
            "$unset": {"content": ""},
        },
        session=imports.session,
    )
    parts.collection.update_many(
        {"importId": import_id}, {"$set": {"expiresAt": expires_at}}, session=parts.session
    )


@dataclass(frozen=True)
class Failure:
    """A task that has failed for good. Only an operator can set it going again."""

    task_id: str
    at: datetime | None


def failure_of(progress: Progress) -> Failure | None:
    """Why an import that is running won't go on by itself."""
    if progress.status != Status.RUNNING or not progress.task_id:
        return None
    try:
        result = apply_import.get_result(progress.task_id)
    except TaskResultDoesNotExist:  # An operator has dropped it.
        return Failure(progress.task_id, None)
    is_failed = result.status == TaskResultStatus.FAILED
    return Failure(result.id, result.finished_at) if is_failed else None


@task()
def apply_import(import_id: str) -> None:
    """Applies the parts that are left. It can be run again, and applies none of them twice."""
    stored = find_import(ObjectId(import_id))
    operation = Operation(Kind.IMPORT, stored["userId"], id=stored["_id"], file=stored["fileName"])
    ticked = {(number, name) for number, name in unpack(stored["ticked"])}
    for part in parts_of(operation.id, {"isDone": 1}):
        if part["isDone"]:
            continue
        with giving_way():
            outcome = _apply_part(operation, part["_id"], ticked)
        if outcome is None:
            _end(operation.id, Status.STOPPED)
            return
        services.rename_at_once(outcome.changed)
    _end(operation.id, Status.DONE)


@catalogue_write
def _apply_part(
    version: int, operation: Operation, part_id: ObjectId, ticked: Container[Tick]
) -> Outcome | None:
    """Returns None if the import has been undone."""
    parts = CatalogueImportPart.objects.documents
    part = parts.get(part_id)
    if part["isDone"]:
        return Outcome()
    rows = chosen(unpacked_rows(unpack(part["rows"])), ticked)
    outcome = _apply(version, operation, rows)
    if outcome is None:
        return None
    result = {
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "left": outcome.left,
        "notChosen": part["size"] - len(rows),
    }
    parts.collection.update_one(
        {"_id": part_id},
        {"$set": {"isDone": True, **result}, "$unset": {"rows": ""}},
        session=parts.session,
    )
    return outcome


@transactional
def _end(import_id: ObjectId, status: Status) -> None:
    stored = find_import(import_id)
    if stored["status"] == Status.RUNNING:
        CatalogueImport.objects.documents.update(stored, {"status": status.value})


def chosen(rows: Iterable[Row], ticked: Container[Tick]) -> list[Row]:
    """The new rows, and the changed ones with the changes that are ticked.

    New ones that would undo a deletion must be ticked too.
    """
    chosen: list[Row] = []
    for row in rows:
        if isinstance(row, NewRow):
            if not row.deleted or row.tick in ticked:
                chosen.append(row)
        elif changes := [c for c in row.changes if (row.number, c.field) in ticked]:
            chosen.append(replace(row, changes=changes))
    return chosen


def apply_rows(operation: Operation, rows: Sequence[Row]) -> Outcome | None:
    """Applies some rows in one transaction. Returns None if the operation has been undone."""
    with giving_way():
        outcome = catalogue_write(_apply)(operation, rows)
    if outcome is not None:
        services.rename_at_once(outcome.changed)
    return outcome


def _apply(version: int, operation: Operation, rows: Sequence[Row]) -> Outcome | None:
    if log.is_undone(operation.id):
        return None
    new = [row for row in rows if isinstance(row, NewRow)]
    changed = [row for row in rows if isinstance(row, ChangedRow)]
    applying = _Applying(Writing(version))
    applying.prepare(new, changed)
    for row in new:
        applying.add(row)
    for each in changed:
        applying.change(each)
    return applying.finish(operation)


class _Applying:
    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._outcome = Outcome()
        self._outdated: list[tuple[ChangedRow, str]] = []

    def prepare(self, new: list[NewRow], changed: list[ChangedRow]) -> None:
        names = [row.document["name"] for row in new]
        names += [c.new for row in changed for c in row.changes if c.field == "name"]
        self._writing.prepare([row.exercise_id for row in changed], names)

    def add(self, row: NewRow) -> None:
        name = row.document["name"]
        try:
            self._outcome.added.append(services.create(self._writing, row.document))
        except FieldRefused:
            self._leave(row, name, None, "another exercise has taken this name")

    def change(self, row: ChangedRow) -> None:
        stored = self._writing.find(row.exercise_id)
        if stored is None:
            self._leave(row, row.name, None, "is no longer in the catalogue")
        elif fields := self._fields(row, stored):
            self._outcome.changed.append(services.change(self._writing, stored["_id"], fields))

    def _fields(self, row: ChangedRow, stored: ExerciseDocument) -> Document:
        """What has the old value still. What has the new one already needs nothing."""
        fields: Document = {}
        for change in row.changes:
            current = log.content(stored, change.field)
            if current == change.new:
                continue
            if current != change.old:
                self._outdated.append((row, change.field))
            elif change.field == "name" and self._is_taken(change.new, stored):
                reason = f"another exercise has taken the name {change.new}"
                self._leave(row, row.name, change.field, reason)
            else:
                fields[change.field] = change.new
        return fields

    def _is_taken(self, name: str, stored: ExerciseDocument) -> bool:
        """Another spelling of its name is always the exercise's own."""
        is_new = name_key(name) != stored.get("nameKey")
        return is_new and self._writing.is_taken(name, stored["_id"])

    def finish(self, operation: Operation) -> Outcome:
        outcome = self._outcome
        self._writing.send()
        added = [log.appeared(exercise) for exercise in outcome.added]
        log.record(operation, added + services.logged(outcome.changed))
        services.rename_later(outcome.changed)
        self._leave_outdated()
        outcome.left.sort(key=lambda left: left["number"])
        return outcome

    def _leave_outdated(self) -> None:
        """Says who has changed the fields since, as far as the log knows."""
        latest = latest_changes({(row.exercise_id, name) for row, name in self._outdated})
        for row, name in self._outdated:
            last = latest.get((row.exercise_id, name))
            by = f" by {last.operation.who}" if last and last.operation else ""
            self._leave(row, row.name, name, f"changed since{by}")

    def _leave(self, row: Row, name: str, field_name: str | None, reason: str) -> None:
        what: LeftDocument = {
            "number": row.number,
            "place": row.place,
            "name": name,
            "field": field_name,
            "reason": reason,
        }
        self._outcome.left.append(what)
