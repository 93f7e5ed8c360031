"""Array types and seeded random streams which the parts of the sample company share."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Later than any moment written: the value of a moment that never comes.
NEVER = 1 << 60


def stream(seed: int, name: str) -> np.random.Generator:
    """One independent random stream for each part, so that a change in one part leaves the others alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def lognormal(rng: np.random.Generator, median: Floats | float, sigma: float, size: int) -> Floats:
    """Log-normal draws around a median."""
    return np.asarray(median * np.exp(rng.normal(0.0, sigma, size)), dtype=np.float64)


def whole(values: Floats | Ints, low: int = 1, high: int = NEVER) -> Ints:
    """Whole seconds, cut to [low, high]."""
    return np.asarray(np.clip(np.rint(values), low, high), dtype=np.int64)


def choose(rng: np.random.Generator, shares: Floats, size: int) -> Ints:
    """Indices drawn with the given shares (which need not add up to 1)."""
    edges = np.cumsum(shares / shares.sum())
    spots = np.searchsorted(edges, rng.random(size), side="right")
    return np.asarray(np.minimum(spots, len(shares) - 1), dtype=np.int64)


def quotas(total: int, shares: Floats) -> Ints:
    """Whole numbers that add up to total, each within 1 of its share (largest remainders)."""
    exact: Floats = total * shares / shares.sum()
    counts: Ints = np.floor(exact).astype(np.int64)
    for index in np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]:
        counts[index] += 1
    return counts
