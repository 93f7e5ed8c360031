"""A small worked example of a metric, its number and interval computed by the same statistics that measure it."""

from __future__ import annotations

import numpy as np

from goalkeeper.formulas import (
    Agreement,
    Arrivals,
    Departures,
    Formula,
    Index,
    Lasting,
    Level,
    LevelRatio,
    LevelShare,
    Mean,
    OrderWorth,
    Part,
    Rate,
    Ratio,
    Retained,
    RetainedAmount,
    Share,
    TimeTo,
    Total,
    Worth,
)
from goalkeeper.measure.statistics import Rows, estimate
from goalkeeper.metrics import Metric
from goalkeeper.stats.estimate import Estimate
from goalkeeper.units import Unit, format_interval, format_value

_HOURS = np.array([1, 2, 3, 5, 8, 13, 21, 34]) * 3600.0


def example(metric: Metric) -> str:
    """One sentence with numbers: "30 of 40 tickets count: 75 % (60–86 %)"; empty where the shape has no example."""
    formula = metric.formula
    made = _rows(metric, formula)
    if made is None:
        return ""
    words, rows = made
    found, _ = estimate(formula, rows, metric.headline(), 0.95, 30)
    if not isinstance(found, Estimate):
        return ""
    number = format_value(found.value, metric.unit)
    if found.low is None:
        return f"{words}: {number}."
    return f"{words}: {number}, with 95 % confidence {format_interval(found.low, found.high, metric.unit)}."


def _one(**sums: float) -> Rows:
    return {name: np.array([value]) for name, value in sums.items()}


def _rows(metric: Metric, formula: Formula) -> tuple[str, Rows] | None:
    """An invented period, in words and as the sums that a query would give."""
    what = metric.counts
    match formula:
        case Share():
            return f"Of 40 {what}, 30 count", _one(n=40, k=30)
        case Part():
            return f"Of 40 {what}, 10 fall into the part", _one(n=40, k=10)
        case Index():
            return f"Of 100 {what}, 50 are promoters and 20 detractors", _one(n=100, plus=50, minus=20)
        case Rate():
            return f"90 {what} in 30 days", _one(n=90)
        case Level():
            return f"35 {what} at the last instant", _one(n=35)
        case LevelShare() if formula.sample:
            return f"Of 40 {what} up to the last instant, 26 count", _one(n=40, k=26)
        case LevelShare():
            return f"Of 40 {what} at the last instant, 6 are older", _one(n=40, k=6)
        case LevelRatio():
            return "60 open tickets and 4 agents at the last instant", _one(n=64, x=60, y=4)
        case Retained():
            words = "have left" if formula.lost else "are there"
            return f"Of 500 {what}, 490 are still there at the end; those who {words} count", _one(
                n=500, k=10 if formula.lost else 490
            )
        case Arrivals():
            return f"500 {what}, and 50 new ones in the period", _one(n=500, k=50)
        case Departures():
            return "9 leave in 36,525 days of employment", _one(n=36_525, k=9)
        case Mean() | TimeTo() | Lasting():
            return _of_values(metric, formula)
        case Ratio() | Total() | RetainedAmount() | Agreement():
            return _of_sums(metric, formula)
        case Worth():
            return _of_worth(formula)
        case _:
            return None


def _of_values(metric: Metric, formula: Formula) -> tuple[str, Rows]:
    low, high = metric.possible
    if metric.unit is Unit.DURATION:
        values = _HOURS / (60 if formula.dataset == "calls" else 1) * (1000 if isinstance(formula, Lasting) else 1)
    elif np.isfinite(high):
        values = low + (high - low) * np.array([0.25, 0.5, 0.75, 0.75, 1, 1, 1, 1])
    else:
        values = np.array([1.0, 1, 1, 1, 2, 2, 2, 3])
    shown = ", ".join(format_value(value, metric.unit) for value in values)
    distinct, counts = np.unique(values, return_counts=True)
    if isinstance(formula, TimeTo | Lasting):
        unfinished = np.zeros(len(distinct), dtype=np.int64)
        unfinished[-1] = 1
        rows = {"value": distinct, "finished": counts - unfinished, "unfinished": unfinished}
        last = "still there" if isinstance(formula, Lasting) else "still waiting"
        return f"Eight {metric.counts}: {shown}, the last {last}", rows
    return f"Eight {metric.counts}: {shown}", {"value": distinct, "n": counts}


def _of_sums(metric: Metric, formula: Formula) -> tuple[str, Rows] | None:
    if isinstance(formula, Agreement):
        rows = {"value": np.array([1, 1, 2, 2]), "other": np.array([1, 2, 1, 2]), "n": np.array([20, 5, 10, 15])}
        return f"Of 50 {metric.counts}, 35 are judged alike, and chance would give 25", rows
    if isinstance(formula, Total):
        values = np.array([20.0, 30, 30, 40, 80]) * (60 if metric.unit is Unit.DURATION else 1)
        shown = ", ".join(format_value(value, metric.unit) for value in values)
        return f"Five {metric.counts}: {shown}", _one(n=5, x=values.sum(), xx=(values**2).sum())
    per = formula.per if isinstance(formula, Ratio) else 1.0
    x, y = np.array([90.0, 110, 100, 120, 80]), np.array([1000.0, 1000, 1000, 1000, 1000])
    if isinstance(formula, RetainedAmount):
        x = np.array([900.0, 1000, 1000, 700, 1000])
    sums = _one(n=5, x=x.sum(), y=y.sum(), xx=(x * x).sum(), yy=(y * y).sum(), xy=(x * y).sum())
    times = f", times {per:g}" if per != 1 else ""
    return f"Five {metric.counts} with {x.sum():g} over {y.sum():g}{times}", sums


def _of_worth(formula: Worth) -> tuple[str, Rows]:
    """Six customers, each a piece of its own, who cost 150 each to win."""
    one, cost = np.ones(6), ", over 150 for winning one" if formula.won_for else ""
    rows = {"n": one, "won_for": 150 * one, "won": one}
    if isinstance(formula, OrderWorth):
        again = np.array([1.0, 1, 1, 1, 0, 0])
        rows |= {"x": 200 * one, "order_n": 4 * one, "before_n": one, "k": again, "seen_s": 731 * 86_400 * one}
        words = "Six buyers with four orders of 50 each in the last year, and of the six of the year before four again"
    else:
        rows |= {"x": 20 * one, "y": 20 * one, "serving": 8 * one, "k": np.eye(6)[0], "months_held": 5 * one}
        words = "Six customers at 20 a month, 8 of which serving costs; one was lost in 30 months"
    return f"{words}{cost}", rows
