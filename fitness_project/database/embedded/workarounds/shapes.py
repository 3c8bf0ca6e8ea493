"""Which finds ask for a sorted page of dates, and what of them matters."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from bson import ObjectId

from .directions import Direction, utc
from .learned import has_index, undated
from .questions import Question

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}


@dataclass(frozen=True)
class Tie:
    """`{"$nor": [{<date field>: date, "_id": {<comparison>: id}}]}`: those of one instant that
    were on an earlier page."""

    date: datetime
    comparison: Callable[[Any, Any], bool]
    id: ObjectId

    def leaves_out(self, date: datetime, id: Any) -> bool:
        return date == self.date and isinstance(id, ObjectId) and self.comparison(id, self.id)


@dataclass(frozen=True)
class Shape:
    field: str
    """What the page is sorted by first."""
    direction: Direction
    equalities: dict[str, Hashable]
    near: datetime
    """The bound at which the page begins, exclusive; `direction.nearest` where there is none."""
    far: datetime | None
    """The bound where the page must end at the latest."""
    tie: Tie | None


def shape_of(question: Question) -> Shape | None:
    """None where the find is no sorted page of dates, or where windows wouldn't serve it."""
    (field, sign), *_ = question.sort
    if "." in field or field == "_id" or sign not in (1, -1):
        return None
    conditions = dict(question.filter)
    try:
        bounds = _bounds(conditions.pop(field, {}))
        tie = _tie(conditions.pop("$nor", None), field)
        equalities = _equalities(conditions)
    except ValueError:
        return None
    direction = Direction(sign)
    near, far = bounds.get(direction.near_operator), bounds.get(direction.far_operator)
    # Ascending, what has no date comes first. It isn't in any window.
    is_dated = near is not None or (sign < 0 and not _is_undated(question, field))
    if not is_dated or not _is_shown(question.projection, field):
        return None
    if not has_index(question.collection, frozenset(equalities), field):
        return None
    return Shape(field, direction, equalities, near or direction.nearest, far, tie)


def _bounds(condition: Any) -> dict[str, datetime]:
    if not isinstance(condition, Mapping) or not condition.keys() <= {"$gt", "$lt"}:
        raise ValueError
    if not all(isinstance(bound, datetime) for bound in condition.values()):
        raise ValueError
    return {operator: utc(bound) for operator, bound in condition.items()}


def _tie(nor: Any, field: str) -> Tie | None:
    match nor:
        case None:
            return None
        case [{"_id": {**comparison}, **rest}] if len(comparison) == 1 and rest.keys() == {field}:
            ((operator, id),) = comparison.items()
            date = rest[field]
            if operator in COMPARISONS and isinstance(id, ObjectId) and isinstance(date, datetime):
                return Tie(_as_stored(utc(date)), COMPARISONS[operator], id)
    raise ValueError


def _as_stored(date: datetime) -> datetime:
    return date.replace(microsecond=date.microsecond // 1000 * 1000)


def _equalities(conditions: Mapping[str, Any]) -> dict[str, Hashable]:
    is_other = (
        name.startswith("$") or isinstance(value, Mapping) or not isinstance(value, Hashable)
        for name, value in conditions.items()
    )
    if not conditions or any(is_other):
        raise ValueError
    return dict(conditions)


def _is_undated(question: Question, field: str) -> bool:
    return (question.collection.full_name, field) in undated


def _is_shown(projection: Mapping[str, Any] | None, field: str) -> bool:
    """With the `_id`, as what is learned from a page and the ties need."""
    if not projection:
        return True
    shown = {name for name, value in projection.items() if value is True or value == 1}
    return field in shown and projection.get("_id", True) in (True, 1)
