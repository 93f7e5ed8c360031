"""The line from a baseline to a target: where a number would be if it moved evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.sums import Floats


def pace_line(start: float, target: float, done: ArrayLike, *, logit: bool = False) -> Floats:
    """Where the number should be when a part `done` (0..1) of the time has passed; outside it keeps to the ends.

    Straight, or straight in ln(p/(1−p)) for shares, where a point near 0 or 1 is harder won; a share whose start or
    target is 0 or 1 has no logit and keeps to the straight line. Start from the smoothed level: from the worst
    recent value any goal would seem on pace.
    """
    part = np.clip(np.asarray(done, dtype=np.float64), 0.0, 1.0)
    if not logit or not (0 < start < 1 and 0 < target < 1):
        return start + part * (target - start)
    first, last = (np.log(p / (1 - p)) for p in (start, target))
    line: Floats = 1 / (1 + np.exp(-(first + part * (last - first))))
    return line
