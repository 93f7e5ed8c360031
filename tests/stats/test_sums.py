from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.sketch import LogBuckets
from goalkeeper.stats.sums import CountSums, IndexSums, MeanSums, RateSums, RatioSums, ShareSums, TimeToSums

Row = tuple[int, int]


def share(rows: list[Row]) -> ShareSums:
    return ShareSums(len(rows), sum(a % 2 for a, _ in rows))


def index(rows: list[Row]) -> IndexSums:
    return IndexSums(len(rows), sum(a % 3 == 1 for a, _ in rows), sum(a % 3 == 2 for a, _ in rows))


def rate(rows: list[Row]) -> RateSums:
    return RateSums(sum(a for a, _ in rows), float(sum(b for _, b in rows)))


def first(rows: list[Row]) -> list[int]:
    return [a for a, _ in rows]


# Whole numbers keep the sums of floats exact, so that sums may be compared with ==.
KINDS: dict[str, Any] = {
    "share": share,
    "mean": lambda rows: MeanSums.of(first(rows)),
    "ratio": lambda rows: RatioSums.of(first(rows), [b for _, b in rows]),
    "index": index,
    "rate": rate,
    "counts": lambda rows: CountSums.of(first(rows)),
    "time to": lambda rows: TimeToSums.of(first(rows), [b % 2 for _, b in rows]),
    "buckets": lambda rows: LogBuckets.of(first(rows)),
}
ROWS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=30)


@pytest.mark.parametrize("kind", KINDS)
@given(rows=ROWS, cuts=st.lists(st.integers(0, 30), max_size=4), seed=st.integers(0, 99))
def test_any_split_in_any_order_sums_to_the_whole(kind: str, rows: list[Row], cuts: list[int], seed: int) -> None:
    of, mixed = KINDS[kind], [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    parts = [of(mixed[a:b]) for a, b in itertools.pairwise(edges)]
    whole = of(rows)
    assert sum(parts, type(whole).zero()) == whole


@pytest.mark.parametrize("kind", KINDS)
@given(a=ROWS, b=ROWS, c=ROWS)
def test_adding_is_associative_and_knows_zero(kind: str, a: list[Row], b: list[Row], c: list[Row]) -> None:
    one, two, three = (KINDS[kind](rows) for rows in (a, b, c))
    assert (one + two) + three == one + (two + three)
    assert one + type(one).zero() == type(one).zero() + one == one


def test_sums_tell_different_rows_apart() -> None:
    for of in KINDS.values():
        assert of([(1, 2), (3, 4)]) != of([(1, 2), (8, 3)])


def test_counts_are_grouped_sorted_and_without_empty_values() -> None:
    sums = CountSums.of([3, 1, 3, 2], [2, 1, 4, 0])
    assert sums.values.tolist() == [1, 3]
    assert sums.counts.tolist() == [1, 6]
    assert sums.n == 7
    assert sums.rows().tolist() == [1, 3, 3, 3, 3, 3, 3]
    assert sums.mean_sums() == MeanSums.of(sums.rows())


def test_minus_zero_is_zero() -> None:
    assert CountSums.of([0.0, -0.0]).values.tolist() == [0.0]


@pytest.mark.parametrize("make", [CountSums.of, lambda v, c: TimeToSums.of_counts(v, c, [0, 0])])
def test_a_negative_count_is_a_bug(make: Any) -> None:
    with pytest.raises(ValueError, match="below zero"):
        make([1, 2], [1, -1])


def test_time_to_counts_both_endings_per_duration() -> None:
    sums = TimeToSums.of([5, 3, 5, 5], [True, False, False, True])
    assert sums.durations.tolist() == [3, 5]
    assert sums.finished.tolist() == [0, 2]
    assert sums.unfinished.tolist() == [1, 1]
    assert sums.n == 4
