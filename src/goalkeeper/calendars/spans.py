"""Sets of half-open spans on a line of milliseconds, and the working time they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000

Instants: TypeAlias = npt.NDArray[np.int64]
NOTHING: Instants = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Spans:
    """Spans [opens, closes) in ascending order, disjoint and not touching, within [first_ms, last_ms)."""

    first_ms: int
    last_ms: int
    opens: Instants
    closes: Instants

    def without(self, starts: Instants, ends: Instants) -> Spans:
        """The same spans with others cut out; those may overlap, and count for nothing where end <= start."""
        return Spans(self.first_ms, self.last_ms, *united(self.opens, self.closes, starts, ends))

    @cached_property
    def before(self) -> Instants:
        """Milliseconds inside earlier spans, for each span."""
        return np.concatenate(([0], np.cumsum(self.closes - self.opens)[:-1])) if len(self.opens) else NOTHING

    @cached_property
    def total_ms(self) -> int:
        """Milliseconds inside all spans."""
        return int((self.closes - self.opens).sum())

    def worked(self, t: Instants) -> Instants:
        """Milliseconds inside the spans from first_ms to each moment; moments lie in [first_ms, last_ms]."""
        if not len(self.opens):
            return np.zeros_like(t)
        at = np.searchsorted(self.opens, t, side="right") - 1
        inside = self.before[at] + np.minimum(t, self.closes[at]) - self.opens[at]
        return np.where(at < 0, 0, inside)

    def earliest(self, worked_ms: Instants) -> Instants:
        """The earliest moment at which that much is worked, for 0 < worked_ms <= total_ms."""
        at = np.searchsorted(self.before, worked_ms, side="left") - 1
        return self.opens[at] + worked_ms - self.before[at]

    def latest(self, worked_ms: Instants) -> Instants:
        """The latest moment at which no more than that is worked, for 0 <= worked_ms < total_ms."""
        at = np.searchsorted(self.before, worked_ms, side="right") - 1
        return self.opens[at] + worked_ms - self.before[at]


def united(
    opens: Instants, closes: Instants, cut_starts: Instants = NOTHING, cut_ends: Instants = NOTHING
) -> tuple[Instants, Instants]:
    """The union of spans less the union of cuts, ascending and merged; spans may come in any order."""
    real, cut = closes > opens, cut_ends > cut_starts
    opens, closes, cut_starts, cut_ends = opens[real], closes[real], cut_starts[cut], cut_ends[cut]
    points = np.concatenate((opens, closes, cut_starts, cut_ends))
    order = np.argsort(points, kind="stable")
    points = points[order]
    sizes = [len(opens), len(closes), 2 * len(cut_starts)]
    depth = np.cumsum(np.repeat([1, -1, 0], sizes)[order])
    cuts = np.cumsum(np.concatenate((np.zeros(sizes[0] + sizes[1], np.int64), _steps(len(cut_starts))))[order])
    last_of_point = np.append(points[1:] != points[:-1], True) if len(points) else np.empty(0, np.bool_)
    points, active = points[last_of_point], ((depth > 0) & (cuts == 0))[last_of_point]
    changed = np.diff(np.concatenate(([False], active)).astype(np.int8))
    return points[changed == 1], points[changed == -1]


def _steps(count: int) -> Instants:
    return np.repeat(np.array([1, -1], dtype=np.int64), count)
