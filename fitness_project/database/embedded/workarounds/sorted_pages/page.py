"""Identifies the finds that ask for a sorted page of dates, and extracts their parts."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from operator import ge, gt, le, lt
from typing import Any

from bson import ObjectId

from .find import Find
from .memory import has_index
from .timeline import EPOCH, Timeline

COMPARISONS: dict[Any, Callable[[Any, Any], bool]] = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}


@dataclass(frozen=True)
class Tie:
    """`{"$nor": [{<field>: <date>, "_id": {<comparison>: <id>}}]}`: leaves out the documents of
    one instant that were on an earlier page."""

    position: int
    comparison: Callable[[Any, Any], bool]
    document_id: ObjectId

    def leaves_out(self, position: int, document_id: Any) -> bool:
        is_same = position == self.position and isinstance(document_id, ObjectId)
        return is_same and self.comparison(document_id, self.document_id)


@dataclass(frozen=True)
class Page:
    field: str
    """The field by which the page is sorted first."""
    timeline: Timeline
    equalities: dict[str, Hashable]
    start: float
    """The exclusive bound after which the page begins, as a position; -inf if there is none."""
    end: float
    """The exclusive bound before which it ends; inf if there is none."""
    tie: Tie | None


def page_of(find: Find) -> Page | None:
    """Returns None if the find isn't a sorted page of dates, or if windows wouldn't help it."""
    (field, sign), *_ = find.sort
    if "." in field or field == "_id" or sign not in (1, -1):
        return None
    try:
        page = _parse(find.query, field, Timeline(sign))
    except ValueError:
        return None
    # In an ascending sort, documents without a date come first, and no window contains them.
    is_dated = sign < 0 or page.start > -inf
    if not is_dated or not _has_field_and_id(find.projection, field):
        return None
    return page if has_index(find.collection, frozenset(page.equalities), field) else None


def _parse(query: Mapping[str, Any], field: str, timeline: Timeline) -> Page:
    """Raises ValueError if the query has other conditions than a page's."""
    conditions = dict(query)
    bounds = _bounds(conditions.pop(field, {}), timeline)
    tie = _tie(conditions.pop("$nor", None), field, timeline)
    start, end = bounds.get(timeline.after, -inf), bounds.get(timeline.before, inf)
    if timeline.sign < 0 and end > timeline.position(EPOCH):  # It leaves out no stored date.
        end = inf
    return Page(field, timeline, _equalities(conditions), start, end, tie)


def _bounds(condition: Any, timeline: Timeline) -> dict[str, int]:
    if not isinstance(condition, Mapping) or not condition.keys() <= {"$gt", "$lt"}:
        raise ValueError
    if not all(isinstance(bound, datetime) for bound in condition.values()):
        raise ValueError
    return {operator: timeline.position(bound) for operator, bound in condition.items()}


def _tie(nor: Any, field: str, timeline: Timeline) -> Tie | None:
    match nor:
        case None:
            return None
        case [{"_id": {**comparison}, **rest}] if len(comparison) == 1 and rest.keys() == {field}:
            ((operator, value),), date = comparison.items(), rest[field]
            compare = COMPARISONS.get(operator)
            if compare and isinstance(value, ObjectId) and isinstance(date, datetime):
                return Tie(timeline.position(date), compare, value)
    raise ValueError


def _equalities(conditions: Mapping[str, Any]) -> dict[str, Hashable]:
    is_other = (
        name.startswith("$") or isinstance(value, Mapping) or not isinstance(value, Hashable)
        for name, value in conditions.items()
    )
    if not conditions or any(is_other):
        raise ValueError
    return dict(conditions)


def _has_field_and_id(projection: Mapping[str, Any] | None, field: str) -> bool:
    """The search needs both in the documents that it reads."""
    if not projection:
        return True
    included = {name for name, value in projection.items() if value is True or value == 1}
    return field in included and projection.get("_id", True) in (True, 1)
