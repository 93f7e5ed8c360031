"""Periods are whole local days, named as people name them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.measure.periods import EVERY, MOST, begin, day_number, day_of, last_day_over, local_day, periods


def test_weeks_begin_on_monday_and_are_cut_at_the_ends() -> None:
    found = periods(date(2026, 12, 30), date(2027, 1, 13), "week")
    assert [(str(each.since), str(each.until), each.label) for each in found] == [
        ("2026-12-30", "2027-01-04", "2026-W53"),
        ("2027-01-04", "2027-01-11", "2027-W01"),
        ("2027-01-11", "2027-01-13", "2027-W02"),
    ]


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        ("month", ["2025-11", "2025-12", "2026-01", "2026-02"]),
        ("quarter", ["2025-Q4", "2026-Q1"]),
        ("year", ["2025", "2026"]),
    ],
)
def test_names(every: str, labels: list[str]) -> None:
    assert [each.label for each in periods(date(2025, 11, 30), date(2026, 2, 2), every)] == labels


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("length", [1, 6, 7, 8, 31, 366, 1000])
def test_they_tile_the_range(every: str, length: int) -> None:
    since = date(2023, 12, 29)
    found = periods(since, since + timedelta(days=length), every)
    assert found[0].since == since
    assert sum(each.days for each in found) == length
    assert all(one.until == other.since for one, other in pairwise(found))
    assert all(begin(each.last, every) == begin(each.since, every) for each in found)


def test_the_end_is_local_midnight() -> None:
    (day,) = periods(date(2026, 3, 29), date(2026, 3, 30))
    end = datetime(2026, 3, 29, 22, tzinfo=UTC)  # summer time has begun
    assert day.end_ms("Europe/Berlin") == end.timestamp() * 1000
    assert local_day(day.end_ms("Europe/Berlin") - 1, "Europe/Berlin") == date(2026, 3, 29)
    assert local_day(day.end_ms("Europe/Berlin"), "Europe/Berlin") == date(2026, 3, 30)


def test_day_numbers() -> None:
    assert day_number(date(1970, 1, 2)) == 1
    assert day_of(day_number(date(2026, 11, 23))) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "until", "every", "words"),
    [
        (date(2026, 1, 2), date(2026, 1, 2), "", "holds no day"),
        (date(2026, 1, 2), date(2026, 1, 1), "day", "holds no day"),
        (date(1, 1, 1), date(2026, 1, 1), "", "out of range"),
        (date(2026, 1, 1), date(9999, 12, 31), "year", "out of range"),
        (date(2000, 1, 1), date(2026, 1, 1), "day", f"over {MOST:,} periods"),
    ],
)
def test_ranges_that_cannot_be(since: date, until: date, every: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        periods(since, until, every)


def test_an_unknown_period() -> None:
    with pytest.raises(UnknownName, match=r"no period 'weekly'\. Did you mean 'week'\?"):
        periods(date(2026, 1, 1), date(2026, 1, 3), "weekly")


@pytest.mark.parametrize(
    ("known", "every", "is_open"),
    [("2026-03-08 10:00", "week", True), ("2026-03-08 17:30", "week", False), ("2026-03-08 23:58", "week", False),
     ("2026-03-07 23:59", "week", True), ("2026-03-08 01:59", "day", True), ("2026-03-08 22:30", "day", True),
     ("2026-03-08 23:58", "day", False), ("2026-03-31 11:00", "month", True), ("2026-03-31 17:30", "month", False),
     ("2026-03-20 12:00", "quarter", True), ("2026-03-08 10:00", "", True), ("2026-03-08 17:30", "", False)],
)  # fmt: skip
def test_a_period_is_open_until_the_data_reaches_its_end(known: str, every: str, is_open: bool) -> None:
    moment = datetime.fromisoformat(known).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    period = periods(date(2026, 3, 2), moment.date() + timedelta(days=1), every)[-1]
    assert period.is_open(every, round(moment.timestamp() * 1000), "Europe/Berlin") is is_open


def test_a_day_is_over_where_half_of_it_is_known() -> None:
    assert last_day_over(datetime(2026, 3, 31, 1, 18)) == date(2026, 3, 30)
    assert last_day_over(datetime(2026, 3, 31, 12)) == date(2026, 3, 31)


def test_a_period_that_was_asked_in_part_is_not_open() -> None:
    (week,) = periods(date(2026, 3, 3), date(2026, 3, 5), "week")
    assert not week.is_open("week", week.end_ms("UTC") + 4 * 86_400_000, "UTC")
