"""Each brand's open hours on the UTC line: working time between moments, and adding it to them."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np

from goalkeeper.sample.arrays import Ints
from goalkeeper.sample.company import BRANDS, LATER_HOURS_MONTH, Brand, Weekly
from goalkeeper.sample.period import LocalClock, Period

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Replies to the last tickets fall after the period; they are worked out, then cut off.
_RUN_OUT_DAYS = 500
NEW_YEARS_EVE_HOURS = ("09:00-12:00",)


def _minutes(spans: tuple[str, ...]) -> list[tuple[int, int]]:
    ends = [[part.split(":") for part in span.split("-")] for span in spans]
    return [(int(a[0]) * 60 + int(a[1]), int(b[0]) * 60 + int(b[1])) for a, b in ends]


def weekly_minutes(hours: Weekly) -> list[list[tuple[int, int]]]:
    """Open minutes of each weekday from `{"mon-fri": ("08:00-18:00",)}`."""
    week: list[list[tuple[int, int]]] = [[] for _ in _WEEKDAYS]
    for days, spans in hours.items():
        first, _, last = days.partition("-")
        for weekday in range(_WEEKDAYS.index(first), _WEEKDAYS.index(last or first) + 1):
            week[weekday] = _minutes(spans)
    return week


def daily_minutes(brand: Brand, period: Period, days: list[date]) -> list[list[tuple[int, int]]]:
    """Open minutes of each day: weekly hours and their change, public holidays, the last days of the year."""
    weekly, later = weekly_minutes(brand.hours), weekly_minutes(brand.later_hours or brand.hours)
    country, _, part = brand.holidays.partition("-")
    off = set(holidays.country_holidays(country, subdiv=part, years=range(days[0].year, days[-1].year + 1)).keys())
    change = period.month(LATER_HOURS_MONTH)
    out = []
    for day in days:
        spans = (later if day >= change else weekly)[day.weekday()]
        if day in off or (brand.eve_closed and (day.month, day.day) == (12, 24)):
            spans = []
        elif brand.eve_closed and (day.month, day.day) == (12, 31):
            spans = _minutes(NEW_YEARS_EVE_HOURS)
        out.append(spans)
    return out


class OpenHours:
    """The open spans of one brand, in UTC seconds."""

    def __init__(self, brand: Brand, period: Period, clock: LocalClock) -> None:
        days = [period.first + timedelta(days=n) for n in range(period.days + _RUN_OUT_DAYS)]
        daily = daily_minutes(brand, period, days)
        opens = [clock.instant(day, a) for day, spans in zip(days, daily, strict=True) for a, _ in spans]
        closes = [clock.instant(day, b) for day, spans in zip(days, daily, strict=True) for _, b in spans]
        self.open_days: Ints = np.array([len(spans) for spans in daily[: period.days]], dtype=np.int64)
        self.opens: Ints = np.array(opens, dtype=np.int64)
        self.closes: Ints = np.array(closes, dtype=np.int64)
        self._before: Ints = np.concatenate(([0], np.cumsum(self.closes - self.opens)))

    def worked(self, moments: Ints) -> Ints:
        """Working seconds from the first opening to each moment."""
        span = np.maximum(np.searchsorted(self.opens, moments, side="right") - 1, 0)
        inside = np.clip(moments - self.opens[span], 0, self.closes[span] - self.opens[span])
        return np.asarray(self._before[span] + inside, dtype=np.int64)

    def after(self, moments: Ints, work_s: Ints) -> Ints:
        """The moment at which `work_s` (at least 1) more working seconds have passed."""
        target = self.worked(moments) + work_s
        span = np.searchsorted(self._before[1:], target, side="left")
        span = np.minimum(span, len(self.opens) - 1)
        return np.asarray(self.opens[span] + target - self._before[span], dtype=np.int64)


class AllHours:
    """The hours of every brand, asked with an array of brands."""

    def __init__(self, period: Period) -> None:
        self.clocks = [LocalClock(b.zone, period.first, period.days + _RUN_OUT_DAYS) for b in BRANDS]
        self.brands = [OpenHours(b, period, c) for b, c in zip(BRANDS, self.clocks, strict=True)]

    def after(self, brand: Ints, moments: Ints, work_s: Ints) -> Ints:
        """For each row the moment at which its brand has worked `work_s` more seconds."""
        out = np.empty(len(moments), dtype=np.int64)
        for index, hours in enumerate(self.brands):
            rows = brand == index
            out[rows] = hours.after(moments[rows], work_s[rows])
        return out

    def between(self, brand: Ints, start: Ints, end: Ints) -> Ints:
        """Working seconds from start to end in each row's brand."""
        out = np.empty(len(start), dtype=np.int64)
        for index, hours in enumerate(self.brands):
            rows = brand == index
            out[rows] = hours.worked(end[rows]) - hours.worked(start[rows])
        return out
