"""The two years, and local clocks over summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from goalkeeper.sample.arrays import quotas, stream
from goalkeeper.sample.period import LocalClock, Period, add_months, iso


@pytest.mark.parametrize(
    ("until", "first"),
    [
        (date(2026, 6, 30), date(2024, 7, 1)),
        (date(2024, 2, 28), date(2022, 2, 28)),
        (date(2025, 12, 31), date(2024, 1, 1)),
    ],
)
def test_two_years_and_their_halves(until: date, first: date) -> None:
    period = Period(until)
    assert period.first == first
    halves = period.half_years()
    assert (halves[0][0], halves[-1][1]) == (first, period.month(24) - timedelta(days=1))
    assert all(a[1] + timedelta(days=1) == b[0] for a, b in pairwise(halves))


def test_add_months_keeps_to_the_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 15), -24) == date(2022, 3, 15)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"])
def test_wall_clock_is_the_zones(zone: str) -> None:
    clock = LocalClock(zone, date(2024, 7, 1), 730)
    moments = stream(0, zone).integers(1_719_800_000, 1_782_000_000, 500)
    for at, wall in zip(moments.tolist(), clock.wall(moments).tolist(), strict=True):
        expected = datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=UTC)
        assert datetime.fromtimestamp(wall, UTC) == expected


def test_iso_texts() -> None:
    at = np.array([1_741_080_682], dtype=np.int64)
    assert iso(at) == ["2025-03-04T09:31:22Z"]
    assert iso(at, tail=" +0000", between=" ") == ["2025-03-04 09:31:22 +0000"]


@pytest.mark.parametrize("total", [0, 1, 7, 100, 1951])
def test_quotas_add_up_and_stay_close(total: int) -> None:
    shares = np.array([0.13, 0.5, 0.37])
    found = quotas(total, shares)
    assert found.sum() == total
    assert (abs(found - total * shares) < 1).all()
