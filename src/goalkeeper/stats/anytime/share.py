"""A share watched while it grows: the beta-binomial mixture."""

from __future__ import annotations

import math

from scipy.special import betaln, xlog1py, xlogy

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import tail

TUNED_FOR = 500
"""The number of rows at which the interval is narrowest, unless told otherwise."""


def anytime_share(k: int, n: int, level: float = 0.95, *, tuned_for: int = TUNED_FOR) -> Result:
    """All p with evidence against them below 1/α; holds the truth at all n at once with chance `level`.

    At `tuned_for` rows, which must be fixed before looking, about 1.6 times as wide as Wilson's.
    Howard, Ramdas, McAuliffe & Sekhon (2021), Ann. Stat. 49:1055, the sub-Bernoulli mixture.
    """
    if n < 0 or not 0 <= k <= n:
        return NoEstimate("impossible", k, n)
    if n == 0:
        return NoEstimate("no_data")
    low, high = share_limits(k, n, level, tuned_for=tuned_for)
    return Estimate(k / n, low, high, level, n, f"anytime-valid, tuned for {tuned_for:,}")


def share_limits(k: int, n: int, level: float, *, tuned_for: int) -> tuple[float, float]:
    """The least and the greatest p not ruled out by k hits of n ≥ 1 rows."""
    return _lowest(k, n, level, tuned_for), 1 - _lowest(n - k, n, level, tuned_for)


def share_evidence(k: int, n: int, p: float, level: float = 0.95, *, tuned_for: int = TUNED_FOR) -> float:
    """The e-value against a true share p: expected to be at most 1 at any time if p is true.

    B(κp+k, κ(1−p)+n−k) / B(κp, κ(1−p)) / (pᵏ(1−p)ⁿ⁻ᵏ). p lies strictly between 0 and 1; inf past the largest float.
    """
    if not 0 < p < 1:
        raise ValueError(f"a share to test lies between 0 and 1, not at {p}")
    log = _log_evidence(k, n, p, _kappa(level, tuned_for))
    return math.exp(log) if log < 709 else math.inf


def _lowest(k: int, n: int, level: float, tuned_for: int) -> float:
    """The lowest p not ruled out, by bisection between 0 and k/n."""
    if k == 0:
        return 0.0
    kappa, limit = _kappa(level, tuned_for), -math.log(1 - level)
    out, inside = 0.0, k / n
    for _ in range(60):
        middle = (out + inside) / 2
        if middle <= 0 or _log_evidence(k, n, middle, kappa) >= limit:
            out = middle
        else:
            inside = middle
    return inside if out > 0 else 0.0


def _log_evidence(k: int, n: int, p: float, kappa: float) -> float:
    a, b = kappa * p, kappa * (1 - p)
    return float(betaln(a + k, b + n - k) - betaln(a, b) - xlogy(k, p) - xlog1py(n - k, -p))


def _kappa(level: float, tuned_for: int) -> float:
    surprise = -2 * math.log(2 * tail(level))
    return max(tuned_for / (surprise + math.log1p(surprise)) - 1, 1e-3)
