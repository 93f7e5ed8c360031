"""The charts of a goal: its weeks against what it wants."""

from __future__ import annotations

from goalkeeper.charts import ChartSpec, Kind, Note, mark_of
from goalkeeper.documents.goal_words import wanted_words
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
        target=goal.to,
        notes=(Note(begun[0], f"the goal begins in {page.weeks[begun[0]].label}"),) if begun else (),
        axis="Week",
        days=goal.watched.in_days,
    )
