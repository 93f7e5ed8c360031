"""Builds the page of one metric: the last weeks, their course, its segments, why it moved, and its definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from goalkeeper.datasets import Dataset
from goalkeeper.errors import UsageError
from goalkeeper.formulas import Spans
from goalkeeper.goals.history import History
from goalkeeper.goals.plan import Watched
from goalkeeper.insights.changes import Changes, changes_of, judged_days
from goalkeeper.insights.why import Why
from goalkeeper.insights.why import why as explain_move
from goalkeeper.measure import Estimates, Period, Question, measure, measure_together
from goalkeeper.measure.measure import GROWING, query_text, seen_values
from goalkeeper.measure.periods import EVERY, after, begin, last_day_over
from goalkeeper.metrics import Metric
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.goals import GoalRow, progress
from goalkeeper.reports.notes import DayNote, notes_of
from goalkeeper.reports.scorecard import row_of, standing_of
from goalkeeper.reports.views import ScorecardRow
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.warehouse.known import newest_local
from goalkeeper.warehouse.store import Store, of_one_state
from goalkeeper.workspace import Workspace

RANGES = {"13w": 13, "26w": 26, "52w": 52, "2y": 104}
"""How many weeks of its course a page shows, by the name of the choice."""
STEPS = ("day", "week", "month", "quarter")
RECENT = timedelta(weeks=13)
MOST_SEGMENTS = 12
_FIRST_SPLITS = ("channel", "team", "plan", "segment", "brand", "topic", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the page, as its address says it; empty means the metric's own way."""

    key: str
    range: str = "52w"
    every: str = ""
    by: str = ""
    where: str = ""
    variant: str = ""
    statistic: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class MetricPage:
    """One metric: ``row`` compares the ``recent`` period with the one before and holds the course of time.

    ``segments`` are those of the split ``by``, most rows first; ``changes`` the weeks against the limits of the year
    before; ``why`` takes the move between the two periods apart; ``notes`` are on days of the course.
    """

    company: str
    as_of: datetime
    asked: Asked
    metric: Metric
    recent: Period
    before: Period
    row: ScorecardRow
    series: Estimates
    segments: Estimates | None
    changes: Changes | NoEstimate | None
    why: Why | NoEstimate | None
    goals: tuple[GoalRow, ...]
    notes: tuple[DayNote, ...]
    sql: str
    lacking: str

    @property
    def splits(self) -> tuple[str, ...]:
        """By what it can be split."""
        return self.metric.dataset(self.asked.variant).splits


def metric_page(workspace: Workspace, asked: Asked) -> MetricPage:
    """The page of a metric; UsageError for a name, a condition or a choice that is not there."""
    workspace.require_facts()
    metric = find_metric(asked.key, workspace.metrics)
    standing = progress(workspace).rows  # first: it may have evenings to evaluate, and to keep
    return _page(workspace, metric, asked, tuple(each for each in standing if each.goal.metric.key == metric.key))


@of_one_state
def _page(workspace: Workspace, metric: Metric, asked: Asked, goals: tuple[GoalRow, ...]) -> MetricPage:
    store, zone = workspace.store, workspace.settings.timezone
    moment = newest_local(store, zone)
    recent, before = recent_periods(metric, moment)
    asked = _completed(store, asked, metric, recent)
    question = Question(
        where=asked.where, clock=asked.clock, statistic=asked.statistic, variant=asked.variant,
    )  # fmt: skip

    def ask(*asked: tuple[date, date, str], by: tuple[str, ...] = ()) -> list[Estimates]:
        days = [replace(question, since=since, until=until, every=every, by=by) for since, until, every in asked]
        return measure_together(store, metric, days, zone=zone)

    start = begin(recent.until - timedelta(weeks=RANGES[asked.range]), asked.every)
    end = _end(recent, moment, asked.every)
    judged = _judged(workspace, metric, asked)
    now, earlier, series, *judged_weeks = ask(
        (recent.since, recent.until, ""), (before.since, before.until, ""), (start, end, asked.every),
        *([(*judged_days(*judged), "week")] if judged else []),
    )  # fmt: skip
    row = row_of(store, now, earlier, series, workspace.settings, where=asked.where)
    changed = None
    if judged:
        watched = Watched(metric, asked.variant, asked.statistic, asked.clock)
        changed = changes_of(watched, judged_weeks[0], judged[0])
    segments = ask((recent.since, recent.until, ""), by=(asked.by,))[0] if asked.by else None
    if segments is not None:
        most = sorted(segments.cells, key=lambda cell: (-cell.n, [str(part) for part in cell.by.values()]))
        segments = replace(segments, cells=tuple(most[:MOST_SEGMENTS]))
    return MetricPage(
        company=workspace.settings.name,
        as_of=moment,
        asked=asked,
        metric=metric,
        recent=recent,
        before=before,
        row=row,
        series=series,
        segments=segments,
        changes=changed,
        why=_why(workspace, metric, question, asked.by, recent, before),
        goals=goals,
        notes=notes_of(workspace.folder, workspace.metrics, metric.key, start, end),
        sql=query_text(metric, replace(question, by=(asked.by,) if asked.by else ())),
        lacking=lacking(workspace, metric.dataset(asked.variant)),
    )  # fmt: skip


