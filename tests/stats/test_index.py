from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.index import adjusted_wald, standard_error, tango

TERNARY = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).filter(any)
Z = 1.959963984540054


def score(plus: int, minus: int, n: int, delta: float) -> float:
    """z(δ) by the textbook formula, in counts."""
    a, b = 2 * n, -plus - minus + (2 * n - plus + minus) * delta
    c = -minus * delta * (1 - delta)
    p = (math.sqrt(b * b - 4 * a * c) - b) / (2 * a)
    return (plus - minus - n * delta) / math.sqrt(n * (2 * p + delta * (1 - delta)))


@given(TERNARY)
def test_limits_inside_solve_the_score_equation(answers) -> None:
    plus, minus, n = answers[0], answers[1], sum(answers)
    result = tango(plus, minus, n)
    assert -1 <= result.low <= result.value <= result.high <= 1
    if result.low > -1:
        assert score(plus, minus, n, result.low) == pytest.approx(Z, abs=1e-6)
    if result.high < 1:
        assert score(plus, minus, n, result.high) == pytest.approx(-Z, abs=1e-6)


@pytest.mark.parametrize("method", [tango, adjusted_wald])
@given(TERNARY)
def test_swapping_praise_and_blame_mirrors_the_interval(method, answers) -> None:
    plus, minus, _ = answers
    one, other = method(plus, minus, sum(answers)), method(minus, plus, sum(answers))
    assert one.value == -other.value
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 10, 1_000, 10**9])
def test_answers_all_alike_still_have_a_width(n: int) -> None:
    # With one cell filled the score equation is a quadratic: δ = (n−z²)/(n+z²), or ±z²/(n+z²).
    assert tango(n, 0, n).low == pytest.approx((n - Z**2) / (n + Z**2), abs=1e-9)
    assert tango(n, 0, n).high == 1
    assert tango(0, n, n).low == -1
    assert tango(0, 0, n).high == pytest.approx(Z**2 / (n + Z**2), abs=1e-9)
    assert tango(0, 0, n).value == 0


def test_huge_counts_agree_with_the_normal_limit() -> None:
    n = 10**9
    result = tango(5 * 10**8, 4 * 10**8, n)
    half = Z * standard_error(5 * 10**8, 4 * 10**8, n)
    assert (result.low, result.high) == pytest.approx((0.1 - half, 0.1 + half), abs=1e-8)


def test_standard_error_is_that_of_the_mean_of_plus_and_minus_ones() -> None:
    rows = np.r_[np.ones(70), np.zeros(20), -np.ones(10)]
    assert standard_error(70, 10, 100) == pytest.approx(rows.std() / 10)


@pytest.mark.parametrize("method", [tango, adjusted_wald])
def test_counts_that_cannot_be_give_no_estimate(method) -> None:
    assert method(0, 0, 0) == NoEstimate("no_data")
    assert method(2, 2, 3) == NoEstimate("impossible", 4, 3)
    assert method(-1, 2, 3) == NoEstimate("impossible", 1, 3)


def test_adjusted_wald_stays_in_the_scale() -> None:
    assert adjusted_wald(10, 0, 10).high == 1
    assert adjusted_wald(10, 0, 10).low == pytest.approx(0.475, abs=5e-4)
    assert adjusted_wald(0, 10, 10).low == -1
