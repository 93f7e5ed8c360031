from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.calendars import (
    ALWAYS,
    DAY_MS,
    Schedule,
    WeeklyHours,
    WorkingClock,
    always_open,
    open_days,
    open_spans,
    parse_schedules,
)
from goalkeeper.calendars.hours import show_span
from goalkeeper.calendars.public_holidays import public_holidays
from goalkeeper.calendars.schedule import day_number

HOUR_MS = 3_600_000


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def schedule(**table: object) -> Schedule:
    return parse_schedules({"schedule": [{"id": "s", "tz": "UTC", **table}]}, "test").schedules[0]


def open_texts(found: Schedule, first: str, last: str) -> list[str]:
    spans = open_spans(found, epoch_ms(first), epoch_ms(last))
    edges = np.stack((spans.opens, spans.closes)).astype("datetime64[ms]").astype("datetime64[m]").astype(str)
    return [f"{opens[5:]} {closes[5:]}" for opens, closes in edges.T.tolist()]


@pytest.mark.parametrize(
    ("tz", "day", "following", "hours"),
    [
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00", 23),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00", 25),
        ("Australia/Lord_Howe", "2024-10-05T13:30", "2024-10-06T13:00", 23.5),
    ],
)
def test_round_the_clock_follows_the_length_of_the_day(tz: str, day: str, following: str, hours: float) -> None:
    only_sunday = schedule(tz=tz, hours={"sun": ["00:00-24:00"]})
    first, last = epoch_ms(day), epoch_ms(following)
    assert open_spans(only_sunday, first - HOUR_MS, last + HOUR_MS).total_ms == hours * HOUR_MS == last - first


def test_a_span_over_the_hour_that_comes_twice_counts_it_twice_and_over_the_skipped_one_less() -> None:
    early = schedule(tz="Europe/Berlin", hours={"sun": ["01:30-03:30"]})
    assert open_texts(early, "2026-03-29T00:00", "2026-03-30T00:00") == ["03-29T00:30 03-29T01:30"]
    assert open_texts(early, "2026-10-24T20:00", "2026-10-26T00:00") == ["10-24T23:30 10-25T02:30"]


def test_a_span_inside_the_hour_that_comes_twice_is_open_twice() -> None:
    early = schedule(tz="Europe/Berlin", hours={"sun": ["02:15-02:30"]})
    assert open_texts(early, "2026-10-24T20:00", "2026-10-26T00:00") == [
        "10-25T00:15 10-25T00:30",
        "10-25T01:15 10-25T01:30",
    ]
    assert open_texts(early, "2026-03-28T20:00", "2026-03-30T00:00") == []


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    night = schedule(hours={"mon-wed": ["22:00-06:00"]}, closed=["2024-01-09"])
    assert open_texts(night, "2024-01-08", "2024-01-12") == ["01-08T22:00 01-09T06:00", "01-10T22:00 01-11T06:00"]


def test_breaks_are_cut_by_wall_clock_from_any_shift() -> None:
    night = schedule(hours={"mon": ["22:00-06:00"]}, breaks={"2024-01-09": ["02:00-03:00", "05:30-08:00"]})
    assert open_texts(night, "2024-01-08", "2024-01-12") == ["01-08T22:00 01-09T02:00", "01-09T03:00 01-09T05:30"]


def test_hours_named_for_a_date_replace_the_week_and_outrank_a_public_holiday() -> None:
    found = schedule(
        hours={"mon-sun": ["09:00-17:00"]}, holidays=["DE"], on={"2024-10-03": ["10:00-12:00"], "2024-10-04": []}
    )
    assert open_texts(found, "2024-10-02T12:00", "2024-10-05T10:00") == [
        "10-02T12:00 10-02T17:00",
        "10-03T10:00 10-03T12:00",
        "10-05T09:00 10-05T10:00",
    ]
    assert date(2024, 10, 3) not in found.closed_days(2024, 2024)


def test_closed_days_tell_why() -> None:
    found = schedule(hours={}, holidays=["DE"], closed={"2024-12-24": "Christmas Eve"})
    days = found.closed_days(2024, 2024)
    assert days[date(2024, 12, 24)] == "Christmas Eve"
    assert date(2024, 12, 25) in days
    assert list(days) == sorted(days)


def test_changes_hold_from_their_local_date_on() -> None:
    found = schedule(
        tz="Asia/Tokyo",
        hours={"mon-fri": ["09:00-18:00"]},
        change=[
            {"from": "2024-01-11", "hours": {"mon-fri": ["09:00-10:00"]}},
            {"from": "2024-01-10", "hours": {"wed": ["00:00-01:00"]}},
        ],
    )
    assert open_texts(found, "2024-01-09T00:00", "2024-01-12T00:00") == [
        "01-09T00:00 01-09T09:00",
        "01-09T15:00 01-09T16:00",
        "01-11T00:00 01-11T01:00",
    ]


def test_hours_out_of_order_are_refused() -> None:
    later, earlier = WeeklyHours(date(2024, 1, 1), always_open()), WeeklyHours(date(2023, 1, 1), always_open())
    with pytest.raises(ValueError, match="must ascend"):
        Schedule("s", "UTC", (later, earlier))


def test_round_the_clock_is_one_span() -> None:
    spans = open_spans(ALWAYS, epoch_ms("2020-01-01"), epoch_ms("2024-01-01"))
    assert (spans.opens.tolist(), spans.closes.tolist()) == ([spans.first_ms], [spans.last_ms])


SUPPORT = parse_schedules(
    tomllib.loads("""
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["20:00-02:00"] }
holidays = ["DE-BE"]
closed = { "2026-12-23" = "team day" }
on = { "2026-12-24" = ["08:00-12:00"] }
breaks = { "2026-12-22" = ["10:00-11:00"] }
"""),
    "test",
).schedules[0]


def test_days_one_by_one() -> None:
    days = {each.day.day: each for each in open_days(SUPPORT, date(2026, 12, 19), 9)}
    told = {day: (" ".join(map(show_span, each.spans)), each.why) for day, each in days.items()}
    holidays = {day.day: name for day, name in public_holidays("DE-BE", 2026, 2026) if day.month == 12}
    assert told == {
        19: ("20:00-24:00", ""), 20: ("00:00-02:00", ""), 21: ("09:00-12:30 13:30-18:00", ""),
        22: ("09:00-10:00 11:00-12:30 13:30-18:00", "with a break"), 23: ("", "team day"),
        24: ("08:00-12:00", "hours of its own"), 25: ("", holidays[25]), 26: ("", holidays[26]), 27: ("", ""),
    }  # fmt: skip


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
def test_days_hold_what_the_clock_counts(first: date, count: int) -> None:
    clock = WorkingClock(SUPPORT)
    for each in open_days(SUPPORT, first, count):
        midnight = day_number(each.day) * DAY_MS
        worked_min = sum(span.closes_min - span.opens_min for span in each.spans)
        assert worked_min * 60_000 == clock.between(midnight, midnight + DAY_MS)
