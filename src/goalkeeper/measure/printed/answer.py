"""The last SELECT: each period's and split's sums, and the number where they divide to it."""

from __future__ import annotations

from goalkeeper.calendars import local_day_sql, utc_day_sql
from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import Index, Level, LevelRatio, LevelShare, Mean, Part, Rate, Ratio, Share, Spans, Total


def answer_sql(asked: Asked) -> str:
    """SQL over ``sums`` and ``period_spans``: period, label, the splits, the sums, ``value``.

    A quantile or a time with rows that have not reached it is no division: its rows stay one for each distinct value.
    """
    formula = asked.formula
    splits = "".join(f", s.{split}" for split in asked.splits)
    order = f"ORDER BY p.period{splits}"
    names: tuple[str, ...] = ("n",)
    value, extra, cells = "", "", "sums"
    match formula:
        case Share() | LevelShare():
            names, value = ("n", "k"), _over("s.k", "s.n")
        case Part():
            value = _over("s.n", "SUM(s.n) OVER (PARTITION BY s.period)")
        case Index():
            names, value = ("n", "plus", "minus"), _over("(s.plus - s.minus)", "s.n")
        case Ratio():
            names, value = ("n", "x", "y", "xx", "yy", "xy"), f"{formula.per} * {_over('s.x', 's.y')}"
        case LevelRatio():
            names, value = ("n", "x", "y"), _over("s.x", "s.y")
        case Total():
            names, value = ("n", "x", "xx"), "s.x"
        case Level():
            value = "s.n"
        case Rate():
            first, last = (
                f"CASE WHEN p.{end}_day {sign} k.{end}_day THEN p.{end}_day ELSE k.{end}_day END"
                for end, sign in (("first", ">"), ("last", "<"))
            )
            value, extra = _over("s.n", f"({last} - {first} + 1)"), " CROSS JOIN known k"
        case Mean():
            names, value = ("n", "x"), _over("s.x", "s.n")
            cells = (
                f"(SELECT period{''.join(f', {split}' for split in asked.splits)}, SUM(n) AS n, SUM(value * n) AS x, "
                f"SUM(pending) AS pending FROM sums GROUP BY {asked.keys})"
            )
        case _:
            names = ("value", "finished", "unfinished") if hasattr(formula, "done") else ("value", "n")
            order += ", s.value"
    shown = "".join(f", s.{name}" for name in (*names, "pending"))
    number = f", {value} AS value" if value else ""
    return (
        f"SELECT p.period, p.label{splits}{shown}{number} FROM {cells} s "
        f"JOIN period_spans p ON p.period = s.period{extra} {order}"
    )


def _over(above: str, below: str) -> str:
    return f"CAST({above} AS DOUBLE) / nullif(CAST({below} AS DOUBLE), 0)"


def cover_sql(asked: Asked) -> str:
    """SQL of from when to when the data is known, whatever is asked of it: first_t or first_day, until_t, last_day."""
    formula = asked.formula
    first = f"MIN({formula.opened}) AS first_t" if isinstance(formula, Spans) else f"MIN(d.{formula.at}) AS first_day"
    name = first.rsplit(" ", 1)[-1]
    return (
        f"SELECT f.{name}, u.until_t, {local_day_sql('u.until_t', 'z')} AS last_day "
        f"FROM (SELECT {first} FROM {asked.source} d) f CROSS JOIN (SELECT MAX(horizon_t) AS until_t "
        f"FROM meta.horizons) u LEFT JOIN zone_days z ON z.utc_day = {utc_day_sql('u.until_t')}"
    )
