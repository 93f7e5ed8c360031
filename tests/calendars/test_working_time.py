"""W(t) in Python and in the engine, and deadlines, against a minute-by-minute look at the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calendars import oracle
from goalkeeper.calendars import (
    Schedule,
    WorkingClock,
    calendar_table,
    parse_schedules,
    span_count,
    utc_day_sql,
    working_ms_sql,
)

DAY_MS = 86_400_000
TURNS = {  # a zone and a moment near which its clocks do something
    "Europe/Berlin": "2026-03-29T01:00",
    "Europe/London": "2024-10-27T01:00",
    "America/New_York": "2024-03-10T07:00",
    "Africa/Cairo": "2024-04-25T22:00",  # forward at midnight
    "Africa/Casablanca": "2024-03-10T02:00",  # back for Ramadan
    "America/Santiago": "2023-09-03T04:00",  # forward at midnight
    "America/Sao_Paulo": "2018-11-04T03:00",
    "America/Asuncion": "2024-03-24T03:00",  # back at midnight
    "America/St_Johns": "2009-11-01T02:31",  # back at one minute past midnight
    "America/Caracas": "2016-05-01T07:00",  # half an hour, for good
    "Antarctica/Troll": "2024-03-31T01:00",  # two hours
    "Asia/Gaza": "2023-04-28T22:00",
    "Asia/Kathmandu": "2024-06-01T00:00",
    "Asia/Pyongyang": "2018-05-04T15:00",
    "Asia/Tehran": "2022-09-21T19:30",
    "Australia/Lord_Howe": "2024-10-05T15:30",  # half an hour
    "Pacific/Apia": "2011-12-30T10:00",  # the date skipped
    "Pacific/Chatham": "2024-04-06T14:00",
    "Pacific/Kiritimati": "1994-12-31T10:00",
    "UTC": "2024-02-29T00:00",
}


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def minute_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def days_of_hours(draw: st.DrawFn) -> list[str]:
    """Up to three spans of a day that do not overlap; the last may run past midnight."""
    count = draw(st.integers(0, 3))
    if not count:
        return []
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2 * count, max_size=2 * count, unique=True)))
    spans = [f"{minute_text(a)}-{minute_text(b)}" for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if edges[-1] < 1440 and draw(st.booleans()):
        spans[-1] = f"{minute_text(edges[-2])}-{minute_text(draw(st.integers(0, edges[0])))}"
    return spans


def weeks() -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(st.sampled_from(oracle.WEEKDAYS), days_of_hours(), min_size=1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], int, int]:
    """A schedule's table and an interval of up to three days near something odd or at any time."""
    tz = draw(st.sampled_from(sorted(TURNS)))
    near = (
        epoch_ms(TURNS[tz])
        if draw(st.booleans())
        else draw(st.integers(epoch_ms("1995-01-01"), epoch_ms("2035-01-01")))
    )
    start = near + draw(st.integers(-2 * DAY_MS, DAY_MS))
    here = datetime.fromtimestamp(start / 1000, ZoneInfo(tz)).date()
    dates = st.integers(-2, 4).map(lambda days: (here + timedelta(days)).isoformat())
    closed = draw(st.lists(dates, max_size=2, unique=True))
    on = draw(st.dictionaries(dates.filter(lambda day: day not in closed), days_of_hours(), max_size=2))
    table = {
        "id": "random",
        "tz": tz,
        "hours": draw(weeks()),
        "closed": closed,
        "on": on,
        "breaks": draw(st.dictionaries(dates, days_of_hours(), max_size=2)),
        "change": [{"from": day, "hours": draw(weeks())} for day in draw(st.lists(dates, max_size=1))],
    }
    return table, start, start + draw(st.integers(0, 3 * DAY_MS))


def schedule_of(table: dict[str, Any]) -> Schedule:
    return parse_schedules({"schedule": [table]}, "test").schedules[0]


