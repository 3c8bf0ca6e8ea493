"""How certain a median is."""

from collections.abc import Sequence
from math import comb
from statistics import median
from typing import NamedTuple

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A median, and the interval that holds the true one with CONFIDENCE."""

    median: float
    low: float
    high: float

    def is_within(self, distance: float) -> bool:
        return self.high - self.median <= distance and self.median - self.low <= distance


def estimate(values: Sequence[float]) -> Estimate:
    """The interval's ends are two of the values, as near to the median as CONFIDENCE allows.

    This assumes nothing about the distribution (order statistics of the median: David and Nagaraja,
    Order Statistics, 7.1). Fewer than six values can't give that much confidence: the interval is
    then their whole range.
    """
    ordered = sorted(values)
    outside = _values_outside(len(ordered))
    return Estimate(median(ordered), ordered[outside], ordered[-1 - outside])


def _values_outside(count: int) -> int:
    """How many values may lie beyond each end. Each value is above or below the true median with
    equal probability, like the toss of a coin."""
    outside, chance = 0, 2 / 2**count
    while chance + 2 * comb(count, outside + 1) / 2**count <= 1 - CONFIDENCE:
        outside += 1
        chance += 2 * comb(count, outside) / 2**count
    return outside
