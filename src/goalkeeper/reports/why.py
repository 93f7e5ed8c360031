"""Answers why a number moved between two periods."""

from __future__ import annotations

from datetime import date

from goalkeeper.insights.why import Why
from goalkeeper.insights.why import why as explain
from goalkeeper.measure import Period, Question
from goalkeeper.measure.periods import periods, read_day
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.scorecard import compared
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.warehouse.known import newest_local
from goalkeeper.workspace import Workspace


def why(
    workspace: Workspace, key: str, by: str, *, since: date | str | None = None, until: date | str | None = None,
    against: tuple[date | str, date | str] | None = None, where: str = "", clock: str = "", statistic: str = "",
    variant: str = "", level: float = 0.95,
) -> Why | NoEstimate:  # fmt: skip
    """Why a metric moved from one period to the other, by what changed within a split and what by its mix.

    The periods are by default those of the scorecard: the last whole month and the one before. ``against`` is another
    first day and day after the last to compare with; ``until`` is the day after the last one. Days may be ISO texts.
    """
    workspace.require_facts()
    zone = workspace.settings.timezone
    span = compared(newest_local(workspace.store, zone), since, until)
    first, after_last = against or (span.before, span.since)
    before = read_day(first, "against"), read_day(after_last, "against")
    question = Question(by=(by,), where=where, clock=clock, statistic=statistic, variant=variant, level=level)
    now_period, before_period = Period(span.since, span.until, span.name), periods(*before)[0]
    return explain(workspace.store, find_metric(key, workspace.metrics), question, now_period, before_period, zone=zone)
