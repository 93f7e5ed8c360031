"""Prints a query for a warehouse: what sqlglot would pass on wrongly is first said in words that all of them know.

Whole numbers are divided whole, conditions on aggregates become CASE, the next known value becomes a least over the
rows to come, GREATEST and LEAST pass over what is not known everywhere. What no common words exist for (a moment as
milliseconds, the n-th part of a text) is said in each dialect's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from goalkeeper.errors import UnknownName

DIALECTS = ("snowflake", "bigquery", "databricks", "redshift", "trino", "postgres", "clickhouse", "spark", "duckdb")
PART = "split_part"
_E = TypeVar("_E", bound=exp.Expr)
_EXACT = 1_000_000  # Snowflake keeps six digits of a quotient: up to this divisor none is rounded up to the next whole
_COMMAS = "','"

# The least that ClickHouse has to be told to answer as SQL says: what is not joined is NULL, so is an empty sum, a cast
# keeps NULL, and a name in a condition is the row's before it is the answer's.
_CLICKHOUSE = (
    "SETTINGS join_use_nulls = 1, aggregate_functions_null_for_empty = 1, cast_keep_nullable = 1, "
    "prefer_column_name_to_alias = 1, query_plan_max_optimizations_to_apply = 1000000"
)


def printed(query: exp.Query, dialect: str) -> str:
    """A query, parsed as DuckDB's, as text for a dialect; UnknownName for one that is not known."""
    if dialect not in DIALECTS:
        raise UnknownName("dialect", dialect, DIALECTS)
    tree = plain(query.copy())
    _own_words(tree, dialect)
    _sort_as_usual(tree, dialect)
    text = tree.sql(dialect=dialect, pretty=True, comments=False)
    return f"{text}\n{_CLICKHOUSE}" if dialect == "clickhouse" else text


def plain(tree: _E) -> _E:
    """The tree with all that common words exist for in those words; changes it in place."""
    for kind, change in _PLAIN:
        for node in list(tree.find_all(kind)):
            change(node)
    return tree


def _filter(node: exp.Expr) -> None:
    """COUNT(*) FILTER (c) → COUNT(CASE WHEN c THEN 1 END)."""
    call, test = node.this, node.expression.this
    given = call.this
    if isinstance(given, exp.Distinct):
        given.set("expressions", [_when(test, given.expressions[0])])
    else:
        call.set("this", _when(test, exp.Literal.number(1) if isinstance(given, exp.Star) else given))
    node.replace(call)


def _next_known(node: exp.Expr) -> None:
    """LEAD(x IGNORE NULLS) → the least of the rows to come, LAG the greatest of those before: x rises with the order,
    within one ticket or customer, to which the window must be bound by PARTITION BY."""
    window, call = node.parent, node.this
    if isinstance(call, exp.AnyValue):  # sqlglot reads it so: DuckDB's passes over NULL
        node.replace(exp.Min(this=call.this))
        return
    assert isinstance(window, exp.Window)
    assert isinstance(call, exp.Lead | exp.Lag)
    ahead = isinstance(call, exp.Lead)
    window.set("this", (exp.Min if ahead else exp.Max)(this=call.this))
    near, far = (
        {"start": exp.Literal.number(1), "start_side": "FOLLOWING"},
        {"end": "UNBOUNDED", "end_side": "FOLLOWING"},
    )
    if not ahead:
        near, far = (
            {"end": exp.Literal.number(1), "end_side": "PRECEDING"},
            {"start": "UNBOUNDED", "start_side": "PRECEDING"},
        )
    window.set("spec", exp.WindowSpec(kind="ROWS", **near, **far))


def _extreme(node: exp.Expr) -> None:
    """GREATEST(a, b), in words that pass over NULL everywhere."""
    wins = exp.GTE if isinstance(node, exp.Greatest) else exp.LTE
    best = node.this
    for other in node.expressions:
        first = exp.or_(
            exp.Is(this=other.copy(), expression=exp.Null()), wins(this=best.copy(), expression=other.copy())
        )
        best = exp.Case(ifs=[exp.If(this=first, true=best.copy())], default=other.copy())
    node.replace(best)


def _seconds_between(node: exp.Expr) -> None:
    """DATE_DIFF('second', a, b) → the seconds that begin between two moments."""
    if str(node.args["unit"]).strip("'").lower() != "second":
        return
    later, before = (
        exp.IntDiv(this=_ms(each), expression=exp.Literal.number(1000)) for each in (node.this, node.expression)
    )
    node.replace(exp.paren(exp.Sub(this=later, expression=before)))


def _listed(node: exp.Expr) -> None:
    """SELECT a, unnest(['x', 'y']) FROM t → a join with the listed texts."""
    select = node.find_ancestor(exp.Select)
    texts = node.this.expressions if isinstance(node.this, exp.Array) else None
    if select is None or texts is None:
        return
    rows = " UNION ALL ".join(f"SELECT CAST({text.sql('duckdb')} AS VARCHAR) AS listed" for text in texts)
    listed = sqlglot.parse_one(rows, dialect="duckdb")
    assert isinstance(listed, exp.Query)
    select.join(listed.subquery("listed_texts"), join_type="cross", copy=False)
    node.replace(exp.column("listed", "listed_texts"))


def _whole(node: exp.Expr) -> None:
    """true AND x → x."""
    left, right = node.this, node.expression
    for side, other in ((left, right), (right, left)):
        if isinstance(side.unnest(), exp.Boolean) and side.unnest().this:
            node.replace(other)
            return


