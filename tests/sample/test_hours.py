"""The generator's own working hours agree with the program's calendars, which know nothing of it."""

from __future__ import annotations

import tomllib
from datetime import date

import numpy as np
import pytest

from goalkeeper.calendars import WorkingClock, parse_schedules
from goalkeeper.sample import settings_toml
from goalkeeper.sample.arrays import stream
from goalkeeper.sample.company import BRANDS
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.period import Period

PERIOD = Period(date(2026, 6, 30))


@pytest.fixture(scope="module")
def hours() -> AllHours:
    return AllHours(PERIOD)


@pytest.mark.parametrize("brand", range(len(BRANDS)))
def test_settings_say_the_same_hours(hours: AllHours, brand: int) -> None:
    document = tomllib.loads(settings_toml(PERIOD.until))
    schedules = parse_schedules({k: v for k, v in document.items() if k.startswith("schedule")}, "goalkeeper.toml")
    key = schedules.key_for({"brand": BRANDS[brand].name})
    clock = WorkingClock(schedules.schedules[key])
    rng = stream(1, "test")
    start = rng.integers(PERIOD.start_s, PERIOD.end_s, 3000)
    end = start + rng.integers(0, 40 * 86_400, 3000)
    ours = hours.between(np.full(3000, brand), start, end)
    assert (ours * 1000 == clock.between(start * 1000, end * 1000)).all()


def test_after_inverts_between(hours: AllHours) -> None:
    rng = stream(2, "test")
    brand = rng.integers(0, 3, 2000)
    start = rng.integers(PERIOD.start_s, PERIOD.end_s, 2000)
    work = rng.integers(1, 200_000, 2000)
    end = hours.after(brand, start, work)
    assert (hours.between(brand, start, end) == work).all()
    assert (hours.between(brand, start, end - 1) == work - 1).all()
