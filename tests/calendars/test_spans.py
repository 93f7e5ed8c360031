from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.calendars.spans import Spans, united

PAIRS = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), max_size=6)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def members(pairs: list[tuple[int, int]]) -> set[int]:
    return {point for start, end in pairs for point in range(start, end)}


@given(PAIRS, PAIRS)
@settings(max_examples=200, derandomize=True, deadline=None, database=None)
def test_union_less_cuts_holds_the_same_moments_and_is_merged(
    pairs: list[tuple[int, int]], cuts: list[tuple[int, int]]
) -> None:
    opens, closes = united(*columns(pairs), *columns(cuts))
    found = list(zip(opens.tolist(), closes.tolist(), strict=True))
    assert members(found) == members(pairs) - members(cuts)
    assert all(opens[1:] > closes[:-1])
    assert all(closes > opens)


@given(PAIRS)
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
def test_worked_time_and_its_inverses(pairs: list[tuple[int, int]]) -> None:
    spans = Spans(-20, 20, *united(*columns(pairs)))
    inside = members(pairs)
    moments = np.arange(-20, 21)
    worked = spans.worked(moments)
    assert worked.tolist() == [len([point for point in inside if point < t]) for t in moments.tolist()]
    assert spans.total_ms == len(inside)
    for goal in range(1, spans.total_ms + 1):
        assert spans.earliest(np.array([goal]))[0] == moments[worked >= goal][0]
        assert spans.latest(np.array([goal - 1]))[0] == moments[worked <= goal - 1][-1]


def test_nothing_open_is_nothing_worked() -> None:
    spans = Spans(0, 10, *united(*columns([(5, 5), (7, 3)])))
    assert spans.worked(np.array([0, 10])).tolist() == [0, 0]
    assert spans.total_ms == 0
