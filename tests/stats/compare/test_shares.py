from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.compare.shares import ShrunkShares, shrunk_shares
from goalkeeper.stats.estimate import NoEstimate


def test_thin_groups_are_pulled_further_and_none_past_the_mean() -> None:
    hits, sizes = [9, 90, 5, 50, 700, 30, 60, 20, 0], [10, 100, 10, 100, 1_000, 50, 80, 40, 0]
    found = shrunk_shares(hits, sizes)
    assert isinstance(found, ShrunkShares)
    values = [one.value for one in found.groups]
    assert found.mean < values[0] < values[1] < 0.9
    assert 0.5 < values[3] < values[2] < found.mean
    assert values[8] == pytest.approx(found.mean)
    for one, k, n in zip(found.groups, hits, sizes, strict=True):
        assert one.value == pytest.approx((found.a + k) / (found.a + found.b + n))
        assert one.low < one.value < one.high


def test_groups_that_do_not_differ_are_pooled() -> None:
    found = shrunk_shares([30] * 10, [100] * 10)
    assert isinstance(found, ShrunkShares)
    assert found.a + found.b > 5_000
    assert found.groups[0].width < 0.03


def test_draws_are_those_of_the_posterior() -> None:
    found = shrunk_shares(np.arange(10, 20), np.full(10, 30))
    assert isinstance(found, ShrunkShares)
    draws = found.draws(20_000, np.random.default_rng(1))
    assert draws.shape == (10, 20_000)
    assert draws.mean(axis=1) == pytest.approx([one.value for one in found.groups], abs=0.003)
    assert np.quantile(draws[3], [0.025, 0.975]) == pytest.approx(
        [found.groups[3].low, found.groups[3].high], abs=0.005
    )


def test_what_is_refused() -> None:
    assert shrunk_shares([1] * 7, [2] * 7) == NoEstimate("too_few", 7, 8, "groups")
    assert shrunk_shares([], []) == shrunk_shares([0] * 9, [0] * 9) == NoEstimate("no_data")
    assert shrunk_shares([3] + [1] * 8, [2] * 9) == NoEstimate("impossible", 11, 18)


@pytest.mark.slow
def test_it_is_nearer_the_truth_and_covers() -> None:
    """60 people with 5–200 rows: measured before, error .0415 against .0541 raw and .0860 pooled, coverage .946."""
    rng, raw, pulled, pooled, hits, runs = np.random.default_rng(1), [], [], [], 0, 60
    for _ in range(runs):
        truth, sizes = rng.beta(14, 6, 60), rng.integers(5, 201, 60)
        k = rng.binomial(sizes, truth)
        found = shrunk_shares(k, sizes)
        assert isinstance(found, ShrunkShares)
        values = np.array([one.value for one in found.groups])
        raw.append(np.mean((k / sizes - truth) ** 2))
        pulled.append(np.mean((values - truth) ** 2))
        pooled.append(np.mean((k.sum() / sizes.sum() - truth) ** 2))
        hits += sum(one.low <= p <= one.high for one, p in zip(found.groups, truth, strict=True))
    assert np.sqrt(np.mean(pulled)) < 0.85 * np.sqrt(np.mean(raw)) < np.sqrt(np.mean(pooled))
    assert hits / (60 * runs) == pytest.approx(0.945, abs=0.015)
