"""Composes the query: the tables' rows, the facts' own text, the metric's sums, and its number where they divide to it.

All is first put together as one query in DuckDB's words, then columns, joins and tables that nothing needs are left
out, and what stands is printed for the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from goalkeeper.datasets import DATASETS, Dataset
from goalkeeper.datasets.joins import one_ticket_sql
from goalkeeper.engines.dialects import DIALECTS, plain, printed
from goalkeeper.engines.sql import Asked
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Predicate
from goalkeeper.measure import fetch
from goalkeeper.measure.measure import Question, asked_of
from goalkeeper.measure.periods import Period, day_number, periods
from goalkeeper.measure.printed import fivetran, inlined
from goalkeeper.measure.printed.answer import answer_sql, cover_sql
from goalkeeper.measure.printed.prune import pruned
from goalkeeper.measure.printed.recorded import record_facts, relation
from goalkeeper.metrics import Metric
from goalkeeper.schema import TABLES as CANONICAL_TABLES
from goalkeeper.tickets import FactsSettings
from goalkeeper.warehouse.kept import stored_columns

CANONICAL, FIVETRAN = "canonical", "fivetran-zendesk"
TABLES = (CANONICAL, FIVETRAN)
# The datasets whose rows a single query can make; the others hang on persons, on promises or on a walk of states.
PRINTED = ("tickets", "turns", "open_spans", "calls", "answers")
OF_PERSONS = frozenset(("segment", "plan", "country"))
MOST_PERIODS = 400
_SCHEMA = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")
_RESERVED = {"group", "user"}  # tables of Fivetran's whose names are words of SQL
_BEFORE, _AFTER = 2, 1  # years around what is asked in which clocks can be read
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseQuestion:
    """A question, and where it is to be answered: the dialect, the tables that are there and the schema they are in.

    ``settings`` say the zone, the schedules and the teams; ``today`` is the last day asked where none is given.
    """

    question: Question
    dialect: str
    today: date
    tables: str = CANONICAL
    schema: str = ""
    settings: FactsSettings = field(default_factory=FactsSettings)


def warehouse_query(metric: Metric, asked: WarehouseQuestion) -> str:
    """The query's text, with what it is on top; UsageError where it cannot be said as one query.

    Without a first day it covers the 365 days up to the last one. At most 400 periods; clocks can be read from two
    years before the first day to one after today, and a moment outside has no working time.
    """
    if asked.dialect not in DIALECTS:
        raise UnknownName("dialect", asked.dialect, DIALECTS, where="--dialect")
    title, tree = composed(metric, asked)
    return f"{title}\n{printed(named(tree, asked.dialect), asked.dialect)}\n"


def composed(metric: Metric, asked: WarehouseQuestion) -> tuple[str, exp.Query]:
    """What stands on top, and the query before it is printed for the dialect."""
    if asked.tables not in TABLES:
        raise UnknownName("kind of tables", asked.tables, TABLES, where="--tables")
    schema = asked.schema or {CANONICAL: "canon", FIVETRAN: "zendesk"}[asked.tables]
    if not _SCHEMA.fullmatch(schema):
        raise UsageError(f"'{schema}' is no schema's name.", where="--schema", hint="Valid: a name, or a.b.")
    data = _printable(metric, asked.question)
    until = asked.question.until or asked.today + timedelta(days=1)
    since = asked.question.since or until - timedelta(days=365)
    spans = periods(since, until, asked.question.every)
    if len(spans) > MOST_PERIODS:
        raise UsageError(f"that is {len(spans):,} periods.", where=metric.key, hint=f"At most {MOST_PERIODS}.")
    sums, clock = asked_of(metric, asked.question, asked.question.statistic or metric.headline(asked.question.variant))
    clocks = date(since.year - _BEFORE, 1, 1), date(max(until, asked.today).year + _AFTER, 12, 31)
    known = _relations(asked, data, sums, spans, clocks)
    tree = pruned(_qualified(plain(_composed(answer_sql(sums), known)), asked.tables))
    return _title(metric, asked, schema, spans, clock, clocks), _in_schema(tree, schema)


def _printable(metric: Metric, question: Question) -> Dataset:
    data = metric.dataset(question.variant)
    if data.name not in PRINTED:
        rows = ", ".join(DATASETS[name].rows for name in PRINTED)
        raise UsageError(
            f"{metric.name} counts {data.rows}, which no single query can make from the tables.",
            where=metric.key,
            hint=f"Valid: metrics over {rows}. Load the tables to measure the others.",
        )
    columns = Predicate(question.where, data.names, where="--where").columns if question.where else frozenset()
    if hanging := sorted({*question.by, *columns} & OF_PERSONS):
        raise UsageError(
            f"the {hanging[0]} of a customer is told from all sources together, which no single query can do.",
            where=metric.key,
            hint=f"Valid: {', '.join(each for each in data.splits if each not in OF_PERSONS)}.",
        )
    return data


def _relations(
    asked: WarehouseQuestion, data: Dataset, sums: Asked, spans: list[Period], clocks: tuple[date, date]
) -> dict[str, exp.Query]:
    """Every table that the query may name, as a query."""
    first_day, last_day = (day_number(day) for day in clocks)
    recorded = record_facts(asked.settings, first_day * _DAY_MS, last_day * _DAY_MS)
    calendar, zone = recorded.given["calendar_arrow"], recorded.given["zone_arrow"]
    texts = {
        "digits": inlined.DIGITS,
        "days": inlined.days_sql(first_day, last_day),
        "period_spans": inlined.period_spans_sql(spans, asked.settings.zone),
        "periods": inlined.PERIODS,
        "zone_runs": inlined.zone_runs_sql(zone),
        "zone_days": inlined.ZONE_DAYS,
        "calendar_runs": inlined.calendar_runs_sql(calendar),
        "calendar": inlined.calendar_sql(calendar),
        "horizons_now": _HORIZONS,
        "tells": _TELLS,
        "merges": _MERGES,
        "known": cover_sql(sums),
        **({"one_ticket": one_ticket_sql(data.reads[:1])} if data.reads else {}),
        **{f"facts_{each.name}": each.query for each in DATASETS.values() if each.name in PRINTED and each.query},
        **(fivetran.canonical_queries() if asked.tables == FIVETRAN else {}),
        "instants": _INSTANTS,
        "sums": fetch.query_of(sums),
    }
    return recorded.queries | {name: _query(text) for name, text in texts.items()}


# A refresh looks for each source it knows by name; here none is known.
_HORIZONS = """
SELECT source_id, least(max(t), epoch_ms(now())) AS horizon_t FROM (
    SELECT source_id, epoch_ms(max(occurred_at)) AS t FROM canon.ticket_events GROUP BY source_id
    UNION ALL
    SELECT source_id, epoch_ms(max(greatest(created_at, updated_at))) FROM canon.tickets GROUP BY source_id
) GROUP BY source_id
"""

# What each source tells is looked for in its rows, which a refresh remembers.
_TELLS = """
SELECT t.source_id, coalesce(e.replies, 0) = 1 AS replies, t.first_replies = 1 AS first_replies,
    t.solvings = 1 AS solvings, t.solvings = 1 OR t.closings = 1 OR coalesce(e.statuses, 0) = 1 AS ends
