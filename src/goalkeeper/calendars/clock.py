"""The working clock of one schedule: working time between moments, and deadlines, over numpy arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from goalkeeper.calendars.schedule import Schedule, open_spans
from goalkeeper.calendars.spans import DAY_MS, Instants, Spans
from goalkeeper.calendars.zones import FIRST_MS, LAST_MS, ZoneOffsets, year_of, year_start_ms, zone_offsets
from goalkeeper.errors import UsageError

ANCHOR_MS = year_start_ms(2020)
HORIZON_YEARS = 20
YEAR_MS = 366 * DAY_MS
REACHES_MS = (YEAR_MS, 4 * YEAR_MS, HORIZON_YEARS * YEAR_MS)

Moments = TypeVar("Moments", int, Instants)
Pauses: TypeAlias = Iterable[tuple[int, int]]


class WorkingClock:
    """Working time of a schedule at UTC moments in epoch milliseconds, ints or int64 arrays alike.

    The years it knows grow as they are asked for. Pauses are (start, end) moments and may overlap.
    A moment outside the years a record can have is a UsageError.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._known = open_spans(schedule, ANCHOR_MS, year_start_ms(2021))

    def working_ms(self, t: Moments) -> Moments:
        """W(t): working time from the start of 2020 (UTC) to each moment; negative before."""
        moments = np.asarray(t, np.int64)
        spans = self._covering(moments)
        return _like(t, spans.worked(moments) - spans.worked(np.array(ANCHOR_MS)))

    def between(self, a: Moments, b: Moments, pauses: Pauses = ()) -> Moments:
        """Working time from a to b outside the pauses; 0 where b < a."""
        starts, ends = np.asarray(a, np.int64), np.asarray(b, np.int64)
        spans = _paused(self._covering(starts, ends), pauses)
        return _like(a, np.maximum(spans.worked(ends) - spans.worked(starts), 0))

    @overload
    def is_open(self, t: int) -> bool: ...
    @overload
    def is_open(self, t: Instants) -> npt.NDArray[np.bool_]: ...
    def is_open(self, t: int | Instants) -> bool | npt.NDArray[np.bool_]:
        """Whether each moment is working time (at an opening yes, at a closing no), as bool or bool array."""
        moments = np.asarray(t, np.int64)
        spans = self._covering(moments, moments + 1)
        now = np.greater(spans.worked(moments + 1), spans.worked(moments))
        return bool(now) if isinstance(t, int) else np.asarray(now, np.bool_)

    def add(self, t: Moments, duration_ms: int | Instants, pauses: Pauses = ()) -> Moments:
        """The deadline: the earliest moment by which that much working time has passed since t.

        A target that runs out exactly at closing time is due then, not at the next opening. A zero duration
        rolls forward to the first open moment. UsageError where it is not reached within 20 years.
        """
        starts, durations = np.broadcast_arrays(np.asarray(t, np.int64), _durations(duration_ms))
        cuts = tuple(pauses)
        for reach_ms in REACHES_MS:
            spans = _paused(self._covering(starts, np.minimum(starts + reach_ms, LAST_MS - 1)), cuts)
            # The first open moment is one millisecond before the first one worked.
            goals = spans.worked(starts) + np.maximum(durations, 1)
            if bool((goals <= spans.total_ms).all()):
                return _like(t, spans.earliest(goals) - (durations == 0))
        raise self._too_rare()

    def subtract(self, t: Moments, duration_ms: int | Instants, pauses: Pauses = ()) -> Moments:
        """The latest moment from which that much working time passes until t: the mirror of `add`.

        A duration that begins exactly at an opening begins then, not at the closing before. A zero one rolls
        back to the last moment that ends open time. UsageError where it is not reached within 20 years.
        """
        ends, durations = np.broadcast_arrays(np.asarray(t, np.int64), _durations(duration_ms))
        cuts = tuple(pauses)
        for reach_ms in REACHES_MS:
            spans = _paused(self._covering(ends, np.maximum(ends - reach_ms, FIRST_MS)), cuts)
            goals = spans.worked(ends) - np.maximum(durations, 1)
            if bool((goals >= 0).all()):
                return _like(t, spans.latest(goals) + (durations == 0))
        raise self._too_rare()

    def next_open(self, t: Moments) -> Moments:
        """The first open moment at or after each moment."""
        return self.add(t, 0)

    def next_span(self, t: int) -> tuple[int, int]:
        """The first open moment at or after t, and the closing that follows, at the latest 20 years on."""
        opens = self.next_open(t)
        for reach_ms in REACHES_MS:
            spans = self._covering(np.array([opens, min(opens + reach_ms, LAST_MS - 1)]))
            closes = int(spans.closes[np.searchsorted(spans.closes, opens, side="right")])
            if closes < spans.last_ms:
                break
        return opens, closes

    def add_days(self, t: int, days: int) -> int:
        """The same wall clock that many business days on; back where negative.

        A business day is a local date with any working time. t first rolls to the next open moment (back: to
        the last one that ends open time), and so does the result where it falls outside the hours.
        """
        zone = self._zone(t)
        if days < 0:
            # Closings belong to the day that ends with them, so the clock runs from just above 0:00 to 24:00.
            day, clock_ms = _local(zone, self.subtract(t, 0) - 1)
            for _ in range(-days):
                day, _clock = _local(zone, self.subtract(_utc(zone, day * DAY_MS), 0) - 1)
            return self.subtract(_utc(zone, day * DAY_MS + clock_ms + 1), 0)
        day, clock_ms = _local(zone, self.next_open(t))
        for _ in range(days):
            day, _clock = _local(zone, self.next_open(_day_over(zone, day)))
        return self.next_open(_utc(zone, day * DAY_MS + clock_ms))

    def _covering(self, *moments: Instants) -> Spans:
        """Spans over whole years which hold all the moments; those already known are kept."""
        filled = [some for some in moments if some.size]
        known = self._known
        if not filled:
            return known
        low = min(int(some.min()) for some in filled)
        high = max(int(some.max()) for some in filled)
        if low < known.first_ms or high > known.last_ms:
            first_ms = min(known.first_ms, year_start_ms(year_of(low)))
            last_ms = max(known.last_ms, year_start_ms(year_of(high) + 1))
            # One assignment of a frozen value: threads may share a clock.
            self._known = known = open_spans(self.schedule, first_ms, last_ms)
        return known

    def _zone(self, t: int) -> ZoneOffsets:
        first_ms = max(t - REACHES_MS[-1], FIRST_MS)
        return zone_offsets(self.schedule.tz, first_ms, min(t + REACHES_MS[-1], LAST_MS - 1))

    def _too_rare(self) -> UsageError:
        return UsageError(
            f"schedule '{self.schedule.id}' has too little working time within {HORIZON_YEARS} years.",
            hint="Give the schedule hours, or the target fewer.",
        )


