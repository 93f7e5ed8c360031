"""How canonical tables are kept: each as the columns that some load fills, under a view of all its columns.

A column of nothing but NULL costs a load nearly as much as one with values, and most sources fill half of a table.
``canon.NAME`` is the view, for all who read; who writes names ``kept.NAME``, after ``widen``. In a workspace of an
earlier version ``canon.NAME`` is the table itself, with all columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from goalkeeper.engines.text import quoted
from goalkeeper.schema import LINEAGE, TABLES, Table

# Ticket keys number the tickets of all sources densely: joins and chunks on a BIGINT, not on two texts.
KEYED = ("tickets", "ticket_events")
# What a load reads or fills where rows are completed from others, whatever its mapping fills.
_COMPLETED = {
    "tickets": ("is_internal", "merged_into_ticket_id", "requester_customer_id"),
    "ticket_events": ("actor_id",),
}


class _Rows(Protocol):
    def __call__(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]: ...


def make_tables(rows: _Rows) -> frozenset[str]:
    """Makes the tables and views that are not there yet; returns which tables are of an earlier version.

    ``rows`` runs a statement.
    """
    found: dict[str, set[str]] = {}
    for place, column in rows(
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name IN ('canon', 'kept')"
    ):
        found.setdefault(place, set()).add(column)
    for name, table in TABLES.items():
        shown, columns = found.get(f"canon.{name}", set()), stored_columns(table)
        if shown and f"kept.{name}" not in found:
            _add(rows, f"canon.{name}", table, columns, shown)
        elif shown != set(columns):
            listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in _always(table).items())
            rows(f"CREATE TABLE IF NOT EXISTS kept.{name} ({listed})")
            _add(rows, f"kept.{name}", table, _always(table), plain_columns(rows, "kept", name))
            _show(rows, table)
    return frozenset(name for name in TABLES if f"canon.{name}" in found and f"kept.{name}" not in found)


def plain_columns(rows: _Rows, schema: str, name: str) -> set[str]:
    """The columns that a table or view has."""
    found = rows(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? AND NOT internal",
        [schema, name],
    )
    return {column for (column,) in found}


def widen(rows: _Rows, name: str, columns: Iterable[str]) -> None:
    """Gives a kept table the columns of these that it lacks, and its view too."""
    table = TABLES[name]
    if _add(rows, f"kept.{name}", table, columns, plain_columns(rows, "kept", name)):
        _show(rows, table)


def stored_columns(table: Table) -> dict[str, str]:
    """The columns of a canonical table in the store, with their SQL types: lineage, the model's, the ticket key."""
    columns = {column.name: column.type.duckdb for column in (*LINEAGE, *table.columns)}
    return columns | ({"ticket_key": "BIGINT"} if table.name in KEYED else {})


def _always(table: Table) -> dict[str, str]:
    """The columns that every load fills, with their types and how they are packed."""
    always = {column.name for column in (*LINEAGE, *table.columns) if column.required}
    always |= {*table.key, *_COMPLETED.get(table.name, ()), "ticket_key"}
    return {name: kind + _packing(table, name) for name, kind in stored_columns(table).items() if name in always}


def _packing(table: Table, name: str) -> str:
    """How DuckDB is to pack a column: ids differ from row to row, so no dictionary helps."""
    return " USING COMPRESSION zstd" if name in table.key and name.endswith("_id") and name != "source_id" else ""


def _add(rows: _Rows, place: str, table: Table, wanted: Iterable[str], there: Collection[str]) -> bool:
    kinds = stored_columns(table)
    lacking = [name for name in kinds if name in wanted and name not in there]
    for name in lacking:
        rows(f"ALTER TABLE {place} ADD COLUMN {quoted(name)} {kinds[name]}")
    return bool(lacking)


def _show(rows: _Rows, table: Table) -> None:
    """Makes the view anew."""
    kept = plain_columns(rows, "kept", table.name)
    listed = ", ".join(
        quoted(name) if name in kept else f"CAST(NULL AS {kind}) AS {quoted(name)}"
        for name, kind in stored_columns(table).items()
    )
    rows(f"CREATE OR REPLACE VIEW canon.{table.name} AS SELECT {listed} FROM kept.{table.name}")
