"""The sentences a scorecard uses for its numbers, the same in the terminal and on the page."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from goalkeeper.measure.response import NOISY_RESPONSE
from goalkeeper.reports.scorecard import listed
from goalkeeper.reports.views import Band, Reading, Scorecard, ScorecardRow, Verdict
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Better, Unit, format_change, format_interval, format_value

CANNOT_SAY = "Cannot say"
NO_CHANGE = "No change that can be told from chance"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TIE = "\N{NO-BREAK SPACE}"
_UNITS = re.compile(
    r"(?<=[0-9∞]) (?=(?:%|s|min|h|d|points|pts)(?![^\W_]))|(?<=[0-9] (?:h|d)) (?=[0-9])|(?<=[0-9] min) (?=[0-9])"
)
_CLOCKS = {"working": "working time", "calendar": "calendar time"}


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """A change in words: ``short`` fits a label, ``long`` stands under it and may be empty."""

    verdict: Verdict
    rising: bool | None
    short: str
    long: str


@dataclass(frozen=True, slots=True)
class BenchmarkWords:
    """A benchmark in words; ``standing`` says how the reading lies to it and is empty where nothing can be said."""

    range: str
    words: str
    source: str
    standing: str
    reached: bool | None


def tied(number: str) -> str:
    """A number which no line break parts from its unit; an interval may still break between its ends."""
    return number.replace(" ", _TIE).replace(f"{_TIE}to{_TIE}", " to ")


def tied_within(sentence: str) -> str:
    """A sentence in which no line break parts a number from its unit: "from 1 h 40 min to 53 min"."""
    return _UNITS.sub(_TIE, sentence)


def day_words(day: date) -> str:
    """A date as "3 October 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """A date as "3 Oct 26"."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day:%y}"


def short_period(start: date, every: str, label: str) -> str:
    """A period as charts name it: "3 Oct 26" for days and weeks, "Oct 26" for months, its label for others."""
    if every in ("day", "week"):
        return short_day(start)
    return f"{_MONTHS[start.month - 1][:3]} {start:%y}" if every == "month" else label


def moment_words(moment: datetime) -> str:
    """A moment as "3 October 2026, 06:30 UTC"; the zone only where it is known."""
    zone = moment.tzname() or ""
    return f"{day_words(moment)}, {moment:%H:%M} {zone}".strip()


def local_words(moment: datetime, zone: tzinfo | None, *, with_zone: bool = True) -> str:
    """A moment of UTC by the clocks of a zone; without the zone where it is named once for many."""
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return moment_words(local if with_zone else local.replace(tzinfo=None))


def event_words(moment: datetime, card: Scorecard) -> str:
    """A moment of UTC by the clocks that the card is told by, which it names once."""
    return local_words(moment, card.as_of.tzinfo, with_zone=False)


def span_words(since: date, until: date) -> str:
    """The days of a period, whose ``until`` is the day after: "1 to 31 October 2026"."""
    last = max(since, until - timedelta(days=1))
    if last == since:
        return day_words(since)
    if (last.year, last.month) == (since.year, since.month):
        return f"{since.day} to {day_words(last)}"
    if last.year == since.year:
        return f"{since.day} {_MONTHS[since.month - 1]} to {day_words(last)}"
    return f"{day_words(since)} to {day_words(last)}"


def level_words(level: float) -> str:
    """The level of the intervals as "95 %"."""
    return f"{level * 100:g} %"


def value_words(row: ScorecardRow, reading: Reading | None = None) -> str:
    """The number of a reading (the row's own by default), or that it cannot be said."""
    value = (reading or row.reading).value
    if isinstance(value, NoEstimate):
        return CANNOT_SAY
    return tied(format_value(value.value, row.unit, currency=row.currency, days=row.days))


def interval_words(row: ScorecardRow) -> str:
    """The interval of the row, why there is none, or why there is no number at all."""
    value = row.reading.value
    if isinstance(value, NoEstimate):
        return value.words[:1].upper() + value.words[1:]
    if value.low is None or value.high is None:
        return "counted, no interval"
    return tied(format_interval(value.low, value.high, row.unit, currency=row.currency, days=row.days))


def count_words(row: ScorecardRow) -> str:
    """What the number was counted from: "1,204 tickets"."""
    return f"{row.reading.n:,} {row.counted}"


