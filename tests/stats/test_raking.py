from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.raking import rake

TABLES = st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=4)


@given(table=TABLES, other=TABLES)
def test_margins_are_met_and_the_odds_ratios_kept(table: list[list[int]], other: list[list[int]]) -> None:
    seed, target = np.array(table, float), np.resize(np.array(other, float), np.shape(table))
    found = rake(seed, [target.sum(axis=1), target.sum(axis=0)])
    assert isinstance(found, np.ndarray)
    assert found.sum(axis=1) == pytest.approx(target.sum(axis=1))
    assert found.sum(axis=0) == pytest.approx(target.sum(axis=0))
    odds = [t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0]) for t in (seed, found)]
    assert odds[0] == pytest.approx(odds[1])


def test_three_ways_at_once() -> None:
    rng = np.random.default_rng(1)
    seed, target = rng.integers(1, 9, (2, 3, 4)), rng.integers(1, 9, (2, 3, 4)).astype(float)
    margins = [target.sum(axis=tuple(a for a in range(3) if a != axis)) for axis in range(3)]
    found = rake(seed, margins)
    assert isinstance(found, np.ndarray)
    for axis, margin in enumerate(margins):
        assert found.sum(axis=tuple(a for a in range(3) if a != axis)) == pytest.approx(margin)


def test_empty_rows_that_ought_to_have_answers() -> None:
    undetermined = NoEstimate("undetermined", what="weights that meet these totals")
    assert rake([[0, 0], [1, 2]], [[5, 5], [4, 6]]) == undetermined
    assert undetermined.words == "the data do not determine weights that meet these totals"
    assert rake([[0, 0], [0, 0]], [[5, 5], [4, 6]]) == NoEstimate("no_data")


@pytest.mark.parametrize("margins", [[[5, 5], [4, 5]], [[5, 5]], [[5, 5, 0], [5, 5]], [[11, -1], [5, 5]]])
def test_margins_that_do_not_fit(margins: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="margin"):
        rake([[1, 2], [3, 4]], margins)
