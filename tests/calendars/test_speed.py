"""The working clock against businesstimedelta on the same schedule and intervals."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

import businesstimedelta
import numpy as np
import pytest

from goalkeeper.calendars import ALWAYS, WorkingClock, calendar_table, parse_schedules

DAY_MS = 86_400_000
TABLE = {"id": "office", "tz": "Europe/Berlin", "hours": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.slow
def test_a_hundred_thousand_intervals_are_a_hundred_times_faster_than_businesstimedelta() -> None:
    rng = np.random.default_rng(11)
    starts = rng.integers(epoch_ms("2023-01-01"), epoch_ms("2025-01-01"), 100_000) // 1000 * 1000
    ends = starts + rng.integers(0, 14 * DAY_MS, 100_000) // 1000 * 1000
    clock = WorkingClock(parse_schedules({"schedule": [TABLE]}, "test").schedules[0])
    began = time.process_time()
    ours = clock.between(starts, ends)
    our_s = time.process_time() - began

    # It counts on wall clocks without a zone; these hours never meet a change of the clocks, so both are exact.
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(
                start_time=time_of_day(opens), end_time=time_of_day(closes), working_days=[0, 1, 2, 3, 4]
            )
            for opens, closes in ((9, 12), (13, 18))
        ]
    )
    zone, some = ZoneInfo("Europe/Berlin"), 150
    pairs = [
        tuple(datetime.fromtimestamp(t / 1000, zone).replace(tzinfo=None) for t in pair)
        for pair in zip(starts[:some].tolist(), ends[:some].tolist(), strict=True)
    ]
    began = time.process_time()
    theirs = [rules.difference(*pair).timedelta.total_seconds() for pair in pairs]
    their_s = (time.process_time() - began) * len(starts) / some

    assert (ours[:some] / 1000).tolist() == theirs
    assert their_s / our_s >= 100, f"{their_s:.2f} s against {our_s:.4f} s"


def test_fifteen_years_of_three_schedules_are_laid_out_within_a_second() -> None:
    other = TABLE | {"id": "west", "tz": "America/Los_Angeles", "holidays": ["US-CA"]}
    schedules = parse_schedules({"schedule": [TABLE | {"holidays": ["DE-BE"]}, other]}, "test").schedules
    assert len(schedules) == 3
    began = time.process_time()
    table = calendar_table(schedules, epoch_ms("2012-01-01"), epoch_ms("2026-12-31"))
    assert time.process_time() - began < 1
    assert schedules[-1] == ALWAYS
    assert table.num_rows == 3 * 5479
