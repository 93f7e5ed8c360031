"""Runs a table's checks over example rows, in the engine that runs them for real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import duckdb
import pyarrow as pa

from goalkeeper.schema import Check, Column, Table, Type

NOW = "2026-03-01 12:00:00"

PLAIN = {
    Type.TEXT: "x",
    Type.BIGINT: "1",
    Type.DOUBLE: "1",
    Type.DECIMAL: "1",
    Type.BOOL: "true",
    Type.TIMESTAMP: "2026-02-01 00:00:00",
    Type.DATE: "2026-02-01",
    Type.TEXT_LIST: "[x]",
    Type.JSON: "{}",
    Type.TIME: "09:00:00",
}

Row = Mapping[str, str | None]


def plain_value(column: Column) -> str:
    """A value of the column that its own declaration allows."""
    return column.values[0] if column.values else PLAIN[column.type]


def plain_row(table: Table) -> dict[str, str | None]:
    """The required columns filled, the others empty."""
    return {column.name: plain_value(column) if column.required else None for column in table.columns}


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def judged(table: Table, checks: Iterable[Check], rows: Sequence[Row]) -> list[set[str]]:
    """For each row the codes of the checks that call it bad; columns it does not name are NULL."""
    for name in {name for row in rows for name in row}:
        table.column(name)
    names = [column.name for column in table.columns]
    texts = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    typed = ", ".join(f"CAST({column.name} AS {column.type.duckdb}) AS {column.name}" for column in table.columns)
    now = f"TIMESTAMP '{NOW}'"
    cases = ", ".join(f"CASE WHEN {check.predicate.replace('{now}', now)} THEN '{check.code}' END" for check in checks)
    with _engine().cursor() as connection:
        connection.register("texts", texts)
        found = connection.execute(f"SELECT [{cases}] FROM (SELECT {typed} FROM texts)").fetchall()
    return [{code for code in codes if code is not None} for (codes,) in found]


def fired(table: Table, checks: Iterable[Check], row: Row) -> set[str]:
    """The codes of the checks that call this one row bad."""
    return judged(table, checks, [row])[0]
