"""Working time of many intervals, against the package businesstimedelta on the same hours, in one process."""

from __future__ import annotations

import datetime as dt

import numpy as np

from goalkeeper.bench.measuring import report, timed
from goalkeeper.calendars import WorkingClock, parse_schedules

INTERVALS = 100_000
SAMPLE = 300  # the peer is measured on so many of them and scaled up
_HOURS = {"schedule": [{"id": "office", "tz": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}]}


def main() -> None:
    """Measures both and checks that they agree."""
    import businesstimedelta as peer

    random = np.random.default_rng(7)
    start = int(dt.datetime(2024, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
    starts = start + random.integers(0, 600 * 86_400, INTERVALS) * 1000
    ends = starts + random.integers(0, 20 * 86_400, INTERVALS) * 1000
    clock = WorkingClock(parse_schedules(_HOURS, "bench").schedules[0])
    ours: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    own = timed(lambda: ours.append(np.asarray(clock.between(starts, ends))))

    rules = peer.Rules([peer.WorkDayRule(start_time=dt.time(9), end_time=dt.time(17), working_days=[0, 1, 2, 3, 4])])
    theirs: list[int] = []

    def difference() -> None:
        for a, b in zip(starts[:SAMPLE], ends[:SAMPLE], strict=True):
            first, last = (dt.datetime.fromtimestamp(int(t) / 1000, dt.UTC) for t in (a, b))
            found = rules.difference(first, last)
            theirs.append(found.hours * 3_600_000 + found.seconds * 1000)

    scaled = timed(difference) * INTERVALS / SAMPLE
    assert theirs == ours[0][:SAMPLE].tolist(), "the two disagree"
    report(ours=own, peer=scaled)


if __name__ == "__main__":
    main()
