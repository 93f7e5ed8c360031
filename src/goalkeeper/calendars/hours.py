"""Opening hours as people write them: spans of a day ("09:00-17:30") and weeks of days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from goalkeeper.errors import Finding, UnknownName

DAY_MIN = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*", re.ASCII)
SPAN_FORM = 'Hours are written "09:00-17:30", with "24:00" for the end of the day.'


class Span(NamedTuple):
    """Open from one minute of the local day to another; above 1440 it runs into the next day."""

    opens_min: int
    closes_min: int


Week: TypeAlias = tuple[tuple[Span, ...], ...]
"""The spans of the seven days, Monday first."""


def always_open() -> Week:
    """A week without a closed minute."""
    return ((Span(0, DAY_MIN),),) * 7


def parse_span(text: object) -> Span | None:
    """A span from its text; an end at or before the start is on the next day; None where it is no span."""
    match = SPAN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    hour, minute, to_hour, to_minute = map(int, match.groups())
    opens, closes = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or opens >= DAY_MIN or closes > DAY_MIN:
        return None
    return Span(opens, closes if closes > opens else closes + DAY_MIN)


def read_spans(value: object, where: str, findings: list[Finding]) -> tuple[Span, ...]:
    """The spans of one day, ascending; what is wrong with them goes to the findings."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        findings.append(Finding(where, f"{value!r} is not a list of hours.", SPAN_FORM))
        return ()
    spans: list[Span] = []
    for text in texts:
        span = parse_span(text)
        if span is None:
            findings.append(Finding(where, f"{text!r} is not a span of hours.", SPAN_FORM))
        else:
            spans.append(span)
    spans.sort()
    for one, other in pairwise(spans):
        if other.opens_min < one.closes_min:
            found = f"{show_span(one)} and {show_span(other)} overlap."
            findings.append(Finding(where, found, next_step="Write them as one span."))
    return tuple(spans)


def read_week(value: object, where: str, findings: list[Finding]) -> Week:
    """A week from {"mon-fri": [...], "sat": [...]} or "24x7"; days that are not named are closed."""
    if value == "24x7":
        return always_open()
    if not isinstance(value, Mapping):
        valid = 'Hours are "24x7" or a table such as { mon-fri = ["09:00-17:30"] }.'
        findings.append(Finding(where, f"{value!r} is not a week of hours.", valid))
        return ((),) * 7
    week: list[tuple[Span, ...]] = [()] * 7
    named: set[int] = set()
    for key, texts in value.items():
        spans = read_spans(texts, f"{where}.{key}", findings)
        for day in _read_days(str(key), f"{where}.{key}", findings):
            if day in named:
                findings.append(Finding(f"{where}.{key}", f"{WEEKDAYS[day]} is named twice.", "Name it once."))
            named.add(day)
            week[day] = spans
    return tuple(week)


def show_span(span: Span) -> str:
    """The text of a span."""
    opens, closes = (
        span.opens_min,
        span.closes_min - DAY_MIN if span.closes_min > DAY_MIN else span.closes_min,
    )
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


def _read_days(key: str, where: str, findings: list[Finding]) -> list[int]:
    ends: list[int] = []
    for name in key.lower().split("-", 1):
        day = _weekday(name.strip())
        if day is None:
            error = UnknownName("weekday", name.strip(), (*WEEKDAYS, *LONG_WEEKDAYS))
            findings.append(Finding(where, error.message, error.hint, 'A range is written "mon-fri".'))
            return []
        ends.append(day)
    return [(ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1)]


def _weekday(name: str) -> int | None:
    for names in (WEEKDAYS, LONG_WEEKDAYS):
        if name in names:
            return names.index(name)
    return None