def worked_in_engine(schedule: Schedule, moments: list[int]) -> list[int]:
    """W at moments, by the join a facts query makes."""
    calendar = calendar_table([schedule], min(moments), max(moments))
    clause = f"c.schedule_key = 0 AND c.utc_day = {utc_day_sql('m.t')}"
    select = (
        f"SELECT {working_ms_sql('m.t', 'c', span_count(calendar))} FROM moments m LEFT JOIN calendar c ON {clause}"
    )
    with duckdb.connect() as connection:
        connection.register("calendar", calendar)
        connection.execute("CREATE TABLE moments AS SELECT unnest(?::BIGINT[]) AS t", [moments])
        return [row[0] for row in connection.execute(f"{select} ORDER BY m.rowid").fetchall()]


def agree(case: tuple[dict[str, Any], int, int]) -> None:
    table, start, end = case
    schedule = schedule_of(table)
    clock = WorkingClock(schedule)
    expected = oracle.worked_ms(table, start, end)
    assert clock.between(start, end) == expected
    assert clock.is_open(start) == oracle.is_open(
        table, ZoneInfo(table["tz"]), datetime.fromtimestamp(start // 1000, UTC)
    )
    at_start, at_end = worked_in_engine(schedule, [start, end])
    assert at_end - at_start == expected
    if expected:
        due = clock.add(start, expected)
        assert due <= end
        assert clock.between(start, due) == expected
        assert clock.between(start, due - 1) == expected - 1
        begun = clock.subtract(end, expected)
        assert begun >= start
        assert clock.between(begun, end) == expected
        assert clock.between(begun + 1, end) == expected - 1


NIGHT = {"id": "n", "tz": "Pacific/Apia", "hours": {day: ["22:00-06:00"] for day in oracle.WEEKDAYS}}


@given(cases())
@example((NIGHT, epoch_ms("2011-12-29T00:00"), epoch_ms("2012-01-01T00:00")))
@settings(max_examples=20, derandomize=True, deadline=None, database=None)
def test_working_time_agrees_with_the_wall_clock_of_every_minute(case: tuple[dict[str, Any], int, int]) -> None:
    agree(case)


@pytest.mark.slow
@given(cases())
@settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_working_time_agrees_with_the_wall_clock_in_many_cases(case: tuple[dict[str, Any], int, int]) -> None:
    agree(case)


def test_engine_and_clock_agree_on_many_moments() -> None:
    table = {
        "id": "split",
        "tz": "America/Santiago",
        "hours": {"mon-fri": ["08:00-12:00", "13:00-17:30"], "sat": ["20:00-04:00"]},
        "holidays": ["CL"],
        "change": [{"from": "2022-07-01", "hours": {"mon-sun": ["07:00-11:00", "12:00-15:00", "18:00-02:00"]}}],
    }
    schedule = schedule_of(table)
    first, last = epoch_ms("2019-01-01"), epoch_ms("2026-01-01")
    moments = np.random.default_rng(7).integers(first, last, 5000)
    in_engine = np.array(worked_in_engine(schedule, [first, *moments.tolist(), last]))
    clock = WorkingClock(schedule)
    in_python = clock.working_ms(np.array([first, *moments.tolist(), last]))
    assert len(np.unique(in_engine - in_python)) == 1
    assert in_engine[-1] > 0


def test_a_null_moment_has_no_working_time() -> None:
    calendar = calendar_table([schedule_of(NIGHT)], 0, DAY_MS)
    clause = f"c.utc_day = {utc_day_sql('m.t')}"
    expression = working_ms_sql("m.t", "c", span_count(calendar))
    with duckdb.connect() as connection:
        connection.register("calendar", calendar)
        query = f"SELECT {expression} FROM (SELECT NULL::BIGINT AS t) m LEFT JOIN calendar c ON {clause}"
        assert connection.execute(query).fetchall() == [(None,)]