def uncounted_words(reading: Reading) -> str:
    """How many still wait and how many were left out: "14 waiting, 23 left out"; empty where none."""
    parts = []
    if reading.pending:
        parts.append(f"{reading.pending:,} waiting")
    if reading.left_out_total:
        parts.append(f"{reading.left_out_total:,} left out")
    return ", ".join(parts)


def note_words(row: ScorecardRow) -> str:
    """What is to be known of the number itself, as of which days it is or what nobody tells; empty where nothing."""
    return row.reading.estimate.note if row.reading.estimate else ""


def response_words(row: ScorecardRow) -> str:
    """How few of those asked answered: "answered by 9 % of those asked: noise"; empty where enough did."""
    if row.response is None:
        return ""
    share = tied(format_value(row.response.value, Unit.SHARE))
    if row.response.value < NOISY_RESPONSE:
        return f"answered by {share} of those asked: noise"
    return f"answered by {share} of those asked: they speak for few"


def left_out_words(reading: Reading) -> str:
    """What was left out and why, the most common first: "23: 12 spam, 11 merged"; empty where nothing."""
    reasons = sorted(((count, why) for why, count in reading.left_out.items() if count), key=lambda r: (-r[0], r[1]))
    if not reasons:
        return ""
    return f"{reading.left_out_total:,}: " + ", ".join(f"{count:,} {why}" for count, why in reasons)


def statistic_words(row: ScorecardRow) -> str:
    """What the number is and by which clock: "median, working time"."""
    return ", ".join(part for part in (row.statistic, _CLOCKS.get(row.clock, row.clock)) if part)


def change_words(row: ScorecardRow, before_period: str) -> ChangeWords:
    """What changed since the period before, and nothing where chance explains it."""
    change, verdict = row.change, row.verdict
    before = row.before.estimate if row.before else None
    was = f"was {value_words(row, row.before)}" if before else ""
    if row.before and row.before_alike:
        was += f", {value_words(row, replace(row.before, value=row.before_alike))} in as many days"
    if row.reading.so_far:
        return ChangeWords(verdict, None, "So far, not compared", _why_none(row, before_period))
    if change == NoEstimate("by_itself"):
        return ChangeWords(verdict, None, "Rises with age, not judged", was)
    if not isinstance(change, Estimate):
        is_few = isinstance(change, NoEstimate) and change.reason == "too_few"
        short = "Too few to compare" if is_few else "Nothing to compare with"
        return ChangeWords(verdict, None, short, _why_none(row, before_period))
    if change.low is None and change.value and verdict is Verdict.SAME:
        return ChangeWords(verdict, None, f"{_direction(change)} {_size(row, change)}, no interval", was)
    if verdict is Verdict.SAME:
        return ChangeWords(verdict, None, NO_CHANGE, was)
    head = {Verdict.BETTER: "Better by", Verdict.WORSE: "Worse by"}.get(verdict, _direction(change))
    span = "; ".join(part for part in (was, change_interval(row)) if part)
    return ChangeWords(verdict, change.value > 0, f"{head} {_size(row, change)}", span)


def _why_none(row: ScorecardRow, before_period: str) -> str:
    if isinstance(row.reading.value, NoEstimate):
        return ""
    if row.before is not None and isinstance(row.before.value, NoEstimate):
        return f"{before_period}: {row.before.value.words}"
    if isinstance(row.change, NoEstimate):
        return row.change.words
    return f"no numbers for {before_period}" if before_period else ""


def _direction(change: Estimate) -> str:
    return "Up" if change.value > 0 else "Down"


def _size(row: ScorecardRow, change: Estimate) -> str:
    """The amount of a change without its sign; points for shares and indexes."""
    return _signed(row, abs(change.value), _digits(row, change)).lstrip("+")


def _digits(row: ScorecardRow, change: Estimate) -> int | None:
    """The decimals a change deserves by the width of its interval, and enough that no end but zero reads as zero."""
    if change.low is None or change.high is None or row.unit is Unit.DURATION:
        return None
    times = 100.0 if row.unit in (Unit.SHARE, Unit.INDEX) else 1.0
    ends = [abs(end) * times for end in (change.value, change.low, change.high) if end and math.isfinite(end)]
    width = (change.high - change.low) * times
    digits = max(0, math.ceil(0.5 - math.log10(width))) if 0 < width < math.inf else 0
    while digits < 6 and any(float(f"{end:.{digits}f}") == 0 for end in ends):
        digits += 1
    return min(digits, 6)


