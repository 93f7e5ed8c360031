"""A share k of n: its interval, the difference of two, and the bounds that silence leaves open."""

from __future__ import annotations

import math

from scipy.special import betaincinv

from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile, tail


def wilson(k: int, n: int, level: float = 0.95) -> Result:
    """Wilson's score interval: centre (p+z²/2n)/(1+z²/n), half z√(p(1−p)/n+z²/4n²)/(1+z²/n).

    The default for shares. Wilson (1927), J. Am. Stat. Assoc. 22:209.
    """
    problem = _refused(k, n)
    if problem:
        return problem
    low, high = wilson_limits(k / n, n, level)
    return Estimate(k / n, low, high, level, n, "Wilson")


def wilson_limits(p: float, n: float, level: float) -> tuple[float, float]:
    """Wilson's two limits for a share p in 0..1 of n > 0 rows; n may be an effective size."""
    z = normal_quantile(level)
    return _wilson_low(p, n, z), 1 - _wilson_low(1 - p, n, z)


def _wilson_low(p: float, n: float, z: float) -> float:
    # The root as product over the other root: the textbook form cancels to noise when n is huge and p small.
    return 2 * n * p * p / (2 * n * p + z * z + z * math.sqrt(z * z + 4 * n * p * (1 - p)))


def wilson_finite(k: int, n: int, population: int, level: float = 0.95) -> Result:
    """Wilson's interval for the share in a closed set of `population` rows, of which n were drawn at random.

    Wilson with n* = n(N−1)/(N−n); no width when all were drawn. Only for a claim about that very set.
    """
    problem = _refused(k, n) or _refused(n, population)
    if problem:
        return problem
    p, method = k / n, "Wilson, finite population"
    if n == population:
        return Estimate(p, p, p, level, n, method)
    low, high = wilson_limits(p, n * (population - 1) / (population - n), level)
    return Estimate(p, low, high, level, n, method)


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Result:
    """The exact interval from beta quantiles: never covers less than `level`; for promises and contracts.

    Clopper & Pearson (1934), Biometrika 26:404.
    """
    problem = _refused(k, n)
    if problem:
        return problem
    a = tail(level)
    low = float(betaincinv(k, n - k + 1, a)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - a)) if k < n else 1.0
    return Estimate(k / n, low, high, level, n, "Clopper–Pearson")


def jeffreys(k: int, n: int, level: float = 0.95) -> Result:
    """Quantiles of Beta(k+½, n−k+½), with low 0 at k = 0 and high 1 at k = n.

    Brown, Cai & DasGupta (2001), Stat. Sci. 16:101.
    """
    problem = _refused(k, n)
    if problem:
        return problem
    a = tail(level)
    low = float(betaincinv(k + 0.5, n - k + 0.5, a)) if k > 0 else 0.0
    high = float(betaincinv(k + 0.5, n - k + 0.5, 1 - a)) if k < n else 1.0
    return Estimate(k / n, low, high, level, n, "Jeffreys")


def newcombe(k: int, n: int, k_before: int, n_before: int, level: float = 0.95) -> Result:
    """The difference k/n − k_before/n_before of two independent shares, from the Wilson limits of both.

    Newcombe (1998), Stat. Med. 17:873, method 10.
    """
    now, before = wilson(k, n, level), wilson(k_before, n_before, level)
    if isinstance(now, NoEstimate):
        return now
    if isinstance(before, NoEstimate):
        return before
    return difference(now, before)


def manski_bounds(k: int, n: int, population: int) -> Result:
    """Where the share among all asked can lie when nothing is known of the silent: [rp, rp+1−r], r = n/N.

    The level is 1: for those asked the bounds are certain. Manski (2003), Partial Identification.
    """
    return _silence_bounds(k, n, population, 1.0, "Manski bounds")


def differ_by_at_most(k: int, n: int, population: int, delta: float) -> Result:
    """Bounds p ± (1−r)δ if the silent differ from those who answered by at most delta (a share, 0..1).

    The share of the silent stays in 0..1, so the bounds never leave Manski's. Given delta, the level is 1.
    """
    if not 0 <= delta <= 1:
        raise ValueError(f"delta is a share from 0 to 1, not {delta}")
    return _silence_bounds(k, n, population, delta, f"bounds, silent differ by at most {delta * 100:g} points")


def _silence_bounds(k: int, n: int, population: int, delta: float, method: str) -> Result:
    problem = _refused(k, n) or _refused(n, population)
    if problem:
        return problem
    p, silent = k / n, (population - n) / population
    low, high = p - silent * min(delta, p), p + silent * min(delta, 1 - p)
    return Estimate(p, low, high, 1.0, n, method)


def _refused(k: int, n: int) -> NoEstimate | None:
    if n < 0 or not 0 <= k <= n:
        return NoEstimate("impossible", k, n)
    return NoEstimate("no_data") if n == 0 else None
