"""The charts of a scorecard's row: its small line, its trend and its place against the benchmark."""

from __future__ import annotations

from goalkeeper.charts import ChartSpec, Kind, mark_of
from goalkeeper.documents.words import level_words, short_day, takeaway_words
from goalkeeper.reports.views import Scorecard, ScorecardRow


def chart_of(row: ScorecardRow, card: Scorecard, kind: Kind) -> ChartSpec:
    """A chart of the row; lines show its series, a strip the period's reading alone."""
    if kind in (Kind.TREND, Kind.SPARK):
        series = tuple(mark_of(short_day(point.start), point.reading) for point in row.series)
    else:
        series = (mark_of(card.period or "Now", row.reading),)
    return ChartSpec(
        kind=kind,
        title=row.name.strip() or row.key or "Metric",
        takeaway=takeaway_words(row, card),
        unit=row.unit,
        series=series,
        axis="Week from",
        interval=f"{level_words(card.level)} interval",
        benchmark=row.benchmark,
        days=row.days,
        currency=row.currency,
    )
