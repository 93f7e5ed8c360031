from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.compare.funnel import Funnel, funnel, funnel_limits
from goalkeeper.stats.estimate import NoEstimate


@given(n=st.integers(1, 3_000), p=st.floats(0.001, 0.999))
def test_limits_ascend_and_stay_where_shares_can_be(n: int, p: float) -> None:
    limits = funnel_limits(p, n)
    assert list(limits) == sorted(limits)
    assert 0 <= limits[0] <= limits[3] <= 1
    wide = funnel_limits(p, n, tau_squared=0.01)
    assert list(wide) == sorted(wide)
    assert 0 <= wide[0] <= wide[3] <= 1


def test_limits_at_ten_rows_are_not_those_of_a_normal() -> None:
    limits = funnel_limits(0.8, 10)
    assert (limits[0], limits[3]) == pytest.approx((0.30, 0.999), abs=0.005)


def test_only_three_words() -> None:
    hits = np.array([80] * 18 + [70, 40])
    found = funnel(hits, np.full(20, 100), centre=0.8)
    assert isinstance(found, Funnel)
    assert [point.word for point in found.points] == ["in control"] * 18 + ["look closer", "unusual"]


def test_groups_that_all_scatter_too_much_widen_the_funnel() -> None:
    rng = np.random.default_rng(1)
    sizes = np.full(60, 400)
    calm, wild = (funnel(rng.binomial(sizes, p), sizes) for p in (np.full(60, 0.7), rng.beta(35, 15, 60)))
    assert isinstance(calm, Funnel)
    assert isinstance(wild, Funnel)
    assert calm.tau_squared == 0
    assert calm.dispersion < 1
    assert wild.dispersion > 3
    # winsorising takes the scatter for a little smaller than the true variance of beta(35, 15)
    assert wild.tau_squared == pytest.approx(35 * 15 / 50**2 / 51, rel=0.5)
    assert sum(point.word == "unusual" for point in wild.points) <= 2


def test_what_is_refused() -> None:
    assert funnel([], []) == NoEstimate("no_data")
    assert funnel([3], [2]) == NoEstimate("impossible", 3, 2)
    with pytest.raises(ValueError, match="without rows"):
        funnel([0], [0])
    all_alike = funnel([5, 7], [5, 7])
    assert isinstance(all_alike, Funnel)
    assert [point.word for point in all_alike.points] == ["in control"] * 2


@pytest.mark.slow
def test_one_group_in_twenty_is_looked_at_by_chance() -> None:
    rng = np.random.default_rng(2)
    words = []
    for _ in range(300):
        sizes = rng.integers(20, 200, 20)
        found = funnel(rng.binomial(sizes, 0.8), sizes, centre=0.8)
        assert isinstance(found, Funnel)
        words += [point.word for point in found.points]
    # exact limits of counts leave a little less outside than they say
    assert words.count("in control") / len(words) == pytest.approx(0.955, abs=0.015)
    assert words.count("unusual") / len(words) < 0.005
