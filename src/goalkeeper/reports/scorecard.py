"""Builds the scorecard: every metric of a period, against the one before, with its recent weeks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Part, Predicate, Rate, Total
from goalkeeper.measure import FLOORS, Cell, Estimates, Question, measure_together
from goalkeeper.measure.lengths import in_as_many_days
from goalkeeper.measure.periods import after, begin, last_day_over, periods, read_range
from goalkeeper.measure.response import WEAK_RESPONSE, response_rate
from goalkeeper.measure.sources import reach_of_sources, unlike_sources
from goalkeeper.metrics import METRICS, Benchmark, Group, Metric
from goalkeeper.reports.benchmarks import benchmark_of
from goalkeeper.reports.views import Band, Point, Reading, Scorecard, ScorecardRow, Section, SourceLine, Verdict
from goalkeeper.stats.difference import changed, difference, widened
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.forecast.series import Series
from goalkeeper.warehouse.known import newest_local
from goalkeeper.warehouse.store import Store, of_one_state
from goalkeeper.workspace import Settings, Workspace

WEEKS = 13

SECTIONS = (
    (
        "How fast",
        "What customers wait for",
        ("first_response_time", "next_response_time", "resolution_time", "resolved_in_target", "sla_attainment"),
    ),
    (
        "How well",
        "Whether the answer was one",
        ("first_contact_resolution", "reopen_rate", "escalation_rate", "people_per_ticket"),
    ),
    ("Self-service", "What is solved without an agent", ("deflection_rate", "automated_resolution_rate")),
    (
        "The load",
        "What comes in, what lies open, and what it takes",
        (
            "ticket_volume",
            "contact_rate",
            "backlog",
            "backlog_over_48h",
            "backlog_per_agent",
            "contacts_per_hour",
            "cost_per_resolution",
        ),
    ),
    (
        "The phone",
        "Callers, and the work of a call",
        ("speed_of_answer", "service_level", "abandonment_rate", "handle_time", "after_contact_work"),
    ),
    (
        "What customers say",
        "Surveys, and who answers them",
        ("csat", "nps", "effort_score", "easy_share", "survey_response_rate", "comment_rate"),
    ),
    (
        "What became of it",
        "The dissatisfied, public reviews, ideas",
        (
            "recovery_rate",
            "loop_closed",
            "negative_review_rate",
            "review_rating",
            "low_review_share",
            "review_volume",
            "ideas_adopted",
        ),
    ),
    ("Our own judgement", "What reviewers find", ("qa_score", "qa_agreement")),
    (
        "Who stays",
        "Customers and their revenue, and what service does for them",
        (
            "retention_rate",
            "churn_rate",
            "revenue_churn_rate",
            "gross_revenue_retention",
            "net_revenue_retention",
            "customer_tenure",
            "save_rate",
            "post_ticket_retention",
        ),
    ),
    (
        "Who comes, and what they bring",
        "New customers, regular ones, and what they are worth",
        (
            "acquisition_rate",
            "referral_rate",
            "brand_recall",
            "assisted_conversion",
            "repeat_purchase_rate",
            "loyal_customers",
            "wallet_share",
            "upsell_revenue",
            "lifetime_value",
            "ltv_to_cac",
        ),
    ),
    (
        "The team",
        "How it fares, what it learns",
        (
            "employee_satisfaction",
            "employee_score",
            "enps",
            "agent_attrition",
            "occupancy",
            "overtime",
            "overtime_hours",
            "training_completion",
            "certification_coverage",
            "relationship_touches",
            "failures_shared",
            "failure_repeats",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Range:
    """A period and the one before it, in days, with their names."""

    since: date
    until: date
    before: date
    name: str
    before_name: str


@of_one_state
def scorecard(
    workspace: Workspace,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    where: str = "",
    clock: str = "",
    level: float = 0.95,
    group: str = "",
    only: Collection[str] = (),
) -> Scorecard:
    """The scorecard of a period, by default the last month that is over in the data.

    ``group`` takes one group of metrics only, ``only`` the metrics of these keys. ``where`` is a condition on splits;
    metrics that lack one of them are named as without data. ``until`` is the day after the last one; days may be ISO
    texts. UsageError for a range without a day, an unknown group, clock or column, a level out of range.
    """
    store = workspace.store
    workspace.require_facts()
    as_of = newest_local(store, workspace.settings.timezone)
    span = compared(as_of, since, until)
    builder = _Builder(workspace, span, where, clock, level)
    needed = _columns(where)
    sections: list[Section] = []
    missing: list[str] = []
    not_told: dict[str, list[str]] = {}
    for title, about, found in _sections(workspace.metrics, group):
        metrics = [metric for metric in found if not only or metric.key in only]
        able = [metric for metric in metrics if needed <= _asked_for(metric)]
        missing += [metric.name for metric in metrics if metric not in able]
        rows = [builder.row(metric) for metric in able]
        for row in filter(_is_empty, rows):
            missing.append(row.name)
            if isinstance(row.reading.value, NoEstimate) and row.reading.value.reason == "not_told":
                not_told.setdefault(row.reading.value.what, []).append(row.name)
        if shown := tuple(row for row in rows if not _is_empty(row)):
            sections.append(Section(title, about, shown, found[0].group.value))
    return Scorecard(
        company=workspace.settings.name,
        period=span.name,
        since=span.since,
        until=span.until,
        before_period=span.before_name,
        level=level,
        as_of=as_of,
        sections=tuple(sections),
        sources=source_lines(store),
        takeaways=takeaways([row for section in sections for row in section.rows], span.name, span.before_name),
        without_data=tuple(missing),
        not_told=tuple((what, tuple(names)) for what, names in not_told.items()),
    )


def _sections(metrics: Mapping[str, Metric], group: str) -> Iterator[tuple[str, str, list[Metric]]]:
    """The sections of a group, or all, the company's own metrics last; UnknownName for no group."""
    if group and group not in set(Group):
        raise UnknownName("group", group, [each.value for each in Group])
    own = [metric for key, metric in metrics.items() if key not in METRICS]
    of_own = (("Our own", "What this company has defined", [m for m in own if m.group == each]) for each in Group)
    of_all = ((title, about, [metrics[key] for key in keys]) for title, about, keys in SECTIONS)
    for title, about, found in chain(of_all, of_own):
        if found and (not group or found[0].group == group):
            yield title, about, found


