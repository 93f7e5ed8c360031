"""Evaluates the goals of an agreed plan on an evening, each by the definition it was agreed on."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from goalkeeper.formulas import Spans
from goalkeeper.goals.agreed import Agreed, FrozenCounterweight, FrozenGoal, Start, incomparable
from goalkeeper.goals.evaluation import Evaluation, Guard, Holding, Status, Step, TrackRecord
from goalkeeper.goals.history import History, repr_of
from goalkeeper.goals.outlook import Tested, Weeks, forecast_of, wait_words
from goalkeeper.goals.plan import JUDGED_WEEKS, Counterweight, Goal, Shape, Watched
from goalkeeper.measure import Cell
from goalkeeper.measure.periods import begin
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.forecast.back_test import BackTest
from goalkeeper.stats.forecast.chance import Chance, band
from goalkeeper.stats.forecast.local_level import local_level
from goalkeeper.stats.forecast.pace import pace_line
from goalkeeper.stats.forecast.series import Series
from goalkeeper.units import Unit

CUTS = (0.33, 0.67)
"""The chances from which a goal could go either way, and is on pace."""

BY_CHANCE = (Status.BEHIND, Status.EITHER, Status.ON_PACE)
_LEAST_ROWS = 30
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Aimed(NamedTuple):
    """The values that a goal wants, both ends included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value is one of them."""
        return self.low <= value <= self.high

    def surely(self, result: Result) -> bool:
        """Whether all values of an interval are among them."""
        return isinstance(result, Estimate) and result.low is not None and result.high is not None and (
            self.low <= result.low and result.high <= self.high
        )  # fmt: skip


class Foreseen(NamedTuple):
    """The chance of a goal, or why there is none, and what such chances were worth in the past."""

    chance: Chance | None
    why_not: str
    track_record: TrackRecord | None


class Evaluator:
    """Evaluates the goals of one agreed version; `History` decides up to when the data is known."""

    def __init__(self, history: History, agreed: Agreed) -> None:
        self.history, self.agreed = history, agreed
        self.plan = agreed.plan(history.workspace.metrics)
        zone = history.workspace.settings.timezone
        self.agreed_on = agreed.agreed_at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        self.start = self.plan.since or self.agreed_on
        self._forecasts: dict[tuple[str, date, date], Tested | NoEstimate] = {}
        self._levels: dict[tuple[str, date], Result] = {}

    def refusal(self, goal: Goal, frozen: FrozenGoal) -> str:
        """Why a goal cannot be evaluated as it was agreed; empty where it can."""
        every = [(goal.watched, frozen.definition)]
        pairs = zip(goal.must_not_get_worse, frozen.counterweights, strict=True)
        every += [(each.watched, kept.definition) for each, kept in pairs]
        for watched, then in every:
            if watched.version != then:
                return (
                    f"definition {then} of {watched.metric.name.lower()}, on which it was agreed, is gone: today it is "
                    f"{watched.version}. Agree the plan again to go on by that."
                )
        if other := incomparable(goal, frozen):
            return (
                f"its start of {other.metric.name.lower()} is of other weeks than the {JUDGED_WEEKS} that it is "
                "judged by. Agree the plan again to measure it anew."
            )
        return ""

    @property
    def first_evening(self) -> date:
        """The evening from which goals are evaluated: the plan has begun, and is agreed."""
        return max(self.start, self.agreed_on)

    def last_evening(self, goal: Goal) -> date:
        """The evening after which nothing of a goal changes any more: it is due, and no row's window is open."""
        due = self.plan.due(goal)
        if due is None:
            return date.max
        watched = (goal.watched, *(each.watched for each in goal.must_not_get_worse))
        return due + timedelta(days=max(each.formula.window_days for each in watched))

    def evaluate(self, goal: Goal, frozen: FrozenGoal, day: date, before: Status | None, now: datetime) -> Evaluation:
        """A goal on the evening of a whole day of the data; ``before`` is its status the evening before.

        ``now`` is the moment of computing, UTC without zone.
        """
        due, aimed = self.plan.due(goal), aimed_at(goal, frozen)
        closed = due is not None and day >= due
        cell = self._judged(goal.watched, due) if due and closed else self._so_far(goal.watched, frozen.start, day)
        weeks = self.history.weeks(goal.watched, day + _DAY)
        final, foreseen = self.last_evening(goal), Foreseen(None, "due", None)
        if not closed:
            foreseen = self._foresee(goal, aimed, weeks, due, now.date())
        elif day < final:
            foreseen = Foreseen(None, f"due, final on {final}", None)  # the windows of its last rows are open
        pairs = zip(goal.must_not_get_worse, frozen.counterweights, strict=True)
        return Evaluation(
            goal=goal.id,
            meaning=frozen.meaning,
            day=day,
            computed_at=now,
            data_until=self.history.until,
            since=cell.period.since,
            last=cell.period.last,
            value=cell.value,
            level=self._level(goal.watched, weeks),
            pace=self._pace(goal, frozen, day, due),
            chance=foreseen.chance,
            why_no_chance=foreseen.why_not,
            track_record=foreseen.track_record,
            status=self._at_due(goal, aimed, cell.value)
            if closed
            else self._on_the_way(goal, aimed, cell.value, foreseen.chance, before, day),
            is_closed=closed,
            is_final=day >= final,
            guards=tuple(self._guard(goal, each, kept, day, due) for each, kept in pairs),
            steps=tuple(self._step(goal, each.by, each.to, day) for each in goal.milestones),
        )

    def _so_far(self, watched: Watched, start: Start, day: date) -> Cell:
        """The value since the start; of the weeks up to the day where its days do not add up to longer periods."""
        formula = watched.formula
        if formula.people or formula.depends_on_length or (isinstance(formula, Spans) and not formula.is_stock):
            return self._judged(watched, day)
        a_day = start.n / max(1, (start.until - start.since).days)
        rows = max(_LEAST_ROWS, round(a_day * 7 * JUDGED_WEEKS))  # before the first look, and long before the last
        return self.history.running(watched, self.start, day, tuned_for=rows)

    def _judged(self, watched: Watched, day: date) -> Cell:
        """The value of the weeks that a goal due on a day is judged by."""
        until = day + _DAY
        return self.history.over(watched, until - JUDGED_WEEKS * _WEEK, until)

    def _at_due(self, goal: Goal, aimed: Aimed | None, value: Result) -> Status:
        if aimed is None or isinstance(value, NoEstimate):
            return Status.NO_DATA
        # Chance alone moves every second number the wanted way.
        is_told = goal.shape is not Shape.RISE or value.low is None or aimed.surely(value)
        return Status.REACHED if is_told and aimed.holds(value.value) else Status.BEHIND

    def _on_the_way(
        self, goal: Goal, aimed: Aimed | None, value: Result, chance: Chance | None, before: Status | None, day: date
    ) -> Status:
        if day < _first_sunday(self.start):
            return Status.TOO_EARLY
        is_there = goal.shape is Shape.REACH and aimed is not None and aimed.surely(value)
        if chance is None:
            return Status.REACHED if is_there else Status.NO_DATA
        found = BY_CHANCE[band(chance.value, CUTS, BY_CHANCE.index(before) if before in BY_CHANCE else None)]
        return Status.REACHED if is_there and found is Status.ON_PACE else found  # what was reached can be lost

    def _foresee(self, goal: Goal, aimed: Aimed | None, weeks: Weeks, due: date | None, today: date) -> Foreseen:
        """The chance by the weeks so far; it changes once a week, with the week's value."""
        if due is None or aimed is None:
            return Foreseen(None, "no due date" if due is None else "its start is not known", None)
        key = (repr_of(goal.watched), weeks.until, due)
        if key not in self._forecasts:
            self._forecasts[key] = forecast_of(goal.watched, weeks, due)
        told = self._forecasts[key]
        if isinstance(told, NoEstimate):
            return Foreseen(None, wait_words(told, weeks, due, today), None)
        return Foreseen(told.forecast.chance(aimed.low, aimed.high), "", _record(told.back_test))

    def _level(self, watched: Watched, weeks: Weeks) -> Result:
        """The smoothed value of the last week, where single weeks say something of longer periods."""
        if watched.formula.depends_on_length:
            return NoEstimate("undetermined", what="a level, for weeks say nothing of longer periods")
        key = (repr_of(watched), weeks.until)
        if key not in self._levels:
            fitted = local_level(Series.of_results(weeks.results))
            self._levels[key] = fitted if isinstance(fitted, NoEstimate) else fitted.now_estimate()
        return self._levels[key]

    def _pace(self, goal: Goal, frozen: FrozenGoal, day: date, due: date | None) -> float | None:
        """Where an even move from the smoothed level at the start to the target would be; None without such a line."""
        if goal.shape is Shape.HOLD:
            return goal.to
        if goal.shape is not Shape.REACH or goal.to is None or due is None or due < self.start:
            return None
        smoothed = self._level(goal.watched, self.history.weeks(goal.watched, self.start))
        start = smoothed.value if isinstance(smoothed, Estimate) else frozen.start.value
        if start is None:
            return None
        done = ((day - self.start).days + 1) / ((due - self.start).days + 1)
        return float(pace_line(start, goal.to, done, logit=goal.metric.unit is Unit.SHARE))

    def _guard(self, goal: Goal, each: Counterweight, kept: FrozenCounterweight, day: date, due: date | None) -> Guard:
        watched = each.watched
        if due is not None and day >= due and not watched.formula.depends_on_length:
            value, judged = self.history.over(watched, self.start, due + _DAY).value, self._judged(watched, due).value
        else:
            value = judged = self._so_far(watched, kept.start, day if due is None else min(day, due)).value
        is_upper = each.limit.is_upper
        # A good first half hides no limit broken in the weeks that the goal itself is judged by.
        if holding_of(judged, kept.bound, is_upper=is_upper) is Holding.BROKEN:
            value = judged
        holding = holding_of(value, kept.bound, is_upper=is_upper)
        metric = watched.metric
        name = metric.name if watched.where == goal.watched.where else watched.words
        return Guard(
            metric.key, name, metric.unit, watched.in_days, value, kept.bound, is_upper, holding
        )  # fmt: skip

    def _step(self, goal: Goal, by: date, to: float, day: date) -> Step:
        if day < by:
            return Step(by, to)
        value = self._judged(goal.watched, by).value
        if isinstance(value, NoEstimate):
            return Step(by, to, value)
        return Step(by, to, value, value.value >= to if goal.upwards else value.value <= to)


