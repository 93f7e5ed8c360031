"""A share when some answers count more than others: what weighting costs, and weights cut to a bearable size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import wilson, wilson_limits
from goalkeeper.stats.sums import Floats

MOST_OVER_MEDIAN = 5.0
"""A weight is cut to so many times the median weight of the answers."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """The share as weighted and as answered, to be shown together.

    Weights mend a sample whose groups answer unequally often; never one in which the satisfied and the dissatisfied do.
    `effective_n` is how many unweighted answers would tell as much; `note` says what was merged or cut.
    """

    weighted: Estimate
    raw: Estimate
    effective_n: float

    @property
    def design_effect(self) -> float:
        """How many times larger weighting makes the variance."""
        return self.raw.n / self.effective_n


def weighted_share(hits: ArrayLike, sizes: ArrayLike, weights: ArrayLike, level: float = 0.95) -> Weighted | NoEstimate:
    """Σwk/Σwn over cells of answers of one weight each, with Wilson's limits for Kish's effective n.

    `trimmed` weights first. Kish (1965), Survey Sampling, 11.7.
    """
    k, n, w = (np.asarray(each, dtype=np.float64) for each in (hits, sizes, weights))
    raw = wilson(int(k.sum()), int(n.sum()), level)
    if isinstance(raw, NoEstimate):
        return raw
    if not np.isfinite(w[n > 0]).all() or (w < 0).any() or not (w @ n) > 0:
        return NoEstimate("not_positive")
    effective = float(w @ n) ** 2 / float((w * w) @ n)
    p = float(w @ k) / float(w @ n)
    low, high = wilson_limits(p, effective, level)
    return Weighted(replace(raw, value=p, low=low, high=high, method="Wilson, weighted"), raw, effective)


def kish_design_effect(weights: ArrayLike) -> float:
    """n·Σw²/(Σw)² of one weight per answer: 1 where all are alike."""
    w = np.asarray(weights, dtype=np.float64)
    return w.size * float(w @ w) / float(w.sum()) ** 2


def trimmed(weights: ArrayLike, sizes: ArrayLike) -> Floats:
    """The weights of cells of `sizes` answers, none above 5 times the median weight of the answers."""
    w, n = np.asarray(weights, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    order = np.argsort(w, kind="stable")
    middle = np.searchsorted(np.cumsum(n[order]), n.sum() / 2)
    result: Floats = np.minimum(w, MOST_OVER_MEDIAN * w[order][middle])
    return result
