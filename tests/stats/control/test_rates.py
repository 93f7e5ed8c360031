from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.control.rates import RateLimits, p_prime, u_prime
from goalkeeper.stats.estimate import NoEstimate


def test_binomial_points_have_a_spread_near_one_and_doubled_scatter_near_two() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(200, 400, 2_000)
    plain = p_prime(rng.binomial(sizes, 0.3), sizes)
    # sd of a share: √(0.21/n); the level itself scatters with √3 times that, in all twice
    level = 0.3 + np.sqrt(3 * 0.21 / sizes) * rng.standard_normal(2_000)
    wide = p_prime(rng.binomial(sizes, level), sizes)
    assert isinstance(plain, RateLimits)
    assert isinstance(wide, RateLimits)
    assert plain.spread == pytest.approx(1, abs=0.06)
    assert wide.spread == pytest.approx(2, abs=0.12)


def test_a_point_without_rows_counts_for_nothing_and_is_never_outside() -> None:
    hits, sizes = [5, 6] * 10, [10] * 20
    assert p_prime([*hits, 0], [*sizes, 0]) == p_prime(hits, sizes)
    limits = p_prime(hits, sizes)
    assert isinstance(limits, RateLimits)
    assert list(limits.outside([0, 10, 5], [0, 10, 10])) == [False, True, False]


def test_limits_stay_where_shares_can_be() -> None:
    limits = p_prime([9, 10] * 10, 10)
    assert isinstance(limits, RateLimits)
    low, high = limits.at([1, 10_000])
    assert 0 <= low[0] < low[1] < limits.centre < high[1] < high[0] == 1


@pytest.mark.parametrize(
    ("hits", "sizes", "expected"),
    [
        ([1] * 19, [10] * 19, NoEstimate("too_few", 19, 20, "points")),
        ([11] + [1] * 19, [10] * 20, NoEstimate("impossible", 30, 200)),
        ([-1] + [1] * 19, [10] * 20, NoEstimate("impossible", 18, 200)),
    ],
)
def test_what_has_no_limits(hits: list[int], sizes: list[int], expected: NoEstimate) -> None:
    assert p_prime(hits, sizes) == expected


def test_notes_say_when_limits_are_rough_or_points_do_not_differ() -> None:
    rare, same, plenty = u_prime([1, 2] * 10, 50), p_prime([0] * 20, 10), u_prime([9, 12] * 10, 50)
    assert [one.note for one in (rare, same, plenty) if isinstance(one, RateLimits)] == [
        "few events a point: the limits are rough",
        "all points are equal",
        "",
    ]
