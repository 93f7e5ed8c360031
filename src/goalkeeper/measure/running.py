"""A number watched while it grows: from one first day up to each later one, with intervals that hold at every look."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from goalkeeper.formulas import Formula, Index, Mean, Part, Quantile, Share, Spans, TimeTo
from goalkeeper.measure.estimates import Cell
from goalkeeper.measure.measure import Question, fetch_sums, value_of
from goalkeeper.measure.periods import Period
from goalkeeper.measure.statistics import QUANTILES, Rows, currency, estimate, value_counts
from goalkeeper.metrics import Metric
from goalkeeper.stats.anytime.index import anytime_index
from goalkeeper.stats.anytime.mean import LEAST_ROWS, stretched_level, widened
from goalkeeper.stats.anytime.quantile import anytime_quantile
from goalkeeper.stats.anytime.share import anytime_share
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.warehouse.store import Store


def running(store: Store, metric: Metric, question: Question, *, zone: str, tuned_for: int) -> Iterator[Cell]:
    """One cell a day: the number from ``since`` through that day; the last is the day before ``until``.

    All intervals together hold the truth at the question's level. They are narrowest at ``tuned_for`` rows, which has
    to be fixed before the first look. A stock is its number at the end of the day. ``by`` and ``every`` play no part.
    Of employees there is none: what is new in it would be theirs alone.
    """
    sums = fetch_sums(store, metric, replace(question, by=(), every="day"), zone=zone)
    total: Rows = {}
    pending, left = 0, dict[str, int]()
    for number, day in enumerate(sums.spans):
        rows = sums.groups.get((number, ()), {})
        total = rows if isinstance(sums.formula, Spans) or not total else _added(total, rows)
        pending += int(rows["pending"].sum()) if rows else 0
        for why, count in sums.left.get((number, ()), {}).items():
            left[why] = left.get(why, 0) + count
        first = day.since if isinstance(sums.formula, Spans) else sums.spans[0].since
        span = Period(first, day.until, f"{first} to {day.since}")
        value, n = value_of(sums, total, span, partial(anytime, tuned_for=tuned_for))
        if sums.formula.people:
            value = NoEstimate("people")
        yield Cell(span, {}, value, n, pending, dict(left), currency(total))


def anytime(
    formula: Formula, rows: Rows, statistic: str, level: float, days: int, *, tuned_for: int
) -> tuple[Result, int]:
    """As `estimate`, with an interval that holds however often one looks; without limits where it has none yet."""
    if isinstance(formula, TimeTo):
        return _of_times(formula, rows, statistic, level, days, tuned_for)
    plain, n = estimate(formula, rows, statistic, level, days)
    if isinstance(plain, NoEstimate) or plain.low is None:
        return plain, n
    match formula:
        case Share() | Part():
            return anytime_share(round(plain.value * n), n, level, tuned_for=tuned_for), n
        case Index() if n < LEAST_ROWS:
            plus, minus = (int(rows[name].sum()) for name in ("plus", "minus"))
            return anytime_index(plus, minus, n, level, tuned_for=tuned_for), n
        case Mean() | Quantile() if statistic in QUANTILES:
            return anytime_quantile(value_counts(rows), QUANTILES[statistic], level, tuned_for=tuned_for), n
    wide = widened(plain, tuned_for=tuned_for)
    return (wide if isinstance(wide, Estimate) else _without_limits(plain)), n


def _of_times(
    formula: TimeTo, rows: Rows, statistic: str, level: float, days: int, tuned_for: int
) -> tuple[Result, int]:
    """Times: their limits are where an interval of a curve crosses, so they move with the level, not by a factor."""
    n = sum(int(rows[name].sum()) for name in ("finished", "unfinished") if name in rows)
    stretched = stretched_level(n, level, tuned_for=tuned_for) if n >= LEAST_ROWS else 1.0
    if stretched < 1:
        return estimate(formula, rows, statistic, stretched, days)
    plain, n = estimate(formula, rows, statistic, level, days)
    return (plain if isinstance(plain, NoEstimate) else _without_limits(plain)), n


def _without_limits(plain: Estimate) -> Estimate:
    return replace(plain, low=-math.inf, high=math.inf, note="no limits yet")


def _added(rows: Rows, more: Rows) -> Rows:
    return {name: np.concatenate([column, more[name]]) for name, column in rows.items()} if more else rows
