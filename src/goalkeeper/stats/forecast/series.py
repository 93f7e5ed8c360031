"""A number period by period, with the variance each value has from its sample alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goalkeeper.stats.estimate import Estimate, Result
from goalkeeper.stats.level import normal_quantile
from goalkeeper.stats.sums import Floats
from goalkeeper.stats.total import COMPOUND_POISSON


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values in order of time and their sampling variances; both nan where a period has no value."""

    values: Floats
    variances: Floats

    def __post_init__(self) -> None:
        if self.values.shape != self.variances.shape or self.values.ndim != 1:
            raise ValueError("a series has as many variances as values, in one row each")
        if np.isinf(self.values).any() or not (self.variances[self.seen] >= 0).all():
            raise ValueError("a series' values are finite and their variances not below zero")

    @classmethod
    def of(cls, values: ArrayLike, variances: ArrayLike) -> Self:
        """Plain values with their variances; one variance serves all."""
        y, r = np.broadcast_arrays(np.asarray(values, dtype=np.float64), np.asarray(variances, dtype=np.float64))
        return cls(y.copy(), np.where(np.isnan(y), np.nan, r))

    @classmethod
    def of_shares(cls, hits: ArrayLike, sizes: ArrayLike, dispersion: float = 1.0) -> Self:
        """Shares kₜ/nₜ with variances φ·p̄(1−p̄)/nₜ, p̄ of all rows; no value where n is 0.

        `dispersion` is φ, above 1 where shares scatter more than binomial ones. p̄ is kept off 0 and 1 by half a row.
        """
        k, n = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(sizes, dtype=np.float64))
        if (n < 0).any() or (k < 0).any() or (k > n).any():
            raise ValueError("hits lie between 0 and the size")
        size = np.where(n > 0, n, np.nan)
        p = (float(k.sum()) + 0.5) / (float(n.sum()) + 1)
        return cls.of(k / size, dispersion * p * (1 - p) / size)

    @classmethod
    def of_results(cls, results: Sequence[Result]) -> Self:
        """Estimates with the variance a row has in all of them, over their rows; no value where one is open or missing.

        A row's variance is the mean of (width/2z)²·n; 0 without an interval. A period's own would weigh the better
        ones more: shares near 0 or 1 and quick weeks have narrow intervals. Totals count alike, since their rows are
        what they measure.
        """
        values, variances = np.full(len(results), np.nan), np.full(len(results), np.nan)
        rows, has_interval = np.ones(len(results)), np.zeros(len(results), dtype=np.bool_)
        for place, result in enumerate(results):
            if not isinstance(result, Estimate):
                continue
            exact = result.low is None
            if exact or math.isfinite(result.width):
                values[place], has_interval[place] = result.value, not exact
                rows[place] = 1 if result.method == COMPOUND_POISSON else max(1, result.n)
                variances[place] = 0.0 if exact else (result.width / (2 * normal_quantile(result.level))) ** 2
        if has_interval.any():
            of_a_row = (variances * rows)[has_interval]
            sure = of_a_row > 0  # one without width comes of a few equal rows
            variances[has_interval] = of_a_row[sure].mean() / rows[has_interval] if sure.any() else 0.0
        return cls(values, variances)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which periods have a value."""
        return ~np.isnan(self.values)

    @property
    def points(self) -> int:
        """How many periods have a value."""
        return int(self.seen.sum())

    def until(self, end: int) -> Self:
        """The first `end` periods."""
        return type(self)(self.values[:end], self.variances[:end])

    @property
    def weights(self) -> Floats:
        """What each value counts in a mean of periods: 1/variance, so its rows; 1 where any variance is 0."""
        seen = self.seen
        if not (self.variances[seen] > 0).all():
            return seen.astype(np.float64)
        weights: Floats = np.divide(1.0, self.variances, out=np.zeros_like(self.variances), where=seen)
        return weights

    @property
    def scatter(self) -> float:
        """How much more neighbouring values differ than their samples explain: Σ(yₜ₊₁−yₜ)² ÷ Σ(rₜ+rₜ₊₁), at least 1.

        The dispersion φ of quasi-likelihood, of differences, so that a slow drift is no scatter; 1 without a pair.
        """
        steps, noise = np.diff(self.values), self.variances[1:] + self.variances[:-1]
        pairs = ~np.isnan(steps)
        expected = float(noise[pairs].sum())
        return max(1.0, float((steps[pairs] ** 2).sum()) / expected) if expected > 0 else 1.0

    def pooled(self, start: int, end: int) -> float:
        """The weighted mean of the periods start..end−1; nan without a value among them."""
        weights = self.weights[start:end]
        total = float(weights.sum())
        return float(weights @ np.nan_to_num(self.values[start:end])) / total if total > 0 else math.nan
