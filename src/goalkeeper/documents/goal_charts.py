"""The charts of a goal: its weeks against what it wants."""

from __future__ import annotations

from datetime import timedelta

from goalkeeper.charts import ChartSpec, Kind, Mark, Note, mark_of
from goalkeeper.documents.goal_words import wanted_words
from goalkeeper.documents.words import short_day
from goalkeeper.goals import Shape
from goalkeeper.measure.periods import begin
from goalkeeper.reports.goals import GoalPage


def trend_of(page: GoalPage) -> ChartSpec:
    """The weeks from a quarter before the start on, with the target as a line and a note where the goal begins."""
    goal, found = page.row.goal, page.row.evaluation
    begun = [place for place, week in enumerate(page.weeks) if week.start >= page.row.begins]
    return ChartSpec(
        kind=Kind.TREND,
        title=f"{goal.watched.words}, week by week",
        takeaway=f"{found.words if found else 'Not begun'}; wanted {wanted_words(page.row)}.",
        unit=goal.metric.unit,
        series=tuple(mark_of(week.label, week.reading) for week in page.weeks),
        target=goal.weekly_line,
        notes=(Note(begun[0], f"the goal begins in {page.weeks[begun[0]].label}"),) if begun else (),
        axis="Week",
        days=goal.watched.in_days,
    )


def track_of(page: GoalPage) -> ChartSpec:
    """The weeks from its start to the due day, those to come left open, with the even pace to the target."""
    goal, row, found = page.row.goal, page.row, page.row.evaluation
    known = [week for week in page.weeks if week.start >= begin(row.begins, "week")]
    series = [mark_of(short_day(week.start), week.reading) for week in known]
    day = known[-1].start + timedelta(weeks=1) if known else begin(row.begins, "week")
    while row.due and day <= row.due:
        series.append(Mark(short_day(day), None, gap="to come"))
        day += timedelta(weeks=1)
    start = row.frozen.start.value if goal.shape is Shape.REACH and goal.weekly_line is not None else None
    return ChartSpec(
        kind=Kind.TRACK,
        title=f"{goal.watched.words}, on its way",
        takeaway=f"{found.words if found else 'Not begun'}; wanted {wanted_words(row)}.",
        unit=goal.metric.unit,
        series=tuple(series),
        target=goal.weekly_line,
        pace=start,
        axis="Week from",
        days=goal.watched.in_days,
    )
