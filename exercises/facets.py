"""Counts the values that exercises can be filtered by."""

from collections import Counter, defaultdict
from typing import TypedDict

from .models import ExerciseDocument
from .names import order_key
from .selection import FACETS, Facet, Selection, values_of


class ValueCount(TypedDict):
    value: str
    count: int


Spellings = dict[str, Counter[str]]
"""The spellings of each case-folded value, with the numbers of exercises that have them."""


def count_facets(selection: Selection) -> dict[Facet, list[ValueCount]]:
    """The values of each facet among the selected exercises, the most frequent first.

    A facet's own value in the selection doesn't count for it, so that its other values have a
    count, too.
    """
    found: dict[Facet, Spellings] = {facet: defaultdict(Counter) for facet in FACETS}
    for document in selection.found():
        unmet = selection.unmet(document)
        if len(unmet) > 1:
            continue
        for facet in unmet or FACETS:
            _count(found[facet], document, facet)
    return {facet: _by_count(spellings) for facet, spellings in found.items()}


def _count(spellings: Spellings, document: ExerciseDocument, facet: Facet) -> None:
    """A value in two spellings counts once."""
    for folded, value in {v.casefold(): v for v in values_of(document, facet)}.items():
        spellings[folded][value] += 1


def _by_count(spellings: Spellings) -> list[ValueCount]:
    counts: list[ValueCount] = [
        {"value": _most_frequent(each), "count": each.total()} for each in spellings.values()
    ]
    return sorted(counts, key=lambda each: (-each["count"], order_key(each["value"])))


def _most_frequent(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
