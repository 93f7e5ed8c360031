from __future__ import annotations

import pytest

from goalkeeper.calendars.hours import Span, parse_span, read_spans, read_week, show_span
from goalkeeper.errors import Finding


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00-17:30", Span(540, 1050)),
        ("9:00 – 17:30", Span(540, 1050)),
        ("22:00-06:00", Span(1320, 1800)),
        ("22:00-00:00", Span(1320, 1440)),
        ("00:00-24:00", Span(0, 1440)),
        ("00:00-00:00", Span(0, 1440)),
        ("09:00-09:00", Span(540, 1980)),
    ],
)
def test_spans_read_as_written(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["24:00-25:00", "24:00-01:00", "09:60-10:00", "09:00-24:01", "9-17", "09:00", "", None, 9]
)
def test_impossible_hours_are_no_span(text: object) -> None:
    assert parse_span(text) is None


@pytest.mark.parametrize("text", ["09:00-17:30", "22:00-06:00", "00:00-24:00"])
def test_a_span_shows_as_it_was_written(text: str) -> None:
    span = parse_span(text)
    assert span is not None
    assert show_span(span) == text


def test_days_are_named_alone_or_in_ranges_over_the_weekend() -> None:
    findings: list[Finding] = []
    week = read_week({"fri-mon": "10:00-12:00", "Wednesday": ["08:00-09:00"]}, "hours", findings)
    assert not findings
    assert [bool(day) for day in week] == [True, False, True, False, True, True, True]
    assert week[2] == (Span(480, 540),)


def test_touching_spans_are_fine_and_overlapping_ones_a_finding() -> None:
    findings: list[Finding] = []
    assert len(read_spans(["13:00-18:00", "09:00-13:00"], "hours", findings)) == 2
    assert not findings
    read_spans(["22:00-02:00", "20:00-22:30"], "hours.fri", findings)
    assert str(findings[0]).startswith("hours.fri: 20:00-22:30 and 22:00-02:00 overlap.")


@pytest.mark.parametrize(
    ("week", "found"),
    [
        ({"tues": "09:00-10:00"}, "no weekday 'tues'. Did you mean 'tue'?"),
        ({"mon-firday": "09:00-10:00"}, "no weekday 'firday'. Did you mean 'friday'?"),
        ({"mon-fri": [], "tue": "09:00-10:00"}, "tue is named twice."),
        ({"mon": 9}, "9 is not a list of hours."),
        ({"mon": ["nine to five"]}, "'nine to five' is not a span of hours."),
        (["09:00-10:00"], "['09:00-10:00'] is not a week of hours."),
    ],
)
def test_what_is_wrong_with_a_week_is_told(week: object, found: str) -> None:
    findings: list[Finding] = []
    read_week(week, "hours", findings)
    assert [found in str(finding) for finding in findings] == [True]
