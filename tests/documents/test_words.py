"""The sentences about numbers say neither more nor less than the intervals allow."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from documents.fake_card import BUSINESS, LOAD, QUALITY, SPEED, fake_card, made_row
from goalkeeper.documents import words
from goalkeeper.reports.views import Band, Reading, Verdict
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Better, Unit

ROWS = {row.key: row for row in fake_card().rows}


def said(text: str) -> str:
    """The text with plain spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_fake_card_has_every_verdict():
    assert {row.verdict for row in ROWS.values()} == set(Verdict)
    assert len(ROWS) == len(SPEED + QUALITY + LOAD + BUSINESS) == 20
    assert made_row is not None


@pytest.mark.parametrize(
    ("key", "short", "long"),
    [
        ("first_response_time", "Better by 42 min", "was 3 h 54 min; change −1 h 01 min to −23 min"),
        ("service_level", "Worse by 13 points", "was 74 %; change −20 to −6 points"),
        ("reopen_rate", "Worse by 2.4 points", "was 5.8 %; change +0.4 to +4.4 points"),
        ("ticket_volume", "Up 154", "was 1,190; change +52 to +256"),
        ("nps", words.NO_CHANGE, "was +31.0"),
        ("backlog", "Up 13, no interval", "was 118"),
        ("recovery_rate", "Too few to compare", ""),
    ],
)
def test_change(key, short, long):
    change = words.change_words(ROWS[key], "September 2026")
    assert (said(change.short), said(change.long)) == (short, long)


def test_a_change_never_shows_zero_as_an_end_that_is_not_zero():
    row = replace(
        ROWS["csat"], change=Estimate(0.02, 0.0004, 0.0396, 0.95, 100, "mover"), changed=True, unit=Unit.SHARE
    )
    assert said(words.change_interval(row)) == "change +0.04 to +3.96 points"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (60.0, math.inf, "change at least +1 min"),
        (-math.inf, -60.0, "change at most −1 min"),
        (-math.inf, math.inf, "no limits to the change"),
    ],
)
def test_open_ends_of_a_change(low, high, expected):
    value = 120.0 if low > 0 else -120.0
    row = replace(ROWS["first_response_time"], change=Estimate(value, low, high, 0.95, 9, "mover"))
    assert said(words.change_interval(row)) == expected


def test_why_there_is_nothing_to_compare():
    row = ROWS["csat"]
    nothing = NoEstimate("too_few", 2, 5)
    no_before = replace(row, before=Reading(nothing, 2), change=nothing, changed=False)
    assert words.change_words(no_before, "September").long == "September: needs 5 answers, has 2"
    none_at_all = replace(row, before=None, change=None, changed=False)
    assert words.change_words(none_at_all, "September").long == "no numbers for September"
    assert words.change_words(none_at_all, "").long == ""


@pytest.mark.parametrize(
    ("better", "changed", "value", "verdict"),
    [
        (Better.HIGHER, True, 1.0, Verdict.BETTER),
        (Better.HIGHER, True, -1.0, Verdict.WORSE),
        (Better.LOWER, True, -1.0, Verdict.BETTER),
        (Better.NEITHER, True, 1.0, Verdict.MOVED),
        (Better.HIGHER, False, 9.0, Verdict.SAME),
    ],
)
def test_verdict(better, changed, value, verdict):
    row = replace(ROWS["csat"], better=better, changed=changed, change=Estimate(value, value, value, 0.95, 9, "mover"))
    assert row.verdict is verdict


@pytest.mark.parametrize(
    ("better", "band", "low", "high", "reached"),
    [
        (Better.HIGHER, Band(0.7, 0.8, "", ""), 0.71, 0.9, True),
        (Better.HIGHER, Band(0.7, 0.8, "", ""), 0.6, 0.69, False),
        (Better.HIGHER, Band(0.7, 0.8, "", ""), 0.65, 0.75, None),
        (Better.LOWER, Band(0.7, 0.8, "", ""), 0.6, 0.79, True),
        (Better.LOWER, Band(0.7, 0.8, "", ""), 0.81, 0.9, False),
        (Better.LOWER, Band(0.7, None, "", ""), 0.81, 0.9, None),
        (Better.NEITHER, Band(0.7, 0.8, "", ""), 0.71, 0.75, None),
    ],
)
def test_standing_against_a_benchmark(better, band, low, high, reached):
    reading = Reading(Estimate((low + high) / 2, low, high, 0.95, 99, "wilson"), 99)
    row = replace(ROWS["csat"], better=better, benchmark=band, reading=reading)
    assert words.benchmark_words(row).reached is reached


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        (Band(0.7, 0.79, "", ""), "70–79 %"),
        (Band(0.2, None, "", ""), "≥ 20 %"),
        (Band(None, 0.1, "", ""), "≤ 10 %"),
        (Band(0.755, 0.755, "", ""), "76 %"),
    ],
)
def test_benchmark_range(band, expected):
    assert said(words.benchmark_words(replace(ROWS["csat"], benchmark=band)).range) == expected


def test_what_was_not_counted():
    reading = replace(ROWS["csat"].reading, pending=1400, left_out={"spam": 2, "merged": 30, "none": 0})
    assert words.uncounted_words(reading) == "1,400 waiting, 32 left out"
    assert words.left_out_words(reading) == "32: 30 merged, 2 spam"
    assert words.left_out_words(ROWS["csat"].reading) == ""


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2026, 10, 1), date(2026, 11, 1), "1 to 31 October 2026"),
        (date(2026, 10, 1), date(2027, 1, 1), "1 October to 31 December 2026"),
        (date(2025, 12, 29), date(2026, 1, 5), "29 December 2025 to 4 January 2026"),
        (date(2026, 10, 1), date(2026, 10, 2), "1 October 2026"),
        (date(2026, 10, 1), date(2026, 10, 1), "1 October 2026"),
    ],
)
def test_span(since, until, expected):
    assert words.span_words(since, until) == expected


def test_moment():
    assert words.moment_words(datetime(2026, 11, 2, 6, 5, tzinfo=UTC)) == "2 November 2026, 06:05 UTC"
    assert words.moment_words(datetime(2026, 11, 2, 6, 5)) == "2 November 2026, 06:05"


def test_takeaway_of_a_number_and_of_none():
    card = fake_card()
    assert said(words.takeaway_words(ROWS["csat"], card)) == "83 % (80–86 %) in October 2026. " + words.NO_CHANGE + "."
    assert (
        words.takeaway_words(ROWS["recovery_rate"], card)
        == "Nothing can be said for October 2026: needs 5 customers, has 3."
    )


def test_no_number_in_a_sentence_parts_from_its_unit():
    said = "from 1 h 40 min to 53 min, by 3 May 2026, +2 points, 3 days"
    assert words.tied_within(said).replace("\N{NO-BREAK SPACE}", "_") == (
        "from 1_h_40_min to 53_min, by 3 May 2026, +2_points, 3 days"
    )
