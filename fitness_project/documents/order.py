"""The order of a list and the boundaries of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Filter = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """The fields that a list is sorted by, all in one direction. Together they are unique.

    `types` are the types of the fields' values, in the same order. A cursor must contain values
    of these types.
    """

    fields: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool = False

    def key(self, document: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(document[name] for name in self.fields)

    def sort(self, backwards: bool = False) -> list[tuple[str, int]]:
        direction = -1 if self.descending != backwards else 1
        return [(name, direction) for name in self.fields]


@dataclass(frozen=True)
class Boundary:
    """Where a page begins or, if `backwards`, ends: next to the document with this key.

    An `inclusive` boundary has that document on the page.
    """

    key: tuple[Any, ...]
    backwards: bool = False
    inclusive: bool = False


def beyond(conditions: Filter, order: Order, boundary: Boundary) -> Filter:
    """The conditions, narrowed to the documents beyond the boundary.

    An index serves the range on the first field. The second field decides between documents that
    share the boundary's value of the first.
    """
    less = order.descending != boundary.backwards
    if len(order.fields) == 1:
        operator = ("$lt" if less else "$gt") + ("e" if boundary.inclusive else "")
        return {**conditions, order.fields[0]: {operator: boundary.key[0]}}
    (first, second), (value, tie) = order.fields, boundary.key
    near_side = ("$gt" if less else "$lt") + ("" if boundary.inclusive else "e")
    return {
        **conditions,
        first: narrowed(conditions.get(first, {}), {"$lte" if less else "$gte": value}),
        "$nor": [{first: value, second: {near_side: tie}}],
    }


def narrowed(one: Filter, other: Filter) -> Filter:
    """The intersection of two ranges."""
    both = {**one, **other}
    for operator, tighter in (("$gte", max), ("$lte", min), ("$lt", min)):
        if operator in one and operator in other:
            both[operator] = tighter(one[operator], other[operator])
    return both
