"""Inclusive date bounds, which the embedded server may treat as exclusive.

In a compound index with an equality before the range's field and another field after it, the
server drops the documents that equal the inclusive bound at the upper end of the index's order: it
treats `$gte` as `$gt` where the field is descending, and `$lte` as `$lt` where it is ascending.
Stored dates are whole milliseconds, so an exclusive bound one millisecond further out selects the
same documents. Queries are sent with such bounds.

The fault affects bounds of every type, but the project's indexes have only dates before their last
field.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson.datetime_ms import DatetimeMS

from fitness_project.database.embedded.pipelines import Stage, rewrite_stages

MILLISECOND = timedelta(milliseconds=1)
# For each inclusive operator: the exclusive one, the milliseconds by which its bound moves, and
# the function that chooses the tighter of two bounds.
EXCLUSIVE = {"$gte": ("$gt", -1, max), "$lte": ("$lt", 1, min)}
LOGICAL = ("$and", "$or", "$nor")


def make_bounds_exclusive(query: Any) -> Any:
    """Returns a copy of the query with exclusive date bounds. Anything else is returned as is."""
    if not isinstance(query, Mapping):
        return query
    return {name: _condition(name, value) for name, value in query.items()}


def make_match_bounds_exclusive(pipeline: Sequence[Stage]) -> list[Stage]:
    """Returns a copy of the pipeline whose `$match` stages have exclusive date bounds."""
    return rewrite_stages(pipeline, {"$match": make_bounds_exclusive})


def _condition(name: str, value: Any) -> Any:
    if name in LOGICAL:
        return [make_bounds_exclusive(query) for query in value]
    if name.startswith("$") or not isinstance(value, Mapping):
        return value
    return _operators(value)


def _operators(given: Mapping[str, Any]) -> dict[str, Any]:
    """Rewrites a field's operators, such as {"$gte": ..., "$not": {...}}."""
    rewritten = {operator: _operand(operator, operand) for operator, operand in given.items()}
    for inclusive, (exclusive, step, tighter) in EXCLUSIVE.items():
        bound, other = given.get(inclusive), given.get(exclusive)
        if isinstance(bound, datetime) and isinstance(other, datetime | None):
            moved = _moved(bound, step)
            rewritten.pop(inclusive)
            rewritten[exclusive] = tighter(moved, other, key=_milliseconds) if other else moved
    return rewritten


def _operand(operator: str, operand: Any) -> Any:
    if operator == "$not" and isinstance(operand, Mapping):
        return _operators(operand)
    if operator == "$elemMatch":
        return _operators(make_bounds_exclusive(operand))
    return operand


def _moved(bound: datetime, step: int) -> datetime | DatetimeMS:
    try:
        return bound + step * MILLISECOND
    except OverflowError:  # BSON has dates before and after Python's.
        return DatetimeMS(_milliseconds(bound) + step)


def _milliseconds(bound: datetime | DatetimeMS) -> int:
    return int(DatetimeMS(bound) if isinstance(bound, datetime) else bound)