def _pair(node: exp.Expr) -> None:
    """CASE WHEN (a, b) IN (SELECT c, d …) → a look into the distinct pairs."""
    select, pairs = node.find_ancestor(exp.Select), node.args.get("query")
    if not isinstance(node.this, exp.Tuple) or select is None or pairs is None:
        return
    listed = pairs.this.copy()
    listed.set("expressions", [exp.alias_(each.unalias(), f"pair_{n}") for n, each in enumerate(listed.selects)])
    same = [exp.column(f"pair_{n}", "pairs").eq(each.copy()) for n, each in enumerate(node.this.expressions)]
    select.join(listed.distinct().subquery("pairs"), on=exp.and_(*same), join_type="left", copy=False)
    node.replace(exp.Not(this=exp.Is(this=exp.column("pair_0", "pairs"), expression=exp.Null())))


def _by_ticket(node: exp.Expr) -> None:
    """OVER (ORDER BY k, …) → OVER (PARTITION BY k ORDER BY …): a row tells by k itself where a ticket begins."""
    order = node.args.get("order")
    if order is None or node.args.get("partition_by"):
        return
    first, *rest = order.expressions
    if rest and isinstance(first.this, exp.Column) and first.this.name == "k":
        node.set("partition_by", [first.this.copy()])
        order.set("expressions", rest)


_PLAIN: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], None]], ...] = (
    (exp.Window, _by_ticket), (exp.Filter, _filter), (exp.IgnoreNulls, _next_known),
    (exp.Greatest, _extreme), (exp.Least, _extreme), (exp.DateDiff, _seconds_between), (exp.Explode, _listed),
    (exp.And, _whole), (exp.In, _pair),
)  # fmt: skip


def _when(test: exp.Expr, value: exp.Expr) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=test.copy(), true=value.copy())])


def _ms(moment: exp.Expr) -> exp.UnixToTime:
    return exp.UnixToTime(this=moment.copy(), scale=exp.Literal.number(3))  # how sqlglot reads DuckDB's epoch_ms


def _own_words(tree: exp.Expr, dialect: str) -> None:
    for moment in list(tree.find_all(exp.UnixToTime)):
        if text := _MILLISECONDS.get(dialect):
            moment.replace(_written(text, dialect, moment.this))
    for quotient in list(tree.find_all(exp.IntDiv)):
        _divide(quotient, dialect)
    for part in list(tree.find_all(exp.SplitPart)):
        if text := _PARTS.get(dialect):
            part.replace(_written(text, dialect, part.this, part.args["part_index"]))
    if dialect == "clickhouse":
        for look in list(tree.find_all(exp.Lag, exp.Lead)):  # else they give 0 or '' where there is no such row
            look.set("this", exp.Anonymous(this="toNullable", expressions=[look.this]))
    if dialect == "postgres":
        for key in (each for window in tree.find_all(exp.Window) for each in window.find_all(exp.Ordered)):
            if isinstance(key.this, exp.Column) and key.this.name == "event_id":  # byte by byte, as all others sort
                key.set("this", exp.Collate(this=key.this, expression=exp.to_identifier("C", quoted=True)))


# A moment as whole milliseconds since 1970 UTC; {0} is the moment.
_MILLISECONDS = {
    "snowflake": "DATE_PART(EPOCH_MILLISECOND, {0})",
    "bigquery": "UNIX_MILLIS(CAST({0} AS TIMESTAMP))",
    "databricks": "UNIX_MILLIS(CAST({0} AS TIMESTAMP))",
    "spark": "UNIX_MILLIS(CAST({0} AS TIMESTAMP))",
    "redshift": "DATEDIFF(MILLISECOND, CAST('1970-01-01' AS TIMESTAMP), {0})",
    "trino": "DATE_DIFF('MILLISECOND', CAST('1970-01-01' AS TIMESTAMP), {0})",
    "postgres": "CAST(FLOOR(EXTRACT(EPOCH FROM {0}) * 1000) AS BIGINT)",
    "clickhouse": "toUnixTimestamp64Milli(toDateTime64({0}, 3, 'UTC'))",
}
# The n-th part of a text with commas between; {0} is the text, {1} n from 1.
_PARTS = {
    "bigquery": f"SPLIT({{0}}, {_COMMAS})[SAFE_ORDINAL({{1}})]",
    "clickhouse": f"splitByChar({_COMMAS}, assumeNotNull({{0}}))[{{1}}]",
}


def _written(text: str, dialect: str, *parts: exp.Expr) -> exp.Expr:
    """Text of a dialect's own, as a node that prints as it is."""
    return exp.Var(this=text.format(*(part.sql(dialect=dialect) for part in parts)))


def _divide(node: exp.Expr, dialect: str) -> None:
    left, right = node.this, node.expression
    match dialect:
        case "postgres" | "redshift" | "trino":  # whole numbers divide whole
            node.replace(exp.Div(this=left, expression=right, typed=True, safe=False))
        case "clickhouse":
            node.replace(exp.Anonymous(this="intDiv", expressions=[left, right]))
        case "snowflake":
            if not (isinstance(right, exp.Literal) and int(right.this) <= _EXACT):
                left = exp.paren(
                    exp.Sub(
                        this=exp.paren(left), expression=exp.Mod(this=exp.paren(left.copy()), expression=right.copy())
                    )
                )
                node.replace(exp.cast(exp.Div(this=left, expression=right, typed=True, safe=False), "BIGINT"))


def _sort_as_usual(tree: exp.Expr, dialect: str) -> None:
    """Keys of windows are known, and the answer's own order does not matter: no NULLS FIRST or LAST is needed."""
    order = Dialect.get_or_raise(dialect).NULL_ORDERING
    for key in tree.find_all(exp.Ordered):
        key.set("nulls_first", order == ("nulls_are_large" if key.args.get("desc") else "nulls_are_small"))
