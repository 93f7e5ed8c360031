"""A mean, or a difference of any two numbers, watched while it grows: the normal mixture."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import ndtr

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile, tail

LEAST_ROWS = 100
"""The standard error must be right from the first look on; below so many rows it is not."""


def anytime_interval(value: float, se: float, n: int, level: float = 0.95, *, tuned_for: int) -> Result:
    """value ± the reach of the normal mixture, for any mean-like number with its standard error from n ≥ 100 rows.

    Half-width se·√n/n·`mixture_bound`(n). Holds at all n at once with chance `level` once the normal distribution
    does; for shares near 0 or 1 it does late (5–7 % misses from 100 rows and 10 misses on): use `anytime_share`.
    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Ann. Stat. 52:2613.
    """
    if n < LEAST_ROWS:
        return NoEstimate("too_few", n, LEAST_ROWS) if n else NoEstimate("no_data")
    if not (math.isfinite(value) and math.isfinite(se)):
        return NoEstimate("not_finite")
    half = se / math.sqrt(n) * mixture_bound(n, level, tuned_for)
    return Estimate(value, value - half, value + half, level, n, f"anytime-valid, tuned for {tuned_for:,}")


def widened(estimate: Estimate, *, tuned_for: int) -> Result:
    """An estimate's own limits, each moved out by the factor that a plain normal interval of its n would be.

    For the shapes without a sequence of their own: means, ratios, indices, shares finished in time.
    """
    if estimate.n < LEAST_ROWS:
        return NoEstimate("too_few", estimate.n, LEAST_ROWS)
    if estimate.low is None or estimate.high is None:
        return estimate
    factor = mixture_bound(estimate.n, estimate.level, tuned_for) / math.sqrt(estimate.n)
    factor /= normal_quantile(estimate.level)
    low = estimate.value - factor * max(0.0, estimate.value - estimate.low)
    high = estimate.value + factor * max(0.0, estimate.high - estimate.value)
    return replace(estimate, low=low, high=high, method=f"{estimate.method}, anytime-valid, tuned for {tuned_for:,}")


def stretched_level(n: int, level: float = 0.95, *, tuned_for: int) -> float:
    """The level at which a plain normal interval of n ≥ 100 rows is as wide as one that holds at all times at `level`.

    For what inverts an interval, as a quantile of a survival curve does: its limits then hold at all times too. 1 where
    n is so far below what it is tuned for that no level is high enough.
    """
    return 1 - 2 * float(ndtr(-mixture_bound(n, level, tuned_for) / math.sqrt(n)))


def evidence(value: float, se: float, n: int, level: float = 0.95, *, tuned_for: int) -> float:
    """The e-value against a true value of 0: √(ρ/(n+ρ))·exp(z²n/2(n+ρ)), z = value/se; inf past the largest float.

    1/evidence is a p-value that stays one however often one looks.
    """
    if se == 0:
        return math.inf if value else 0.0
    rho = mixture_rho(level, tuned_for)
    log = (value / se) ** 2 * n / (2 * (n + rho)) + 0.5 * math.log(rho / (n + rho))
    return math.exp(log) if log < 709 else math.inf


def mixture_bound(v: float, level: float, tuned_for: float) -> float:
    """What |Σ of centred terms| with summed variance v stays below at all times: √((v+ρ)(2ln(1/α) + ln((v+ρ)/ρ))).

    Howard, Ramdas, McAuliffe & Sekhon (2021), Ann. Stat. 49:1055, proposition 5.
    """
    rho = mixture_rho(level, tuned_for)
    return math.sqrt((v + rho) * (-2 * math.log(2 * tail(level)) + math.log((v + rho) / rho)))


def mixture_rho(level: float, tuned_for: float) -> float:
    """The ρ at which the bound is narrowest at summed variance `tuned_for`."""
    surprise = -2 * math.log(2 * tail(level))
    return tuned_for / (surprise + math.log1p(surprise))