def aimed_at(goal: Goal, frozen: FrozenGoal) -> Aimed | None:
    """The values that a goal wants; a goal of a direction wants those beyond its start, None where that is unknown."""
    if goal.shape is Shape.RANGE and goal.low is not None and goal.high is not None:
        return Aimed(goal.low, goal.high)
    if goal.to is not None:
        return Aimed(goal.to, math.inf) if goal.upwards else Aimed(-math.inf, goal.to)
    start = frozen.start.value
    if start is None:
        return None
    end = math.inf if goal.upwards else -math.inf
    low, high = sorted((math.nextafter(start, end), end))
    return Aimed(low, high)


def holding_of(value: Result, bound: float, *, is_upper: bool) -> Holding:
    """Whether a limit is kept: surely, surely not, or neither; a number without interval is taken at its word."""
    if isinstance(value, NoEstimate):
        return Holding.CANNOT_SAY
    low, high = (value.value if side is None else side for side in (value.low, value.high))
    if not is_upper:
        low, high, bound = -high, -low, -bound
    if high <= bound:
        return Holding.HOLDS
    return Holding.BROKEN if low > bound else Holding.CANNOT_SAY


def _first_sunday(start: date) -> date:
    """The last day of the first whole week from a day on."""
    return begin(start + timedelta(days=6), "week") + timedelta(days=6)


def _record(found: BackTest | NoEstimate) -> TrackRecord | None:
    if isinstance(found, NoEstimate):
        return None
    return TrackRecord(
        found.origins, found.independent, found.brier, found.brier_as_before, found.skill, found.coverage
    )
