import random

import pytest
from ratios import estimate


# From tables of the sign test.
@pytest.mark.parametrize(
    ("count", "rank"), [(1, 1), (5, 1), (6, 1), (8, 1), (9, 2), (12, 3), (20, 6), (40, 14)]
)
def test_the_interval_ends_at_the_ranks_that_tables_give(count: int, rank: int) -> None:
    values = [float(number) for number in range(1, count + 1)]
    random.shuffle(values)

    found = estimate(values)

    assert (found.low, found.high) == (rank, count + 1 - rank)


def test_the_interval_holds_the_true_median_as_often_as_it_says() -> None:
    chance = random.Random(1)
    samples = ([chance.expovariate(1) for _ in range(9)] for _ in range(4_000))

    estimates = [estimate(sample) for sample in samples]

    held = sum(one.low <= 0.6931 <= one.high for one in estimates) / len(estimates)
    assert 0.95 < held < 0.97


def test_an_interval_is_within_a_distance_if_both_ends_are() -> None:
    found = estimate([0.97, 1.0, 1.01])

    assert found.is_within(0.031)
    assert not found.is_within(0.02)
