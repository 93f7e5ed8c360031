"""The statements of a refresh, recorded instead of run: the facts' own text, each table of it as a named query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from goalkeeper.schema import TABLES
from goalkeeper.tickets import FactsSettings, refresh_tickets
from goalkeeper.warehouse.store import Store

# All tickets are one chunk, from this key on; the condition that bounds it then says nothing.
_CHUNK = 10**15
_MINE = re.compile(rf"\b[\w.]+ >= 0 AND [\w.]+ < {_CHUNK}\b")


class Recorded(Store):
    """Stands in for a store, without a file, while a refresh of all tickets speaks to it.

    ``queries`` holds the query of each table or view that it makes, by name, in the order in which they are made;
    ``given`` the tables of days that it brings along. What it asks is answered so that nothing is passed over: there
    are merges, and agents that are bots. ``first_ms`` and ``last_ms`` are the moments that clocks must be read at.
    """

    def __init__(self, first_ms: int, last_ms: int) -> None:
        self.range = first_ms, last_ms
        self.queries: dict[str, exp.Query] = {}
        self.given: dict[str, pa.Table] = {}

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection is itself."""
        return cast(duckdb.DuckDBPyConnection, self)

    def execute(self, text: str, _parameters: object = None) -> None:
        """Keeps the queries that fill a table or make a view."""
        for statement in sqlglot.parse(_MINE.sub("true", text), dialect="duckdb"):
            if isinstance(statement, exp.Create | exp.Insert) and isinstance(statement.expression, exp.Query):
                target = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
                self.queries[relation(target)] = statement.expression

    def register(self, name: str, table: pa.Table) -> None:
        """Keeps a table of days."""
        self.given[name] = table

    def unregister(self, _name: str) -> None:
        """Nothing: the table is still wanted."""

    def rows(self, text: str, _parameters: object = None) -> list[tuple[Any, ...]]:
        """The range of moments where that is asked, else that there is one."""
        if text.startswith("SELECT name, min(t), max(t)"):
            return [("", *(datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None) for ms in self.range))]
        if "duckdb_" in text or "DISTINCT source_id" in text:  # no table is there before, no source is known by name
            return []
        return [(0, 0)] if "min(ticket_key)" in text else [(1,)]

    def filled(self) -> set[str]:
        """All tables: any may hold rows where the query is run."""
        return set(TABLES)

    def state(self, _name: str) -> None:
        """Nothing was computed before."""

    def remember(self, _name: str, _value: str) -> None:
        """Nothing is kept."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nothing can fail half way."""
        yield


@lru_cache(maxsize=4)
def record_facts(settings: FactsSettings, first_ms: int, last_ms: int) -> Recorded:
    """What a refresh of all tickets does, with clocks that can be read from one moment to the other."""
    recorded = Recorded(first_ms, last_ms)
    refresh_tickets(recorded, settings, everything=True, chunk=_CHUNK)
    return recorded


def relation(table: exp.Expression) -> str:
    """The name of a table of ours as that of one in a query: without a dot."""
    assert isinstance(table, exp.Table)
    return f"{table.db}_{table.name}" if table.db else table.name