FROM (
    SELECT source_id, max(CASE WHEN first_replied_at IS NOT NULL THEN 1 ELSE 0 END) AS first_replies,
        max(CASE WHEN solved_at IS NOT NULL THEN 1 ELSE 0 END) AS solvings,
        max(CASE WHEN closed_at IS NOT NULL THEN 1 ELSE 0 END) AS closings
    FROM canon.tickets GROUP BY source_id
) t LEFT JOIN (
    SELECT source_id, max(CASE WHEN type = 'reply' THEN 1 ELSE 0 END) AS replies,
        max(CASE WHEN type = 'status' THEN 1 ELSE 0 END) AS statuses
    FROM canon.ticket_events GROUP BY source_id
) e ON e.source_id = t.source_id
"""

# A chain of tickets merged into one another is followed by leaps that double: five reach over 32 of them. Each ticket
# of a circle still leads on, so it has no survivor. Few warehouses know recursion.
_MERGES = (
    """
WITH targets AS (
    SELECT t.ticket_key AS k, o.ticket_key AS survivor FROM canon.tickets o
    JOIN canon.tickets t ON t.source_id = o.source_id AND t.merged_into_ticket_id = o.ticket_id
"""
    + "".join(
        f"), leap_{n} AS (SELECT a.k, coalesce(b.survivor, a.survivor) AS survivor FROM {before} a "
        f"LEFT JOIN {before} b ON b.k = a.survivor "
        for n, before in enumerate(("targets", *(f"leap_{n}" for n in range(4))))
    )
    + ") SELECT s.k, s.survivor FROM leap_4 s LEFT JOIN targets t ON t.k = s.survivor WHERE t.k IS NULL"
)

_INSTANTS = """
SELECT p.start_ms AS start_t, CASE WHEN p.end_ms - 1 > k.until_t THEN k.until_t ELSE p.end_ms - 1 END AS t, p.period
FROM period_spans p CROSS JOIN known k WHERE p.end_ms > k.first_t AND p.start_ms <= k.until_t
"""


def _query(text: str) -> exp.Query:
    found = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(found, exp.Query)
    return found


def _composed(answer: str, known: Mapping[str, exp.Query]) -> exp.Query:
    """The answer with every table that it needs as a CTE before it, each behind those that it needs itself."""
    placed: dict[str, exp.Query] = {}

    def place(query: exp.Query) -> exp.Query:
        own = {cte.alias for cte in query.find_all(exp.CTE)}
        for table in query.find_all(exp.Table):
            name = relation(table)
            if name in own or name not in known:
                continue
            if name not in placed:
                ready = place(known[name].copy())
                ready.set("order", None)
                placed.setdefault(name, ready)
            if table.db:
                table.set("this", exp.to_identifier(name))
                table.set("db", None)
        return query

    tree = place(_query(answer))
    for name, query in placed.items():
        tree = tree.with_(name, as_=query, copy=False)
    return tree


def _qualified(tree: exp.Query, tables: str) -> exp.Query:
    """The tree with every column named by its table, and every star spelled out."""
    schema: dict[str, object]
    if tables == CANONICAL:
        schema = {"canon": {name: stored_columns(table) for name, table in CANONICAL_TABLES.items()}}
    else:
        schema = {"fivetran": fivetran.base_tables()}
    found = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False)
    assert isinstance(found, exp.Query)
    for union in found.find_all(exp.SetOperation):  # only the first rows of a union name its columns
        for column in union.expression.selects:
            if isinstance(column, exp.Alias) and isinstance(column.this, exp.Literal | exp.Neg):
                column.replace(column.this)
    return found


def _in_schema(tree: exp.Query, schema: str) -> exp.Query:
    """The tables that are there, in their schema."""
    parts = [exp.to_identifier(part) for part in schema.split(".")]
    for name in tree.find_all(exp.Identifier):
        name.set("quoted", False)
    for table in tree.find_all(exp.Table):
        if table.db:
            table.set("db", parts[-1].copy())
            table.set("catalog", parts[0].copy() if len(parts) > 1 else None)
    return tree


def named(tree: exp.Query, dialect: str) -> exp.Query:
    """Tables whose names are words of SQL in quotes, in Snowflake's own letters."""
    tree = tree.copy()
    for table in tree.find_all(exp.Table):
        if table.db and table.name in _RESERVED:
            name = table.name.upper() if dialect == "snowflake" else table.name
            table.set("this", exp.to_identifier(name, quoted=True))
    return tree


def _title(
    metric: Metric, asked: WarehouseQuestion, schema: str, spans: list[Period], clock: str, clocks: tuple[date, date]
) -> str:
    question = asked.question
    cut = f", every {question.every}" if question.every else ""
    by = f", by {', '.join(question.by)}" if question.by else ""
    where = f" Where {' '.join(question.where.split())}." if question.where else ""
    variant = f", variant {question.variant}" if question.variant else ""
    source = "Goalkeeper's canonical tables" if asked.tables == CANONICAL else "Fivetran's Zendesk tables"
    lines = [
        f"{metric.name}{variant}{f', {clock} time' if clock else ''}{by}{cut}, {spans[0].since} to {spans[-1].last}."
        f"{where} Definition {metric.version(question.variant)}.",
        f"For {asked.dialect}, over {source} in schema {schema}. Times are taken as UTC: run it in a session in UTC.",
        f"Days are those of {asked.settings.zone}. Clocks are known from {clocks[0]} to {clocks[1]}.",
    ]
    return "\n".join(f"-- {line}" for line in lines)
