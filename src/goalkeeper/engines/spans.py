"""The queries of the shapes over spans: who is there as a period begins and ends, who came and who left."""

from __future__ import annotations

from goalkeeper.engines.sql import Asked, ratio_columns
from goalkeeper.formulas import (
    Arrivals,
    Departures,
    Lasting,
    Level,
    LevelRatio,
    LevelShare,
    Retained,
    RetainedAmount,
    Spans,
)

AT_LAST = "r.from_t <= i.t AND (r.to_t IS NULL OR r.to_t > i.t)"
# `t` is a period's last instant: what ends as the period does has ended in it, and is no longer there in the next one.
_AT_END = "r.from_t <= i.t AND (r.to_t IS NULL OR r.to_t > i.t + 1)"
_AT_FIRST = "r.from_t < i.start_t AND (r.to_t IS NULL OR r.to_t > i.start_t)"
_AT_ANY = "r.from_t <= i.t AND (r.to_t IS NULL OR r.to_t > i.start_t)"


def spans_sql(asked: Asked) -> str:
    """The query of a formula over spans: period, the splits, columns that depend on the shape, pending.

    Level: n · LevelShare, Retained, Arrivals: n, k · LevelRatio: n, x, y · RetainedAmount: n, x, y, xx, yy, xy ·
    Departures: k, and n, the exposure in days · Lasting: value in seconds, finished, unfinished.
    """
    match asked.formula:
        case Level() | LevelShare() | LevelRatio():
            return _levels(asked)
        case Retained() | RetainedAmount():
            return _retained(asked)
        case Arrivals():
            return _arrivals(asked)
        case Departures():
            return _departures(asked)
        case Lasting():
            return _lasting(asked)
        case _:
            raise TypeError(f"no query over spans for {type(asked.formula).__name__}")


def span_rows(asked: Asked, **extra: str) -> str:
    """The spans looked at, with their two ends; without those that are left out."""
    formula = asked.formula
    assert isinstance(formula, Spans)
    made = [f"{asked.text(formula.opened)} AS from_t", f"{asked.text(formula.ended)} AS to_t"]
    made += [f"{asked.text(text)} AS {name}" for name, text in extra.items()]
    made += [f"{asked.text(formula.currency) if formula.currency else 'NULL'} AS money"]
    inner = f"SELECT {''.join(f'{split}, ' for split in asked.splits)}{', '.join(made)}, {asked.judged}"
    return (
        f"(SELECT * FROM ({inner}, {asked.reason} AS reason FROM {asked.source} d WHERE {asked.rows})"
        " WHERE reason IS NULL)"
    )


def _levels(asked: Asked) -> str:
    formula, extra = asked.formula, {}
    columns = ["count(*) FILTER (counted) AS n"]
    match formula:
        case LevelShare():
            extra = {"since_t": formula.since}
            columns += [f"count(*) FILTER (counted AND i.t - since_t > {formula.older_s * 1000}) AS k"]
        case LevelRatio():
            extra = {"amount": formula.over, "other": formula.under}
            columns += ["sum(amount) FILTER (counted) AS x", "sum(other) FILTER (counted) AS y"]
    return (
        f"SELECT {asked.keys}, {', '.join(columns)}, count(*) FILTER (pending) AS pending "
        f"FROM {span_rows(asked, **extra)} r JOIN instants i ON {AT_LAST} GROUP BY {asked.keys} ORDER BY {asked.keys}"
    )