class _Builder:
    """Measures each metric three times: the period, the one before, and the last weeks."""

    def __init__(self, workspace: Workspace, span: Range, where: str, clock: str, level: float) -> None:
        self.store, self.settings = workspace.store, workspace.settings
        self.span, self.where, self.clock, self.level = span, where, clock, level
        self.weeks_until = begin(span.until, "week")
        self.weeks_since = self.weeks_until - timedelta(weeks=WEEKS)

    def row(self, metric: Metric) -> ScorecardRow:
        clock = self.clock if metric.formula.has_clock else ""
        question = Question(where=self.where, clock=clock, level=self.level)
        days = (
            replace(question, since=self.span.since, until=self.span.until),
            replace(question, since=self.span.before, until=self.span.since),
            replace(question, since=self.weeks_since, until=self.weeks_until, every="week"),
        )
        now, before, weeks = measure_together(self.store, metric, days, zone=self.settings.timezone)
        return row_of(self.store, now, before, weeks, self.settings, where=self.where)


def row_of(
    store: Store, now: Estimates, before: Estimates, series: Estimates, settings: Settings, *, where: str = ""
) -> ScorecardRow:
    """A metric measured three times: a period, the one before, and the course of time."""
    row, earlier, zone = standing_of(now), reading_of(before[0]), settings.timezone
    alike = earlier
    if isinstance(earlier.value, Estimate) and not row.reading.so_far:
        formula, (of, to) = now.metric.variant(now.variant), (before[0].days_known, now[0].days_known)
        alike = replace(earlier, value=in_as_many_days(formula, earlier.value, of, to))
    if isinstance(alike.value, Estimate) and (unlike := _unlike_sources(store, now, before, where, zone)):
        alike = replace(alike, value=NoEstimate("unlike_sources", what=listed(unlike)))
    grows = now.metric.variant(now.variant).only_grows
    # Events come in bursts, on some days of a week, or with the weather: more than a Poisson count varies.
    bursts = isinstance(now.metric.variant(now.variant), Rate | Total)
    weeks = [cell.value for cell in series] if bursts else ()
    change = compare(row.reading, alike, judge=_judge(now.metric), what=row.counted, only_grows=grows, weeks=weeks)
    benchmark, note = benchmark_of(store, now, now[0], where, has_hours=settings.has_hours)
    return replace(
        row,
        before=earlier,
        before_alike=alike.estimate if alike.value != earlier.value else None,
        change=change,
        changed=isinstance(change, Estimate) and changed(change),
        series=tuple(Point(c.period.label, c.period.since, reading_of(c)) for c in series),
        benchmark=_band(benchmark),
        benchmark_note=note,
        response=_weak_response(store, now, where, zone),
    )


