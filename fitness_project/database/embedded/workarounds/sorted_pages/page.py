"""Identifies the finds that ask for a sorted page of dates, and extracts their parts."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from operator import ge, gt, le, lt
from re import Pattern
from typing import Any

from bson import ObjectId, Regex

from .find import Find
from .memory import served_fields
from .timeline import Timeline

COMPARISONS: dict[Any, Callable[[Any, Any], bool]] = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
LOGICAL = ("$and", "$or", "$nor")


@dataclass(frozen=True)
class Tie:
    """`{"$nor": [{<field>: <date>, "_id": {<comparison>: <id>}}]}`: leaves out the documents of
    one instant that were on an earlier page."""

    position: int
    comparison: Callable[[Any, Any], bool]
    document_id: ObjectId
    condition: Mapping[str, Any]

    def leaves_out(self, position: int, document_id: Any) -> bool:
        is_same = position == self.position and isinstance(document_id, ObjectId)
        return is_same and self.comparison(document_id, self.document_id)


@dataclass(frozen=True)
class Page:
    field: str
    """The field by which the page is sorted first."""
    timeline: Timeline
    conditions: dict[str, Any]
    """All other conditions than the range on `field` and the tie-break."""
    start: float
    """The exclusive bound after which the page begins, as a position; -inf if there is none."""
    end: float
    """The exclusive bound before which it ends; inf if there is none."""
    tie: Tie | None

    @property
    def is_open(self) -> bool:
        """Whether the end leaves nothing out, but perhaps what is dated before 1970."""
        return self.end == inf or (self.timeline.sign < 0 and self.end >= 0)


def page_of(find: Find) -> tuple[Find, Page] | None:
    """Returns the find, divided into what an index serves and the rest, and the page.

    Returns None if the find isn't a sorted page of dates, or if windows wouldn't help it.
    """
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
    equalities = frozenset(name for name, value in page.conditions.items() if _is_equal(value))
    may_be_served = equalities or not page.conditions
    served = served_fields(find.collection, equalities, field) if may_be_served else None
    return None if served is None else (_divided(find, page, served), page)


def _divided(find: Find, page: Page, served: frozenset[str]) -> Find:
    rest = {name: value for name, value in page.conditions.items() if name not in served}
    query = {name: value for name, value in find.query.items() if name in {*served, page.field}}
    parts = find.collection, query, find.projection, find.sort, find.limit, find.session
    return Find(*parts, rest)


def _parse(query: Mapping[str, Any], field: str, timeline: Timeline) -> Page:
    """Raises ValueError if the query isn't a page's."""
    conditions = dict(query)
    bounds = _bounds(conditions.pop(field, {}), timeline)
    tie = _tie(conditions.get("$nor"), field, timeline)
    if tie:
        conditions.pop("$nor")
    if any(name[0] == "$" and name not in LOGICAL for name in conditions):
        raise ValueError
    start, end = bounds.get(timeline.after, -inf), bounds.get(timeline.before, inf)
    return Page(field, timeline, conditions, start, end, tie)


def _bounds(condition: Any, timeline: Timeline) -> dict[str, int]:
    if not isinstance(condition, Mapping) or not condition.keys() <= {"$gt", "$lt"}:
        raise ValueError
    if not all(isinstance(bound, datetime) for bound in condition.values()):
        raise ValueError
    return {operator: timeline.position(bound) for operator, bound in condition.items()}


def _tie(nor: Any, field: str, timeline: Timeline) -> Tie | None:
    match nor:
        case [{"_id": {**comparison}, **rest}] if len(comparison) == 1 and rest.keys() == {field}:
            ((operator, value),), date = comparison.items(), rest[field]
            compare = COMPARISONS.get(operator)
            if compare and isinstance(value, ObjectId) and isinstance(date, datetime):
                return Tie(timeline.position(date), compare, value, {"$nor": nor})
    return None


def _is_equal(value: Any) -> bool:
    return isinstance(value, Hashable) and not isinstance(value, Mapping | Regex | Pattern)


def _has_field_and_id(projection: Mapping[str, Any] | None, field: str) -> bool:
    """The search needs both in the documents that it reads."""
    if not projection:
        return True
    included = {name for name, value in projection.items() if value is True or value == 1}
    return field in included and projection.get("_id", True) in (True, 1)
