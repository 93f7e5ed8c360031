"""How much happens on which day: seasons, weekdays, growth and the planted outage."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from goalkeeper.sample.arrays import Floats, Ints, stream
from goalkeeper.sample.company import BRANDS, LOGIN, TOPICS
from goalkeeper.sample.period import Period
from goalkeeper.sample.planted import OUTAGE_VOLUME, Planted

_MONTHS = np.array([1.10, 0.92, 0.90, 0.95, 1.00, 1.02, 0.98, 0.95, 0.95, 1.02, 1.35, 1.50])
_WEEKDAYS = np.array([1.25, 1.12, 1.06, 1.02, 0.98, 0.82, 0.75])
_GROWTH = 0.20
# Topics that grow with the parcels of November to January.
_PARCEL_TOPICS = ("delivery_late", "damaged_item", "refund")
_PARCEL_MONTHS = {12: 1.35, 1: 1.20, 11: 1.10}


def season(period: Period) -> Floats:
    """The weight of each day of the period: month of the year and growth, without the weekday."""
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    months = np.array([_MONTHS[day.month - 1] for day in days])
    return np.asarray(months * np.linspace(1.0, 1.0 + _GROWTH, len(days)), dtype=np.float64)


def load(period: Period) -> Floats:
    """How much slower a day's replies are for the season alone: 1 to about 1.35."""
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    months = np.array([_MONTHS[day.month - 1] for day in days])
    return np.clip(0.65 + 0.35 * months / 0.95, 1.0, 1.35)


def ticket_cells(period: Period, planted: Planted, seed: int, tickets: int) -> tuple[Ints, Ints, Ints]:
    """Day number, brand and topic of each ticket, in the order of the days; the total is exact."""
    rng = stream(seed, "demand")
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    daily = season(period) * _WEEKDAYS[[day.weekday() for day in days]]
    daily = daily * np.exp(rng.normal(0.0, 0.07, len(days)))
    cells: Floats = (
        daily[:, None, None]
        * np.array([b.share for b in BRANDS])[None, :, None]
        * np.array([t.share for t in TOPICS])[None, None, :]
    )
    parcel = [index for index, topic in enumerate(TOPICS) if topic.key in _PARCEL_TOPICS]
    for number, day in enumerate(days):
        cells[number, :, parcel] *= _PARCEL_MONTHS.get(day.month, 1.0)
        if planted.outage_first <= day <= planted.outage_last:
            cells[number, :, LOGIN] *= OUTAGE_VOLUME
    counts = rng.multinomial(tickets, (cells / cells.sum()).ravel())
    flat = np.repeat(np.arange(cells.size), counts)
    day_of, brand_of, topic_of = np.unravel_index(flat, cells.shape)
    return day_of.astype(np.int64), brand_of.astype(np.int64), topic_of.astype(np.int64)