def _unlike_sources(store: Store, now: Estimates, before: Estimates, where: str, zone: str) -> tuple[str, ...]:
    """The sources of which unlike parts of the two periods are known, where their rows add up."""
    if "source" in _columns(where):
        return ()
    formula, data = now.metric.variant(now.variant), now.metric.dataset(now.variant)
    return unlike_sources(reach_of_sources(store, formula, data, zone), now[0].period, before[0].period)


def _weak_response(store: Store, now: Estimates, where: str, zone: str) -> Estimate | None:
    """The response rate behind a number, where it is under WEAK_RESPONSE."""
    if now[0].estimate is None:
        return None
    period = now[0].period
    question = Question(where=where, since=period.since, until=period.until, variant=now.variant)
    rate = response_rate(store, now.metric, question, zone=zone)
    return rate if isinstance(rate, Estimate) and rate.value < WEAK_RESPONSE else None


def standing_of(now: Estimates) -> ScorecardRow:
    """A metric measured once: what it says, compared with nothing."""
    metric = now.metric
    return ScorecardRow(
        key=metric.key,
        name=metric.name,
        asks=metric.asks,
        unit=metric.unit,
        better=metric.better,
        statistic=metric.variant(now.variant).per_time or _STATISTICS.get(now.statistic, now.statistic),
        clock=now.clock,
        currency=now[0].currency,
        reading=reading_of(now[0]),
        before=None,
        change=None,
        changed=False,
        series=(),
        benchmark=None,
        version=metric.version(now.variant),
        counted=metric.counted(now.variant),
        definition=metric.about,
    )


_STATISTICS = {"level": "stock", "index": "score", "p90": "90th percentile"}


def _judge(metric: Metric) -> int:
    """How many rows each side of a comparison takes; the events of a rate are its number, not its evidence."""
    return 0 if isinstance(metric.formula, Rate) else FLOORS.judge


def compare(
    now: Reading, before: Reading, *, judge: int, what: str, only_grows: bool = False, weeks: Sequence[Result] = ()
) -> Estimate | NoEstimate | None:
    """The difference with its interval; without one where a side has none; None where there is nothing before.

    Either side needs ``judge`` rows (``what`` names them), counts of a stock none; neither may be told so far. What
    ``only_grows`` with the age of the data is not compared. The interval is widened by the scatter of ``weeks``.
    """
    if not isinstance(now.value, Estimate) or not isinstance(before.value, Estimate):
        return before.value if isinstance(before.value, NoEstimate) else None
    if only_grows:
        return NoEstimate("by_itself")
    if now.so_far or before.so_far:
        return NoEstimate("not_over")
    if now.value.low is None or before.value.low is None:
        gap = now.value.value - before.value.value
        return Estimate(gap, None, None, now.value.level, min(now.n, before.n), "difference of counts")
    fewest = min(now.n, before.n)
    if fewest < judge:
        return NoEstimate("too_few", fewest, judge, what)
    return widened(difference(now.value, before.value), Series.of_results(weeks).scatter)


def takeaways(rows: Sequence[ScorecardRow], period: str, before: str) -> tuple[str, ...]:
    """A headline of what really changed, then what to know to read the rest; each names the periods it rests on."""
    if not rows:
        return ("Nothing can be said yet: no data falls in this period.",)
    words = {Verdict.WORSE: "got worse", Verdict.BETTER: "got better", Verdict.MOVED: "changed"}
    named = {verdict: [row.name for row in rows if row.verdict is verdict] for verdict in words}
    parts = [f"{listed(names)} {words[verdict]}" for verdict, names in named.items() if names]
    compared = [row for row in rows if isinstance(row.change, Estimate)]
    if not any(isinstance(row.change, Estimate) and row.change.low is not None for row in rows):
        return (f"There is too little data of {period} or of {before} to say what changed.",)
    if not parts:
        count = f"None of {len(compared)} metrics" if len(compared) > 1 else "Nothing"
        return (f"{count} moved from {before} to {period} by more than chance explains.",)
    same = sum(row.verdict is Verdict.SAME for row in compared)
    return (
        f"{period} against {before}: {'; '.join(parts)}.",
        f"{same} of {len(compared)} metrics show no change from {before} that can be told from chance.",
    )


