from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.anytime.share import anytime_share, share_evidence
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import wilson

COUNTS = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts=COUNTS, tuned_for=st.sampled_from([1, 50, 500, 10_000]), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_holds_what_the_evidence_does_not_rule_out(counts, tuned_for: int, level: float) -> None:
    k, n = counts
    found = anytime_share(k, n, level, tuned_for=tuned_for)
    assert isinstance(found, Estimate)
    assert 0 <= found.low <= k / n <= found.high <= 1
    for limit, inward in ((found.low, 1e-9), (found.high, -1e-9)):
        if 1e-6 < limit < 1 - 1e-6:
            inside, outside = (
                share_evidence(k, n, limit + step, level, tuned_for=tuned_for) for step in (inward, -inward)
            )
            assert inside <= 1 / (1 - level) * (1 + 1e-4)
            assert outside >= 1 / (1 - level) * (1 - 1e-4)


@given(counts=COUNTS)
def test_swapping_hits_and_misses_mirrors_it(counts) -> None:
    k, n = counts
    one, other = anytime_share(k, n), anytime_share(n - k, n)
    assert one.low == pytest.approx(1 - other.high, abs=1e-9)


def test_it_is_about_one_and_a_half_times_as_wide_as_wilson_where_it_is_tuned() -> None:
    ratio = anytime_share(2_920, 3_650, tuned_for=3_650).width / wilson(2_920, 3_650).width
    assert 1.5 < ratio < 1.65


def test_no_rows_impossible_rows_and_overwhelming_evidence() -> None:
    assert anytime_share(0, 0) == NoEstimate("no_data")
    assert anytime_share(3, 2) == NoEstimate("impossible", 3, 2)
    assert share_evidence(10**6, 10**6, 0.5) == math.inf
    with pytest.raises(ValueError, match="between 0 and 1"):
        share_evidence(1, 2, 0)


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.5, 0.8, 0.95])
def test_a_verdict_looked_at_every_day_is_wrong_in_at_most_one_null_year_of_twenty(p: float) -> None:
    """1,000 years of 365 days with 10 answers each; Wilson's verdict is wrong in 43–47 % of them."""
    years, rng = 1_000, np.random.default_rng(11)
    hits = rng.binomial(10, p, (years, 365)).cumsum(axis=1)
    sizes = np.arange(10, 3_651, 10)
    wrong = naive = 0
    for row in hits:
        # the truth is ruled out exactly when the evidence against it is 1/α
        wrong += any(share_evidence(int(k), int(n), p, tuned_for=3_650) >= 20 for k, n in zip(row, sizes, strict=True))
        centre, z = row / sizes, 1.959964
        half = z * np.sqrt(p * (1 - p) / sizes)  # Wilson leaves p out just when the score test does
        naive += bool((np.abs(centre - p) > half).any())
    assert wrong <= 0.05 * years
    assert naive > 0.3 * years
