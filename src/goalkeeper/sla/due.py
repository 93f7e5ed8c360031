"""When promises fall due: a clock runs in its stretches, on its schedule, until the target is used up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goalkeeper.calendars import DAY_MS, Instants, WorkingClock
from goalkeeper.calendars.zones import LAST_MS

NEVER = np.iinfo(np.int64).max
REACH_MS = 19 * 366 * DAY_MS
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Promised:
    """Promises as columns: begun, stopped (kept, over, or the end of what is known), the target, the schedule's key."""

    applied: Instants
    stop: Instants
    target_ms: Instants
    schedule_key: Instants
    has_ended: Flags  # kept or over, so that `stop` is no mere end of what is known

    def each_clock(self, clocks: Sequence[WorkingClock], of: Callable[[WorkingClock, Flags], Instants]) -> Instants:
        """What ``of`` gives for the promises of each schedule, put together."""
        found = np.zeros(len(self.applied), np.int64)
        for key in np.unique(self.schedule_key):
            mine = self.schedule_key == key
            found[mine] = of(clocks[key], mine)
        return found


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches from ``a`` to ``b`` in which the clock of promise ``n`` runs, ascending within each."""

    n: Instants
    a: Instants
    b: Instants
    runs_on: Flags


def due_and_elapsed(
    clocks: Sequence[WorkingClock], promised: Promised, stretches: Stretches
) -> tuple[Instants, Instants, Instants]:
    """When each falls due, the time on its clock until `stop`, and the time for which it stood still; milliseconds.

    Due is the earliest moment by which the target is used up; where the clock stopped before, it is thought to run on
    from there. NEVER while it stands still, and beyond 19 years.
    """
    of_stretches = Promised(
        stretches.a, stretches.b, stretches.a, promised.schedule_key[stretches.n], stretches.runs_on
    )
    run = of_stretches.each_clock(clocks, lambda clock, mine: clock.between(stretches.a[mine], stretches.b[mine]))
    first = np.searchsorted(stretches.n, stretches.n, side="left")
    passed = np.concatenate(([0], np.cumsum(run)))
    before = passed[:-1] - passed[first]
    elapsed = np.bincount(stretches.n, weights=run, minlength=len(promised.applied)).astype(np.int64)
    # A target of nothing is due at the first open moment: one millisecond before the first one worked.
    goal = np.maximum(promised.target_ms, 1)
    base, rest = promised.stop.copy(), goal - elapsed
    used_up = (before < goal[stretches.n]) & (before + run >= goal[stretches.n])
    base[stretches.n[used_up]] = stretches.a[used_up]
    rest[stretches.n[used_up]] = (goal[stretches.n] - before)[used_up]
    runs = promised.has_ended.copy()
    runs[stretches.n[used_up | stretches.runs_on]] = True
    due = promised.each_clock(clocks, lambda clock, mine: _added(clock, base[mine], rest[mine]))
    due = np.where(runs, due - ((promised.target_ms == 0) & (due != NEVER)), NEVER)
    whole = promised.each_clock(clocks, lambda clock, mine: clock.between(promised.applied[mine], promised.stop[mine]))
    return due, elapsed, whole - elapsed


def _added(clock: WorkingClock, base: Instants, rest: Instants) -> Instants:
    """The deadlines; NEVER for those that the schedule does not work off in time."""
    due = np.full(len(base), NEVER)
    within = clock.between(base, np.minimum(base + REACH_MS, LAST_MS - 1)) >= rest
    if within.any():
        due[within] = clock.add(base[within], rest[within])
    return due
