"""What the command says about an import, in lines."""

from collections.abc import Container, Iterator, Sequence
from textwrap import shorten

from ..audit import reading
from .applying import Outcome
from .files.rows import ReadFile
from .packing import Row
from .plan import ChangedRow, FieldChange, NewRow, Plan, Tick

LONGEST_VALUE = 60


def about_file(read: ReadFile) -> Iterator[str]:
    language = f", in {read.language}" if read.language else ""
    yield f"Read as {read.layout} ({read.encoding}){language}"
    if read.dropped:
        dropped = ", ".join(f"{name} ({_rows(count)})" for name, count in read.dropped.items())
        yield f"The catalogue doesn't keep: {dropped}"


def rejected(plan: Plan) -> Iterator[str]:
    for row in plan.rejected:
        name = f" ({row.name})" if row.name else ""
        yield f"{row.place}{name} rejected: {row.reason}"


def planned(plan: Plan, ticked: Container[Tick]) -> Iterator[str]:
    """Each new exercise, and each change field by field."""
    for new in plan.new:
        why_not = "" if new.tick in ticked else _why_not_again(new)
        yield f"{new.place}: {new.document['name']}: new{why_not}"
    for row in plan.changed:
        alias = f" (called {row.alias} in the file)" if row.alias else ""
        yield f"{row.place}: {row.name}{alias}:"
        for change in row.changes:
            is_chosen = (row.number, change.field) in ticked
            yield f"  {_values(change)}{'' if is_chosen else _why_not(row, change)}"


def left_out(plan: Plan, ticked: Container[Tick]) -> Iterator[str]:
    if out := sum(tick not in ticked for tick in plan.every_change()):
        yield f"Changes left out: {out:,} (--dry-run shows them, and --overwrite makes them)"


def left(outcome: Outcome) -> Iterator[str]:
    for each in outcome.left:
        name = f"{each['name']}, {each['field']}," if each["field"] else each["name"]
        yield f"{each['place']}: {name} is left as it is: {each['reason']}"


def summary(plan: Plan, rows: Sequence[Row], outcome: Outcome, is_dry: bool) -> str:
    added, changed = len(outcome.added), len(outcome.changed)
    if is_dry:
        added = sum(isinstance(row, NewRow) for row in rows)
        changed = len(rows) - added
    left_out = len(plan.new) + len(plan.changed) - len(rows)
    return (
        f"{'Would be: ' if is_dry else ''}added {added:,}, changed {changed:,}, "
        f"unchanged {plan.unchanged:,}, {f'left out {left_out:,}, ' if left_out else ''}"
        f"rejected {len(plan.rejected):,}"
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _values(change: FieldChange) -> str:
    old, new = (
        shorten(reading.shown(value), LONGEST_VALUE, placeholder="…")
        for value in (change.old, change.new)
    )
    return f"{change.field}: {old} → {new}"


def _why_not(row: ChangedRow, change: FieldChange) -> str:
    if change.by and change.by.operation:
        return f" (left out: changed by {change.by.operation.who} on {change.by.at:%Y-%m-%d})"
    if row.alias:
        return " (left out: under another name in the file)"
    return " (left out: would empty the field)" if change.is_emptying else " (left out)"


def _why_not_again(row: NewRow) -> str:
    if row.deleted and row.deleted.operation:
        by, on = row.deleted.operation.who, row.deleted.at
        return f" (left out: deleted by {by} on {on:%Y-%m-%d})"
    return ""
