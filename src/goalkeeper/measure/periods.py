"""Periods of local days: one for a whole range, or every day, week, month, quarter, year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from goalkeeper.errors import UnknownName, UsageError

EVERY = ("day", "week", "month", "quarter", "year")
EPOCH = date(1970, 1, 1)
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)
MOST = 5_000
HALF_DAY = timedelta(hours=12)
_HALF_DAY_MS = HALF_DAY // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``since`` up to and without ``until``."""

    since: date
    until: date
    label: str

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)

    def is_open(self, every: str, known_ms: int, zone: str) -> bool:
        """Whether the day, week, month, … that it begins in, or itself, goes on after the last moment known.

        It is over where no more than a twentieth of it, and half a day, lies after that moment: the last row of a whole
        day seldom comes at midnight.
        """
        start, end = self.since, self.until
        if every in EVERY:
            start = begin(start, every)
            end = after(start, every)
        start_ms, end_ms = _midnight_ms(start, zone), _midnight_ms(end, zone)
        return end_ms - known_ms > min((end_ms - start_ms) / 20, _HALF_DAY_MS)

    def start_ms(self, zone: str) -> int:
        """The instant it begins, in milliseconds since 1970 UTC."""
        return _midnight_ms(self.since, zone)

    def end_ms(self, zone: str) -> int:
        """The instant it ends, in milliseconds since 1970 UTC."""
        return _midnight_ms(self.until, zone)


def read_day(given: date | str, name: str) -> date:
    """The day that ``given`` is, or names as ISO text; UsageError for anything else."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if isinstance(given, str):
        with suppress(ValueError):
            return date.fromisoformat(given)
    raise UsageError(f"`{name}` is {given!r}.", hint='Valid: a day, datetime.date(2026, 1, 31) or "2026-01-31".')


def read_range(since: date | str | None, until: date | str | None) -> tuple[date | None, date | None]:
    """Both ends of a range by `read_day`, None for one that is not given."""
    return (read_day(since, "since") if since else None, read_day(until, "until") if until else None)


def periods(since: date, until: date, every: str = "") -> list[Period]:
    """The periods of a range (``until`` not in it), cut at its ends; UsageError where there is none."""
    for day in (since, until):
        if not FIRST <= day <= LAST:
            raise UsageError(f"{day} is out of range.", hint=f"Valid: {FIRST} to {LAST}.")
    if until <= since:
        raise UsageError(f"the range from {since} to {until} holds no day.", hint="`until` lies after `since`.")
    if not every:
        return [Period(since, until, f"{since} to {until - timedelta(days=1)}")]
    if every not in EVERY:
        raise UnknownName("period", every, EVERY)
    found = list(islice(_cut(since, until, every), MOST + 1))
    if len(found) > MOST:
        raise UsageError(f"that is over {MOST:,} periods.", hint="Take a shorter range, or longer periods.")
    return found


def _cut(since: date, until: date, every: str) -> Iterator[Period]:
    start = begin(since, every)
    while start < until:
        end = after(start, every)
        yield Period(max(start, since), min(end, until), label(start, every))
        start = end


def begin(day: date, every: str) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    match every:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def after(start: date, every: str) -> date:
    """The first day of the next period."""
    match every:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case _:
            months = {"month": 1, "quarter": 3, "year": 12}[every]
            total = start.year * 12 + start.month - 1 + months
            return date(total // 12, total % 12 + 1, 1)


def label(start: date, every: str) -> str:
    """How people call the period that begins on a day."""
    match every:
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
        case "year":
            return str(start.year)
        case _:
            return start.isoformat()


def _midnight_ms(day: date, zone: str) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


def last_day_over(moment: datetime) -> date:
    """The last day that is over where the data reaches up to a local moment; half a day may be missing of it."""
    return (moment - HALF_DAY).date()


def local_day(ms: int, zone: str) -> date:
    """The local day of an instant in milliseconds since 1970 UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone)).date()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=number)
