from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.local_level import LocalLevel, kalman, local_level
from goalkeeper.stats.forecast.series import Series

VALUES = [3.0, 2.5, np.nan, 4.0, 3.8, 5.0]
NOISE = [0.5, 0.4, np.nan, 0.6, 0.5, 0.3]


def covariance(series: Series, drift_variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Of the seen values after the first, given the first: drift since then, their own noise and the first's."""
    at = np.flatnonzero(series.seen)
    steps = (at - at[0])[1:]
    shared = drift_variance * np.minimum.outer(steps, steps) + series.variances[at[0]]
    return at, shared + np.diag(series.variances[at[1:]])


@pytest.mark.parametrize("drift_variance", [0.0, 0.01, 1.0])
def test_the_filter_is_the_normal_distribution_written_out(drift_variance: float) -> None:
    series = Series(np.array(VALUES), np.array(NOISE))
    found = kalman(series, np.array([drift_variance]))
    at, full = covariance(series, drift_variance)
    y = series.values[at]
    assert found.log_likelihood[0] == pytest.approx(multivariate_normal.logpdf(y[1:], np.full(4, y[0]), full))
    # the last level given all values: cov(ℓ_last, y) · cov(y)⁻¹ · (y − y₁), and what is left of its variance
    steps = (at - at[0])[1:]
    towards = drift_variance * steps + series.variances[0]
    solved = np.linalg.solve(full, towards)
    assert found.level[-1, 0] == pytest.approx(y[0] + solved @ (y[1:] - y[0]))
    whole = drift_variance * steps[-1] + series.variances[0]
    assert found.variance[-1, 0] == pytest.approx(whole - solved @ towards)


def test_the_smoother_run_backwards_is_itself() -> None:
    """A local level has no direction, so smoothing the mirrored row gives the mirrored levels."""
    series = Series(np.array(VALUES), np.array(NOISE))
    mirrored = Series(series.values[::-1].copy(), series.variances[::-1].copy())
    one, other = local_level(series), local_level(mirrored)
    assert isinstance(one, LocalLevel)
    assert isinstance(other, LocalLevel)
    for ahead, back in zip(one.smoothed(), other.smoothed(), strict=True):
        assert ahead == pytest.approx(back[::-1], abs=1e-3)
    assert one.smoothed()[0][-1] == pytest.approx(one.now[0])
    assert one.smoothed()[1][-1] == pytest.approx(one.now[1])


def test_a_steady_row_is_pooled_and_a_wandering_one_followed() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, 200)
    steady, wandering = (local_level(Series.of(y, 1.0)) for y in (noise, np.cumsum(rng.normal(0, 3, 200)) + noise))
    assert isinstance(steady, LocalLevel)
    assert isinstance(wandering, LocalLevel)
    assert steady.now[0] == pytest.approx(noise.mean(), abs=0.2)
    assert float(wandering.drifts @ wandering.chances) == pytest.approx(3, rel=0.25)
    surprises = wandering.surprises()[1:]
    assert abs(np.corrcoef(surprises[1:], surprises[:-1])[0, 1]) < 0.2
    assert surprises.std() == pytest.approx(1, abs=0.2)


def test_draws_have_the_posterior_of_the_level() -> None:
    fitted = local_level(Series(np.array(VALUES), np.array(NOISE)))
    assert isinstance(fitted, LocalLevel)
    levels, drifts = fitted.draw(200_000, np.random.default_rng(1))
    assert (levels.mean(), levels.std()) == pytest.approx(fitted.now, rel=0.01)
    assert drifts.mean() == pytest.approx(fitted.drifts @ fitted.chances, rel=0.02)
    estimate = fitted.now_estimate()
    assert estimate.n == 5
    assert estimate.width == pytest.approx(2 * 1.959964 * fitted.now[1])


def test_rows_without_noise_or_change_or_values() -> None:
    exact = local_level(Series.of([1, 4, 2, 8], 0))
    assert isinstance(exact, LocalLevel)
    assert exact.now == pytest.approx((8, 0), abs=1e-4)
    same = local_level(Series.of([2, 2, 2], 0))
    assert isinstance(same, LocalLevel)
    assert same.now == (2, 0)
    assert local_level(Series.of([np.nan, 3], 1)) == NoEstimate("too_few", 1, 2, "periods")
    assert local_level(Series.of([], 1)) == NoEstimate("no_data")
