"""Quantiles as observed values, with the exact interval between two order statistics."""

from __future__ import annotations

import math

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import binomial_quantile, tail
from goalkeeper.stats.sums import CountSums

METHOD = "order statistics"


def quantile(sums: CountSums, q: float, level: float = 0.95) -> Result:
    """The smallest observed x with F(x) ≥ q (inverted_cdf), between the order statistics `order_ranks` names.

    Distribution-free; covers at least `level`. A limit no row can give is −inf or inf, and the note says how
    many rows it takes. Conover (1999), Practical Nonparametric Statistics, 3.2.
    """
    n = sums.n
    if n == 0:
        return NoEstimate("no_data")
    if not sums.finite:
        return NoEstimate("not_finite")
    value, (low, high) = sums.at_rank(quantile_rank(n, q)), (sums.at_rank(rank) for rank in order_ranks(n, q, level))
    return Estimate(value, low, high, level, n, METHOD, limits_note(n, q, level))


def quantile_rank(n: int, q: float) -> int:
    """The 1-based rank ⌈nq⌉ of the q-quantile among n ≥ 1 rows."""
    _check(q)
    exact = n * q
    whole = round(exact)
    # n·q carries rounding error: 0.7·10 may come out above 7 and must still be rank 7.
    rank = whole if abs(exact - whole) <= 1e-12 * max(1.0, exact) else math.ceil(exact)
    return max(1, min(n, rank))


def order_ranks(n: int, q: float, level: float = 0.95) -> tuple[int, int]:
    """1-based ranks of the limits: the binomial(n, q) quantiles at α/2, and at 1−α/2 plus 1.

    Rank 0 means −inf, rank n+1 means inf.
    """
    _check(q)
    a = tail(level)
    return binomial_quantile(a, n, q), binomial_quantile(1 - a, n, q) + 1


def rows_for_both_limits(q: float, level: float = 0.95) -> int:
    """The fewest rows whose q-quantile has two finite limits: 6 for the median, 36 for p90 at 95 %."""
    _check(q)
    return math.floor(math.log(tail(level)) / math.log(max(q, 1 - q))) + 1


def limits_note(n: int, q: float, level: float) -> str:
    """Says how many rows two finite limits take, where n is too few; else empty."""
    need = rows_for_both_limits(q, level)
    return f"limits on both sides need {need} rows" if n < need else ""


def _check(q: float) -> None:
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
