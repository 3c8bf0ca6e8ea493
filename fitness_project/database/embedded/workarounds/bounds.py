"""Date ranges, whose ends the embedded server may leave out.

In a compound index with an equality before the range's field and another field behind it, the
server loses what equals an inclusive bound at the range's upper end in the order of the index: it
reads `$gte` as `$gt` where the field is descending, and `$lte` as `$lt` where it is ascending.
Stored dates are whole milliseconds, so an exclusive bound one millisecond further away says the
same, and that is what the server is sent.

It treats bounds of all types like that, but a date is the only one that the project's indexes
have before their last field.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson.datetime_ms import DatetimeMS

from .pipelines import Stage, rewritten

MILLISECOND = timedelta(milliseconds=1)
# The exclusive operator for an inclusive one, where its bound moves, and which of two is tighter.
EXCLUSIVE = {"$gte": ("$gt", -1, max), "$lte": ("$lt", 1, min)}
LOGICAL = ("$and", "$or", "$nor")


def exclusive(query: Any) -> Any:
    """A copy of the query whose bounds for dates are exclusive. What is no query stays as it is."""
    if not isinstance(query, Mapping):
        return query
    return {name: _condition(name, value) for name, value in query.items()}


def exclusive_matches(pipeline: Sequence[Stage]) -> list[Stage]:
    """A copy of the pipeline, with `exclusive` queries in its `$match` stages."""
    return rewritten(pipeline, {"$match": exclusive})


def _condition(name: str, value: Any) -> Any:
    if name in LOGICAL:
        return [exclusive(query) for query in value]
    if name.startswith("$") or not isinstance(value, Mapping):
        return value
    return _operators(value)


def _operators(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of a field, such as {"$gte": ..., "$not": {...}}."""
    moved: dict[str, Any] = {}
    for inclusive, operand in given.items():
        operator, direction, tighter = EXCLUSIVE.get(inclusive, (inclusive, 0, max))
        other = given.get(operator)
        if direction == 0:
            moved.setdefault(operator, _operand(operator, operand))
        elif not isinstance(operand, datetime) or not isinstance(other, datetime | None):
            moved[inclusive] = operand
        elif other is None:
            moved[operator] = _moved(operand, direction)
        else:
            moved[operator] = tighter(_moved(operand, direction), other, key=_milliseconds)
    return moved


def _operand(operator: str, operand: Any) -> Any:
    if operator == "$not" and isinstance(operand, Mapping):
        return _operators(operand)
    if operator == "$elemMatch":
        return _operators(exclusive(operand))
    return operand


def _moved(bound: datetime, direction: int) -> datetime | DatetimeMS:
    try:
        return bound + direction * MILLISECOND
    except OverflowError:  # BSON's calendar goes on where Python's ends.
        return DatetimeMS(_milliseconds(bound) + direction)


def _milliseconds(bound: datetime | DatetimeMS) -> int:
    return int(DatetimeMS(bound) if isinstance(bound, datetime) else bound)