def _durations(duration_ms: int | Instants) -> Instants:
    durations = np.asarray(duration_ms, np.int64)
    if bool((durations < 0).any()):
        raise UsageError(
            f"a working time of {int(durations.min())} ms is negative.",
            hint="Give zero or more milliseconds.",
        )
    return durations


def _paused(spans: Spans, pauses: Pauses) -> Spans:
    cuts = np.array([*pauses], np.int64).reshape(-1, 2)
    return spans.without(cuts[:, 0], cuts[:, 1]) if len(cuts) else spans


def _like(t: Moments, result: Any) -> Moments:
    return int(result) if isinstance(t, int) else np.asarray(result, np.int64)


def _local(zone: ZoneOffsets, t: int) -> tuple[int, int]:
    """The local day number at t, and the wall clock in it."""
    return divmod(int(zone.local_ms(np.array(t))), DAY_MS)


def _utc(zone: ZoneOffsets, local_ms: int) -> int:
    return int(zone.utc_ms(np.array(local_ms)))


def _day_over(zone: ZoneOffsets, day: int) -> int:
    """The moment from which a local day does not come again; its end may come twice, or never."""
    midnight = np.array((day + 1) * DAY_MS)
    return int(max(zone.utc_ms(midnight), zone.utc_ms(midnight, second=True)))
