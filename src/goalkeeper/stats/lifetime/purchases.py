"""Customers' buying as three numbers each: repeat purchases, when the last one was, how long they were in view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.sums import Counts, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """Distinct customers' records and how many customers have each; time counts from a customer's first purchase.

    `repeats` leaves the first purchase out. `last` is when the last one was (0 without a repeat), `observed` how long
    ago the first was, in one unit of time. `value` is the mean value of a repeat purchase, 0 where there is none.
    """

    repeats: Floats
    last: Floats
    observed: Floats
    value: Floats
    counts: Counts

    @classmethod
    def of(cls, repeats: ArrayLike, last: ArrayLike, observed: ArrayLike, value: ArrayLike | None = None) -> Self:
        """One record per customer; ValueError for a last purchase after the end, or without a repeat."""
        x, t, total = (np.asarray(each, dtype=np.float64) for each in (repeats, last, observed))
        z = np.zeros_like(x) if value is None else np.where(x > 0, np.asarray(value, dtype=np.float64), 0.0)
        rows = np.stack([x, t, total, z], axis=1)
        if not np.isfinite(rows).all() or (rows < 0).any() or (t > total).any() or ((x == 0) & (t > 0)).any():
            raise ValueError("a customer's last repeat purchase lies between the first and the end, all finite")
        distinct, counts = np.unique(rows, axis=0, return_counts=True)
        x, t, total, z = distinct.T.copy()
        return cls(x, t, total, z, counts.astype(np.int64))

    @property
    def customers(self) -> int:
        """How many customers."""
        return int(self.counts.sum())

    @property
    def repeaters(self) -> int:
        """How many bought again."""
        return int(self.counts[self.repeats > 0].sum())

    def resampled(self, rng: np.random.Generator) -> Self:
        """As many customers drawn from these with replacement."""
        drawn = rng.multinomial(self.customers, self.counts / self.customers)
        return replace(self, counts=drawn)
