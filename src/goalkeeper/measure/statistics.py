"""From a cell's sums to its estimate: the shape decides the method."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    PredictedWorth,
    Quantile,
    Rate,
    Ratio,
    Retained,
    RetainedAmount,
    Share,
    SubscriptionWorth,
    TimeTo,
    Total,
    Worth,
)
from goalkeeper.stats.agreement import cohen_kappa
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.index import tango
from goalkeeper.stats.mean import bootstrap_t
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import CountSums, RateSums, RatioSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier
from goalkeeper.stats.total import compound_poisson
from goalkeeper.stats.worth import OrderSums, SubscriptionSums, worth_of_orders, worth_of_subscriptions

Rows = dict[str, NDArray[Any]]
QUANTILES = {"median": 0.5, "p90": 0.9}
_YEAR_DAYS = 365.25


def estimate(formula: Formula, rows: Rows, statistic: str, level: float, days: int) -> tuple[Result, int]:
    """The estimate of one cell and the n it rests on, from the rows that its query gave for it.

    ``days`` is the exposure of a rate. A cell without rows has no data; one with two currencies has no number.
    """
    n = _total(rows, "n")
    if two := two_currencies(rows):
        return NoEstimate("currencies", what=f"{two[0]} and {two[1]}"), n
    match formula:
        case Share() | Retained() | Part():
            return wilson(_total(rows, "k"), n, level), n
        case Index():
            return tango(_total(rows, "plus"), _total(rows, "minus"), n, level), n
        case Rate():
            return poisson_rate(RateSums(n, days), level), n
        case Arrivals():
            return poisson_rate(RateSums(_total(rows, "k"), n), level), n
        case Departures():
            held = float(rows["n"].sum()) if rows else 0.0
            return poisson_rate(RateSums(_total(rows, "k"), held), level, per=_YEAR_DAYS), int(held)
        case Ratio() | RetainedAmount():
            return _ratio(formula, rows, level), n
        case Total():
            return compound_poisson(n, _sum(rows, "x"), _sum(rows, "xx"), level), n
        case Level() | LevelShare() | LevelRatio():
            return _stock(formula, rows, level), n
        case Agreement():
            return cohen_kappa(_pairs(rows), level), n
        case Mean() | Quantile():
            counts = value_counts(rows)
            return _of_values(counts, statistic, level), counts.n
        case TimeTo() | Lasting():
            return _of_times(formula, rows, statistic, level)
        case Worth():
            return _worth(formula, rows, level), n
        case PredictedWorth():
            return _predicted(formula, rows, level), n
        case _:
            raise TypeError(f"no statistic for {type(formula).__name__}")


def value_counts(rows: Rows) -> CountSums:
    """How often each value occurs in a cell of a mean or a quantile."""
    return CountSums.of(rows.get("value", np.empty(0)), rows.get("n", np.empty(0, dtype=np.int64)))


def currency(rows: Rows) -> str:
    """The one currency of a cell's money; empty where there is none, or more than one."""
    found = _currencies(rows)
    return found[0] if len(found) == 1 else ""


def two_currencies(rows: Rows) -> tuple[str, str] | None:
    """Two different currencies of a cell's money, or None."""
    found = _currencies(rows)
    return (found[0], found[-1]) if len(found) > 1 else None


def _currencies(rows: Rows) -> list[str]:
    named = {code for name in ("low_money", "high_money") if name in rows for code in rows[name].tolist()}
    return sorted(code for code in named if isinstance(code, str))


def _ratio(formula: Ratio | RetainedAmount, rows: Rows, level: float) -> Result:
    sums = RatioSums(_total(rows, "n"), *(_sum(rows, name) for name in ("x", "y", "xx", "yy", "xy")))
    found = ratio_of_sums(sums, level)
    if isinstance(found, NoEstimate):
        return found
    if isinstance(formula, Ratio):
        return found.scaled(formula.per)
    return found.missing_from(1.0) if formula.lost else found


