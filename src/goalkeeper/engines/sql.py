"""One query per shape: the sums, or the distinct values with their counts, per period and split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalkeeper.engines.text import literal
from goalkeeper.formulas import (
    Agreement,
    Formula,
    Index,
    Mean,
    Part,
    Quantile,
    Rate,
    Ratio,
    Share,
    Spans,
    TimeTo,
    Total,
)

_GIVEN = ("period", "day", "t", "start_t")
_MADE = (
    "value",
    "other",
    "done",
    "counted",
    "pending",
    "reason",
    "who",
    "amount",
    "money",
    "from_t",
    "to_t",
    "since_t",
    "first_t",
    "new",
    "piece",
    "now_there",
    "before_there",
)
_SUMS = (
    "n",
    "k",
    "plus",
    "minus",
    "x",
    "y",
    "xx",
    "yy",
    "xy",
    "finished",
    "unfinished",
    "low_money",
    "high_money",
    "order_n",
    "before_n",
    "seen_s",
    "serving",
    "months_held",
    "won_for",
    "won",
    "last_d",
    "seen_d",
)
TAKEN = frozenset((*_GIVEN, *_MADE, *_SUMS))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a formula: its rows' SQL source, the splits, a further condition, and the clock.

    The tables ``periods`` (day, period) and ``instants`` (start_t, t, period; in milliseconds, the first instant of a
    period and its last one known) must exist. Its queries name the columns they make TAKEN, so no dataset has a column
    of such a name.
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
    def keys(self) -> str:
        """The columns of a cell: the period and the splits."""
        return ", ".join(("period", *self.splits))

    @property
    def reason(self) -> str:
        """SQL of why a row is left out; NULL where it is not."""
        own = (f"WHEN {self.text(test)} THEN {literal(why)}" for why, test in self.formula.left_out.items())
        return " ".join((f"CASE WHEN {self.left_out} IS NOT NULL THEN {self.left_out}", *own, "END"))

    @property
    def rows(self) -> str:
        """SQL of which rows are looked at: those that the metric speaks of and the question asks for."""
        return f"{self.text(self.formula.among)} AND ({self.where})"

    @property
    def counted(self) -> str:
        """SQL of whether a row is in the population and its window is closed."""
        return f"{self.text(self.formula.of)} AND NOT coalesce({self.text(self.formula.pending)}, false)"

    @property
    def pending(self) -> str:
        """SQL of whether a row is in the population and its window is not closed."""
        return f"{self.text(self.formula.of)} AND {self.text(self.formula.pending)}"

    @property
    def judged(self) -> str:
        """The columns by which a row is counted, pending or left out."""
        return f"coalesce({self.counted}, false) AS counted, coalesce({self.pending}, false) AS pending"

    @property
    def money(self) -> tuple[str, ...]:
        """The columns of the lowest and the highest currency counted, where money is."""
        currency = self.formula.currency
        if not currency:
            return ()
        of = f"({self.text(currency)}) FILTER (counted)"
        return (f"min{of} AS low_money", f"max{of} AS high_money")


def sums_sql(asked: Asked) -> str:
    """The query of a formula's sums over days: period, the splits, then columns that depend on the shape.

    Share: n, k · Part and Rate: n · Index: n, plus, minus · Ratio: n, x, y, xx, yy, xy · Total: n, x, xx ·
    Mean and Quantile: value, n · TimeTo: value, finished, unfinished · Agreement: value, other, n; all: pending.
    Rows of the last four are distinct values, so any period and any split is an addition.
    """
    formula = asked.formula
    columns: tuple[str, ...]
    match formula:
        case Share():
            columns = (_N, f"count(*) FILTER (counted AND {asked.text(formula.hits)}) AS k")
        case Index():
            columns = (
                _N,
                f"count(*) FILTER (counted AND {asked.text(formula.plus)}) AS plus",
                f"count(*) FILTER (counted AND {asked.text(formula.minus)}) AS minus",
            )
        case Rate() | Part():
            columns = (_N,)
        case Total():
            x = _number(asked, formula.value)
            columns = (_N, f"sum({x}) AS x", f"sum(({x}) * ({x})) AS xx")
        case Ratio():
            columns = ratio_columns(*(_number(asked, each) for each in formula.values))
        case Mean() | Quantile():
            return _values_sql(asked, (_N,), value=formula.value)
        case TimeTo():
            done = ("FILTER (counted AND done) AS finished", "FILTER (counted AND NOT done) AS unfinished")
            return _values_sql(
                asked, tuple(f"count(*) {each}" for each in done), value=formula.duration, done=formula.done
            )
        case Agreement():
            return _values_sql(asked, (_N,), value=formula.first, other=formula.second)
        case _:
            raise TypeError(f"no query over days for {type(formula).__name__}")
    return (
        f"SELECT {asked.keys}, {', '.join((*columns, *asked.money))}, count(*) FILTER (pending) AS pending "
        f"FROM (SELECT *, {asked.judged}, {asked.reason} AS reason FROM {dated(asked)} WHERE {asked.rows}) "
        f"WHERE reason IS NULL GROUP BY {asked.keys} ORDER BY {asked.keys}"
    )


_N = "count(*) FILTER (counted) AS n"


def ratio_columns(x: str, y: str) -> tuple[str, ...]:
    """The sums of a ratio of two numbers; rows that lack one of them do not count."""
    both = f"FILTER (({x}) IS NOT NULL AND ({y}) IS NOT NULL)"
    return (
        f"count(*) {both} AS n", f"sum({x}) {both} AS x", f"sum({y}) {both} AS y", f"sum(({x}) * ({x})) {both} AS xx",
        f"sum(({y}) * ({y})) {both} AS yy", f"sum(({x}) * ({y})) AS xy",
    )  # fmt: skip


def left_out_sql(asked: Asked) -> str:
    """The query of what is left out: period, the splits, reason, n."""
    if isinstance(asked.formula, Spans):
        opened, ended = asked.text(asked.formula.opened), asked.text(asked.formula.ended)
        join = f"JOIN instants ON {opened} <= instants.t AND ({ended} IS NULL OR {ended} > instants.t)"
        rows = f"(SELECT instants.period, d.* FROM {asked.source} d {join}) WHERE {asked.rows}"
    else:
        rows = f"{dated(asked)} WHERE {asked.rows}"
    inner = f"SELECT {asked.keys}, {asked.reason} AS reason FROM {rows}"
    keys = f"{asked.keys}, reason"
    return f"SELECT {keys}, count(*) AS n FROM ({inner}) WHERE reason IS NOT NULL GROUP BY {keys}"


def dated(asked: Asked) -> str:
    """The dataset's rows with their period."""
    join = f"JOIN periods ON periods.day = d.{asked.formula.at}"
    return f"(SELECT periods.period, d.* FROM {asked.source} d {join})"


