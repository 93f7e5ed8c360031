"""The scorecard as one HTML file: no script, no font or picture from elsewhere, good on phones and on paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from goalkeeper.charts import Kind, Table, to_table
from goalkeeper.documents import words
from goalkeeper.documents.page import drawn, render
from goalkeeper.documents.scorecard_charts import chart_of
from goalkeeper.reports.views import Scorecard, ScorecardRow, Verdict


@dataclass(frozen=True, slots=True)
class RowPage:
    """One metric, worded and drawn, as the template shows it."""

    anchor: str
    row: ScorecardRow
    value: str
    known: bool
    interval: str
    counted: str
    uncounted: str
    left_out: str
    note: str
    response: str
    statistic: str
    change: words.ChangeWords
    change_interval: str
    benchmark: words.BenchmarkWords | None
    spark: Markup
    strip: Markup
    trend: Markup
    ends: tuple[str, str]
    weak: bool
    table: Table
    takeaway: str


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section with its rows, worded."""

    anchor: str
    title: str
    about: str
    rows: tuple[RowPage, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many metrics share a verdict, and which where naming them helps."""

    verdict: Verdict
    title: str
    count: int
    named: tuple[RowPage, ...]


def _row_page(row: ScorecardRow, card: Scorecard, anchor: str) -> RowPage:
    series, lines = row.series, chart_of(row, card, Kind.TREND)
    return RowPage(
        anchor=anchor,
        row=row,
        value=words.value_words(row),
        known=row.reading.estimate is not None,
        interval=words.interval_words(row),
        counted=words.count_words(row),
        uncounted=words.uncounted_words(row.reading),
        left_out=words.left_out_words(row.reading),
        note=words.note_words(row),
        response=words.response_words(row),
        statistic=words.statistic_words(row),
        change=words.change_words(row, card.before_period),
        change_interval=words.change_interval(row),
        benchmark=words.benchmark_words(row),
        spark=drawn(replace(lines, kind=Kind.SPARK)),
        strip=drawn(chart_of(row, card, Kind.STRIP)) if row.benchmark else Markup(""),
        trend=drawn(lines),
        ends=(words.short_day(series[0].start), words.short_day(series[-1].start)) if len(series) > 1 else ("", ""),
        weak=any(mark.weak for mark in lines.series),
        table=to_table(lines),
        takeaway=words.takeaway_words(row, card),
    )


def scorecard_sections(card: Scorecard) -> tuple[SectionPage, ...]:
    """The sections of a card, worded and drawn."""
    pages = []
    for place, section in enumerate(card.sections, 1):
        rows = tuple(_row_page(row, card, f"m{place}-{number}") for number, row in enumerate(section.rows, 1))
        pages.append(SectionPage(f"s{place}", section.title, section.about, rows, section.group))
    return tuple(pages)


def row_pages(card: Scorecard) -> list[RowPage]:
    """All rows of a card, worded and drawn."""
    return [page for section in scorecard_sections(card) for page in section.rows]


def _groups(sections: tuple[SectionPage, ...]) -> list[tuple[str, list[SectionPage]]]:
    """The sections by their group of metrics, in order; a screen each."""
    found: dict[str, list[SectionPage]] = {}
    for section in sections:
        found.setdefault(section.group, []).append(section)
    return [(name.capitalize(), own) for name, own in found.items() if name]


def _tallies(sections: tuple[SectionPage, ...]) -> tuple[Tally, ...]:
    """What changed by name, the rest by count; the tally of those with no good side only where there is one."""
    rows = [page for section in sections for page in section.rows]
    groups = {verdict: tuple(page for page in rows if page.row.verdict is verdict) for verdict in Verdict}
    titles = {
        Verdict.BETTER: "Better",
        Verdict.WORSE: "Worse",
        Verdict.MOVED: "Moved",
        Verdict.SAME: words.NO_CHANGE,
        Verdict.UNKNOWN: "Too little to compare",
    }
    quiet = (Verdict.SAME, Verdict.UNKNOWN)
    return tuple(
        Tally(verdict, title, len(groups[verdict]), () if verdict in quiet else groups[verdict])
        for verdict, title in titles.items()
        if groups[verdict] or verdict is not Verdict.MOVED
    )


def scorecard_html(card: Scorecard) -> str:
    """The whole page as text, to be written as UTF-8; the same scorecard gives the same bytes."""
    sections = scorecard_sections(card)
    fallback = f"Service scorecard, {card.period}"
    return render(
        "scorecard",
        company=card.company,
        subject=f"Service scorecard, {card.period}",
        card=card,
        sections=sections,
        groups=_groups(sections),
        tallies=_tallies(sections),
        headline=card.takeaways[0] if card.takeaways else fallback,
        lede=card.takeaways[1:],
        days=words.span_words(card.since, card.until),
        missing=words.missing_words(card),
        as_of=words.moment_words(card.as_of),
        level=words.level_words(card.level),
        moment=words.event_words,
    )
