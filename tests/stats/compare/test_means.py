from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from goalkeeper.stats.compare.means import ShrunkMeans, shrunk_means
from goalkeeper.stats.estimate import Estimate, NoEstimate

Z = 1.959963984540054


def given(values: np.ndarray, errors: np.ndarray) -> list[Estimate]:
    return [Estimate(y, y - Z * s, y + Z * s, 0.95, 30, "given") for y, s in zip(values, errors, strict=True)]


def test_what_groups_share_and_differ_by_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(1)
    errors = rng.uniform(0.5, 2, 12)
    values = rng.normal(10, 2, 12) + errors * rng.standard_normal(12)
    found = shrunk_means(given(values, errors))
    oracle = combine_effects(values, errors**2, method_re="dl")
    assert isinstance(found, ShrunkMeans)
    assert found.tau_squared == pytest.approx(oracle.tau2)
    assert (found.mean, found.se) == pytest.approx((oracle.mean_effect_re, oracle.sd_eff_w_re))
    assert found.q == pytest.approx(oracle.q)


def test_uncertain_groups_are_pulled_further() -> None:
    errors = np.tile([0.5, 3.0], 5)
    values = np.r_[4.0, 4.0, np.linspace(-3, 3, 8)]
    found = shrunk_means(given(values, errors))
    assert isinstance(found, ShrunkMeans)
    sure, unsure = found.groups[:2]
    assert found.mean < unsure.value < sure.value < 4
    assert sure.width < unsure.width < 2 * Z * 3
    draws = found.draws(20_000, np.random.default_rng(1))
    assert draws.std(axis=1) == pytest.approx(found.sd, rel=0.03)


def test_what_is_refused() -> None:
    seven = given(np.arange(7.0), np.ones(7))
    assert shrunk_means(seven) == NoEstimate("too_few", 7, 8, "groups")
    assert shrunk_means([]) == NoEstimate("no_data")
    for low, high in ((1.0, 1.0), (None, None), (0.0, math.inf)):
        with pytest.raises(ValueError, match="width"):
            shrunk_means([*seven, Estimate(1, low, high, 0.95, 3, "given")])


@pytest.mark.slow
@pytest.mark.parametrize("tau", [0.0, 0.5, 2.0])
def test_intervals_cover_and_errors_shrink(tau: float) -> None:
    rng, runs, hits, raw, pulled = np.random.default_rng(2), 400, 0, [], []
    for _ in range(runs):
        errors = rng.uniform(0.5, 1.5, 15)
        truth = rng.normal(5, tau, 15)
        values = truth + errors * rng.standard_normal(15)
        found = shrunk_means(given(values, errors))
        assert isinstance(found, ShrunkMeans)
        hits += sum(one.low <= t <= one.high for one, t in zip(found.groups, truth, strict=True))
        raw.append(np.mean((values - truth) ** 2))
        pulled.append(np.mean((np.array([one.value for one in found.groups]) - truth) ** 2))
    # where nothing differs the intervals hold almost everything, for they allow for differences not seen
    assert 0.93 <= hits / (15 * runs) <= (0.97 if tau == 2 else 1)
    assert np.mean(pulled) < np.mean(raw)
