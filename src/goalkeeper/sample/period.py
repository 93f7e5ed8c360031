"""The two years the sample company covers, and its local clocks."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from goalkeeper.sample.arrays import Ints

DAY_S = 86_400


def add_months(day: date, months: int) -> date:
    """The same day some months on; a day the month lacks becomes its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def epoch_s(day: date) -> int:
    """Seconds from 1970 to midnight UTC of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Period:
    """Two years of whole days; the exports are made at `end_s`, midnight UTC after the last day."""

    until: date

    @property
    def first(self) -> date:
        """The first day."""
        return add_months(self.until + timedelta(days=1), -24)

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.until - self.first).days + 1

    @property
    def start_s(self) -> int:
        """Midnight UTC of the first day; in zones to the east the first day begins sooner."""
        return epoch_s(self.first)

    @property
    def end_s(self) -> int:
        """Midnight UTC after the last day."""
        return epoch_s(self.until + timedelta(days=1))

    def month(self, number: int) -> date:
        """The day on which the n-th month of the period begins, counted from 0."""
        return add_months(self.first, number)

    def half_years(self) -> list[tuple[date, date]]:
        """The four half-years as (first day, last day)."""
        return [(self.month(6 * n), self.month(6 * n + 6) - timedelta(days=1)) for n in range(4)]


class LocalClock:
    """Offsets of one zone over the period, for whole arrays at a time."""

    def __init__(self, zone: str, first: date, days: int) -> None:
        self.zone = ZoneInfo(zone)
        self.first = first
        low = epoch_s(first) - 2 * DAY_S
        self._since, self._offsets = self._transitions(low, low + (days + 4) * DAY_S)
        midnights = [self.instant(first + timedelta(days=n), 0) for n in range(days + 1)]
        self.midnights: Ints = np.array(midnights, dtype=np.int64)

    def _offset(self, moment_s: int) -> int:
        offset = datetime.fromtimestamp(moment_s, self.zone).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    def _transitions(self, low: int, high: int) -> tuple[Ints, Ints]:
        since, offsets = [low], [self._offset(low)]
        for day in range(low, high, DAY_S):
            if self._offset(day + DAY_S) != offsets[-1]:
                before, after = day, day + DAY_S
                while after - before > 1:
                    middle = (before + after) // 2
                    before, after = (middle, after) if self._offset(middle) == offsets[-1] else (before, middle)
                since.append(after)
                offsets.append(self._offset(after))
        return np.array(since, dtype=np.int64), np.array(offsets, dtype=np.int64)

    def instant(self, day: date, minute: int) -> int:
        """UTC seconds of a local wall-clock minute; minute 1440 is the next midnight."""
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
        return int(wall.replace(tzinfo=self.zone).timestamp())

    def offset_s(self, moments: Ints) -> Ints:
        """The offset from UTC at each moment, in seconds."""
        return self._offsets[np.searchsorted(self._since, moments, side="right") - 1]

    def wall(self, moments: Ints) -> Ints:
        """Local wall-clock seconds, as if they were UTC."""
        return moments + self.offset_s(moments)


def iso(moments: Ints, tail: str = "Z", between: str = "T") -> list[str]:
    """Moments as text, `2025-03-04T09:31:22Z` by default."""
    texts: list[str] = np.datetime_as_string(moments.astype("datetime64[s]")).tolist()
    if between == "T":
        return [text + tail for text in texts]
    return [text.replace("T", between) + tail for text in texts]
