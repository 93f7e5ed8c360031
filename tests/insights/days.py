"""Histories made by hand from daily counts, for tests of what really changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from goalkeeper.formulas import Rate, Share
from goalkeeper.goals import Watched
from goalkeeper.measure import Cell
from goalkeeper.measure.periods import periods
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.sums import CountSums, RateSums

FIRST = date(2025, 1, 6)  # a Monday
WEEKS = 65
SINCE, UNTIL = FIRST + timedelta(weeks=52), FIRST + timedelta(weeks=WEEKS)
Rows = Any
CSAT, VOLUME, TIME = (
    Watched(METRICS["csat"]),
    Watched(METRICS["ticket_volume"]),
    Watched(METRICS["first_response_time"]),
)


@dataclass
class Days:
    """The rows of each day from FIRST on, by segment: flags for shares, seconds for times, anything for rates."""

    segments: Mapping[str, list[Rows]]

    def cells(
        self, watched: Watched, since: date, until: date, every: str = "", by: tuple[str, ...] = ()
    ) -> Iterator[Cell]:
        for span in periods(since, until, every):
            first, last = (max(0, (day - FIRST).days) for day in (span.since, span.until))
            for name, days in self.segments.items():
                rows = np.concatenate([np.empty(0), *days[first:last]])
                value = _value(watched, rows, span.days) if last > first else NoEstimate("no_data")
                yield Cell(span, {by[0]: name} if by else {}, value, rows.size)


def _value(watched: Watched, rows: Rows, days: int) -> Result:
    match watched.formula:
        case Share():
            return wilson(int(rows.sum()), rows.size)
        case Rate():
            return poisson_rate(RateSums(rows.size, days))
        case _:
            return quantile(CountSums.of(rows), 0.5)


def shares(rng: np.random.Generator, weekly: Rows, a_day: int = 12) -> list[Rows]:
    """Flags of each day, drawn from a share a week."""
    return [rng.random(rng.poisson(a_day)) < share for share in np.repeat(weekly, 7)]


def times(rng: np.random.Generator, weekly: Rows, a_day: int = 12, spread: float = 1.2) -> list[Rows]:
    """Log-normal times of each day about a median a week."""
    return [median * np.exp(spread * rng.standard_normal(rng.poisson(a_day))) for median in np.repeat(weekly, 7)]


def counts(rng: np.random.Generator, weekly: Rows, weekdays: tuple[float, ...] = (1,) * 7) -> list[Rows]:
    """So many rows a day, by the week's mean and the weekday's factor."""
    return [np.ones(rng.poisson(mean * weekdays[day % 7])) for day, mean in enumerate(np.repeat(weekly, 7))]


def drifting(rng: np.random.Generator, step: float) -> Rows:
    """A level that wanders, as logs about 0."""
    return np.cumsum(rng.normal(0, step, WEEKS))
