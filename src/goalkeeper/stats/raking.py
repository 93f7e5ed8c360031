"""Cell counts fitted to known margins, where the cells themselves are not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.sums import Floats

_ROUNDS = 1_000
_CLOSE = 1e-12


def rake(counts: ArrayLike, margins: Sequence[ArrayLike]) -> Floats | NoEstimate:
    """The table nearest to `counts` whose sums along each axis are `margins`: iterative proportional fitting.

    One margin per axis, all of the same total (ValueError if not). Divided by `counts` they are the cells' weights.
    NoEstimate where no table with the same empty cells has these margins.
    Deming & Stephan (1940), Ann. Math. Stat. 11:427.
    """
    table = np.asarray(counts, dtype=np.float64).copy()
    sides = [np.asarray(margin, dtype=np.float64) for margin in margins]
    if [side.shape for side in sides] != [(length,) for length in table.shape]:
        raise ValueError("a table is raked to one margin per axis, as long as the axis")
    totals = [float(side.sum()) for side in sides]
    if (table < 0).any() or any((side < 0).any() for side in sides) or not np.allclose(totals, totals[0], rtol=1e-9):
        raise ValueError(f"counts and margins are not below zero, and the margins have one total, not {totals}")
    if not table.sum() > 0:
        return NoEstimate("no_data")
    for _ in range(_ROUNDS):
        for axis, side in enumerate(sides):
            others = tuple(other for other in range(table.ndim) if other != axis)
            sums = table.sum(axis=others)
            factors = np.divide(side, sums, out=np.zeros_like(sums), where=sums > 0)
            table *= factors.reshape([-1 if each == axis else 1 for each in range(table.ndim)])
        if _miss(table, sides) <= _CLOSE * totals[0]:
            return table
    return NoEstimate("undetermined", what="weights that meet these totals")


def _miss(table: Floats, sides: Sequence[Floats]) -> float:
    """How far the sums are off the margins at most."""
    axes = range(table.ndim)
    return max(
        float(np.abs(table.sum(axis=tuple(other for other in axes if other != axis)) - sides[axis]).max())
        for axis in axes
    )
