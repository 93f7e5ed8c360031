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
        """Estimates with variances (width/2z)²; 0 without an interval, no value where one is open or missing.

        An interval without width beside others with one comes of a few equal rows: it gets the largest variance.
        """
        values, variances = np.full(len(results), np.nan), np.full(len(results), np.nan)
        alike = np.zeros(len(results), dtype=np.bool_)
        for place, result in enumerate(results):
            if not isinstance(result, Estimate):
                continue
            exact = result.low is None
            if exact or math.isfinite(result.width):
                values[place], alike[place] = result.value, result.width == 0
                variances[place] = 0.0 if exact else (result.width / (2 * normal_quantile(result.level))) ** 2
        if alike.any():
            variances[alike] = np.nanmax(variances)
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
        """What each value counts in a mean of periods: 1/variance, so rows for a share; 1 where any variance is 0."""
        seen = self.seen
        if not (self.variances[seen] > 0).all():
            return seen.astype(np.float64)
        weights: Floats = np.divide(1.0, self.variances, out=np.zeros_like(self.variances), where=seen)
        return weights

    def pooled(self, start: int, end: int) -> float:
        """The weighted mean of the periods start..end−1; nan without a value among them."""
        weights = self.weights[start:end]
        total = float(weights.sum())
        return float(weights @ np.nan_to_num(self.values[start:end])) / total if total > 0 else math.nan