def _stock(formula: Level | LevelShare | LevelRatio, rows: Rows, level: float) -> Result:
    """A number counted at an instant: no interval, but for a sample."""
    n = _total(rows, "n")
    match formula:
        case LevelShare() if formula.sample:
            return wilson(_total(rows, "k"), n, level)
        case LevelShare():
            over, under = float(_total(rows, "k")), float(n)
        case LevelRatio():
            over, under = _sum(rows, "x"), _sum(rows, "y")
        case _:
            over, under = float(n), 1.0
    return Estimate(over / under, None, None, level, n, "count") if under else NoEstimate("no_denominator")


def _pairs(rows: Rows) -> NDArray[np.int64]:
    """The square table of counts of a cell: first judgement by second."""
    first, second, n = (rows.get(name, np.empty(0)) for name in ("value", "other", "n"))
    seen = np.unique(np.concatenate([first, second]))
    table = np.zeros((len(seen), len(seen)), dtype=np.int64)
    np.add.at(table, (np.searchsorted(seen, first), np.searchsorted(seen, second)), n.astype(np.int64))
    return table


def _of_values(counts: CountSums, statistic: str, level: float) -> Result:
    if statistic == "mean":
        return bootstrap_t(counts, level)
    return quantile(counts, QUANTILES[statistic], level)


def _of_times(formula: TimeTo | Lasting, rows: Rows, statistic: str, level: float) -> tuple[Result, int]:
    empty = np.empty(0, dtype=np.int64)
    sums = TimeToSums.of_counts(
        rows.get("value", np.empty(0)), rows.get("finished", empty), rows.get("unfinished", empty)
    )
    if statistic.startswith("finished_"):
        done = CountSums.of(sums.durations, sums.finished)
        return _of_values(done, statistic.removeprefix("finished_"), level), done.n
    curve = kaplan_meier(sums)
    if statistic == "mean":
        return curve.restricted_mean(float(formula.horizon_s), level), sums.n
    return curve.quantile(QUANTILES[statistic], level), sums.n


def _worth(formula: Worth, rows: Rows, level: float) -> Result:
    def columns(*names: str) -> list[NDArray[np.float64]]:
        return [rows.get(name, np.empty(0)).astype(np.float64) for name in (*names, "won_for", "won")]

    per_cost = bool(formula.won_for)
    match formula:
        case OrderWorth():
            orders = OrderSums(*columns("x", "order_n", "n", "before_n", "k"))
            seen_s = float(rows["seen_s"].max()) if rows else 0.0
            return worth_of_orders(orders, seen_s, level, most_years=formula.most_years, per_cost=per_cost)
        case SubscriptionWorth():
            subscribed = SubscriptionSums(*columns("n", "x", "y", "serving", "k", "months_held"))
            return worth_of_subscriptions(subscribed, level, most_years=formula.most_years, per_cost=per_cost)
        case _:
            raise TypeError(f"no statistic for {type(formula).__name__}")


def _predicted(formula: PredictedWorth, rows: Rows, level: float) -> Result:
    # The optimizer takes as long to load as all the rest, and few ask for this.
    from goalkeeper.stats.lifetime.purchases import Purchases
    from goalkeeper.stats.lifetime.value import Horizon, mean_future_value

    if not rows:
        return NoEstimate("no_data")
    repeats, brought = rows["k"].astype(np.float64), rows["x"].astype(np.float64)
    mean = np.divide(brought, repeats, out=np.zeros_like(brought), where=repeats > 0)
    return mean_future_value(
        Purchases.of(repeats, rows["last_d"], rows["seen_d"], mean), Horizon(formula.days_ahead), level
    )


def _total(rows: Rows, name: str) -> int:
    return int(rows[name].sum()) if name in rows else 0


def _sum(rows: Rows, name: str) -> float:
    return float(np.nansum(rows[name].astype(np.float64))) if name in rows else 0.0
