"""An index of +1, 0 and −1 answers, such as the net promoter score: (plus − minus)/n in −1..1."""

from __future__ import annotations

import math

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile


def tango(plus: int, minus: int, n: int, level: float = 0.95) -> Result:
    """Tango's score interval: all δ with |plus−minus−nδ| ≤ z√(n(2p̃+δ(1−δ))), p̃ the likeliest minus share.

    Stays in −1..1 and has a width even when all answers agree. Tango (1998), Stat. Med. 17:891.
    """
    problem = _refused(plus, minus, n)
    if problem:
        return problem
    z = normal_quantile(level) / math.sqrt(n)
    low = _low_root(plus / n, minus / n, z)
    high = -_low_root(minus / n, plus / n, z)
    return Estimate((plus - minus) / n, low, high, level, n, "Tango score")


def adjusted_wald(plus: int, minus: int, n: int, level: float = 0.95) -> Result:
    """Wald's interval after adding ¾ plus, 1½ zero and ¾ minus answers, cut to −1..1; a check on Tango's.

    Rocks (2016), J. Mark. Anal. 4:61; Bonett & Price (2012), J. Educ. Behav. Stat. 37:479.
    """
    problem = _refused(plus, minus, n)
    if problem:
        return problem
    more = n + 3
    centre = (plus - minus) / more
    half = normal_quantile(level) * math.sqrt(_variance((plus + 0.75) / more, (minus + 0.75) / more) / more)
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Estimate((plus - minus) / n, low, high, level, n, "adjusted Wald")


def standard_error(plus: int, minus: int, n: int) -> float:
    """√([(p+m) − (p−m)²]/n) for shares p and m of n ≥ 1 answers."""
    return math.sqrt(_variance(plus / n, minus / n) / n)


def _variance(plus: float, minus: float) -> float:
    return max(0.0, plus + minus - (plus - minus) ** 2)


def _low_root(plus: float, minus: float, z: float) -> float:
    """The lower limit for shares plus and minus, z already divided by √n.

    By bisection: below the limit the score stays above z all the way to −1, so its sign alone leads there,
    even where the score is 0/0 (all answers alike).
    """
    below, inside = -1.0, plus - minus
    for _ in range(60):
        middle = (below + inside) / 2
        if plus - minus - middle > z * math.sqrt(_null_variance(plus, minus, middle)):
            below = middle
        else:
            inside = middle
    return inside if below > -1 else -1.0


def _null_variance(plus: float, minus: float, delta: float) -> float:
    """n times the variance of (plus − minus)/n if the true index is delta."""
    b = 2 * delta - plus - minus - delta * (plus - minus)
    c = -minus * delta * (1 - delta)
    likeliest = (math.sqrt(max(0.0, b * b - 8 * c)) - b) / 4
    return max(0.0, 2 * likeliest + delta * (1 - delta))


def _refused(plus: int, minus: int, n: int) -> NoEstimate | None:
    if min(plus, minus, n) < 0 or plus + minus > n:
        return NoEstimate("impossible", plus + minus, n)
    return NoEstimate("no_data") if n == 0 else None