def _retained(asked: Asked) -> str:
    formula = asked.formula
    assert isinstance(formula, Retained | RetainedAmount)
    columns: tuple[str, ...]
    if isinstance(formula, RetainedAmount):
        own, made = "sum(amount) AS amount", {"amount": formula.amount}
        columns = ratio_columns(f"CAST({_kept(formula)} AS DOUBLE)", "CAST(a.amount AS DOUBLE)")
    else:
        own, made = "bool_or(done) AS done", {"done": formula.because}
        hit = "z.who IS NULL AND a.done" if formula.lost else "z.who IS NOT NULL"
        columns = ("count(*) AS n", f"count(*) FILTER ({hit}) AS k")
    first = _AT_ANY if isinstance(formula, Retained) and formula.of_all else _AT_FIRST
    money = "min(money) AS low_money, max(money) AS high_money, " if formula.currency else ""
    # What splits a customer is the same in all its spans, but the currency: each has its own end.
    cut = [formula.currency] if formula.currency in asked.splits else []
    of_cut = "".join(f"{name}, " for name in cut)
    same = "".join(f" AND z.{name} IS NOT DISTINCT FROM a.{name}" for name in cut)
    there = f"SELECT i.period, {''.join(f'{split}, ' for split in asked.splits)}who, {money}{own} "
    if money:
        columns += (
            "least(min(a.low_money), coalesce(min(z.low_money), min(a.low_money))) AS low_money",
            "greatest(max(a.high_money), coalesce(max(z.high_money), max(a.high_money))) AS high_money",
        )
    return (
        f"WITH r AS {span_rows(asked, who=formula.who, **made)}, a AS ({there} FROM r JOIN instants i ON {first} "
        f"WHERE counted GROUP BY {asked.keys}, who), z AS (SELECT i.period, {of_cut}who, {money}{own} FROM r "
        f"JOIN instants i ON {_AT_END} WHERE counted GROUP BY i.period, {of_cut}who) "
        f"SELECT {_of('a', asked)}, {', '.join(columns)}, 0 AS pending "
        f"FROM a LEFT JOIN z ON z.period = a.period AND z.who = a.who{same} "
        f"GROUP BY {_of('a', asked)} ORDER BY {_of('a', asked)}"
    )


def _kept(formula: RetainedAmount) -> str:
    """SQL of what is left at the end of the amount that one had at the start."""
    if formula.leaving:
        return "CASE WHEN z.who IS NULL THEN 0 ELSE a.amount END"
    kept = "coalesce(z.amount, 0)"
    return f"least({kept}, a.amount)" if formula.capped else kept


def _arrivals(asked: Asked) -> str:
    formula = asked.formula
    assert isinstance(formula, Arrivals)
    keys = f"i.period{''.join(f', r.{split}' for split in asked.splits)}"
    came = "r.from_t >= i.start_t AND r.from_t <= i.t AND r.first_t = r.from_t"
    return (
        f"WITH r AS (SELECT *, min(from_t) OVER (PARTITION BY who) AS first_t FROM "
        f"{span_rows(asked, who=formula.who)} WHERE counted) "
        f"SELECT {asked.keys}, count(DISTINCT who) FILTER (NOT new) AS n, count(DISTINCT who) FILTER (new) AS k, "
        f"0 AS pending FROM (SELECT {keys}, r.who, false AS new FROM r JOIN instants i ON {_AT_FIRST} "
        f"UNION ALL SELECT {keys}, r.who, true FROM r JOIN instants i ON {came}) "
        f"GROUP BY {asked.keys} ORDER BY {asked.keys}"
    )


def _departures(asked: Asked) -> str:
    held = "least(coalesce(to_t, i.t + 1), i.t + 1) - greatest(from_t, i.start_t)"
    return (
        f"SELECT {asked.keys}, sum({held}) / 86400000.0 AS n, count(*) FILTER (to_t <= i.t + 1) AS k, 0 AS pending "
        f"FROM {span_rows(asked)} r JOIN instants i ON {_AT_ANY} WHERE counted "
        f"GROUP BY {asked.keys} ORDER BY {asked.keys}"
    )


def _lasting(asked: Asked) -> str:
    keys, over = f"{asked.keys}, value", "coalesce(to_t <= i.t, false)"
    lasted = f"CAST((CASE WHEN {over} THEN to_t ELSE i.t END - from_t) // 1000 AS DOUBLE) AS value"
    return (
        f"SELECT {keys}, count(*) FILTER (done) AS finished, count(*) FILTER (NOT done) AS unfinished, 0 AS pending "
        f"FROM (SELECT i.period, r.*, {over} AS done, {lasted} FROM {span_rows(asked)} r "
        f"JOIN instants i ON r.from_t <= i.t WHERE counted) GROUP BY {keys} ORDER BY {keys}"
    )


def _of(table: str, asked: Asked) -> str:
    return ", ".join(f"{table}.{name}" for name in ("period", *asked.splits))
