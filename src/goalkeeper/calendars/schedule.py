"""A schedule: when a team works, by the wall clock of its zone, and the UTC spans that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from goalkeeper.calendars.hours import Span, Week, always_open
from goalkeeper.calendars.public_holidays import public_holidays
from goalkeeper.calendars.spans import DAY_MS, MINUTE_MS, NOTHING, Instants, Spans, united
from goalkeeper.calendars.zones import ZoneOffsets, zone_offsets

EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The hours of a week, in force from a local date on until the next ones."""

    valid_from: date
    week: Week


@dataclass(frozen=True, slots=True)
class Schedule:
    """Working hours by the wall clock of one zone.

    A day's hours are those of `on` where it names the date, else none where the date is in `closed` or a
    public holiday of a place in `holidays`, else those of the latest `hours` in force, which ascend.
    A span that runs past midnight belongs to the day it starts on, with all its hours. `breaks` are cut out
    last, by wall clock, whichever day's span they fall in.
    """

    id: str
    tz: str
    hours: tuple[WeeklyHours, ...]
    holidays: tuple[str, ...] = ()
    closed: tuple[tuple[date, str], ...] = ()
    on: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    breaks: tuple[tuple[date, tuple[Span, ...]], ...] = ()

    def __post_init__(self) -> None:
        if any(one.valid_from >= other.valid_from for one, other in pairwise(self.hours)):
            raise ValueError(f"the hours of schedule '{self.id}' must ascend by valid_from")

    def closed_days(self, first_year: int, last_year: int) -> dict[date, str]:
        """The dates without hours and why, ascending: public holidays, and those closed by hand."""
        found = {day: name for place in self.holidays for day, name in public_holidays(place, first_year, last_year)}
        found |= {day: name for day, name in self.closed if first_year <= day.year <= last_year}
        opened = {day for day, _ in self.on}
        return {day: found[day] for day in sorted(found) if day not in opened}


ALWAYS = Schedule("24x7", "UTC", (WeeklyHours(date.min, always_open()),))
"""Round the clock: the built-in schedule."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_DAY


def open_spans(schedule: Schedule, first_ms: int, last_ms: int) -> Spans:
    """The working time of a schedule in [first_ms, last_ms), as UTC spans.

    A moment is open when its wall clock is: an hour that comes twice counts twice, a skipped one not at all.
    """
    # Two days more at each end: offsets stay below a day, and a span may have begun the day before.
    first_day, last_day = first_ms // DAY_MS - 2, last_ms // DAY_MS + 2
    offsets = zone_offsets(schedule.tz, first_ms, max(first_ms, last_ms - 1))
    opens, closes = _utc_spans(offsets, *_local_spans(schedule, first_day, last_day), first_ms, last_ms)
    return Spans(first_ms, last_ms, opens, closes)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """The working time of a local date, by the wall clock; ``why`` says what makes it another day than usual."""

    day: date
    spans: tuple[Span, ...]
    why: str = ""


def open_days(schedule: Schedule, first: date, count: int) -> tuple[OpenDay, ...]:
    """So many dates from the first one on; a span that runs past midnight stands on both days."""
    first_day = day_number(first)
    opens, closes = _local_spans(schedule, first_day - 1, first_day + count)
    days = [date.fromordinal(first.toordinal() + step) for step in range(count)]
    why = schedule.closed_days(days[0].year, days[-1].year)
    why = {day: name or "closed" for day, name in why.items()}
    why |= dict.fromkeys((day for day, _ in schedule.breaks), "with a break")
    why |= dict.fromkeys((day for day, _ in schedule.on), "hours of its own")

    def spans(day: date) -> Iterator[Span]:
        midnight = day_number(day) * DAY_MS
        for opened, closed in zip(np.maximum(opens, midnight), np.minimum(closes, midnight + DAY_MS), strict=True):
            if opened < closed:
                yield Span(int(opened - midnight) // MINUTE_MS, int(closed - midnight) // MINUTE_MS)

    return tuple(OpenDay(day, tuple(spans(day)), why.get(day, "")) for day in days)


def _utc_spans(
    offsets: ZoneOffsets, opens: Instants, closes: Instants, first_ms: int, last_ms: int
) -> tuple[Instants, Instants]:
    starts = np.maximum(offsets.starts_ms, first_ms)
    starts[0] = first_ms
    ends = np.minimum(np.append(offsets.starts_ms[1:], last_ms), last_ms)
    found_opens, found_closes = [NOTHING], [NOTHING]
    for start, end, offset in zip(starts, ends, offsets.offsets_ms, strict=True):
        if start >= end:
            continue
        low = np.searchsorted(closes, start + offset, side="right")
        high = np.searchsorted(opens, end + offset, side="left")
        found_opens.append(np.maximum(opens[low:high] - offset, start))
        found_closes.append(np.minimum(closes[low:high] - offset, end))
    return united(np.concatenate(found_opens), np.concatenate(found_closes))


def _local_spans(schedule: Schedule, first_day: int, last_day: int) -> tuple[Instants, Instants]:
    days = np.arange(first_day, last_day + 1, dtype=np.int64)
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    version = np.searchsorted([day_number(hours.valid_from) for hours in schedule.hours], days, side="right") - 1
    usual = ~np.isin(days, _special_days(schedule, first_day, last_day))
    opens, closes = [NOTHING], [NOTHING]
    for number, hours in enumerate(schedule.hours):
        for weekday, spans in enumerate(hours.week):
            midnights = days[usual & (version == number) & (weekdays == weekday)] * DAY_MS
            for span in spans:
                opens.append(midnights + span.opens_min * MINUTE_MS)
                closes.append(midnights + span.closes_min * MINUTE_MS)
    on_opens, on_closes = _dated_spans(schedule.on, first_day, last_day)
    return united(
        np.concatenate([*opens, on_opens]),
        np.concatenate([*closes, on_closes]),
        *_dated_spans(schedule.breaks, first_day, last_day),
    )


def _special_days(schedule: Schedule, first_day: int, last_day: int) -> Instants:
    first, last = (date.fromordinal(EPOCH_DAY + day) for day in (first_day, last_day))
    days = [day_number(day) for day in schedule.closed_days(first.year, last.year)]
    return np.array(days + [day_number(day) for day, _ in schedule.on], np.int64)


def _dated_spans(
    dated: Iterable[tuple[date, tuple[Span, ...]]], first_day: int, last_day: int
) -> tuple[Instants, Instants]:
    def edges() -> Iterator[tuple[int, int]]:
        for day, spans in dated:
            midnight = day_number(day) * DAY_MS
            if first_day <= day_number(day) <= last_day:
                for span in spans:
                    yield midnight + span.opens_min * MINUTE_MS, midnight + span.closes_min * MINUTE_MS

    both = np.array(list(edges()), np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
