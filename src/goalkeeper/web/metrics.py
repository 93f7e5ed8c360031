"""The metrics: all of them with what they say now, and a page each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from fastapi import Request

from goalkeeper.charts import ChartSpec, Kind, Note, mark_of
from goalkeeper.documents import words
from goalkeeper.documents.as_json import card_json, changes_json, row_json, why_json
from goalkeeper.documents.change_words import change_sentences
from goalkeeper.documents.exports import estimates_csv, estimates_xlsx
from goalkeeper.documents.scorecard_html import scorecard_sections
from goalkeeper.documents.why_words import amount, value, why_sentences
from goalkeeper.documents.words import short_day
from goalkeeper.insights.changes import Changes
from goalkeeper.insights.why import Why
from goalkeeper.measure import Cell, Estimates
from goalkeeper.reports.metric_page import RANGES, STEPS, Asked, MetricPage, metric_page
from goalkeeper.reports.scorecard import reading_of, scorecard
from goalkeeper.reports.views import Reading, ScorecardRow
from goalkeeper.web.goals import TONES, status_words
from goalkeeper.web.pages import File, Made, Pages, View
from goalkeeper.workspace import Workspace

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def declare(pages: Pages) -> None:
    """Declares the list and the pages of metrics."""
    pages.add("/metrics", _list)
    pages.add("/metrics/{key}", _one)


def _list(workspace: Workspace, _: Request) -> Made:
    card = scorecard(workspace)
    return View(
        "metrics.html", "Metrics", {"card": card, "sections": scorecard_sections(card)},
        lambda: card_json(card), place="metrics",
    )  # fmt: skip


def asked_of(request: Request) -> Asked:
    """What a metric page's address asks."""
    names = {each.name for each in fields(Asked)} - {"key"}
    return Asked(
        key=request.path_params["key"], **{name: text for name, text in request.query_params.items() if name in names}
    )


