"""One query per shape: the sums, or the distinct values with their counts, per period and split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalkeeper.engines.text import literal
from goalkeeper.formulas import Formula, Index, Level, LevelShare, Mean, Quantile, Rate, Ratio, Share, TimeTo

_GIVEN, _MADE = ("period", "day", "t"), ("value", "done", "counted", "pending", "reason")
_SUMS = ("n", "k", "plus", "minus", "x", "y", "xx", "yy", "xy", "finished", "unfinished")
TAKEN = frozenset((*_GIVEN, *_MADE, *_SUMS))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a formula: its rows' SQL source, the splits, a further condition, and the clock.

    The tables ``periods`` (day, period) and ``instants`` (t, period; t in milliseconds) must exist. Its queries name
    the columns they make TAKEN, so no dataset has a column of such a name.
    """

    formula: Formula
    source: str
    left_out: str
    splits: tuple[str, ...] = ()
    where: str = "true"
    clock: str = "calendar"

    def text(self, text: str) -> str:
        """A formula text on the asked clock, in brackets."""
        return f"({self.formula.on(self.clock, text)})"

    @property
    def reason(self) -> str:
        """SQL of why a row is left out; NULL where it is not."""
        own = (f"WHEN {self.text(test)} THEN {literal(why)}" for why, test in self.formula.left_out.items())
        return " ".join((f"CASE WHEN {self.left_out} IS NOT NULL THEN {self.left_out}", *own, "END"))

    @property
    def rows(self) -> str:
        """SQL of which rows are looked at: those that the metric speaks of and the question asks for."""
        return f"{self.text(self.formula.among)} AND ({self.where})"


def sums_sql(asked: Asked) -> str:
    """The query of a formula's sums: period, the splits, then columns that depend on the shape.

    Share and LevelShare: n, k, pending · Index: n, plus, minus, pending · Ratio: n, x, y, xx, yy, xy, pending ·
    Rate and Level: n, pending · Mean and Quantile: value, n, pending · TimeTo: value, finished, unfinished, pending.
    Rows of the last two are distinct values, so any period and any split is an addition.
    """
    formula = asked.formula
    counted = f"{asked.text(formula.of)} AND NOT coalesce({asked.text(formula.pending)}, false)"
    match formula:
        case Share():
            columns = f"count(*) FILTER (counted) AS n, count(*) FILTER (counted AND {asked.text(formula.hits)}) AS k"
        case Index():
            columns = (
                f"count(*) FILTER (counted) AS n, count(*) FILTER (counted AND {asked.text(formula.plus)}) AS plus, "
                f"count(*) FILTER (counted AND {asked.text(formula.minus)}) AS minus"
            )
        case Rate():
            columns = "count(*) FILTER (counted) AS n"
        case Ratio():
            x, y = (f"CASE WHEN counted THEN CAST({asked.text(each)} AS DOUBLE) END" for each in formula.values)
            both = f"({x}) IS NOT NULL AND ({y}) IS NOT NULL"
            columns = (
                f"count(*) FILTER ({both}) AS n, sum({x}) FILTER ({both}) AS x, sum({y}) FILTER ({both}) AS y, "
                f"sum(({x}) * ({x})) FILTER ({both}) AS xx, sum(({y}) * ({y})) FILTER ({both}) AS yy, "
                f"sum(({x}) * ({y})) AS xy"
            )
        case Mean() | Quantile():
            return _values_sql(asked, counted, formula.value, "count(*) FILTER (counted) AS n")
        case TimeTo():
            columns = (
                "count(*) FILTER (counted AND done) AS finished, count(*) FILTER (counted AND NOT done) AS unfinished"
            )
            return _values_sql(asked, counted, formula.duration, columns, asked.text(formula.done))
        case Level():
            columns = "count(*) FILTER (counted) AS n"
        case LevelShare():
            old = f"t - {asked.text(formula.since)} > {formula.older_s * 1000}"
            columns = f"count(*) FILTER (counted) AS n, count(*) FILTER (counted AND {old}) AS k"
        case _:
            raise TypeError(f"no query for {type(formula).__name__}")
    return _grouped(asked, counted, columns)


def left_out_sql(asked: Asked) -> str:
    """The query of what is left out: period, the splits, reason, n."""
    keys = _keys(asked.splits)
    return (
        f"SELECT {keys}, reason, count(*) AS n FROM {_rows(asked, asked.reason + ' AS reason')} "
        f"WHERE reason IS NOT NULL GROUP BY {keys}, reason"
    )


def _values_sql(asked: Asked, counted: str, value: str, columns: str, done: str = "true") -> str:
    keys = _keys(asked.splits)
    extra = (
        f"{asked.text(value)} AS value, coalesce({done}, false) AS done, coalesce({counted}, false) AS counted, "
        f"{_pending(asked)}, {asked.reason} AS reason"
    )
    return (
        f"SELECT {keys}, CAST(value AS DOUBLE) AS value, {columns}, count(*) FILTER (pending) AS pending "
        f"FROM {_rows(asked, extra)} WHERE reason IS NULL AND (pending OR (counted AND value IS NOT NULL)) "
        f"GROUP BY {keys}, value ORDER BY {keys}, value"
    )


def _grouped(asked: Asked, counted: str, columns: str) -> str:
    keys = _keys(asked.splits)
    extra = f"*, coalesce({counted}, false) AS counted, {_pending(asked)}, {asked.reason} AS reason"
    return (
        f"SELECT {keys}, {columns}, count(*) FILTER (pending) AS pending FROM {_rows(asked, extra)} "
        f"WHERE reason IS NULL GROUP BY {keys} ORDER BY {keys}"
    )


def _pending(asked: Asked) -> str:
    formula = asked.formula
    return f"coalesce({asked.text(formula.of)} AND {asked.text(formula.pending)}, false) AS pending"


def _rows(asked: Asked, extra: str) -> str:
    """The dataset's rows with their period; a stock's rows stand in every period whose last instant they cover."""
    formula = asked.formula
    if isinstance(formula, Level | LevelShare):
        opened, ended = asked.text(formula.opened), asked.text(formula.ended)
        join = f"JOIN instants ON {opened} <= instants.t AND ({ended} IS NULL OR {ended} > instants.t)"
        picked = "instants.period, instants.t, d.*"
    else:
        join = f"JOIN periods ON periods.day = d.{formula.at}"
        picked = "periods.period, d.*"
    inner = f"SELECT {picked} FROM {asked.source} d {join}"
    keys = "" if extra.startswith("*") else _keys(asked.splits) + ", "
    return f"(SELECT {keys}{extra} FROM ({inner}) WHERE {asked.rows})"


def _keys(splits: Sequence[str]) -> str:
    return ", ".join(("period", *splits))
