"""What really changed: weeks beyond the limits of those before, runs, a new level; and which segments to believe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import dropwhile

import numpy as np
from scipy.stats import trim_mean

from goalkeeper.goals.history import History
from goalkeeper.goals.plan import Watched
from goalkeeper.insights.chart import chart
from goalkeeper.measure import Cell, Period
from goalkeeper.measure.periods import begin
from goalkeeper.stats.control.individuals import lag_one
from goalkeeper.stats.control.many import benjamini_hochberg
from goalkeeper.stats.control.runs import Runs, runs
from goalkeeper.stats.control.steps import steps
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.sums import Floats, MeanSums
from goalkeeper.stats.welch import welch, welch_p_value
from goalkeeper.units import Unit

BASELINE = timedelta(weeks=52)
SHIFT_CHANCE = 0.01
_MOST_ALIKE = 0.9
LEAST_SIDE = 0.3
"""The least share of the points before on either side of their middle: the rules of runs expect a half."""

LEAST_BEFORE, LEAST_NOW = 8, 4
"""The fewest weeks of a segment before, and of the period, that a change of it is told from."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One week, or day, of the period against the limits of those before."""

    period: Period
    value: Result
    n: int
    low: float
    high: float
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A new level: from which day, and the mean of the weeks before and after."""

    since: date
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the mean of the weeks lies from that of those before; of their logs, and so a ratio, for times.

    ``p_value`` is the chance of so much if there were no shift.
    """

    change: Estimate
    p_value: float
    is_of_logs: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """The weeks of a period against the ``baseline`` before it; ``step`` is a mark where the change is real."""

    watched: Watched
    method: str
    baseline: Period
    baseline_points: int
    points: tuple[Watch, ...]
    runs: Runs | NoEstimate
    shift: Shift | NoEstimate
    step: Step | None

    @property
    def outside(self) -> tuple[Watch, ...]:
        """The points beyond their limits."""
        return tuple(each for each in self.points if each.is_outside)

    @property
    def is_real(self) -> bool:
        """Whether the period shows what a steady process seldom does: a point beyond the limits, a run, a shift."""
        return bool(self.outside) or (isinstance(self.runs, Runs) and self.runs.signal) or self.has_shifted

    @property
    def has_shifted(self) -> bool:
        """Whether the mean of the weeks surely lies elsewhere than before."""
        return isinstance(self.shift, Shift) and self.shift.p_value < SHIFT_CHANCE


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """A segment in the period and before, and whether its change is believed among all those looked at."""

    name: str
    before: Result
    now: Result
    shift: Shift | NoEstimate
    is_real: bool = False


def changes(history: History, watched: Watched, since: date, until: date, every: str = "week") -> Changes | NoEstimate:
    """Judges whole weeks (or days) of a period by those of the year before it.

    NoEstimate where the baseline has under 20 of them with a value, or the period none.
    """
    return changes_of(watched, history.cells(watched, *judged_days(since, until, every), every), since, every)


def judged_days(since: date, until: date, every: str = "week") -> tuple[date, date]:
    """From a year before a period to the end of its whole weeks: what `changes` looks at."""
    return begin(since - BASELINE, every), begin(until, every)


def changes_of(watched: Watched, seen: Iterable[Cell], since: date, every: str = "week") -> Changes | NoEstimate:
    """The same of the cells of `judged_days`; those before the first with a value are passed over."""
    if watched.formula.only_grows:
        return NoEstimate("by_itself")
    first = begin(since + timedelta(days=6), "week") if every == "week" else since
    cells = list(dropwhile(lambda cell: cell.estimate is None, seen))
    baseline = sum(cell.period.since < first for cell in cells)
    made = chart(watched.formula, watched.metric.unit, cells, baseline)
    if isinstance(made, NoEstimate):
        return replace(made, what=f"{every}s before with enough rows")
    points = tuple(
        Watch(cell.period, cell.value, cell.n, float(low), float(high), bool(is_outside))
        for cell, low, high, is_outside in zip(cells, made.low, made.high, made.outside, strict=True)
    )[baseline:]
    if not any(isinstance(each.value, Estimate) for each in points):
        return NoEstimate("no_data")
    span = Period(cells[0].period.since, cells[baseline].period.since, "")
    runs_found, shift = _runs(made.scores, baseline), _shift(watched, cells, points[0].period.since)
    found = Changes(watched, made.method, span, baseline, points, runs_found, shift, None)
    return replace(found, step=_step(cells, since)) if found.is_real else found


