"""The queries of what a customer is worth, at a period's last instant."""

from __future__ import annotations

from goalkeeper.engines.spans import span_rows
from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import OrderWorth, PredictedWorth, SubscriptionWorth, Worth
from goalkeeper.formulas.worth import YEAR_DAYS

DAY_MS = 86_400_000.0
YEAR_MS = YEAR_DAYS * 86_400_000
MONTH_MS = 30.4375 * DAY_MS

_NOW = "r.from_t <= i.t AND (r.to_t IS NULL OR r.to_t > i.t)"
_YEAR_BEFORE = f"r.from_t <= i.t - {YEAR_MS} AND r.to_t > i.t - {YEAR_MS}"
_WON = (
    f"sum(won_for) FILTER ({_NOW}) AS won_for",
    f"count(won_for) FILTER ({_NOW}) AS won",
    f"min(money) FILTER ({_NOW}) AS low_money",
    f"max(money) FILTER ({_NOW}) AS high_money",
)


def worth_sql(asked: Asked) -> str:
    """The query of a worth: period, the splits, piece, then sums of the piece's customers, and pending.

    OrderWorth: n buyers of the year, x what they paid, order_n, before_n buyers of the year before it, k of them who
    bought again, seen_s since the first order · SubscriptionWorth: n customers, x their revenue in a month, y that
    of those of whom serving is known, serving, k lost in the year, months_held in it · both: won_for, won.
    PredictedWorth has a row per customer instead: n = 1, k repeat purchases, x what they brought, and the days from
    the first purchase to the last, last_d, and to the instant, seen_d.
    """
    formula = asked.formula
    if isinstance(formula, PredictedWorth):
        return _purchases(asked, span_rows(asked, who=formula.who, amount=formula.amount, other=formula.on_day))
    assert isinstance(formula, Worth)
    extra = {"who": formula.who, "piece": formula.piece, "amount": formula.amount}
    extra["won_for"] = formula.won_for or "NULL"
    match formula:
        case OrderWorth():
            return _orders(asked, span_rows(asked, **extra, done=formula.is_order))
        case SubscriptionWorth():
            return _subscriptions(asked, span_rows(asked, **extra, other=formula.serving, done=formula.leaves))
        case _:
            raise TypeError(f"no query of a worth for {type(formula).__name__}")


def _orders(asked: Asked, rows: str) -> str:
    splits = "".join(f"r.{split}, " for split in asked.splits)
    each = (
        f"SELECT i.period, {splits}piece, who, sum(amount) FILTER ({_NOW}) AS x, "
        f"count(*) FILTER (done AND {_NOW}) AS order_n, coalesce(bool_or(done AND {_NOW}), false) AS now_there, "
        f"coalesce(bool_or(done AND {_YEAR_BEFORE}), false) AS before_there, {', '.join(_WON)}, "
        "max(i.t - first_t) / 1000 AS seen_s "
        f"FROM r JOIN instants i ON r.from_t <= i.t AND r.to_t > i.t - {YEAR_MS} WHERE counted "
        f"GROUP BY i.period, {splits}piece, who"
    )
    return (
        f"WITH r AS (SELECT *, min(from_t) FILTER (done) OVER () AS first_t FROM {rows}), e AS ({each}) "
        f"SELECT {asked.keys}, piece, count(*) FILTER (now_there) AS n, coalesce(sum(x), 0) AS x, "
        "sum(order_n) AS order_n, count(*) FILTER (before_there) AS before_n, "
        "count(*) FILTER (before_there AND now_there) AS k, max(seen_s) AS seen_s, "
        "coalesce(sum(won_for), 0) AS won_for, sum(won) AS won, min(low_money) AS low_money, "
        f"max(high_money) AS high_money, 0 AS pending FROM e GROUP BY {asked.keys}, piece ORDER BY {asked.keys}, piece"
    )


def _subscriptions(asked: Asked, rows: str) -> str:
    splits = "".join(f"r.{split}, " for split in asked.splits)
    held = f"least(coalesce(r.to_t, i.t + 1), i.t + 1) - greatest(r.from_t, i.t + 1 - {YEAR_MS})"
    there = f"{_NOW} AND amount IS NOT NULL"
    return (
        f"SELECT i.period, {splits}piece, count(DISTINCT who) FILTER ({there}) AS n, "
        f"coalesce(sum(amount) FILTER ({_NOW}), 0) AS x, "
        f"coalesce(sum(amount) FILTER ({_NOW} AND other IS NOT NULL), 0) AS y, "
        f"coalesce(sum(other) FILTER ({there}), 0) AS serving, count(*) FILTER (done AND r.to_t <= i.t) AS k, "
        f"coalesce(sum({held}) FILTER (amount IS NOT NULL), 0) / {MONTH_MS} AS months_held, "
        f"coalesce(sum(won_for) FILTER ({_NOW}), 0) AS won_for, {', '.join(_WON[1:])}, 0 AS pending "
        f"FROM {rows} r JOIN instants i ON r.from_t <= i.t AND (r.to_t IS NULL OR r.to_t > i.t - {YEAR_MS}) "
        f"WHERE counted GROUP BY i.period, {splits}piece ORDER BY i.period, {splits}piece"
    )


def _purchases(asked: Asked, rows: str) -> str:
    splits = "".join(f"r.{split}, " for split in asked.splits)
    each = (
        f"SELECT i.period, {splits}who, other, min(from_t) AS from_t, sum(amount) AS amount, max(i.t) AS t, "
        f"min(money) AS money, max(money) AS high_money FROM {rows} r JOIN instants i ON r.from_t <= i.t WHERE counted "
        f"GROUP BY i.period, {splits}who, other"
    )
    first = f"min(from_t) OVER (PARTITION BY {asked.keys}, who) AS first_t"
    return (
        f"SELECT {asked.keys}, 1 AS n, count(*) - 1 AS k, coalesce(sum(amount) FILTER (from_t > first_t), 0) AS x, "
        f"(max(from_t) - min(from_t)) / {DAY_MS} AS last_d, (max(t) - min(from_t)) / {DAY_MS} AS seen_d, "
        f"min(money) AS low_money, max(high_money) AS high_money, 0 AS pending FROM (SELECT *, {first} FROM ({each})) "
        f"GROUP BY {asked.keys}, who ORDER BY {asked.keys}, who"
    )
