"""Which of many tests to believe, so that few of those believed are false."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goalkeeper.stats.sums import Floats

FALSE_SHARE = 0.10
"""The share of false findings that is put up with, on average."""


def benjamini_hochberg(p_values: ArrayLike, false_share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """Which tests to believe: those with p up to the largest p₍ᵢ₎ ≤ i·q/m; on average a share q of them is false.

    For tests that are independent or pull the same way, as those of closed periods over segments.
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57:289.
    """
    return adjusted(p_values) <= false_share


def benjamini_yekutieli(p_values: ArrayLike, false_share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """As `benjamini_hochberg` for tests that depend on each other in any way: q is divided by Σ1/i.

    Benjamini & Yekutieli (2001), Ann. Stat. 29:1165.
    """
    p = np.asarray(p_values, dtype=np.float64)
    return adjusted(p) * float(np.sum(1 / np.arange(1, p.size + 1))) <= false_share


def holm(p_values: ArrayLike, chance: float = 0.05) -> NDArray[np.bool_]:
    """Which tests to believe so that even one false finding has at most this chance.

    Holm (1979), Scand. J. Stat. 6:65.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    return _placed(steps, order) <= chance


def e_benjamini_hochberg(e_values: ArrayLike, false_share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """Which tests to believe by e-values: the largest k with k·e₍ₖ₎ ≥ m/q; holds at any time and any dependence.

    For running numbers; the evidence of `anytime.share` is an e-value. Wang & Ramdas (2022), J. R. Stat. Soc. B 84:822.
    """
    e = np.asarray(e_values, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return adjusted(np.where(e > 0, 1 / e, np.inf)) <= false_share


def adjusted(p_values: ArrayLike) -> Floats:
    """Each test's smallest false share at which it would be believed: min over j ≥ i of p₍ⱼ₎·m/j."""
    p = np.asarray(p_values, dtype=np.float64)
    if np.isnan(p).any():
        raise ValueError("a p-value is not a number")
    order = np.argsort(p, kind="stable")
    steps = p[order] * (p.size / np.arange(1, p.size + 1))
    return _placed(np.minimum.accumulate(steps[::-1])[::-1], order)


def _placed(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    result = np.empty_like(ordered)
    result[order] = ordered
    return result
