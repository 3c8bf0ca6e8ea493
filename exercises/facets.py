"""Counts the values that exercises can be filtered by."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypedDict

from .names import order_key
from .selection import FACETS, Facet, Selection, values_of


class ValueCount(TypedDict):
    value: str
    count: int


def count_facets(
    selection: Selection, facets: Sequence[Facet] = FACETS
) -> dict[Facet, list[ValueCount]]:
    """The values of each facet among the selected exercises, the most frequent first.

    A facet's own value in the selection doesn't count for it, so that its other values have a
    count, too.
    """
    found: dict[Facet, Counter[tuple[str, ...]]] = {facet: Counter() for facet in facets}
    for document in selection.found():
        unmet = selection.unmet(document)
        if len(unmet) > 1:
            continue
        for facet in unmet or facets:
            found[facet][values_of(document, facet)] += 1
    return {facet: _by_count(_spellings(counts)) for facet, counts in found.items()}


def _spellings(counts: Counter[tuple[str, ...]]) -> Iterable[Counter[str]]:
    """Counts the spellings of each value. Two spellings in one exercise count once."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for values, count in counts.items():
        for folded, value in {value.casefold(): value for value in values}.items():
            spellings[folded][value] += count
    return spellings.values()


def _by_count(values: Iterable[Counter[str]]) -> list[ValueCount]:
    counts: list[ValueCount] = [
        {"value": _most_frequent(spellings), "count": spellings.total()} for spellings in values
    ]
    return sorted(counts, key=lambda each: (-each["count"], order_key(each["value"])))


def _most_frequent(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
