"""Anhøj's rules: a run on one side of the median too long, or the median crossed too seldom."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.level import binomial_quantile

USEFUL_POINTS = 10
"""The fewest points off the centre line that the rules can speak of."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The longest run and the crossings of `points` points, those on the centre line left out, beside their limits."""

    points: int
    longest: int
    crossings: int
    longest_allowed: int
    fewest_crossings: int

    @property
    def signal(self) -> bool:
        """Whether the points do not scatter as those of a steady process (false alarm 3–4 % a chart)."""
        return self.longest > self.longest_allowed or self.crossings < self.fewest_crossings


def runs(values: ArrayLike, centre: float | None = None) -> Runs | NoEstimate:
    """The runs about a centre line, the median unless given; nan are left out.

    Fails on values that follow their neighbours: 34 % of steady series with a lag-one correlation of 0.5 signal.
    Anhøj & Olesen (2014), PLoS ONE 9(11):e113825.
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not np.isfinite(x).all():
        return NoEstimate("not_finite")
    line = float(np.median(x)) if centre is None and x.size else centre
    above = x[x != line] > line if x.size else np.empty(0, dtype=np.bool_)
    n = above.size
    if n < USEFUL_POINTS:
        return NoEstimate("too_few", n, USEFUL_POINTS, "points off the centre line")
    turns = np.flatnonzero(above[1:] != above[:-1]) + 1
    lengths = np.diff(np.r_[0, turns, n])
    return Runs(n, int(lengths.max()), turns.size, *run_limits(n))


def run_limits(n: int) -> tuple[int, int]:
    """The longest run allowed, round(log₂ n)+3, and the fewest crossings, the 5 % quantile of binomial(n−1, ½)."""
    return round(math.log2(n)) + 3, binomial_quantile(0.05, n - 1, 0.5)
