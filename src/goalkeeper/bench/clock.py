"""Working time of many intervals, against two packages for it on the same hours, in one process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import numpy as np

from goalkeeper.bench.measuring import report, timed
from goalkeeper.calendars import WorkingClock, parse_schedules

Pair = tuple[dt.datetime, dt.datetime]
INTERVALS = 100_000
SAMPLE = 300  # the peers are measured on so many of them and scaled up
_HOURS = {"schedule": [{"id": "office", "tz": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}]}


def main() -> None:
    """Measures all three and checks that they agree."""
    import business_duration
    import businesstimedelta

    random = np.random.default_rng(7)
    start = int(dt.datetime(2024, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
    starts = start + random.integers(0, 600 * 86_400, INTERVALS) * 1000
    ends = starts + random.integers(0, 20 * 86_400, INTERVALS) * 1000
    clock = WorkingClock(parse_schedules(_HOURS, "bench").schedules[0])
    ours: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    own = timed(lambda: ours.append(np.asarray(clock.between(starts, ends))))

    pairs: list[Pair] = [
        (dt.datetime.fromtimestamp(int(a) / 1000, dt.UTC), dt.datetime.fromtimestamp(int(b) / 1000, dt.UTC))
        for a, b in zip(starts[:SAMPLE], ends[:SAMPLE], strict=True)
    ]
    opening, closing = dt.time(9), dt.time(17)
    rules = businesstimedelta.Rules(
        [businesstimedelta.WorkDayRule(start_time=opening, end_time=closing, working_days=[0, 1, 2, 3, 4])]
    )

    def with_rules(first: dt.datetime, last: dt.datetime) -> int:
        found = rules.difference(first, last)
        return int(found.hours) * 3_600_000 + int(found.seconds) * 1000

    def with_function(first: dt.datetime, last: dt.datetime) -> int:
        naive = first.replace(tzinfo=None), last.replace(tzinfo=None)
        return int(business_duration.businessDuration(*naive, opening, closing, unit="sec")) * 1000

    seconds = {}
    for name, peer in (("businesstimedelta", with_rules), ("business_duration", with_function)):
        peer(*pairs[0])  # what it imports is not measured
        theirs: list[int] = []
        seconds[name] = timed(partial(_each, peer, pairs, theirs)) * INTERVALS / SAMPLE
        assert theirs == ours[0][:SAMPLE].tolist(), f"{name} disagrees"
    report(ours=own, **seconds)


def _each(peer: Callable[[dt.datetime, dt.datetime], int], pairs: list[Pair], found: list[int]) -> None:
    found.extend(peer(*pair) for pair in pairs)


if __name__ == "__main__":
    main()
