"""Plans what importing the rows of a file changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from rest_framework.exceptions import ValidationError

from fitness_project.database.deadline import paused
from fitness_project.documents.collection import Document

from ..audit import log, reading
from ..audit.latest import latest_changes
from ..audit.operations import Kind
from ..catalogue import catalogue
from ..models import ExerciseDocument
from ..snapshot import Snapshot
from .clashes import Clashes
from .departed import Departed
from .files.rows import FileRow
from .matching import MatchedRow, Matcher
from .validating import Spelling, ValueReader, reason_of

BY_FILE = {kind.label for kind in (Kind.COMMAND, Kind.IMPORT, Kind.IN_USE)}
"""The kinds of operations by which no person chose the value of a single field."""

EMPTY: tuple[Any, ...] = (None, "", [])

LONGEST_NAME = 100
"""A rejected row may have a name of any length."""

Tick = tuple[int, str]
"""The number of a row in the file and the stored name of a field."""


@dataclass(frozen=True)
class FieldChange:
    """`by` is the last change of the field if a person made it: the import would undo that.

    `is_emptying` says that the file has no value where the catalogue has one, and isn't an export
    of this service: then it more likely lacks the value than that the exercise has none.
    """

    field: str
    old: Any
    new: Any
    by: reading.ChangeRow | None = None
    is_emptying: bool = False


@dataclass(frozen=True)
class ChangedRow:
    """Changes of an exercise, which is now called `name`.

    `number` counts the rows of the file from 1, and `place` is where people find this one. `alias`
    is what the file calls the exercise if that is a former name of it, or one that was merged into
    it.
    """

    number: int
    place: str
    exercise_id: ObjectId
    name: str
    changes: list[FieldChange]
    alias: str | None = None


@dataclass(frozen=True)
class NewRow:
    """`deleted` is the deletion of an exercise with this name: the import would undo that."""

    number: int
    place: str
    document: Document
    deleted: reading.ChangeRow | None = None

    @property
    def tick(self) -> Tick:
        """What takes the row if it would undo a deletion. Others need none."""
        return self.number, "name"


@dataclass(frozen=True)
class RejectedRow:
    """`reason` names the field and says what would be right. `name` is what the file has."""

    number: int
    place: str
    reason: str
    name: str = ""


@dataclass
class Plan:
    """What an import would do. All rows are in the order of the file, except that an exercise that
    gets the name of another one comes after that.

    `unchanged` counts the rows that are in the catalogue already.
    """

    new: list[NewRow] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)

    def suggested(self) -> set[Tick]:
        """The changes that empty no field and undo no edit, rename or merge."""
        return {(row.number, c.field) for row in self.changed for c in _suggested(row)}

    def every_change(self) -> set[Tick]:
        changes = {(row.number, change.field) for row in self.changed for change in row.changes}
        return changes | {row.tick for row in self.deleted}

    @property
    def deleted(self) -> list[NewRow]:
        """The new rows that are taken only if they are ticked."""
        return [row for row in self.new if row.deleted]


def _suggested(row: ChangedRow) -> Iterator[FieldChange]:
    if row.alias is None:
        yield from (change for change in row.changes if not change.by and not change.is_emptying)


def make_plan(rows: Sequence[FileRow]) -> Plan:
    """Matches rows with the catalogue by id, name, alias or former name.

    A row that matches by name keeps the catalogue's spelling of the name.
    """
    planner = _Planner(catalogue.refreshed())
    with paused():
        for number, (place, row) in enumerate(zip(_places(rows), rows, strict=True), start=1):
            planner.read(number, place, row)
        planner.enter_all()
    plan = planner.plan
    plan.changed = _with_authors(plan.changed)
    plan.rejected.sort(key=lambda rejected: rejected.number)
    return plan


def _places(rows: Sequence[FileRow]) -> list[str]:
    """What tells people which row is meant. Where rows share a line, that is their number."""
    if len({row.line for row in rows}) == len(rows):
        return [f"line {row.line}" for row in rows]
    return [f"exercise {number}" for number in range(1, len(rows) + 1)]


def _is_emptying(each: MatchedRow, name: str) -> bool:
    is_empty = each.row.fields[name] in EMPTY or each.values[name] in EMPTY
    return each.row.exercise_id is None and is_empty


def _of_departed(each: MatchedRow, departed: Departed) -> MatchedRow:
    if each.exercise or each.key is None:
        return each
    if each.key in departed.former:
        return replace(each, exercise=departed.former[each.key], is_former=True)
    return replace(each, deleted=departed.deleted.get(each.key))


class _Planner:
    def __init__(self, snapshot: Snapshot) -> None:
        self.plan = Plan()
        self._snapshot, self._matcher = snapshot, Matcher(snapshot)
        self._values, self._spelling = ValueReader(), Spelling()
        self._rows: list[MatchedRow] = []

    def read(self, number: int, place: str, row: FileRow) -> None:
        if row.fault is not None:
            self._reject(number, place, row, row.fault)
            return
        try:
            values = self._values.read(row.fields)
        except ValidationError as error:
            self._reject(number, place, row, reason_of(error.detail))
            return
        exercise, is_former = self._matcher.match(row.exercise_id, values.get("name"))
        self._rows.append(MatchedRow(number, place, row, values, exercise, is_former))

    def enter_all(self) -> None:
        """An exercise that the file has already isn't changed by a former name too."""
        self._look_up_departed()
        clashes = Clashes(self._matcher, self._rows)
        taken = {row.exercise["_id"] for row in self._rows if row.exercise and not row.is_former}
        for each in self._rows:
            if fault := clashes.fault_of(each):
                self._reject(each.number, each.place, each.row, fault)
            elif each.exercise and each.is_former and each.exercise["_id"] in taken:
                self.plan.unchanged += 1
            else:
                self._enter(each)
                taken |= {each.exercise["_id"]} if each.exercise else set()
        self.plan.changed.sort(key=lambda row: clashes.turn_of(row.exercise_id))

    def _look_up_departed(self) -> None:
        """Matches by former names what nothing else matches, and finds what was deleted."""
        unmatched = {each.key for each in self._rows if each.key and not each.exercise}
        if unmatched:
            departed = Departed(unmatched, self._snapshot)
            self._rows = [_of_departed(each, departed) for each in self._rows]

    def _enter(self, each: MatchedRow) -> None:
        number, place, stored = each.number, each.place, each.exercise
        if stored is None:
            document = {**self._values.defaults, **self._spelling.of(each.values)}
            self.plan.new.append(NewRow(number, place, document, each.deleted))
        elif changes := list(self._changes(each, stored)):
            alias = each.values.get("name", str(each.row.exercise_id)) if each.is_former else None
            row = ChangedRow(number, place, stored["_id"], stored["name"], changes, alias)
            self.plan.changed.append(row)
        else:
            self.plan.unchanged += 1

    def _changes(self, each: MatchedRow, stored: ExerciseDocument) -> Iterator[FieldChange]:
        for name, value in each.values.items():
            old = log.content(stored, name)
            if value == old or (name == "name" and not each.has_its_id):
                continue
            is_emptying = _is_emptying(each, name)
            spelled = self._spelling.of({name: value})[name]
            if spelled != old and not (is_emptying and each.row.omits_empty):
                yield FieldChange(name, old, spelled, is_emptying=is_emptying)

    def _reject(self, number: int, place: str, row: FileRow, reason: str) -> None:
        name = row.fields.get("name")
        shown = name[:LONGEST_NAME] if isinstance(name, str) else ""
        self.plan.rejected.append(RejectedRow(number, place, reason, shown))


def _with_authors(rows: list[ChangedRow]) -> list[ChangedRow]:
    """Adds who changed the fields by hand."""
    latest = latest_changes({(row.exercise_id, c.field) for row in rows for c in row.changes})
    by_hand = {
        place: change
        for place, change in latest.items()
        if change.operation and change.operation.kind not in BY_FILE
    }
    return [
        replace(
            row,
            changes=[replace(c, by=by_hand.get((row.exercise_id, c.field))) for c in row.changes],
        )
        for row in rows
    ]