def _signed(row: ScorecardRow, value: float, digits: int | None) -> str:
    words = format_change(value, row.unit, digits=digits, currency=row.currency, days=row.days)
    return tied(f"{words} points" if row.unit is Unit.INDEX and math.isfinite(value) else words)


def change_interval(row: ScorecardRow) -> str:
    """The interval of the change: "change −40 min to −6 min", "change +1.2 to +5.0 points"."""
    change = row.change
    if not isinstance(change, Estimate) or change.low is None or change.high is None:
        return ""
    digits = _digits(row, change)
    low, high = _signed(row, change.low, digits), _signed(row, change.high, digits)
    if math.isinf(change.low) and math.isinf(change.high):
        return "no limits to the change"
    if math.isinf(change.low):
        return f"change at most {high}"
    return (
        f"change at least {low}" if math.isinf(change.high) else f"change {low.removesuffix(f'{_TIE}points')} to {high}"
    )


def benchmark_words(row: ScorecardRow) -> BenchmarkWords | None:
    """The benchmark and how the reading lies to it; None where there is none."""
    band = row.benchmark
    if band is None:
        return None
    low = -math.inf if band.low is None else band.low
    high = math.inf if band.high is None else band.high
    if band.low is not None and band.low == band.high:
        said = tied(format_value(band.low, row.unit, currency=row.currency, days=row.days))
    else:
        said = tied(format_interval(low, high, row.unit, currency=row.currency, days=row.days))
    reached = _reached(row, band)
    standing = {True: "Reaches it", False: "Short of it", None: "Could be either side"}[reached]
    return BenchmarkWords(said, band.words, band.source, standing if _judged(row, band) else "", reached)


def _edge(row: ScorecardRow, band: Band) -> float | None:
    """The side of the benchmark that has to be reached."""
    if row.better is Better.NEITHER:
        return None
    return band.low if row.better is Better.HIGHER else band.high


def _judged(row: ScorecardRow, band: Band) -> bool:
    return row.reading.estimate is not None and _edge(row, band) is not None


def _reached(row: ScorecardRow, band: Band) -> bool | None:
    """Whether the whole interval is on the good side of the benchmark, the whole on the bad one, or neither."""
    estimate, edge = row.reading.estimate, _edge(row, band)
    if estimate is None or edge is None:
        return None
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    if row.better is Better.LOWER:
        low, high, edge = -high, -low, -edge
    if low >= edge:
        return True
    return False if high < edge else None


def verdict_counts(card: Scorecard) -> dict[Verdict, list[ScorecardRow]]:
    """The metrics by what may be said of their change."""
    groups: dict[Verdict, list[ScorecardRow]] = {verdict: [] for verdict in Verdict}
    for row in card.rows:
        groups[row.verdict].append(row)
    return groups


def missing_words(card: Scorecard) -> str:
    """The metrics that the data says nothing of, as sentences; empty where there is none."""
    words = [f"No source tells {what}, which {listed(names)} would need." for what, names in card.not_told]
    return " ".join([*words, *_not_computable(card)])


def untold_lines(card: Scorecard) -> tuple[tuple[str, str], ...]:
    """What no source tells, each with the metrics that would need it; last, without it, those of which nothing came."""
    lines = [(f"No source tells {what}", ", ".join(names)) for what, names in card.not_told]
    return (*lines, *((rest, "") for rest in _not_computable(card)))


def _not_computable(card: Scorecard) -> list[str]:
    named = {name for _, names in card.not_told for name in names}
    rest = [name for name in card.without_data if name not in named]
    return [f"Nothing to count in this period: {listed(rest)}."] if rest else []


def takeaway_words(row: ScorecardRow, card: Scorecard) -> str:
    """The row as a sentence, for whoever does not see its charts."""
    value = row.reading.value
    if isinstance(value, NoEstimate):
        return f"Nothing can be said for {card.period}: {value.words}."
    span = f" ({interval_words(row)})" if value.low is not None else ""
    change = change_words(row, card.before_period)
    return f"{value_words(row)}{span} in {card.period}. {change.short}."
