from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.difference import changed, difference, p_value
from goalkeeper.stats.estimate import Estimate
from goalkeeper.stats.index import adjusted_wald
from goalkeeper.stats.mean import t_interval
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.sums import MeanSums


def estimate(value: float, low: float | None, high: float | None, level: float = 0.95) -> Estimate:
    return Estimate(value, low, high, level, 50, "any")


def test_mover_on_wilson_limits_is_newcombes_method_10() -> None:
    # Newcombe (1998), Stat. Med. 17:873, Table II: 56/70 and 48/80, 5/56 and 0/29.
    d = difference(wilson(56, 70), wilson(48, 80))
    assert (d.low, d.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    d = difference(wilson(5, 56), wilson(0, 29))
    assert (d.low, d.high) == pytest.approx((-0.0381, 0.1926), abs=5e-5)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e5), st.floats(0, 1e5))
def test_symmetric_limits_combine_as_standard_errors_do(a: float, b: float, half_a: float, half_b: float) -> None:
    d = difference(estimate(a, a - half_a, a + half_a), estimate(b, b - half_b, b + half_b))
    assert d.value == a - b
    assert d.high - d.value == pytest.approx(math.hypot(half_a, half_b), rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3).map(sorted), st.floats(-10, 10))
def test_order_matters_only_for_the_sign(limits: list[float], shift: float) -> None:
    low, value, high = limits
    one, other = estimate(value, low, high), estimate(shift, shift - 1, shift + 2)
    there, back = difference(one, other), difference(other, one)
    assert (there.value, there.low, there.high) == (-back.value, -back.high, -back.low)
    assert there.low <= there.value <= there.high


def test_open_sides_open_the_side_they_bear_on() -> None:
    known, at_least = estimate(5, 4, 6), estimate(9, 7, math.inf)
    d = difference(at_least, known)
    assert d.high == math.inf
    assert d.low == pytest.approx(4 - math.hypot(2, 1))
    assert changed(d)
    d = difference(known, at_least)
    assert d.low == -math.inf
    both = difference(at_least, at_least)
    assert (both.low, both.high) == (-math.inf, math.inf)
    assert not changed(both)


def test_without_interval_nothing_has_changed_for_certain() -> None:
    d = difference(estimate(900, None, None), estimate(5, 4, 6))
    assert (d.value, d.low, d.high) == (895, None, None)
    assert not changed(d)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.1, 0.3, True), (-0.3, -0.1, True), (-0.1, 0.3, False), (0, 0.3, False)]
)
def test_change_means_zero_is_outside(low: float, high: float, expected: bool) -> None:
    assert changed(estimate((low + high) / 2, low, high)) is expected


def test_levels_must_agree() -> None:
    with pytest.raises(ValueError, match=r"level 0\.95 and 0\.9"):
        difference(estimate(1, 0, 2), estimate(1, 0, 2, level=0.9))


def test_an_interval_that_left_its_own_value_out_adds_nothing_on_that_side() -> None:
    shifted = adjusted_wald(1, 0, 1)
    assert shifted.high < shifted.value
    d = difference(shifted, estimate(0, -0.1, 0.1))
    assert d.high == pytest.approx(1.1)


def test_same_rows_before_and_now_have_not_changed() -> None:
    mean = t_interval(MeanSums.of([3, 4, 8, 1, 9]))
    assert not changed(difference(mean, mean))
    assert difference(mean, mean).n == 10


@given(st.floats(-5, 5), st.floats(0.01, 5), st.floats(0.01, 5))
def test_the_p_value_is_small_just_where_0_lies_outside(value: float, down: float, up: float) -> None:
    found = Estimate(value, value - down, value + up, 0.95, 10, "")
    assert changed(found) == (p_value(found) < 0.05 - 1e-9)


def test_p_values_of_known_differences() -> None:
    assert p_value(Estimate(2.575829, 2.575829 - 1.959964, 9, 0.95, 10, "")) == pytest.approx(0.01, rel=1e-5)
    assert p_value(Estimate(1, None, None, 0.95, 10, "")) == p_value(Estimate(0, -1, 1, 0.95, 10, "")) == 1
    assert p_value(Estimate(1, -math.inf, math.inf, 0.95, 10, "")) == 1
