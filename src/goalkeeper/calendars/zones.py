"""IANA time zones as steps of offsets on the line of UTC milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from goalkeeper.calendars.spans import Instants
from goalkeeper.errors import UnknownName, UsageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # moments outside are taken for mistakes of unit
# No zone has kept an offset for less than six hours, so no pair of changes hides between two looks.
LOOK_S = 6 * 3600
NOT_PLACES = ("posix/", "right/", "localtime", "posixrules")


@dataclass(frozen=True)
class ZoneOffsets:
    """Offsets of one zone: offsets_ms[i] (local minus UTC) holds from starts_ms[i] to the next start."""

    starts_ms: Instants
    offsets_ms: Instants

    def local_ms(self, t: Instants) -> Instants:
        """The wall clock at UTC moments, as milliseconds since 1970-01-01 00:00 on that clock."""
        return t + self.offsets_ms[np.searchsorted(self.starts_ms[1:], t, side="right")]

    def utc_ms(self, local: Instants, *, second: bool = False) -> Instants:
        """UTC moments of wall clock readings.

        A reading that comes twice is its first (or `second`) occurrence; one that is skipped is moved on
        by the length of the gap (02:30 becomes 03:30), or back if `second`.
        """
        old, new = self.offsets_ms[:-1], self.offsets_ms[1:]
        turn = np.minimum(old, new) if second else np.maximum(old, new)
        at = np.searchsorted(self.starts_ms[1:] + turn, local, side="right")
        return local - self.offsets_ms[at]


def find_zone(name: str, *, where: str = "") -> ZoneInfo:
    """The zone of an IANA name such as 'Europe/Berlin'; UnknownName tells the nearest one."""
    try:
        if not name.startswith(NOT_PLACES):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise UnknownName("time zone", name, available_timezones(), where=where)


def zone_offsets(tz: str, first_ms: int, last_ms: int) -> ZoneOffsets:
    """The offsets of a zone over the UTC years of both moments; the first also before, the last after."""
    first_year, last_year = year_of(first_ms), year_of(last_ms)
    starts: list[int] = []
    offsets: list[int] = []
    for year in range(first_year, last_year + 1):
        for start_ms, offset_ms in _year_offsets(tz, year):
            if not offsets or offset_ms != offsets[-1]:
                starts.append(start_ms)
                offsets.append(offset_ms)
    return ZoneOffsets(np.array(starts, np.int64), np.array(offsets, np.int64))


def year_of(t: int) -> int:
    """The UTC year of a moment; UsageError where it lies outside the years a record can have."""
    if not FIRST_MS <= t < LAST_MS:
        raise UsageError(
            f"moment {t} ms lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
            hint="Moments are milliseconds since 1970-01-01 UTC; check the unit of the source's times.",
        )
    return (EPOCH + timedelta(milliseconds=t)).year


def year_start_ms(year: int) -> int:
    """The UTC moment a year begins."""
    return round((datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) * 1000


FIRST_MS, LAST_MS = year_start_ms(FIRST_YEAR), year_start_ms(LAST_YEAR + 1)


@lru_cache(maxsize=8192)
def _year_offsets(tz: str, year: int) -> tuple[tuple[int, int], ...]:
    zone = find_zone(tz)
    first_s, last_s = year_start_ms(year) // 1000, year_start_ms(year + 1) // 1000
    return tuple((at_s * 1000, offset_s * 1000) for at_s, offset_s in _changes(zone, first_s, last_s))


def _changes(zone: ZoneInfo, first_s: int, last_s: int) -> Iterator[tuple[int, int]]:
    known = _offset_s(zone, first_s)
    yield first_s, known
    for look_s in range(first_s, last_s, LOOK_S):
        low, high = look_s, min(look_s + LOOK_S, last_s) - 1
        found = _offset_s(zone, high)
        if found == known:
            continue
        low -= 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset_s(zone, middle) == known else (low, middle)
        known = found
        yield high, found


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    # Half the time of astimezone(); the naive epoch below is read as UTC by fromutc().
    offset = zone.fromutc((NAIVE_EPOCH + timedelta(seconds=at_s)).replace(tzinfo=zone)).utcoffset()
    assert offset is not None  # an aware datetime has one
    return round(offset.total_seconds())
