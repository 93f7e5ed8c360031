"""Partial correlation: against the matrix form, and its interval against known truth."""

from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.partial import partial_correlation


def test_it_is_that_of_the_inverse_covariance() -> None:
    """ρ_xy·z = −P_xy/√(P_xx P_yy) of the precision matrix P."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(200, 2))
    x = z @ [1.0, -0.5] + rng.normal(size=200)
    y = z @ [0.7, 2.0] - 0.6 * x + rng.normal(size=200)
    precision = np.linalg.inv(np.cov(np.column_stack([x, y, z]).T))
    found = partial_correlation(x, y, z)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(-precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1]), abs=1e-12)


def test_a_common_trend_is_no_correlation() -> None:
    rng, t = np.random.default_rng(2), np.arange(60.0)
    x, y = t + rng.normal(size=60), 2 * t + rng.normal(size=60)
    assert np.corrcoef(x, y)[0, 1] > 0.99
    found = partial_correlation(x, y, t)
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize("follow", [0.0, 0.6])
def test_the_interval_holds_zero_as_often_as_it_says(follow: float) -> None:
    """Also where neighbours resemble each other: 400 pairs without a link; 3 standard errors of 0.05 are 0.033."""
    rng, missed = np.random.default_rng(3), 0
    for _ in range(400):
        noise = rng.normal(size=(2, 80))
        for place in range(1, 80):
            noise[:, place] += follow * noise[:, place - 1]
        found = partial_correlation(noise[0], noise[1], np.arange(80.0))
        assert isinstance(found, Estimate)
        assert found.low is not None
        assert found.high is not None
        missed += not found.low <= 0 <= found.high
    assert missed / 400 < 0.05 + 0.033


def test_when_there_is_nothing_to_say() -> None:
    t = np.arange(30.0)
    assert partial_correlation(t[:19], t[:19] ** 2, t[:19]) == NoEstimate("too_few", 19, 20, "weeks")
    assert isinstance(partial_correlation(t, np.sin(t), t), NoEstimate)
    gaps = np.where(t < 12, np.nan, np.cos(t))
    assert partial_correlation(gaps, np.sin(t), t) == NoEstimate("too_few", 18, 20, "weeks")
