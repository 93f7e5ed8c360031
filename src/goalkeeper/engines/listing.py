"""The query of the very rows that a number counts, each with how it stands."""

from __future__ import annotations

from collections.abc import Sequence

from goalkeeper.engines.spans import AT_LAST
from goalkeeper.engines.sql import Asked, dated
from goalkeeper.engines.text import literal
from goalkeeper.formulas import (
    Agreement,
    Formula,
    Index,
    Level,
    LevelRatio,
    LevelShare,
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

LISTED: tuple[type[Formula], ...] = (
    Agreement, Index, Level, LevelRatio, LevelShare, Mean, Part, Quantile, Rate, Ratio, Share, TimeTo, Total,
)  # fmt: skip
"""The shapes whose number is counted from rows one by one; the others follow somebody across several of theirs."""

HIT, MISS, COUNTED, PENDING, LEFT_OUT = "hit", "miss", "counted", "pending", "left_out"
PLUS, MINUS = "plus", "minus"


def listing_sql(asked: Asked, columns: Sequence[str], hit: str = "") -> str:
    """The query of the rows: ``columns``, their day number or NULL, `stands`, `why` it is left out, `value`, `other`.

    ``hit`` is a condition that parts the rows of a Part. A row that the number speaks not of is not among them.
    """
    formula = asked.formula
    value, other = _values(asked)
    known = " AND ".join(f"({each}) IS NOT NULL" for each in (value, other) if each != "NULL") or "true"
    stands = (
        f"CASE WHEN reason IS NOT NULL THEN {literal(LEFT_OUT)} WHEN pending THEN {literal(PENDING)} "
        f"WHEN counted AND {known} THEN {_counted(asked, hit)} END"
    )
    day = "NULL" if isinstance(formula, Spans) else f"CAST({formula.at} AS INTEGER)"
    shown = ", ".join((*columns, f"{day} AS day_number", f"{stands} AS stands", "reason AS why"))
    rows = f"SELECT *, {asked.judged}, {asked.reason} AS reason FROM {_source(asked)} WHERE {asked.rows}"
    numbers = f"CAST({value} AS DOUBLE) AS value, {other} AS other"
    return f"SELECT * FROM (SELECT {shown}, {numbers} FROM ({rows})) WHERE stands IS NOT NULL"


def _source(asked: Asked) -> str:
    """The dataset's rows of the period that the tables ``periods`` and ``instants`` name."""
    formula = asked.formula
    if isinstance(formula, Spans):
        ends = f"{asked.text(formula.opened)} AS from_t, {asked.text(formula.ended)} AS to_t"
        return f"(SELECT r.*, i.t FROM (SELECT d.*, {ends} FROM {asked.source} d) r JOIN instants i ON {AT_LAST})"
    return dated(asked)


def _values(asked: Asked) -> tuple[str, str]:
    """SQL of the one or two numbers of a row; NULL where it has none, and then none is needed for it to count."""
    match asked.formula:
        case TimeTo(duration=text) | Mean(value=text) | Quantile(value=text) | Total(value=text):
            return asked.text(text), "NULL"
        case Ratio(over=first, under=second) | Agreement(first=first, second=second):
            return asked.text(first), asked.text(second)
        case _:
            return "NULL", "NULL"


def _counted(asked: Asked, hit: str) -> str:
    """SQL of how a counted row stands."""
    match asked.formula:
        case Share(hits=text):
            return _either(asked.text(text))
        case TimeTo(done=text):
            return _either(asked.text(text))
        case LevelShare(since=text, older_s=older_s):
            return _either(f"t - {asked.text(text)} > {older_s * 1000}")
        case Part() if hit:
            return _either(hit)
        case Index(plus=plus, minus=minus):
            minus_sql, plus_sql = asked.text(minus), asked.text(plus)
            return f"CASE WHEN {plus_sql} THEN '{PLUS}' WHEN {minus_sql} THEN '{MINUS}' ELSE '{MISS}' END"
        case _:
            return literal(COUNTED)


def _either(test: str) -> str:
    return f"CASE WHEN {test} THEN '{HIT}' ELSE '{MISS}' END"