def _values_sql(asked: Asked, columns: Sequence[str], **values: str) -> str:
    made = [f"{asked.text(text)} AS {name}" for name, text in values.items() if name != "done"]
    made += [f"coalesce({asked.text(values['done'])}, false) AS done"] if "done" in values else []
    made += [f"{asked.text(asked.formula.currency)} AS money"] if asked.formula.currency else []
    keys = (asked.keys, *(name for name in values if name != "done"))
    known = " AND ".join(f"{name} IS NOT NULL" for name in keys[1:])
    shown = [f"CAST({name} AS DOUBLE) AS {name}" if name == "value" else name for name in keys[1:]]
    money = ("min(money) FILTER (counted) AS low_money", "max(money) FILTER (counted) AS high_money")
    extra = money if asked.formula.currency else ()
    rows = f"SELECT {asked.keys}, {', '.join(made)}, {asked.judged}, {asked.reason} AS reason FROM {dated(asked)}"
    return (
        f"SELECT {asked.keys}, {', '.join((*shown, *columns, *extra))}, count(*) FILTER (pending) AS pending "
        f"FROM ({rows} WHERE {asked.rows}) WHERE reason IS NULL AND (pending OR (counted AND {known})) "
        f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}"
    )


def _number(asked: Asked, text: str) -> str:
    return f"CASE WHEN counted THEN CAST({asked.text(text)} AS DOUBLE) END"
