"""Counts per logarithmic bucket: quantiles within 1 %, from sums that any database can add."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.quantile import limits_note, order_ranks, quantile_rank
from goalkeeper.stats.sums import Counts, CountSums, Floats, TimeToSums

ACCURACY = 0.01
GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
LN_GAMMA = math.log(GAMMA)
_LARGEST_LN = math.log(sys.float_info.max)


@dataclass(frozen=True, slots=True, eq=False)
class LogBuckets:
    """How many values lie in each bucket (γ^(b−1), γ^b], and how many (`zeros`) at or below 0.

    The bucket number of x > 0 is ⌈ln x / ln γ⌉, γ = 1.01/0.99, in numpy as in SQL. It is the DDSketch of
    Masson, Rim & Lee (2019), VLDB 12:2195.
    """

    buckets: Counts
    counts: Counts
    zeros: int

    @classmethod
    def zero(cls) -> Self:
        """The sketch of no rows."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 0)

    @classmethod
    def of(cls, values: ArrayLike, counts: ArrayLike | None = None) -> Self:
        """The sketch of plain values or (value, count) pairs; ValueError for a value that is not finite."""
        rows = CountSums.of(values, counts)
        if not rows.finite:
            raise ValueError("a sketch takes finite values only")
        positive = rows.values > 0
        numbers = np.ceil(np.log(rows.values[positive]) / LN_GAMMA)
        return cls.of_buckets(numbers, rows.counts[positive], int(rows.counts[~positive].sum()))

    @classmethod
    def of_buckets(cls, buckets: ArrayLike, counts: ArrayLike, zeros: int = 0) -> Self:
        """The sketch from bucket counts in any order, a bucket allowed twice."""
        grouped = CountSums.of(buckets, counts)
        return cls(grouped.values.astype(np.int64), grouped.counts, zeros)

    def __add__(self, other: Self) -> Self:
        return self.of_buckets(
            np.r_[self.buckets, other.buckets], np.r_[self.counts, other.counts], self.zeros + other.zeros
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LogBuckets)
            and self.zeros == other.zeros
            and np.array_equal(self.buckets, other.buckets)
            and np.array_equal(self.counts, other.counts)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def n(self) -> int:
        """How many rows."""
        return self.zeros + int(self.counts.sum())

    def quantile(self, q: float, level: float = 0.95) -> Result:
        """The quantile within ±1 % (0 in the zero bucket), between the edges of its limits' buckets."""
        n = self.n
        if n == 0:
            return NoEstimate("no_data")
        low_rank, high_rank = order_ranks(n, q, level)
        low = self._edges(low_rank)[0] if low_rank > 0 else -math.inf
        high = self._edges(high_rank)[1] if high_rank <= n else math.inf
        _, edge = self._edges(quantile_rank(n, q))
        value = edge * (2 / (GAMMA + 1))
        return Estimate(value, low, high, level, n, "order statistics, ±1 %", limits_note(n, q, level))

    @property
    def values(self) -> tuple[Floats, Counts]:
        """A value for each bucket within ±1 % of all in it, 0 first for the zeros, with its count."""
        middle = np.exp(np.minimum(self.buckets * LN_GAMMA, _LARGEST_LN)) * (2 / (GAMMA + 1))
        return np.r_[0.0, middle], np.r_[self.zeros, self.counts]

    def _edges(self, rank: int) -> tuple[float, float]:
        """The edges of the bucket that holds the row of this 1-based rank."""
        if rank <= self.zeros:
            return 0.0, 0.0
        place = np.searchsorted(np.cumsum(self.counts), rank - self.zeros)
        b = float(self.buckets[place])
        return math.exp((b - 1) * LN_GAMMA), math.exp(min(b * LN_GAMMA, _LARGEST_LN))


def time_to_sums(finished: LogBuckets, unfinished: LogBuckets) -> TimeToSums:
    """Sums for Kaplan–Meier from two sketches, each time within ±1 %; days and teams add as the sketches do."""
    (done, done_counts), (waiting, waiting_counts) = finished.values, unfinished.values
    return TimeToSums.of_counts(
        np.r_[done, waiting],
        np.r_[done_counts, np.zeros_like(waiting_counts)],
        np.r_[np.zeros_like(done_counts), waiting_counts],
    )
