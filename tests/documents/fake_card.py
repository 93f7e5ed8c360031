"""A made-up scorecard of twenty metrics, with the cases a real one has: changes, none, too little data, stocks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from goalkeeper.reports.views import Band, Point, Reading, Scorecard, ScorecardRow, Section, SourceLine
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Better, Unit

SINCE, UNTIL = date(2026, 10, 1), date(2026, 11, 1)
WEEKS = 13


@dataclass(frozen=True)
class Made:
    """What one made-up metric is like; ``spread`` is the half width of its interval."""

    key: str
    name: str
    asks: str
    unit: Unit
    better: Better
    now: float
    before: float
    spread: float
    n: int
    statistic: str = "share"
    clock: str = ""
    counted: str = "tickets"
    benchmark: Band | None = None
    note: str = "No benchmark compares like with like."
    pending: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    gaps: tuple[int, ...] = ()
    stock: bool = False
    too_few: int | None = None
    currency: str = ""


def _estimate(value: float, half: float, n: int, unit: Unit, *, stock: bool = False) -> Estimate:
    low, high = value - half, value + half
    if unit is Unit.SHARE:
        low, high = max(0.0, low), min(1.0, high)
    if stock:
        return Estimate(value, None, None, 0.95, n, "count")
    return Estimate(value, low, high, 0.95, n, "wilson" if unit is Unit.SHARE else "order statistics")


def _series(made: Made, random: np.random.Generator) -> tuple[Point, ...]:
    points = []
    for week in range(WEEKS):
        start = UNTIL - timedelta(weeks=WEEKS - week)
        part = week / (WEEKS - 1)
        middle = made.before + (made.now - made.before) * part**2
        half = made.spread * 2
        value = middle + random.normal(0, half / 2.2)
        if made.unit is Unit.SHARE:
            value = min(0.995, max(0.005, value))
        elif made.unit is not Unit.INDEX:
            value = max(value, 0.2 * middle)
        n = max(6, made.n // 4)
        reading = Reading(_estimate(value, half, n, made.unit, stock=made.stock), n)
        if week in made.gaps or made.too_few is not None:
            reading = Reading(NoEstimate("too_few", 2, 5, made.counted), 2)
        points.append(Point(f"{start.day} {start:%b}", start, reading))
    return tuple(points)


def made_row(made: Made, random: np.random.Generator) -> ScorecardRow:
    """The row of one made-up metric."""
    reading = Reading(
        _estimate(made.now, made.spread, made.n, made.unit, stock=made.stock),
        made.n,
        made.pending,
        made.left_out,
    )
    before = Reading(_estimate(made.before, made.spread, made.n, made.unit, stock=made.stock), made.n)
    half = math.sqrt(2) * made.spread
    change: Estimate | NoEstimate = _estimate(made.now - made.before, half, made.n, Unit.INDEX, stock=made.stock)
    if made.too_few is not None:
        nothing = NoEstimate("too_few", made.too_few, 5, made.counted)
        reading, change = replace(reading, value=nothing, n=made.too_few), nothing
    changed = not made.stock and made.too_few is None and abs(made.now - made.before) > half
    return ScorecardRow(
        key=made.key,
        name=made.name,
        asks=made.asks,
        unit=made.unit,
        better=made.better,
        statistic=made.statistic,
        clock=made.clock,
        reading=reading,
        before=before,
        change=change,
        changed=changed,
        series=_series(made, random),
        benchmark=made.benchmark,
        benchmark_note="" if made.benchmark else made.note,
        version="2026-01",
        counted=made.counted,
        definition="Counted on the day the customer wrote first; bots and automatic answers are not replies.",
        currency=made.currency,
    )


_UP, _DOWN, _FLAT = Better.HIGHER, Better.LOWER, Better.NEITHER
_MIN, _H, _D = 60.0, 3600.0, 86400.0
_GUIDE = "Service goals guide, 2024, grade C"

SPEED = (
    Made("first_response_time", "First response time", "How long until a person answers?", Unit.DURATION, _DOWN,
         3.2 * _H, 3.9 * _H, 0.22 * _H, 1204, "median", "working", benchmark=Band(None, 4 * _H, "e-mail", _GUIDE),
         pending=14, left_out={"spam": 12, "merged duplicates": 11}),
    Made("next_response_time", "Next response time", "How long does a customer wait later on?", Unit.DURATION, _DOWN,
         5.1 * _H, 5.0 * _H, 0.3 * _H, 2310, "median", "working", pending=31),
    Made("resolution_time", "Resolution time", "How long until the problem is solved?", Unit.DURATION, _DOWN,
         19.3 * _H, 19.9 * _H, 1.2 * _H, 1098, "median", "calendar",
         benchmark=Band(None, 24 * _H, "most categories", _GUIDE), pending=117, left_out={"auto-closed": 40}),
    Made("resolved_in_target", "Resolved within target", "Are promises on time kept?", Unit.SHARE, _UP,
         0.813, 0.79, 0.022, 1098, pending=117),
    Made("speed_of_answer", "Speed of answer", "How long do callers wait?", Unit.DURATION, _DOWN,
         48.0, 31.0, 6.0, 402, "mean", "calendar", "calls", Band(None, 20.0, "phone", _GUIDE), gaps=(4, 5)),
    Made("service_level", "Service level", "Are calls answered within 20 seconds?", Unit.SHARE, _UP,
         0.61, 0.74, 0.047, 402, counted="calls", gaps=(4, 5)),
)  # fmt: skip
QUALITY = (
    Made("csat", "Customer satisfaction", "Were customers happy with the answer?", Unit.SHARE, _UP,
         0.832, 0.811, 0.03, 610, counted="answers", benchmark=Band(0.75, 0.85, "good", _GUIDE)),
    Made("survey_response_rate", "Response rate", "Do enough customers answer to believe it?", Unit.SHARE, _UP,
         0.238, 0.221, 0.016, 2563, counted="invitations", benchmark=Band(0.2, None, "reliable", _GUIDE),
         pending=88),
    Made("nps", "Net promoter score", "Would customers recommend us?", Unit.INDEX, _UP,
         0.384, 0.31, 0.09, 244, "index", counted="answers", benchmark=Band(0.2, 0.5, "good", _GUIDE)),
    Made("effort_score", "Customer effort", "Was it easy to get help?", Unit.SCORE, _UP,
         5.43, 5.5, 0.15, 244, "mean", counted="answers", benchmark=Band(5.0, None, "1 to 7", _GUIDE)),
    Made("first_contact_resolution", "First-contact resolution", "Was it solved without a second contact?",
         Unit.SHARE, _UP, 0.694, 0.684, 0.028, 990, benchmark=Band(0.7, 0.79, "standard", _GUIDE), pending=206,
         left_out={"bot only": 77}),
    Made("reopen_rate", "Reopened", "Did solved problems come back?", Unit.SHARE, _DOWN,
         0.082, 0.058, 0.014, 1098),
    Made("recovery_rate", "Recovered customers", "Do unhappy customers come back happy?", Unit.SHARE, _UP,
         0.5, 0.4, 0.1, 3, counted="customers", too_few=3, pending=41),
)  # fmt: skip
LOAD = (
    Made("ticket_volume", "Volume", "How much comes in?", Unit.COUNT, _FLAT, 1344, 1190, 72, 1344, "count"),
    Made("backlog", "Backlog", "How much is open?", Unit.COUNT, _DOWN, 131, 118, 0, 131, "count", stock=True,
         note="No steady weekly growth; no figure fits every team."),
    Made("backlog_over_48h", "Old backlog", "How much has waited over two days?", Unit.SHARE, _DOWN,
         0.145, 0.16, 0.06, 131),
    Made("contacts_per_hour", "Contacts per hour", "How much does an hour of work answer?", Unit.RATE, _UP,
         4.12, 4.2, 0.2, 1290, "rate", counted="contacts"),
)  # fmt: skip
BUSINESS = (
    Made("retention_rate", "Customer retention", "Do customers stay?", Unit.SHARE, _UP,
         0.962, 0.958, 0.006, 4120, counted="customers", benchmark=Band(0.755, 0.755, "all industries", _GUIDE)),
    Made("cost_per_resolution", "Cost per resolution", "What does a solved problem cost?", Unit.MONEY, _DOWN,
         7.4, 7.1, 0.5, 1098, "ratio", currency="EUR"),
    Made("save_rate", "Save rate", "How many who want to leave stay?", Unit.SHARE, _UP,
         0.31, 0.27, 0.11, 58, counted="requests", benchmark=Band(0.2, 0.4, "by category", _GUIDE)),
)  # fmt: skip


def fake_card() -> Scorecard:
    """The whole scorecard, the same at every call."""
    random = np.random.default_rng(7)

    def section(title: str, about: str, made: tuple[Made, ...]) -> Section:
        return Section(title, about, tuple(made_row(each, random) for each in made))

    return Scorecard(
        company="Meridian Outdoor",
        period="October 2026",
        since=SINCE,
        until=UNTIL,
        before_period="September 2026",
        level=0.95,
        as_of=datetime(2026, 11, 2, 6, 0, tzinfo=UTC),
        sections=(
            section("Speed", "How fast customers get an answer", SPEED),
            section("Quality", "How good the answer was, as customers see it", QUALITY),
            section("Load", "How much work there is, and how it is carried", LOAD),
            section("Business", "What service does for the business", BUSINESS),
        ),
        sources=(
            SourceLine(
                "helpdesk", ("tickets", "messages", "events"), 48_112, datetime(2026, 11, 1, 23, 52, tzinfo=UTC), 214
            ),
            SourceLine("surveys", ("answers",), 2_563, datetime(2026, 11, 1, 20, 15, tzinfo=UTC), 0),
            SourceLine("shop", ("customers", "orders"), 20_981, None, 3),
        ),
        takeaways=(
            "First replies got 42 minutes faster, but more solved tickets were reopened.",
            "Callers wait longer: 48 s on average, and fewer calls are answered within 20 seconds.",
            "Satisfaction, promoters and first-contact resolution moved no more than chance allows.",
        ),
    )  # fmt: skip


HOSTILE = '<script>alert(1)</script> & "quotes" \x1b[31mred\x07 {{ 7*7 }}'


def with_note(card: Scorecard, note: str) -> Scorecard:
    """The card with something to be known of its first number."""
    section = card.sections[0]
    reading = section.rows[0].reading
    row = replace(section.rows[0], reading=replace(reading, value=replace(reading.value, note=note)))
    return replace(card, sections=(replace(section, rows=(row, *section.rows[1:])), *card.sections[1:]))


def hostile_card() -> Scorecard:
    """A scorecard whose every text is markup, terminal codes and template code."""
    card = fake_card()
    row = card.sections[0].rows[0]
    reading = replace(row.reading, left_out={HOSTILE: 3}, value=replace(row.reading.value, note=HOSTILE))
    bad = replace(
        row,
        key=HOSTILE,
        name=HOSTILE,
        asks=HOSTILE,
        statistic=HOSTILE,
        clock=HOSTILE,
        counted=HOSTILE,
        definition=HOSTILE,
        version=HOSTILE,
        reading=reading,
        benchmark=Band(1.0, 2.0, HOSTILE, HOSTILE),
        series=tuple(replace(point, label=HOSTILE) for point in row.series),
    )
    return replace(
        card,
        company=HOSTILE,
        period=HOSTILE,
        before_period=HOSTILE,
        sections=(Section(HOSTILE, HOSTILE, (bad, replace(bad, benchmark=None, benchmark_note=HOSTILE))),),
        sources=(SourceLine(HOSTILE, (HOSTILE,), 1, None, 1),),
        takeaways=(HOSTILE, HOSTILE),
    )
