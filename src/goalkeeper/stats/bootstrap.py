"""Limits of a number that is made of sums, from resamples of the pieces that the sums come from."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import Floats

RESAMPLES = 999


def bootstrap_of_sums(
    pieces: Floats,
    number: Callable[[Floats], Floats],
    level: float = 0.95,
    *,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> tuple[float, float]:
    """The percentile limits of ``number``, which makes one of each row of sums, over resamples of the pieces.

    ``pieces`` has one row a piece and one column a sum. Resamples without a number (nan) count as beyond both limits,
    so where there are too many the limits are ±inf. The same pieces give the same limits.
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, 13.3.
    """
    count = len(pieces)
    draws = _kept_draws if count <= _MOST_KEPT else _draws
    numbers = number(draws(count, resamples, seed).astype(np.float64) @ pieces)
    rank = max(1, round((resamples + 1) * tail(level)))
    low = np.sort(np.where(np.isnan(numbers), -math.inf, numbers))[rank - 1]
    high = np.sort(np.where(np.isnan(numbers), math.inf, numbers))[-rank]
    return float(low), float(high)


def _draws(count: int, resamples: int, seed: int) -> NDArray[np.int32]:
    """How often each resample has each piece."""
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    return drawn.astype(np.int32)


_MOST_KEPT = 1_000  # pieces, as many as customers are put in at most: the cells of a course draw the same
_kept_draws = lru_cache(maxsize=16)(_draws)  # 4 MB each
