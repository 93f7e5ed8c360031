"""Confidence levels as tails, and quantiles of the normal, t and binomial distributions."""

from __future__ import annotations

from scipy.special import betainc, ndtri, stdtrit


def tail(level: float) -> float:
    """The part left out on each side: (1 − level)/2. Raises ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    return (1 - level) / 2


def normal_quantile(level: float) -> float:
    """Two-sided z: 1.959964 for 0.95."""
    return -float(ndtri(tail(level)))


def t_quantile(level: float, degrees: float) -> float:
    """Two-sided Student t quantile for degrees ≥ 1."""
    return -float(stdtrit(degrees, tail(level)))


def binomial_quantile(p: float, n: int, q: float) -> int:
    """The smallest k with P(X ≤ k) ≥ p for X ~ binomial(n, q), by bisection on the incomplete beta."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if betainc(n - middle, middle + 1, 1 - q) >= p:
            high = middle
        else:
            low = middle + 1
    return low
