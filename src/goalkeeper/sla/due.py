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
    n, keys = stretches.n, promised.schedule_key
    run = _each(clocks, keys[n], WorkingClock.between, stretches.a, stretches.b)
    passed = np.concatenate(([0], np.cumsum(run)))
    before = passed[:-1] - passed[np.searchsorted(n, n, side="left")]
    elapsed = np.bincount(n, weights=run, minlength=len(keys)).astype(np.int64)
    # A target of nothing is due at the first open moment: one millisecond before the first one worked.
    goal = np.maximum(promised.target_ms, 1)
    used_up = (before < goal[n]) & (before + run >= goal[n])
    base, rest, runs = promised.stop.copy(), goal - elapsed, promised.has_ended.copy()
    base[n[used_up]] = stretches.a[used_up]
    rest[n[used_up]] = (goal[n] - before)[used_up]
    runs[n[used_up | stretches.runs_on]] = True
    due = _each(clocks, keys, _added, base, rest)
    due = np.where(runs, due - ((promised.target_ms == 0) & (due != NEVER)), NEVER)
    whole = _each(clocks, keys, WorkingClock.between, promised.applied, promised.stop)
    return due, elapsed, whole - elapsed


def _each(
    clocks: Sequence[WorkingClock],
    keys: Instants,
    of: Callable[[WorkingClock, Instants, Instants], Instants],
    one: Instants,
    other: Instants,
) -> Instants:
    """What ``of`` gives for both columns, each row on the clock that its key names."""
    found = np.zeros(len(keys), np.int64)
    for key in np.unique(keys):
        mine = keys == key
        found[mine] = of(clocks[key], one[mine], other[mine])
    return found


def _added(clock: WorkingClock, base: Instants, rest: Instants) -> Instants:
    """The deadlines; NEVER for those that the schedule does not work off in time."""
    due = np.full(len(base), NEVER)
    within = clock.between(base, np.minimum(base + REACH_MS, LAST_MS - 1)) >= rest
    if within.any():
        due[within] = clock.add(base[within], rest[within])
    return due
