from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from goalkeeper.calendars import ALWAYS, WorkingClock, parse_schedules
from goalkeeper.errors import UsageError

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def shown(t: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(milliseconds=t)).isoformat(timespec="minutes")


def clock(**table: Any) -> WorkingClock:
    found = {"id": "s", "tz": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}} | table
    return WorkingClock(parse_schedules({"schedule": [found]}, "test").schedules[0])


def test_numbers_give_numbers_and_arrays_give_arrays() -> None:
    office = clock()
    start, end = ms("2024-01-05T16:00"), ms("2024-01-08T10:00")
    assert office.between(start, end) == 2 * HOUR_MS
    assert isinstance(office.between(start, end), int)
    both = office.between(np.array([start, end]), np.array([end, start]))
    assert both.dtype == np.int64
    assert both.tolist() == [2 * HOUR_MS, 0]
    assert office.is_open(start) is True
    assert office.is_open(np.array([start, end - DAY_MS])).tolist() == [True, False]
    assert office.add(np.array([start, end]), np.array([HOUR_MS, 0])).tolist() == [start + HOUR_MS, end]
    assert office.between(np.array([], np.int64), np.array([], np.int64)).tolist() == []
    assert office.add(np.array([], np.int64), 5).tolist() == []


def test_working_time_is_the_same_after_the_known_years_grow() -> None:
    office = clock(holidays=["DE"])
    t = ms("2020-06-01T12:00")
    known = office.working_ms(t)
    earlier, later = office.working_ms(ms("2003-01-01")), office.working_ms(ms("2031-01-01"))
    assert office.working_ms(t) == known
    assert earlier < 0 < known < later
    assert later - earlier == office.between(ms("2003-01-01"), ms("2031-01-01"))


def test_an_opening_is_open_and_a_closing_is_not() -> None:
    office = clock()
    assert office.is_open(ms("2024-01-05T09:00"))
    assert office.is_open(ms("2024-01-05T17:00") - 1)
    assert not office.is_open(ms("2024-01-05T17:00"))
    assert shown(office.next_open(ms("2024-01-05T17:00"))) == "2024-01-08T09:00"
    assert office.next_open(ms("2024-01-05T12:34")) == ms("2024-01-05T12:34")


def test_a_deadline_at_closing_is_due_then_and_a_moment_more_on_the_next_day() -> None:
    office = clock()
    start = ms("2024-01-05T16:00")
    assert shown(office.add(start, HOUR_MS)) == "2024-01-05T17:00"
    assert office.add(start, HOUR_MS + 1) == ms("2024-01-08T09:00") + 1
    assert shown(office.subtract(ms("2024-01-08T10:00"), HOUR_MS)) == "2024-01-08T09:00"
    assert office.subtract(ms("2024-01-08T10:00"), HOUR_MS + 1) == ms("2024-01-05T17:00") - 1


def test_pauses_stop_the_clock_and_may_overlap_or_be_empty() -> None:
    office = clock()
    start, end = ms("2024-01-05T10:00"), ms("2024-01-05T16:00")
    pauses = [
        (ms("2024-01-05T11:00"), ms("2024-01-05T12:00")),
        (ms("2024-01-05T11:30"), ms("2024-01-05T12:30")),
        (ms("2024-01-05T14:00"), ms("2024-01-05T13:00")),
        (ms("2024-01-04T00:00"), ms("2024-01-05T10:15")),
    ]
    assert office.between(start, end, pauses) == 6 * HOUR_MS - 90 * MINUTE_MS - 15 * MINUTE_MS
    assert office.between(np.array([start]), np.array([end]), iter(pauses)).tolist() == [255 * MINUTE_MS]
    assert shown(office.add(start, 45 * MINUTE_MS, iter(pauses))) == "2024-01-05T11:00"
    assert office.add(start, 45 * MINUTE_MS + 1, pauses) == ms("2024-01-05T12:30") + 1
    assert shown(office.add(start, 0, pauses)) == "2024-01-05T10:15"
    assert shown(office.subtract(end, 4 * HOUR_MS, pauses)) == "2024-01-05T10:30"


