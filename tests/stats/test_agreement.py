"""Cohen's κ against statsmodels, and where it cannot be told."""

from __future__ import annotations

import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from goalkeeper.stats.agreement import cohen_kappa
from goalkeeper.stats.estimate import Estimate, NoEstimate


@pytest.mark.parametrize("table", [[[20, 5], [10, 15]], [[9, 2, 1], [3, 14, 2], [0, 4, 12]], [[1, 0], [0, 1]]])
def test_it_is_what_statsmodels_says(table: list[list[int]]) -> None:
    found, wanted = cohen_kappa(table), cohens_kappa(table)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(wanted.kappa)
    assert (found.low, found.high) == pytest.approx((max(-1, wanted.kappa_low), min(1, wanted.kappa_upp)), abs=1e-9)


def test_twenty_five_of_fifty() -> None:
    found = cohen_kappa([[20, 5], [10, 15]])  # observed 0.7, by chance 0.5
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(0.4)


def test_all_the_same_cannot_be_judged() -> None:
    assert cohen_kappa([[30, 0], [0, 0]]) == NoEstimate("no_denominator")
    assert cohen_kappa([[1]]) == NoEstimate("too_few", 1, 2)
    assert cohen_kappa([[0]]) == NoEstimate("no_data")
