"""Working time and local days by looking at wall clocks minute by minute; nothing shared with the product."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from calendars.oracle import WEEKDAYS, is_open

EPOCH = datetime(1970, 1, 1)
MINUTE_MS = 60_000
DAY_MS = 86_400_000
ROUND_THE_CLOCK = "24x7"


def ms(moment: datetime) -> int:
    """Milliseconds since 1970 of a UTC moment without zone."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def local_day(t_ms: int, zone: str) -> int:
    """The number of the local day that holds a moment, counted from 1970-01-01."""
    local = datetime.fromtimestamp(t_ms // 1000, UTC).astimezone(ZoneInfo(zone))
    return (local.date() - date(1970, 1, 1)).days


class WorkingClock:
    """The working time of schedules, written as the settings file's tables; minutes are looked at once a day."""

    def __init__(self, tables: list[dict[str, Any]]) -> None:
        self.tables = [table | {"hours": _each_day(table["hours"])} for table in tables]
        self._days: dict[tuple[int, int], list[int]] = {}

    def between(self, key: int, start_ms: int, end_ms: int) -> int:
        """Working milliseconds from start to end; 0 where the end comes first. Key len(tables) is always open."""
        if end_ms <= start_ms:
            return 0
        if key == len(self.tables):
            return end_ms - start_ms
        whole = range(start_ms // DAY_MS, end_ms // DAY_MS)
        passed = sum(self._minutes(key, day)[-1] for day in whole) * MINUTE_MS
        return passed + self._since_midnight(key, end_ms) - self._since_midnight(key, start_ms)

    def _since_midnight(self, key: int, t_ms: int) -> int:
        day, in_day = divmod(t_ms, DAY_MS)
        minute, rest = divmod(in_day, MINUTE_MS)
        minutes = self._minutes(key, day)
        open_now = minutes[minute + 1] > minutes[minute]
        return minutes[minute] * MINUTE_MS + (rest if open_now else 0)

    def _minutes(self, key: int, day: int) -> list[int]:
        """How many open minutes the UTC day has had before each of its minutes, and in all."""
        if (key, day) not in self._days:
            self._days[key, day] = _counted(self.tables[key], day)
        return self._days[key, day]


def _each_day(hours: dict[str, list[str]]) -> dict[str, list[str]]:
    """The hours with a range of weekdays such as mon-fri written out."""
    found = {}
    for name, texts in hours.items():
        first, _, last = name.partition("-")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        for step in range((end - start) % 7 + 1):
            found[WEEKDAYS[(start + step) % 7]] = texts
    return found


def _counted(table: dict[str, Any], day: int) -> list[int]:
    zone, midnight = _zone(table["tz"]), datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    opened = (is_open(table, zone, midnight + timedelta(minutes=minute)) for minute in range(1440))
    return list(accumulate(opened, initial=0))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
