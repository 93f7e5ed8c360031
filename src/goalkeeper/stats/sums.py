"""Sums that add: those of two parts of the rows give those of the whole, in any order and any split."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ShareSums:
    """n rows, k of them hits."""

    n: int
    k: int

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(0, 0)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.n + other.n, self.k + other.k)


@dataclass(frozen=True, slots=True)
class MeanSums:
    """n rows, Σx and Σx²."""

    n: int
    s: float
    ss: float

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(0, 0.0, 0.0)

    @classmethod
    def of(cls, values: ArrayLike) -> Self:
        """The sums of plain values."""
        x = np.asarray(values, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return cls(x.size, float(x.sum()), float(x @ x))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.n + other.n, self.s + other.s, self.ss + other.ss)


@dataclass(frozen=True, slots=True)
class RatioSums:
    """n rows with Σx, Σy, Σx², Σy², Σxy, for the ratio Σx/Σy."""

    n: int
    x: float
    y: float
    xx: float
    yy: float
    xy: float

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(0, 0.0, 0.0, 0.0, 0.0, 0.0)

    @classmethod
    def of(cls, over: ArrayLike, under: ArrayLike) -> Self:
        """The sums of two plain columns of the same length."""
        x, y = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return cls(x.size, float(x.sum()), float(y.sum()), float(x @ x), float(y @ y), float(x @ y))

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.n + other.n,
            self.x + other.x,
            self.y + other.y,
            self.xx + other.xx,
            self.yy + other.yy,
            self.xy + other.xy,
        )


@dataclass(frozen=True, slots=True)
class IndexSums:
    """n answers, of which `plus` count +1 and `minus` count −1 (promoters and detractors)."""

    n: int
    plus: int
    minus: int

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(0, 0, 0)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.n + other.n, self.plus + other.plus, self.minus + other.minus)


@dataclass(frozen=True, slots=True)
class RateSums:
    """Events, and the exposure they happened in (customers, hours, orders)."""

    events: int
    exposure: float

    @classmethod
    def zero(cls) -> Self:
        """The sums of nothing seen."""
        return cls(0, 0.0)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.events + other.events, self.exposure + other.exposure)


@dataclass(frozen=True, slots=True, eq=False)
class CountSums:
    """How often each distinct value occurs: values ascending, counts above 0, both arrays of one length."""

    values: Floats
    counts: Counts

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(np.empty(0), np.empty(0, dtype=np.int64))

    @classmethod
    def of(cls, values: ArrayLike, counts: ArrayLike | None = None) -> Self:
        """The sums of plain values, or of (value, count) pairs in any order, a value allowed twice.

        Raises ValueError for a negative count. Infinite values and nan are kept: the methods refuse them.
        """
        x, (c,) = _grouped(values, [np.ones(np.size(values)) if counts is None else counts])
        return cls(x, c)

    def __add__(self, other: Self) -> Self:
        return self.of(np.r_[self.values, other.values], np.r_[self.counts, other.counts])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountSums) and _same(self.values, other.values, self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    @property
    def n(self) -> int:
        """How many rows."""
        return int(self.counts.sum())

    @property
    def finite(self) -> bool:
        """Whether every value is a number."""
        return bool(np.isfinite(self.values).all())

    def mean_sums(self) -> MeanSums:
        """n, Σx and Σx² of the same rows."""
        with np.errstate(over="ignore", invalid="ignore"):
            weighted = self.values * self.counts
            return MeanSums(self.n, float(weighted.sum()), float(weighted @ self.values))

    def at_rank(self, rank: int) -> float:
        """The row of this 1-based rank in ascending order; −inf for rank 0, inf for rank n+1."""
        if not 0 < rank <= self.n:
            return -math.inf if rank <= 0 else math.inf
        return float(self.values[np.searchsorted(np.cumsum(self.counts), rank)])

    def rows(self) -> Floats:
        """The rows themselves, ascending."""
        return np.repeat(self.values, self.counts)


@dataclass(frozen=True, slots=True, eq=False)
class TimeToSums:
    """Per distinct duration, ascending: how many finished then, how many were last seen unfinished then."""

    durations: Floats
    finished: Counts
    unfinished: Counts

    @classmethod
    def zero(cls) -> Self:
        """The sums of no rows."""
        return cls(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    @classmethod
    def of(cls, durations: ArrayLike, finished: ArrayLike) -> Self:
        """The sums of rows: how long each was followed, and whether it finished (bool)."""
        done = np.asarray(finished, dtype=bool)
        return cls.of_counts(durations, done, ~done)

    @classmethod
    def of_counts(cls, durations: ArrayLike, finished: ArrayLike, unfinished: ArrayLike) -> Self:
        """The sums of grouped rows, any order, a duration allowed twice; ValueError for a negative count."""
        t, (done, waiting) = _grouped(durations, [finished, unfinished])
        return cls(t, done, waiting)

    def __add__(self, other: Self) -> Self:
        return self.of_counts(
            np.r_[self.durations, other.durations],
            np.r_[self.finished, other.finished],
            np.r_[self.unfinished, other.unfinished],
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeToSums) and _same(
            self.durations, other.durations, self.finished, other.finished, self.unfinished, other.unfinished
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def n(self) -> int:
        """How many rows, finished or not."""
        return int((self.finished + self.unfinished).sum())


def _same(*pairs: NDArray[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(pairs[::2], pairs[1::2], strict=True))


def _grouped(values: ArrayLike, columns: Iterable[ArrayLike]) -> tuple[Floats, list[Counts]]:
    """Distinct values that occur, ascending, and each column of counts summed per value."""
    x = np.asarray(values, dtype=np.float64).ravel()
    counts = [np.asarray(column).astype(np.int64, copy=False).ravel() for column in columns]
    if x.size and any(c.min() < 0 for c in counts):
        raise ValueError("a count cannot be below zero")
    rows: Counts = sum(counts[1:], counts[0])
    if not rows.all():
        some = rows > 0
        x, counts = x[some], [c[some] for c in counts]
    if not (x[1:] > x[:-1]).all():  # else they are as queries give them
        order = np.argsort(x)
        x = x[order]
        starts = np.flatnonzero(np.concatenate(([True], x[1:] != x[:-1])))
        x, counts = x[starts], [np.add.reduceat(c[order], starts) for c in counts]
    return x, counts
