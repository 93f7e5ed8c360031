from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.proportion import wilson, wilson_limits
from goalkeeper.stats.weighted import Weighted, kish_design_effect, trimmed, weighted_share


def test_alike_weights_change_nothing() -> None:
    found = weighted_share([30, 10], [40, 20], [2.5, 2.5])
    assert isinstance(found, Weighted)
    plain = wilson(40, 60)
    assert found.raw == plain
    assert (found.weighted.value, found.weighted.low, found.weighted.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )
    assert (found.effective_n, found.design_effect) == pytest.approx((60, 1))


def test_weights_move_the_share_and_cost_answers() -> None:
    found = weighted_share([40, 5], [50, 10], [1, 5])
    assert isinstance(found, Weighted)
    assert found.weighted.value == pytest.approx((40 + 25) / (50 + 50))
    assert found.effective_n == pytest.approx(100**2 / (50 + 250))
    assert found.design_effect == pytest.approx(kish_design_effect([1] * 50 + [5] * 10))
    assert (found.weighted.low, found.weighted.high) == pytest.approx(wilson_limits(0.65, 100 / 3, 0.95))
    assert found.weighted.n == found.raw.n == 60


def test_weights_are_cut_to_five_times_that_of_the_middle_answer() -> None:
    assert list(trimmed([1, 2, 40], [10, 60, 3])) == [1, 2, 10]
    assert list(trimmed([3, 1], [5, 5])) == [3, 1]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([0, 0], NoEstimate("not_positive")),
        ([1, -1], NoEstimate("not_positive")),
        ([1, np.inf], NoEstimate("not_positive")),
    ],
)
def test_weights_that_weigh_nothing(weights: list[float], expected: NoEstimate) -> None:
    assert weighted_share([1, 2], [3, 4], weights) == expected
    assert weighted_share([0, 0], [0, 0], weights) == NoEstimate("no_data")