def test_pauses_agree_with_stepping_through_them() -> None:
    office, rng = clock(hours={"mon-sun": ["08:00-12:00", "13:00-20:00"]}), np.random.default_rng(4)
    begin = ms("2024-03-01")
    for _ in range(30):
        edges = np.sort(rng.integers(0, 5 * 1440, 6)) * MINUTE_MS + begin
        pauses = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
        stepped = sum(
            MINUTE_MS
            for t in range(begin, begin + 5 * DAY_MS, MINUTE_MS)
            if 8 <= (t // HOUR_MS) % 24 < 20 and (t // HOUR_MS) % 24 != 12 and not any(a <= t < b for a, b in pauses)
        )
        assert office.between(begin, begin + 5 * DAY_MS, pauses) == stepped
        due = office.add(begin, stepped, pauses)
        assert office.between(begin, due, pauses) == stepped > office.between(begin, due - 1, pauses)


def test_rare_hours_are_found_years_on_and_none_are_refused() -> None:
    once = clock(hours={}, on={"2035-05-05": ["09:00-10:00"]})
    assert shown(once.add(ms("2024-01-01"), HOUR_MS)) == "2035-05-05T10:00"
    assert shown(once.subtract(ms("2044-01-01"), 0)) == "2035-05-05T10:00"
    with pytest.raises(UsageError, match="schedule 's' has too little working time within 20 years"):
        once.add(ms("2024-01-01"), HOUR_MS + 1)
    with pytest.raises(UsageError, match="too little working time"):
        once.subtract(ms("2024-01-01"), 0)


def test_the_next_span_and_one_without_an_end() -> None:
    office = clock(hours={"mon-fri": ["22:00-06:00"]})
    assert list(map(shown, office.next_span(ms("2023-12-31T12:00")))) == ["2024-01-01T22:00", "2024-01-02T06:00"]
    assert list(map(shown, office.next_span(ms("2024-12-31T23:00")))) == ["2024-12-31T23:00", "2025-01-01T06:00"]
    opens, closes = WorkingClock(ALWAYS).next_span(ms("2024-01-01"))
    assert opens == ms("2024-01-01")
    assert closes >= ms("2044-01-01")


@pytest.mark.parametrize(
    ("start", "days", "landed"),
    [
        ("2024-01-05T12:00", 1, "2024-01-08T12:00"),
        ("2024-01-05T12:00", 0, "2024-01-05T12:00"),
        ("2024-01-06T12:00", 0, "2024-01-08T09:00"),
        ("2024-01-06T12:00", 1, "2024-01-09T09:00"),
        ("2024-01-08T12:00", -1, "2024-01-05T12:00"),
        ("2024-01-06T12:00", -1, "2024-01-04T17:00"),
        ("2024-01-05T12:00", 261, "2025-01-06T12:00"),
    ],
)
def test_business_days_go_by_the_calendar(start: str, days: int, landed: str) -> None:
    assert shown(clock().add_days(ms(start), days)) == landed


def test_business_days_keep_the_wall_clock_over_a_change_of_clocks() -> None:
    office = clock(tz="Europe/Berlin")
    friday = round(datetime(2026, 3, 27, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)
    monday = round(datetime(2026, 3, 30, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)
    assert office.add_days(friday, 1) == monday == friday + 71 * HOUR_MS
    assert office.add_days(monday, -1) == friday


def test_a_closing_at_midnight_belongs_to_the_day_that_ends() -> None:
    late = clock(hours={"mon-wed": ["12:00-24:00"]})
    assert shown(late.add_days(ms("2024-01-11T08:00"), -1)) == "2024-01-10T00:00"


def test_business_days_pass_over_a_skipped_date_and_a_date_that_begins_twice() -> None:
    samoa = clock(tz="Pacific/Apia", hours="24x7")
    assert shown(samoa.add_days(ms("2011-12-30T05:00"), 1)) == "2011-12-31T05:00"
    assert shown(samoa.add_days(ms("2011-12-31T05:00"), -1)) == "2011-12-30T05:00"
    st_johns = clock(tz="America/St_Johns", hours={"sat": ["12:00-24:00"], "mon": ["12:00-18:00"]})
    assert shown(st_johns.add_days(ms("2009-10-31T16:30"), 1)) == "2009-11-02T17:30"


@pytest.mark.parametrize("hours", ["00:00-24:00", "09:00-17:00"])
@pytest.mark.parametrize(
    ("tz", "first"),
    [
        ("Africa/Cairo", "2024-04-23"),  # forward at midnight
        ("America/Asuncion", "2024-03-21"),  # back at midnight
        ("America/St_Johns", "2009-10-29"),  # back at one minute past midnight
        ("Pacific/Apia", "2011-12-27"),  # a date skipped
    ],
)
def test_the_next_business_day_is_the_next_date_at_the_same_clock(tz: str, first: str, hours: str) -> None:
    daily, zone = clock(tz=tz, hours={"mon-sun": [hours]}), ZoneInfo(tz)
    noons = [datetime.fromisoformat(f"{first}T12:00") + timedelta(days) for days in range(6)]
    moments = [
        round(noon.replace(tzinfo=zone).timestamp() * 1000) for noon in noons if noon.day != 30 or tz != "Pacific/Apia"
    ]
    for one, other in pairwise(moments):
        assert daily.add_days(one, 1) == other
        assert daily.add_days(other, -1) == one
    assert daily.add_days(moments[0], len(moments) - 1) == moments[-1]


def test_the_first_and_last_years_a_record_can_have_are_known() -> None:
    office = clock()
    assert shown(office.add(ms("2200-12-30T09:00"), HOUR_MS)) == "2200-12-30T10:00"
    assert shown(office.subtract(ms("1900-01-02T10:00"), HOUR_MS)) == "1900-01-02T09:00"
    assert office.next_span(ms("2200-12-31T10:00"))[1] == ms("2200-12-31T17:00")
    with pytest.raises(UsageError, match="too little working time"):
        office.add(ms("2200-12-31T16:00"), 2 * HOUR_MS)


def test_moments_in_the_wrong_unit_are_refused() -> None:
    with pytest.raises(UsageError, match="outside the years 1900 to 2200"):
        clock().between(0, ms("2024-01-01") * 1000)
