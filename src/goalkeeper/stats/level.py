"""Confidence levels as tails and quantiles of the normal and t distributions."""

from __future__ import annotations

from scipy.special import ndtri, stdtrit


def tail(level: float) -> float:
    """The part left out on each side: (1 − level)/2. Raises ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    return (1 - level) / 2


def normal_quantile(level: float) -> float:
    """Two-sided z: 1.959964 for 0.95."""
    return -float(ndtri(tail(level)))


def t_quantile(level: float, degrees: int) -> float:
    """Two-sided Student t quantile for degrees ≥ 1."""
    return -float(stdtrit(degrees, tail(level)))