def _runs(scores: Floats, baseline: int) -> Runs | NoEstimate:
    """The runs of a period's scores; none where those before lie too seldom on one side for the rules to hold."""
    usual = scores[:baseline][~np.isnan(scores[:baseline])]
    middle = middle_of(usual)
    if min(np.mean(usual > middle), np.mean(usual < middle)) < LEAST_SIDE:
        return NoEstimate("undetermined", what="runs, for nearly all weeks before lie on one side")
    return runs(scores[baseline:], middle)


def middle_of(usual: Floats) -> float:
    """The line that runs go about: the mean of the usual scores without the tenth at each end; nan are left out.

    One odd week moves a mean; and of rare events the median lies at the edge, where all is on its one side.
    """
    return float(trim_mean(usual[~np.isnan(usual)], 0.1))


def segment_changes(
    history: History, watched: Watched, split: str, since: date, until: date
) -> tuple[SegmentChange, ...]:
    """Each segment's weeks of a period against those of the year before, the surest change first.

    Means of weekly values by Welch, of logs for times, wider where weeks follow their neighbours; at most one in ten of
    the changes believed is false on average.
    """
    weekly: dict[str, list[Cell]] = {}
    for cell in history.cells(watched, begin(since - BASELINE, "week"), begin(until, "week"), "week", (split,)):
        weekly.setdefault(_name(cell, split), []).append(cell)
    first = begin(since + timedelta(days=6), "week")
    before = _over(history, watched, split, since - BASELINE, since)
    now = _over(history, watched, split, since, until)
    found = [
        SegmentChange(name, before.get(name, NoEstimate("no_data")), now.get(name, NoEstimate("no_data")),
                      _shift(watched, cells, first))
        for name, cells in weekly.items()
    ]  # fmt: skip
    p_values = [each.shift.p_value if isinstance(each.shift, Shift) else 1.0 for each in found]
    believed = benjamini_hochberg(p_values)
    judged = [replace(each, is_real=bool(real)) for each, real in zip(found, believed, strict=True)]
    order = sorted(range(len(judged)), key=lambda place: (p_values[place], judged[place].name))
    return tuple(judged[place] for place in order)


def _step(cells: Sequence[Cell], since: date) -> Step | None:
    """The last new level that begins in the period."""
    seen = [cell for cell in cells if cell.estimate]
    values = np.array([cell.estimate.value for cell in seen if cell.estimate])
    found = [at for at in steps(values) if seen[at].period.since >= since]
    if not found:
        return None
    bounds = [0, *steps(values), values.size]
    at = found[-1]
    before, after = bounds[bounds.index(at) - 1], bounds[bounds.index(at) + 1]
    return Step(seen[at].period.since, float(values[before:at].mean()), float(values[at:after].mean()))


def _shift(watched: Watched, cells: Sequence[Cell], first: date) -> Shift | NoEstimate:
    """The difference of the mean weekly values, wider where weeks follow their neighbours."""
    halves: list[list[float]] = [[], []]
    for cell in cells:
        if cell.estimate:
            halves[cell.period.since >= first].append(cell.estimate.value)
    of_logs = watched.metric.unit is Unit.DURATION and min(map(min, filter(None, halves)), default=0.0) > 0
    before, now = (np.log(half) if of_logs else np.array(half) for half in halves)
    for half, least in ((before, LEAST_BEFORE), (now, LEAST_NOW)):
        if half.size < least:
            return NoEstimate("too_few", half.size, least, "weeks with enough rows")
        if np.ptp(half) == 0:  # weeks of nothing but zeros do not show how much they vary
            return NoEstimate("undetermined", what="a shift, for its weeks are all alike")
    sums = MeanSums.of(now), MeanSums.of(before)
    found = welch(*sums)
    if isinstance(found, NoEstimate) or found.low is None or found.high is None:
        return found if isinstance(found, NoEstimate) else NoEstimate("no_data")
    alike = min(_MOST_ALIKE, max(0.0, lag_one(before)))
    wider = math.sqrt((1 + alike) / (1 - alike))
    low, high = (found.value + wider * (side - found.value) for side in (found.low, found.high))
    change = replace(found, low=low, high=high, method="Welch of weeks")
    return Shift(change, welch_p_value(*sums, wider=wider), of_logs)


def _over(history: History, watched: Watched, split: str, since: date, until: date) -> Mapping[str, Result]:
    return {_name(cell, split): cell.value for cell in history.cells(watched, since, until, by=(split,))}


def _name(cell: Cell, split: str) -> str:
    return cell.by[split] or "(not known)"