def address(asked: Asked, *, form: str = "", **other: str) -> str:
    """The address of the same page with some choices made otherwise, or of its course as a file of a form."""
    chosen = asdict(replace(asked, **other)) | {"as": form}
    usual = {"key": asked.key, "range": Asked(key="").range}
    chosen = {name: text for name, text in chosen.items() if text and text != usual.get(name)}
    return f"/metrics/{asked.key}" + (f"?{urlencode(chosen)}" if chosen else "")


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of a row of choices."""

    words: str
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """A segment in words."""

    name: str
    counted: str
    value: str
    weak: bool


def _one(workspace: Workspace, request: Request) -> Made:
    page = metric_page(workspace, asked_of(request))
    form = request.query_params.get("as", "")
    if form in ("csv", "xlsx"):
        name = f"{page.metric.key}.{form}"
        if form == "csv":
            return File(name, "text/csv; charset=utf-8", estimates_csv(page.series))
        return File(name, _XLSX, estimates_xlsx(page.series))
    return View("metric.html", page.metric.name, _facts(page), lambda: _json(page), place="metrics")


def _facts(page: MetricPage) -> Mapping[str, object]:
    row, asked, metric = page.row, page.asked, page.metric
    trend = trend_of(page)
    shown = page.why if isinstance(page.why, Why) else None
    return {
        "page": page,
        "metric": metric,
        "row": row,
        "value": words.value_words(row),
        "interval": words.interval_words(row),
        "counted": words.count_words(row),
        "uncounted": words.uncounted_words(row.reading),
        "left_out": words.left_out_words(row.reading),
        "statistic": words.statistic_words(row),
        "change": words.change_words(row, page.before.label),
        "benchmark": words.benchmark_words(row),
        "headline": trend.takeaway,
        "sentences": change_sentences(page.changes) if isinstance(page.changes, Changes) else (),
        "trend": trend,
        "strip": _strip(page, trend),
        "ranges": [
            Choice({"13w": "13 weeks", "26w": "26 weeks", "52w": "52 weeks", "2y": "2 years"}[each],
                   address(asked, range=each), each == asked.range) for each in RANGES
        ],
        "steps": [Choice(each.capitalize(), address(asked, every=each), each == asked.every) for each in STEPS],
        "splits": [
            Choice(each.replace("_", " "), address(asked, by=each), each == asked.by) for each in page.splits
        ],
        "variants": [
            Choice((each or "as defined").replace("_", " "), address(asked, variant=each), each == asked.variant)
            for each in ("", *metric.variants)
        ],
        "segments": [_segment(row, each) for each in page.segments] if page.segments else [],
        "rows": rows_of(page.segments, row) if page.segments and len(page.segments) else None,
        "goals": [
            (each, status_words(each.evaluation), TONES[each.evaluation.status] if each.evaluation else "flat")
            for each in page.goals
        ],
        "why": shown,
        "why_sentences": why_sentences(shown) if shown else (),
        "why_rows": [
            (each.name, value(shown, each.before), value(shown, each.now), amount(shown, each.within),
             amount(shown, each.mix)) for each in shown.segments[:8]
        ] if shown else [],
        "days": words.span_words(page.recent.since, page.recent.until),
        "before_days": words.span_words(page.before.since, page.before.until),
        "csv": address(asked, form="csv"),
        "xlsx": address(asked, form="xlsx"),
    }  # fmt: skip


def headline(page: MetricPage) -> str:
    """What is to be known first: whether it changed, else where it stands."""
    row = page.row
    if row.reading.estimate is None:
        return f"{row.name}: nothing can be said of the {page.recent.label}."
    said = words.change_words(row, page.before.label)
    if said.rising is None or said.short == words.NO_CHANGE:
        return f"{row.name} is {words.value_words(row)}."
    moved = said.short[:1].lower() + said.short[1:]
    return f"{row.name} is {words.value_words(row)}, {moved}."


def trend_of(page: MetricPage) -> ChartSpec:
    """The course of time with its benchmark, the goal, and the limits of the year before."""
    row, asked = page.row, page.asked
    is_short = asked.every in ("day", "week")
    marks = tuple(mark_of(short_day(each.start) if is_short else each.label, each.reading) for each in row.series)
    limits: dict[date, tuple[float, float]] = {}
    if isinstance(page.changes, Changes) and asked.every == "week":
        low, high = page.metric.possible
        limits = {each.period.since: (max(low, each.low), min(high, each.high)) for each in page.changes.points}
    step = page.changes.step if isinstance(page.changes, Changes) else None
    starts = [point.start for point in row.series]
    begun = [place for place, start in enumerate(starts) if step and start >= step.since]
    target = next((each.goal.to for each in page.goals if not each.goal.watched.where), None)
    return ChartSpec(
        kind=Kind.TREND,
        title=f"{row.name} by {asked.every}",
        takeaway=headline(page),
        unit=row.unit,
        series=marks,
        target=target,
        benchmark=row.benchmark,
        limits=tuple(map(limits.get, starts)) if limits else (),
        notes=(Note(begun[0], "about here a new level begins"),) if begun and step else (),
        axis=asked.every.capitalize(),
        days=row.days,
        currency=row.currency,
    )


def _strip(page: MetricPage, trend: ChartSpec) -> ChartSpec | None:
    if page.row.benchmark is None:
        return None
    mark = mark_of(page.recent.label, page.row.reading)
    return replace(trend, kind=Kind.STRIP, series=(mark,), limits=(), notes=(), target=None)


def rows_of(found: Estimates, row: ScorecardRow) -> ChartSpec:
    """The segments side by side."""
    (split,) = found.splits
    return ChartSpec(
        kind=Kind.INTERVALS,
        title=f"{row.name} by {split.replace('_', ' ')}",
        takeaway=f"{len(found)} values of {split.replace('_', ' ')}, each with its interval.",
        unit=row.unit,
        series=tuple(mark_of(_name(cell), reading_of(cell)) for cell in found),
        axis=split.replace("_", " ").capitalize(),
        days=row.days,
        currency=row.currency,
    )


def _name(cell: Cell) -> str:
    return next(iter(cell.by.values())) or "(not known)"


def _segment(row: ScorecardRow, cell: Cell) -> SegmentShown:
    reading: Reading = reading_of(cell)
    shown = replace(row, reading=reading)
    weak = reading.estimate is None or reading.n < 100
    return SegmentShown(_name(cell), words.count_words(shown), words.value_words(shown), weak)


def _json(page: MetricPage) -> dict[str, object]:
    """The page as a dict, in the metric's unit."""
    return {
        "company": page.company,
        "as_of": page.as_of,
        "asked": asdict(page.asked),
        "headline": headline(page),
        "recent": asdict(page.recent),
        "before": asdict(page.before),
        "row": asdict(page.row) | {"verdict": page.row.verdict},
        "series": page.series.to_dicts(),
        "segments": page.segments.to_dicts() if page.segments else None,
        "changes": changes_json(page.changes) if isinstance(page.changes, Changes) else None,
        "why": why_json(page.why) if isinstance(page.why, Why) else None,
        "goals": [row_json(each) for each in page.goals],
        "sql": page.sql,
    }
