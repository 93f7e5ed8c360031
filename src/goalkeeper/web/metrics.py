"""The metrics: all of them with what they say now, and a page each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import partial
from urllib.parse import urlencode

from fastapi import Request

from goalkeeper.charts import ChartSpec, Kind, Note, mark_of
from goalkeeper.documents import words
from goalkeeper.documents.as_json import card_json, changes_json, row_json, why_json
from goalkeeper.documents.change_words import change_sentences
from goalkeeper.documents.chart_file import CHART_FORMS, chart_file
from goalkeeper.documents.exports import XLSX, estimates_csv, estimates_xlsx
from goalkeeper.documents.scorecard_html import scorecard_sections
from goalkeeper.documents.why_words import amount, value, why_sentences
from goalkeeper.documents.words import short_day, short_period, untold_lines
from goalkeeper.errors import UnknownName
from goalkeeper.formulas import Predicate
from goalkeeper.insights.changes import Changes
from goalkeeper.insights.why import Why
from goalkeeper.measure import Cell, Estimates
from goalkeeper.measure.listing import can_list
from goalkeeper.metrics import metric as find_metric
from goalkeeper.metrics.metric import Group, Metric
from goalkeeper.reports.metric_page import RANGES, STEPS, Asked, Beside, MetricPage, alongside, metric_page
from goalkeeper.reports.scorecard import reading_of, scorecard
from goalkeeper.reports.views import Reading, Scorecard, ScorecardRow, Verdict
from goalkeeper.state.roles import Permission
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.web.access import may_split, narrowed
from goalkeeper.web.goals import status_words, tone_of
from goalkeeper.web.numbers import MOST_BESIDE, numbers_view
from goalkeeper.web.pages import Choice, File, Made, Pages, View, pictures
from goalkeeper.web.rows import behind
from goalkeeper.web.waiting import ready_words, with_data
from goalkeeper.workspace import Workspace

MOST_CHANGED = 12
_CHANGED = (Verdict.WORSE, Verdict.BETTER, Verdict.MOVED)


def declare(pages: Pages, *, today: Callable[[], date]) -> None:
    """Declares the list and the pages of metrics."""
    pages.add("/metrics", with_data("metrics", _list), Permission.NUMBERS)
    pages.add("/metrics/{key}", with_data("metrics", partial(_one, today=today)), Permission.NUMBERS)
    pages.add("/metrics/{key}/chart.{form}", _chart, Permission.NUMBERS)
    pages.add("/metrics/{key}/numbers", _numbers, Permission.NUMBERS)


def _list(workspace: Workspace, request: Request) -> Made:
    """What really changed with its course and the others by their number; or all of one group."""
    group = request.query_params.get("group", "")
    if group and group not in list(Group):
        raise UnknownName("group", group, Group, where="group")
    card: Scorecard = request.app.state.pages.kept.once("scorecard", lambda: scorecard(workspace))
    sections = [each for each in scorecard_sections(card) if group in ("", each.group)]
    changed = [page for each in sections for page in each.rows if page.row.verdict in _CHANGED]
    return View(
        "metrics.html", f"Metrics: {group}" if group else "Metrics",
        {
            "card": card, "untold": untold_lines(card), "sections": sections, "group": group, "changed": changed,
            "shown": changed[:MOST_CHANGED],
            "groups": [Choice("What changed", "/metrics", not group)] + [
                Choice(each.capitalize(), f"/metrics?group={each}", each == group)
                for each in dict.fromkeys(section.group for section in card.sections) if each
            ],
        },
        lambda: card_json(card), place="metrics",
    )  # fmt: skip


def asked_of(request: Request) -> Asked:
    """What a metric page's address asks."""
    names = {each.name for each in fields(Asked)} - {"key"}
    return Asked(
        key=request.path_params["key"], **{name: text for name, text in request.query_params.items() if name in names}
    )


