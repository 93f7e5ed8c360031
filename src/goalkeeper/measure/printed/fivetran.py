"""Canonical rows made from Fivetran's Zendesk tables in a warehouse, by the same mapping that loads their exports.

A warehouse's columns have types already, so times are taken as they are and nothing is judged: what a load would hold
back is counted here, but for events before their ticket, which are passed over as there.
"""

from __future__ import annotations

from goalkeeper.connectors.mapping.expressions import Expression, Walk
from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.values import renamed_sql
from goalkeeper.connectors.presets import preset
from goalkeeper.engines.text import literal, quoted
from goalkeeper.schema import TABLES, Column, Type
from goalkeeper.warehouse.early import TOLERANCE_S
from goalkeeper.warehouse.kept import KEYED, stored_columns

PRESET = "zendesk-fivetran"
SOURCE = "zendesk"
_FLAGS = {"public", "active", "_fivetran_deleted"}
_KEY = {"ticket": "id"}  # the column of a table that holds its ticket's number; else ticket_id
_MOST_MERGED = 100  # tickets that one ticket's list of merged tickets is read for


def base_tables() -> dict[str, dict[str, str]]:
    """The tables of Fivetran's that the mapping reads, with their columns and DuckDB types."""
    found: dict[str, dict[str, str]] = {}
    for file in preset(PRESET).files:
        columns = found.setdefault(_base(file), {})
        for rule in file.tables:
            texts = [(rule.condition, rule.where)] if rule.condition else []
            texts += [(value.expression, value.where) for _, value in rule.columns if value.expression]
            names = {path[0] for text, where in texts for path in Expression(text, where).paths()}
            for name in sorted(names):
                columns.setdefault(name, "BOOLEAN" if name in _FLAGS else "VARCHAR")
            for name, value in rule.columns:
                if rule.table.column(name).type is Type.TIMESTAMP and value.expression:
                    columns[value.expression] = "TIMESTAMP"
    return found


def canonical_queries() -> dict[str, str]:
    """The query of every canonical table, by its name in a query, over ``fivetran.<table>`` and ``digits``."""
    rules: dict[str, list[str]] = {}
    for file in preset(PRESET).files:
        for rule in file.tables:
            rules.setdefault(rule.to, []).append(_rows(file, rule))
    empty = {name: f"SELECT {_nothing(name)} WHERE 1 = 0" for name in TABLES if name not in rules}
    mapped = {name: " UNION ALL ".join(queries) for name, queries in rules.items()}
    return {
        **{f"canon_{name}": query for name, query in (empty | mapped).items() if name not in KEYED},
        **{f"mapped_{name}": mapped[name] for name in KEYED},
        "canon_ticket_events": _events(),
        "canon_tickets": _tickets(),
    }


def _base(file: FileRule) -> str:
    return file.match[0].removesuffix(".csv")


def _rows(file: FileRule, rule: TableRule) -> str:
    values = dict(rule.columns)
    made = {name: _null(kind) for name, kind in stored_columns(rule.table).items()}
    made["source_id"] = f"CAST({literal(SOURCE)} AS VARCHAR)"
    for column in rule.table.columns:
        if column.name in values:
            made[column.name] = _value(rule, column, values[column.name]) or made[column.name]
    if "ticket_key" in made:
        made["ticket_key"] = f"CAST(z.{_KEY.get(_base(file), 'ticket_id')} AS BIGINT)"
    table = f"fivetran.{quoted(_base(file))} z"
    if rule.explode:
        listed = f"z.{rule.explode}"
        for sign in ("[", "]", '"', " "):
            listed = f"replace({listed}, {literal(sign)}, '')"
        table = (
            f"(SELECT z.*, split_part({listed}, ',', CAST(a.n + 10 * b.n + 1 AS INTEGER)) AS part FROM {table} "
            f"CROSS JOIN digits a CROSS JOIN digits b WHERE a.n + 10 * b.n < {_MOST_MERGED}) z"
        )
    tests = [_text(rule, rule.condition)] if rule.condition else []
    tests += ["z.part <> ''"] if rule.explode else []
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in made.items())} FROM {table}{where}"


def _value(rule: TableRule, column: Column, value: Value) -> str:
    """A column's value as its canonical type; empty where a query cannot tell it."""
    plain = value.expression.strip('"').isidentifier() and value.expression != rule.explode
    text = _text(rule, value.expression) if value.expression else literal(value.const or "")
    own = f"z.{value.expression}"
    if "_key(" in value.expression:  # a keyed hash needs a workspace's secret
        return ""
    match column.type:
        case Type.TIMESTAMP:
            return own if plain else ""
        case Type.BOOL:
            return own if plain else f"({text}) = 'true'"
        case Type.BIGINT | Type.DOUBLE:
            return f"CAST({own if plain else text} AS {column.type.duckdb})"
        case Type.TEXT:
            return f"CAST({renamed_sql(text, value, column)} AS VARCHAR)"
        case _:
            return ""


def _text(rule: TableRule, expression: str) -> str:
    """An expression of the mapping, whose columns are texts, over columns that have types."""

    def name(path: tuple[str, ...]) -> str:
        column = "z.part" if path[0] == rule.explode else f"z.{path[0]}"
        if path[0] in _FLAGS:
            return f"CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END"
        return f"nullif(CAST({column} AS VARCHAR), '')"

    return Expression(expression, rule.where).sql(name, Walk(), lambda _kind, _text: "NULL")


def _null(kind: str) -> str:
    return f"CAST(NULL AS {'VARCHAR' if '[]' in kind else kind})"


def _nothing(table: str) -> str:
    return ", ".join(f"{_null(kind)} AS {name}" for name, kind in stored_columns(TABLES[table]).items())


# What a load completes once all files are in: who acted, which tickets are internal, which were merged.
def _events() -> str:
    names = ", ".join(f"e.{name}" for name in stored_columns(TABLES["ticket_events"]) if name != "actor_type")
    return f"""
    SELECT {names}, CASE WHEN e.actor_type = 'unknown' AND a.agent_id IS NOT NULL THEN 'agent'
        WHEN e.actor_type = 'unknown' AND c.customer_id IS NOT NULL THEN 'customer' ELSE e.actor_type END AS actor_type
    FROM mapped_ticket_events e LEFT JOIN mapped_tickets t ON t.ticket_key = e.ticket_key
    LEFT JOIN canon.agents a ON a.agent_id = e.actor_id LEFT JOIN canon.customers c ON c.customer_id = e.actor_id
    WHERE t.ticket_key IS NULL OR epoch_ms(e.occurred_at) >= epoch_ms(t.created_at) - {TOLERANCE_S * 1000}
    """


def _tickets() -> str:
    told = ("is_internal", "merged_into_ticket_id")
    names = ", ".join(f"t.{name}" for name in stored_columns(TABLES["tickets"]) if name not in told)
    return f"""
    SELECT {names}, coalesce(t.is_internal, a.agent_id IS NOT NULL) AS is_internal,
        coalesce(t.merged_into_ticket_id, m.ticket_id) AS merged_into_ticket_id
    FROM mapped_tickets t LEFT JOIN canon.agents a ON a.agent_id = t.requester_customer_id
    LEFT JOIN (SELECT ticket_id, new_value, ROW_NUMBER() OVER (
        PARTITION BY new_value ORDER BY occurred_at DESC, coalesce(seq, 0) DESC, event_id DESC) AS place
        FROM canon.ticket_events WHERE type = 'merged_from') m ON m.new_value = t.ticket_id AND m.place = 1
    """