def source_lines(store: Store) -> tuple[SourceLine, ...]:
    """Each source with its tables, rows, newest event and open quarantine."""
    loads = store.rows("SELECT source_id, sum(rows_read), max(loaded_at) FROM meta.loads GROUP BY source_id ORDER BY 1")
    held = dict(
        store.rows("SELECT source_id, count(*) FROM meta.quarantine WHERE released_at IS NULL GROUP BY source_id")
    )
    lines = []
    for source, rows, _ in loads:
        tables, last = [], None
        for table, moment in _FRESH.items():
            count, newest = store.rows(
                f"SELECT count(*), max({moment}) FROM canon.{table} WHERE source_id = ?", [source]
            )[0]
            if count:
                tables.append(table)
                last = max(filter(None, (last, newest)), default=None)
        lines.append(SourceLine(source, tuple(tables), int(rows), last, int(held.get(source, 0))))
    return tuple(lines)


_FRESH = {
    "tickets": "created_at",
    "ticket_events": "occurred_at",
    "interactions": "started_at",
    "survey_responses": "responded_at",
    "survey_invitations": "sent_at",
    "orders": "ordered_at",
    "subscriptions": "started_at",
    "subscription_events": "occurred_at",
    "reviews": "published_at",
    "self_service_sessions": "started_at",
    "customers": "created_at",
    "agents": "NULL::TIMESTAMP",
}


def compared(newest: datetime, given_since: date | str | None, given_until: date | str | None) -> Range:
    """The asked range and that before it: a month before a month, else as many days; ``newest`` is a local moment."""
    since, until = read_range(given_since, given_until)
    if since is None and until is None:
        until = begin(last_day_over(newest) + timedelta(days=1), "month")
    if since and until is None and since > newest.date():
        raise UsageError(
            f"the range from {since} on holds no day: the data ends on {newest.date()}.",
            hint="Choose an earlier first day.",
        )
    until = until or newest.date() + timedelta(days=1)
    since = since or begin(until - timedelta(days=1), "month")
    periods(since, until)
    if since == begin(since, "month") and until == after(since, "month"):  # months differ in length, yet compare
        before = begin(since - timedelta(days=1), "month")
        return Range(since, until, before, f"{since:%B %Y}", f"{before:%B %Y}")
    length = until - since
    name = f"{since} to {until - timedelta(days=1)}"
    return Range(since, until, since - length, name, f"the {length.days} days before")


def reading_of(cell: Cell) -> Reading:
    """What a cell holds, for a report."""
    return Reading(cell.value, cell.n, cell.pending, cell.left_out, cell.so_far)


def _band(benchmark: Benchmark | None) -> Band | None:
    if benchmark is None:
        return None
    return Band(benchmark.low, benchmark.high, benchmark.words, benchmark.source.title)


def _is_empty(row: ScorecardRow) -> bool:
    readings = (row.reading, row.before or row.reading, *(point.reading for point in row.series))
    return not any(reading.estimate or reading.n or reading.pending for reading in readings)


def _columns(where: str) -> set[str]:
    """The columns that a condition reads; UnknownName for one that no metric can be split by."""
    if not where:
        return set()
    splits = {name for metric in METRICS.values() for name in metric.dataset().splits}
    return set(Predicate(where, splits, where="--where").columns)


def _asked_for(metric: Metric) -> set[str]:
    """The columns that a condition on a metric may read."""
    own = metric.formula.splits if isinstance(metric.formula, Part) else ()
    return set(metric.dataset().splits if metric.formula.people else metric.dataset().names) - set(own)


def listed(names: Sequence[str]) -> str:
    """Some names as people list them: "a, b and c"; of none it fails."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