def address(asked: Asked, *, form: str = "", within: str = "", **other: str) -> str:
    """The address of the same page with some choices made otherwise, or of its course as a file of a form.

    ``within`` is the rest of the path of a page below it.
    """
    chosen = asdict(replace(asked, **other)) | {"as": form}
    usual = {"key": asked.key, "range": Asked(key="").range}
    chosen = {name: text for name, text in chosen.items() if text and text != usual.get(name)}
    return f"/metrics/{asked.key}{within}" + (f"?{urlencode(chosen)}" if chosen else "")


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """A segment in words."""

    name: str
    counted: str
    value: str
    weak: bool
    href: str


def _allowed(workspace: Workspace, asked: Asked) -> Asked:
    """The same, as far as whoever asks may look."""
    names = find_metric(asked.key, workspace.metrics).dataset(asked.variant).names
    return replace(asked, where=narrowed(asked.where, (asked.by,), names))


def _one(workspace: Workspace, request: Request, *, today: Callable[[], date]) -> Made:
    page = metric_page(workspace, _allowed(workspace, asked_of(request)))
    form = request.query_params.get("as", "")
    if form in ("csv", "xlsx"):
        name = f"{page.metric.key}.{form}"
        if form == "csv":
            return File(name, "text/csv; charset=utf-8", estimates_csv(page.series))
        return File(name, XLSX, estimates_xlsx(page.series))
    beside = alongside(workspace, page.metric, partial(_where_of, asked_of(request).where, page.metric))
    facts = {**_facts(page, today()), "alongside": [_beside(each, page.recent.label) for each in beside]}
    return View("metric.html", page.metric.name, facts, lambda: _json(page, beside), place="metrics")


def _where_of(where: str, watched: Metric, other: Metric) -> str | None:
    """A page's condition on another metric, as far as whoever asks may look.

    None where it names a column that is not a dimension of both: the same name may mean another thing.
    """
    if where:
        try:
            Predicate(where, {*watched.dataset().splits} & {*other.dataset().splits})
        except UnknownName:
            return None
    return narrowed(where, (), other.dataset().names)


def _beside(beside: Beside, label: str) -> tuple[str, str, str, str]:
    """Address, name, value, and below it the interval of a metric watched alongside."""
    row, period = beside.row, "" if beside.period.label == label else f", {beside.period.label}"
    said = words.interval_words(row) if row else "It cannot be limited in this way"
    value = words.value_words(row) if row else words.CANNOT_SAY
    return f"/metrics/{beside.metric.key}", beside.metric.name, value, said + period


def _chart(workspace: Workspace, request: Request) -> Made:
    """A chart of a metric's page as a picture: its course, its segments, or its place among others."""
    page = metric_page(workspace, _allowed(workspace, asked_of(request)))
    name, form = request.query_params.get("what", "trend"), request.path_params["form"]
    trend = trend_of(page)
    charts = {"trend": trend, "segments": rows_of(page.segments, page.row) if page.segments else None,
              "others": _strip(page, trend)}  # fmt: skip
    chart = charts.get(name)
    if chart is None:
        raise UnknownName("chart", name, [each for each, found in charts.items() if found], where="what")
    content = chart_file(chart, form, company=page.company, as_of=page.as_of)
    return File(f"{page.metric.key}-{name}.{form}", CHART_FORMS[form], content)


def _numbers(workspace: Workspace, request: Request) -> Made:
    """The numbers of a metric's course."""
    page = metric_page(workspace, _allowed(workspace, asked_of(request)))
    back = (page.metric.name, address(page.asked))
    return numbers_view(
        trend_of(page), request, name=page.metric.name, back=back, place="metrics", links=_links(page)
    )  # fmt: skip


def _links(page: MetricPage) -> list[str]:
    """Where the rows behind each mark of the course are listed; empty where they cannot be."""
    return [_behind(page, each) for each in page.series] if can_list(page.metric, page.asked.variant) else []


