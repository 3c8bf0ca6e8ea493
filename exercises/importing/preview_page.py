"""What the page with an import's preview shows."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.text import capfirst

from exercises.audit import log, reading
from exercises.curating.values import in_use
from exercises.selection import FACETS, values_of

from .plan import ChangedRow, FieldChange, NewRow, Plan, RejectedRow, Tick
from .ticks import packed, ticked_in, value

# A page of this many rows has fewer than the 1,000 fields that Django takes.
PER_PAGE = 50
# What a button ticks or unticks, other than the changes of one field.
ALL, DOUBTFUL = "all", "doubtful"
TICKED = "ticked"
FACET_LABELS = {"level": "levels", "category": "categories", "muscle": "muscles"}
MAX_NEW_VALUES = 100
# Such as `primaryMuscles/0: ` in the reason why a row was rejected.
POINTER = re.compile(rf"(?<!\S)(?P<field>{'|'.join(log.CONTENT)})(?:/(?P<index>\d+))?: ")


@dataclass(frozen=True)
class Field:
    label: str
    new: str
    old: str = ""
    value: str = ""
    is_ticked: bool = False
    by: reading.ChangeRow | None = None
    is_emptying: bool = False


@dataclass(frozen=True)
class Row:
    """Of an exercise that would come back, only the name has a tick."""

    place: str
    name: str
    fields: list[Field]
    exercise_id: ObjectId | None = None
    alias: str | None = None
    deleted: reading.ChangeRow | None = None


@dataclass(frozen=True)
class NewValues:
    """Of a facet, with the number of rows that have each, and how many more there are."""

    label: str
    counts: list[tuple[str, int]]
    more: int


def chosen(plan: Plan, posted: QueryDict) -> set[Tick]:
    """The changes that are to be made."""
    return _ticked(plan, posted) if _choice(posted) == TICKED else set()


def is_anything_chosen(plan: Plan, ticked: Collection[Tick]) -> bool:
    return bool(ticked) or len(plan.new) > len(plan.deleted)


def context(plan: Plan, posted: QueryDict) -> dict[str, Any]:
    changes, suggested = plan.every_change(), plan.suggested()
    ticked = _ticked(plan, posted)
    lists: dict[str, list[Any]] = {
        "new": _plainly_new(plan),
        "changed": _with_ticks(plan),
        "rejected": plan.rejected,
    }
    pages = {name: _page(rows, posted.get(f"{name}_page")) for name, rows in lists.items()}
    shown = [tick for row in pages["changed"] for tick in _ticks(row)]
    return {
        "pages": pages,
        "new_rows": [_new_row(row) for row in pages["new"]],
        "changed_rows": [_ticked_row(row, ticked) for row in pages["changed"]],
        "rejected_rows": [rejected_row(row) for row in pages["rejected"]],
        "state": {
            "differing": packed(suggested ^ ticked),
            "shown": packed(shown),
            **{f"{name}_page": page.number for name, page in pages.items()},
        },
        "counts": {
            "new": len(lists["new"]),
            "changed": len(plan.changed),
            "deleted": len(plan.deleted),
            "rejected": len(plan.rejected),
        },
        "unchanged": plan.unchanged,
        "changes": len(changes),
        "ticked": len(ticked),
        "doubtful": len(changes - suggested),
        "bulk_choices": _bulk_choices(changes, suggested),
        "bulk": posted.get("bulk"),
        "choice": _choice(posted),
        "new_values": _new_values(plan, ticked),
        "open_new": "new_page" in posted or not lists["changed"],
        "is_nothing_chosen": "confirm" in posted,
    }


def _choice(posted: QueryDict) -> str | None:
    """Whoever ticks or unticks something wants the ticked changes."""
    return TICKED if "put" in posted else posted.get("choice")


def _ticked(plan: Plan, posted: QueryDict) -> set[Tick]:
    ticked = ticked_in(posted, plan.suggested(), plan.every_change())
    if "put" in posted:
        return put(plan, ticked, posted.get("bulk", ""), tick=posted["put"] == "tick")
    return ticked


def put(plan: Plan, ticked: set[Tick], which: str, *, tick: bool) -> set[Tick]:
    """Ticks or unticks all changes, or all of a field, or those that aren't suggested.

    Only the last ticks any that aren't suggested.
    """
    changes, suggested = plan.every_change(), plan.suggested()
    if which == DOUBTFUL:
        meant = changes - suggested
    else:
        meant = {each for each in (suggested if tick else changes) if which in (ALL, each[1])}
    return ticked | meant if tick else ticked - meant


def _plainly_new(plan: Plan) -> list[NewRow]:
    return [row for row in plan.new if not row.deleted]


def _with_ticks(plan: Plan) -> list[NewRow | ChangedRow]:
    return sorted([*plan.deleted, *plan.changed], key=lambda row: row.number)


def _ticks(row: NewRow | ChangedRow) -> list[Tick]:
    if isinstance(row, NewRow):
        return [row.tick]
    return [(row.number, change.field) for change in row.changes]


def rejected_row(row: RejectedRow) -> tuple[str, str, str]:
    """The place, the exercise's name, and the reason with the fields' labels."""
    return row.place, row.name, POINTER.sub(_label, row.reason)


def _label(pointer: re.Match[str]) -> str:
    label = capfirst(reading.LABELS[pointer["field"]])
    return f"{label}, entry {int(pointer['index']) + 1}: " if pointer["index"] else f"{label}: "


def _new_values(plan: Plan, ticked: Collection[Tick]) -> list[NewValues]:
    """The values that no exercise in the catalogue has: some of them may be misspelled."""
    rows: list[Any] = [row.document for row in plan.new]
    rows += [
        {change.field: change.new for change in row.changes if (row.number, change.field) in ticked}
        for row in plan.changed
    ]
    found = []
    for facet in FACETS:
        known = in_use(facet)
        counts = Counter(value for row in rows for value in values_of(row, facet))
        new = [each for each in counts.most_common() if each[0].casefold() not in known]
        if new:
            label = FACET_LABELS.get(facet, facet)
            found.append(NewValues(label, new[:MAX_NEW_VALUES], len(new[MAX_NEW_VALUES:])))
    return found


def _page(rows: list[Any], number: str | None) -> Page:
    return Paginator(rows, PER_PAGE).get_page(number)


def _new_row(row: NewRow) -> Row:
    document: Mapping[str, Any] = row.document
    fields = [
        Field(reading.LABELS[name], reading.shown(document[name]))
        for name, default in log.CONTENT.items()
        if name != "name" and document.get(name, default) != default
    ]
    return Row(row.place, document["name"], fields)


def _ticked_row(row: NewRow | ChangedRow, ticked: Collection[Tick]) -> Row:
    if isinstance(row, NewRow):
        new, tick = _new_row(row), row.tick
        name = Field(reading.LABELS["name"], new.name, reading.NOTHING, value(tick), tick in ticked)
        return replace(new, fields=[name, *new.fields], deleted=row.deleted)
    fields = [_field(row.number, change, ticked) for change in row.changes]
    return Row(row.place, row.name, fields, row.exercise_id, row.alias)


def _field(number: int, change: FieldChange, ticked: Collection[Tick]) -> Field:
    tick = (number, change.field)
    label, new, old = reading.LABELS[change.field], change.new, change.old
    shown = reading.shown
    texts = label, shown(new), shown(old), value(tick)
    return Field(*texts, tick in ticked, change.by, change.is_emptying)


def _bulk_choices(changes: set[Tick], suggested: set[Tick]) -> list[tuple[str, str]]:
    """What can be ticked or unticked at once, with the number of changes."""
    counts = Counter(name for _, name in changes)
    choices = [(ALL, f"of all fields ({len(changes):,})")]
    choices += [(name, f"of {reading.LABELS[name]} ({n:,})") for name, n in counts.most_common()]
    if doubtful := len(changes - suggested):
        choices.append((DOUBTFUL, f"that aren’t suggested ({doubtful:,})"))
    return choices
