"""The mean: Student's t from sums, bootstrap-t from values, modified Cox for log-normal values."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import t_quantile, tail
from goalkeeper.stats.sums import CountSums, Floats, MeanSums

BOOTSTRAP_ROWS = 20_000
"""Above so many rows the t interval serves: skewness no longer matters and the bootstrap takes long."""

EQUAL = "all values are equal"
"""They tell nothing of how others would vary, so the limits are ±inf."""

_CELLS_AT_ONCE = 2_000_000


def t_interval(sums: MeanSums, level: float = 0.95) -> Result:
    """x̄ ± t_{n−1}·s/√n from n, Σx and Σx². Too narrow for small samples of skewed values; ±inf for equal ones."""
    problem = refused(sums)
    if problem:
        return problem
    n, mean, spread = sums.n, sums.s / sums.n, variance(sums)
    if spread == 0:
        return Estimate(mean, -math.inf, math.inf, level, n, "Student's t", EQUAL)
    half = t_quantile(level, n - 1) * math.sqrt(spread / n)
    return Estimate(mean, mean - half, mean + half, level, n, "Student's t")


def limits_of_equal(mean: Estimate, least: float, most: float) -> Estimate:
    """A mean of equal values with the limits that follow where every value lies from least to most.

    Of n rows none differs, so a share of at most p = 1 − (α/2)^(1/n) of all values may: v − p·(v − least) to
    v + p·(most − v). Clopper & Pearson (1934), Biometrika 26:404.
    """
    share = 1 - tail(mean.level) ** (1 / mean.n)
    low, high = mean.value - share * (mean.value - least), mean.value + share * (most - mean.value)
    return replace(mean, low=min(low, mean.value), high=max(high, mean.value), method="Clopper–Pearson")


def bootstrap_t(sums: CountSums, level: float = 0.95, *, seed: int = 1, resamples: int = 999) -> Result:
    """The mean with limits x̄ − t*·s/√n, t* the studentized means of resamples of the rows.

    The seed stands in the method's words, and the same rows give the same limits. The t interval serves above
    BOOTSTRAP_ROWS rows, and where too many resamples have no spread to studentize by.
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, 12.5.
    """
    plain = sums.mean_sums()
    problem = refused(plain)
    if problem:
        return problem
    spread = variance(plain)
    if plain.n > BOOTSTRAP_ROWS or spread == 0:
        return t_interval(plain, level)
    mean, se = plain.s / plain.n, math.sqrt(spread / plain.n)
    studentized = np.sort(_studentized(sums, mean, resamples, np.random.default_rng(seed)))
    rank = max(1, round((resamples + 1) * tail(level)))
    left, right = float(studentized[rank - 1]), float(studentized[-rank])
    if not (math.isfinite(left) and math.isfinite(right)):
        return t_interval(plain, level)
    method = f"bootstrap-t, {resamples} resamples, seed {seed}"
    return Estimate(mean, mean - right * se, mean - left * se, level, plain.n, method)


def modified_cox(sums: CountSums, level: float = 0.95) -> Result:
    """The mean of a log-normal: exp(ȳ + s²/2 ± t_{n−1}√(s²/n + s⁴/2(n−1))), y = ln x. Only if `is_lognormal`.

    Olsson (2005), J. Stat. Educ. 13(1).
    """
    problem = refused(sums.mean_sums())
    if problem:
        return problem
    if sums.values[0] <= 0:
        return NoEstimate("not_positive")
    logs = CountSums(np.log(sums.values), sums.counts).mean_sums()
    n, centre, spread = logs.n, logs.s / logs.n, variance(logs)
    half = t_quantile(level, n - 1) * math.sqrt(spread / n + spread**2 / (2 * (n - 1)))
    middle = centre + spread / 2
    if middle > 700:
        return NoEstimate("not_finite")
    if spread == 0:
        return Estimate(math.exp(middle), -math.inf, math.inf, level, n, "modified Cox", EQUAL)
    high = math.exp(middle + half) if middle + half < 700 else math.inf
    return Estimate(math.exp(middle), math.exp(middle - half), high, level, n, "modified Cox")


def is_lognormal(sums: CountSums, correlation: float = 0.99) -> bool:
    """Whether all values are positive and the correlation of their logs' normal Q–Q line is above 0.99.

    False under 10 rows, which cannot show it. Normal scores at (i−⅜)/(n+¼), Blom (1958).
    """
    n = sums.n
    if n < 10 or sums.values.size < 3 or not sums.finite or sums.values[0] <= 0:
        return False
    logs = np.log(sums.rows())
    scores = ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    logs = logs - logs.mean()
    size = math.sqrt(float(logs @ logs) * float(scores @ scores))
    return size > 0 and float(logs @ scores) / size > correlation


def _studentized(sums: CountSums, mean: float, resamples: int, rng: np.random.Generator) -> Floats:
    """(mean* − mean)/se* of each resample; ±inf, or 0, where its rows are all alike."""
    n = sums.n
    shifted = sums.values - mean  # small numbers keep Σx² exact enough to subtract from
    totals, squares = _resampled(CountSums(shifted, sums.counts), resamples, rng)
    centre = totals / n
    spread = (squares - totals * centre) / (n - 1)
    spread[spread <= 1e-12 * squares / n] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        t = centre / np.sqrt(spread / n)
    return np.where(centre == 0, 0.0, t)


def _resampled(sums: CountSums, resamples: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Σx and Σx² of each resample of n rows; by counts where values repeat much, else by drawing rows."""
    n, distinct = sums.n, sums.values.size
    by_counts = distinct * 10 <= n
    rows = sums.values if by_counts else sums.rows()
    totals, squares = np.empty(resamples), np.empty(resamples)
    step = max(1, _CELLS_AT_ONCE // rows.size)
    for start in range(0, resamples, step):
        part = slice(start, min(start + step, resamples))
        size = part.stop - part.start
        if by_counts:
            drawn = rng.multinomial(n, sums.counts / n, size=size)
            totals[part], squares[part] = drawn @ rows, drawn @ rows**2
        else:
            picked = rows[rng.integers(0, n, size=(size, n))]
            totals[part], squares[part] = picked.sum(axis=1), np.einsum("ij,ij->i", picked, picked)
    return totals, squares


def variance(sums: MeanSums) -> float:
    """s² = (Σx² − (Σx)²/n)/(n−1); 0 where it is only rounding error of the sums."""
    spread = sums.ss - sums.s * (sums.s / sums.n)
    return spread / (sums.n - 1) if spread > 1e-13 * sums.ss else 0.0


def refused(sums: MeanSums) -> NoEstimate | None:
    """Why these sums have no mean with an interval, if so."""
    if sums.n < 0:
        return NoEstimate("impossible", sums.n, sums.n)
    if sums.n < 2:
        return NoEstimate("too_few", sums.n, 2) if sums.n else NoEstimate("no_data")
    if not (math.isfinite(sums.s) and math.isfinite(sums.ss)):
        return NoEstimate("not_finite")
    return None