def _facts(page: MetricPage, today: date) -> Mapping[str, object]:
    row, asked, metric = page.row, page.asked, page.metric
    trend = trend_of(page)
    shown = page.why if isinstance(page.why, Why) else None
    listed = can_list(metric, asked.variant)
    return {
        "page": page,
        "metric": metric,
        "row": row,
        "value": words.value_words(row),
        "interval": words.interval_words(row),
        "counted": words.count_words(row),
        "uncounted": words.uncounted_words(row.reading),
        "left_out": words.left_out_words(row.reading),
        "response": words.response_words(row),
        "statistic": words.statistic_words(row),
        "change": words.change_words(row, page.before.label),
        "benchmark": words.benchmark_words(row),
        "headline": headline(page),
        "lacking": page.lacking,
        "so_far": so_far_words(page),
        "sentences": change_sentences(page.changes) if isinstance(page.changes, Changes) else (),
        "wanting": ready_words(page.changes, page.recent.last, today) if isinstance(page.changes, NoEstimate) else "",
        "trend": trend,
        "strip": _strip(page, trend),
        "ranges": [
            Choice({"13w": "13 weeks", "26w": "26 weeks", "52w": "52 weeks", "2y": "2 years"}[each],
                   address(asked, range=each), each == asked.range) for each in RANGES
        ],
        "steps": [Choice(each.capitalize(), address(asked, every=each), each == asked.every) for each in STEPS],
        "splits": [
            Choice(each.replace("_", " "), address(asked, by=each), each == asked.by)
            for each in page.splits if may_split(each)
        ],
        "variants": [
            Choice((each or "as defined").replace("_", " "), address(asked, variant=each), each == asked.variant)
            for each in ("", *metric.variants)
        ],
        "segments": [_segment(page, each) for each in page.segments] if page.segments else [],
        "rows": rows_of(page.segments, row) if page.segments and len(page.segments) else None,
        "goals": [
            (each, status_words(each.evaluation), tone_of(each.evaluation))
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
        "behind": behind(asked, page.recent.since, page.recent.until) if listed else "",
        "links": _links(page),
        "numbers": address(asked, within="/numbers") if len(trend.series) > MOST_BESIDE else "",
        "pictures": {
            what: pictures(f"/metrics/{metric.key}", address(asked), what) for what in ("trend", "segments")
        },
        "csv": address(asked, form="csv"),
        "xlsx": address(asked, form="xlsx"),
    }  # fmt: skip


def headline(page: MetricPage) -> str:
    """What is to be known first: whether it changed, else where it stands."""
    row = page.row
    if row.reading.estimate is None:
        return f"{row.name}: nothing can be said of the {page.recent.label}."
    said = words.change_words(row, page.before.label)
    standing = f"{row.name}, {page.recent.label}: {words.value_words(row)}"
    if said.rising is None or said.short == words.NO_CHANGE:
        return f"{standing}."
    moved = said.short[:1].lower() + said.short[1:]
    return f"{standing}, {moved} against {page.before.label}."


def trend_of(page: MetricPage) -> ChartSpec:
    """The course of time with its benchmark, the goal, and the limits of the year before."""
    row, asked = page.row, page.asked
    marks = tuple(mark_of(short_period(each.start, asked.every, each.label), each.reading) for each in row.series)
    limits: dict[date, tuple[float, float]] = {}
    if isinstance(page.changes, Changes) and asked.every == "week":
        low, high = page.metric.possible
        limits = {each.period.since: (max(low, each.low), min(high, each.high)) for each in page.changes.points}
    step = page.changes.step if isinstance(page.changes, Changes) else None
    starts = [point.start for point in row.series]
    begun = [place for place, start in enumerate(starts) if step and start >= step.since]
    target = next((each.goal.weekly_line for each in page.goals if not each.goal.watched.where), None)
    return ChartSpec(
        kind=Kind.TREND,
        title=f"{row.name} by {asked.every}",
        takeaway=f"{headline(page)} {so_far_words(page)}".strip(),
        unit=row.unit,
        series=marks,
        target=target,
        benchmark=row.benchmark,
        limits=tuple(map(limits.get, starts)) if limits else (),
        notes=(*((Note(begun[0], "about here a new level begins"),) if begun and step else ()), *_noted(page)),
        axis=asked.every.capitalize(),
        days=row.days,
        currency=row.currency,
    )


def so_far_words(page: MetricPage) -> str:
    """That the last period of the course is not over, where its number grows as it goes on; else empty."""
    if not page.series or not page.series[-1].so_far:
        return ""
    return f"The last {page.asked.every} is told so far, up to {short_day(page.as_of.date())} {page.as_of:%H:%M}."


def _noted(page: MetricPage) -> Iterator[Note]:
    """The notes on days, each at the mark whose period holds the day."""
    for note in page.notes:
        at = [place for place, cell in enumerate(page.series) if cell.period.since <= note.day < cell.period.until]
        if at:
            yield Note(at[0], f"{short_day(note.day)}: {note.words}")


def _strip(page: MetricPage, trend: ChartSpec) -> ChartSpec | None:
    if page.row.benchmark is None:
        return None
    mark = mark_of(page.recent.label, page.row.reading)
    return replace(trend, kind=Kind.STRIP, series=(mark,), limits=(), notes=(), target=None)


def rows_of(found: Estimates, row: ScorecardRow) -> ChartSpec:
    """The segments side by side."""
    (split,) = found.splits
    marks = tuple(mark_of(_name(cell), reading_of(cell)) for cell in found)
    name = split.replace("_", " ")
    made = ChartSpec(
        kind=Kind.INTERVALS,
        title=f"{row.name} by {name}",
        takeaway=f"{len(found)} values of {name}, each with its interval.",
        unit=row.unit,
        series=marks,
        axis=name.capitalize(),
        days=row.days,
        currency=row.currency,
    )
    known = sorted((mark for mark in marks if mark.value is not None), key=lambda mark: mark.value or 0.0)
    if len(known) < 2:
        return made
    least, most = known[0], known[-1]
    ends = f"from {made.words(least.value)} ({least.label}) to {made.words(most.value)} ({most.label})"
    return replace(made, takeaway=f"{row.name}: {ends}.")


def _name(cell: Cell) -> str:
    return next(iter(cell.by.values())) or "(not known)"


def _segment(page: MetricPage, cell: Cell) -> SegmentShown:
    reading: Reading = reading_of(cell)
    shown = replace(page.row, reading=reading)
    weak = reading.estimate is None or reading.n < 100
    return SegmentShown(_name(cell), words.count_words(shown), words.value_words(shown), weak, _behind(page, cell))


def _behind(page: MetricPage, cell: Cell) -> str:
    """The address of the rows behind a cell; empty where they cannot be listed."""
    if not can_list(page.metric, page.asked.variant):
        return ""
    by, value = next(iter(cell.by.items()), ("", None))
    period = cell.period
    return behind(page.asked, period.since, period.until, by=by, value=(value or "") if by else None)


def _json(page: MetricPage, beside: Sequence[Beside]) -> dict[str, object]:
    """The page as a dict, in the metric's unit."""
    return {
        "company": page.company,
        "as_of": page.as_of,
        "asked": asdict(page.asked),
        "headline": headline(page),
        "lacking": page.lacking,
        "so_far": so_far_words(page),
        "recent": asdict(page.recent),
        "before": asdict(page.before),
        "row": asdict(page.row) | {"verdict": page.row.verdict},
        "series": page.series.to_dicts(),
        "segments": page.segments.to_dicts() if page.segments else None,
        "changes": changes_json(page.changes) if isinstance(page.changes, Changes) else None,
        "why": why_json(page.why) if isinstance(page.why, Why) else None,
        "goals": [row_json(each) for each in page.goals],
        "alongside": [
            {"key": each.metric.key, "period": asdict(each.period), "row": asdict(each.row) if each.row else None}
            for each in beside
        ],
        "notes": [asdict(each) for each in page.notes],
        "sql": page.sql,
    }