def _end(recent: Period, moment: datetime, every: str) -> date:
    """The end of the course: its last period is whole where the data goes on, and left out where no day of it is over.

    Whole also after a metric's own last whole month.
    """
    last = begin(recent.last, every)
    return last if last > last_day_over(moment) else min(after(last, every), moment.date() + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Beside:
    """What a metric that is watched alongside says of its own last period; nothing where a condition is not its own."""

    metric: Metric
    period: Period
    row: ScorecardRow | None


@of_one_state
def alongside(workspace: Workspace, metric: Metric, where_of: Callable[[Metric], str | None]) -> tuple[Beside, ...]:
    """The metrics that tell what a better number of this one may cost.

    ``where_of`` gives the condition on each, None where it cannot be limited so.
    """
    zone = workspace.settings.timezone
    moment = newest_local(workspace.store, zone)
    found = []
    for other in filter(None, map(workspace.metrics.get, metric.watch_with)):
        recent, _ = recent_periods(other, moment)
        where, row = where_of(other), None
        if where is not None:
            question = Question(since=recent.since, until=recent.until, where=where)
            row = standing_of(measure(workspace.store, other, question, zone=zone))
        found.append(Beside(other, recent, row))
    return tuple(found)


def lacking(workspace: Workspace, data: Dataset) -> str:
    """What a metric counts and has none of, with the tables that it comes from; empty where there is some."""
    if workspace.store.one(f"SELECT 1 FROM {data.source} d LIMIT 1"):
        return ""
    empty = [table for table in data.reads if not workspace.store.one(f"SELECT 1 FROM canon.{table} LIMIT 1")]
    if len(empty) == len(data.reads):
        tables = f"; they come from {', '.join(empty)}" if empty else ""
        return f"It needs {data.rows}, and none were loaded{tables}."
    if empty:
        return f"It needs {data.rows}: {', '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty."
    return f"It needs {data.rows}, and no row of {', '.join(data.reads)} makes one."


def _completed(store: Store, asked: Asked, metric: Metric, recent: Period) -> Asked:
    """The same with the metric's own choices where nothing is said; UsageError for one that there is not."""
    every = asked.every or (metric.every if metric.every in STEPS else "week")
    if asked.range not in RANGES:
        raise UsageError(f"'{asked.range}' is no range.", where="range", hint=f"Valid: {', '.join(RANGES)}.")
    if every not in EVERY:
        raise UsageError(f"'{every}' is no period.", where="every", hint=f"Valid: {', '.join(STEPS)}.")
    splits = metric.dataset(asked.variant).splits
    first = (each for each in _FIRST_SPLITS if each in splits and _tells(store, asked, metric, each, recent))
    by = "" if asked.by == "none" else asked.by or next(first, "")
    return replace(asked, every=every, by=by)


def _tells(store: Store, asked: Asked, metric: Metric, split: str, recent: Period) -> bool:
    """Whether any row of a period says what it is by a split."""
    if isinstance(metric.variant(asked.variant), Spans):
        return True
    question = Question(by=(split,), variant=asked.variant)
    return bool(seen_values(store, metric, question, recent.since, recent.until) - {""})


def recent_periods(metric: Metric, newest: datetime) -> tuple[Period, Period]:
    """The period of the page's first number, and the one before: 13 weeks, or the metric's own last whole one.

    They go up to the newest local moment, or to the last day that is over for numbers that grow as a day goes on.
    """
    last = last_day_over(newest) if isinstance(metric.formula, GROWING) else newest.date()
    until = last + timedelta(days=1)
    if metric.every in EVERY:
        end = begin(until, metric.every)
        since = begin(end - timedelta(days=1), metric.every)
        earlier = begin(since - timedelta(days=1), metric.every)
        assert after(earlier, metric.every) == since
        return Period(since, end, f"last whole {metric.every}"), Period(earlier, since, f"the {metric.every} before")
    since = until - RECENT
    return Period(since, until, "last 13 weeks"), Period(since - RECENT, since, "the 13 weeks before")


def _judged(workspace: Workspace, metric: Metric, asked: Asked) -> tuple[date, date] | None:
    """The days whose weeks are judged by the year before; None where the page looks at a condition or otherwise."""
    if asked.where or metric.every:
        return None
    until = History(workspace).until
    since = begin(until - RECENT, "week")
    return (since, until) if since < until else None


def _why(
    workspace: Workspace, metric: Metric, question: Question, by: str, recent: Period, before: Period
) -> Why | NoEstimate | None:
    """What moved it, by the split; None where such a number cannot be taken apart."""
    if not by:
        return None
    try:
        return explain_move(
            workspace.store, metric, replace(question, by=(by,)), recent, before, zone=workspace.settings.timezone
        )
    except UsageError:
        return None
