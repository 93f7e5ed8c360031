"""The facts as they are stored: tables of the declared columns, and the view that works out the rest."""

from __future__ import annotations

from collections.abc import Iterable

from goalkeeper.tickets.columns import (
    CUSTOMER_KEY,
    DAY,
    FLAG,
    MOMENT,
    NUMBER,
    SECONDS,
    SPAN_COLUMNS,
    TEXT,
    TICKET_COLUMNS,
    TURN_COLUMNS,
    WHOLE,
    Derived,
)
from goalkeeper.warehouse.store import Store

_TYPES = {
    WHOLE: "BIGINT",
    TEXT: "VARCHAR",
    FLAG: "BOOLEAN",
    MOMENT: "BIGINT",
    SECONDS: "BIGINT",
    DAY: "INTEGER",
    NUMBER: "DOUBLE",
}
STORED = {
    "ticket_rows": (*(column for column in TICKET_COLUMNS if not column.given), CUSTOMER_KEY),
    "turns": TURN_COLUMNS,
    "open_spans": SPAN_COLUMNS,
}

# Each column written costs as much as many read: what others tell is worked out when asked for. DuckDB leaves the join
# out where neither of its columns is wanted, since it is to one row a key.
_TICKETS = f"""
CREATE OR REPLACE VIEW facts.tickets AS
SELECT {", ".join(f'{column.given or column.name} AS "{column.name}"' for column in TICKET_COLUMNS)}
FROM facts.ticket_rows LEFT JOIN (
    SELECT ticket_key, min(ticket_id) AS canon_ticket_id,
        min(source_id || ':' || requester_customer_id) AS canon_customer
    FROM canon.tickets GROUP BY ticket_key
) USING (ticket_key)
"""


def exist(store: Store) -> bool:
    """Whether the facts were ever computed."""
    return bool(store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'ticket_rows'"))


def make_anew(store: Store) -> None:
    """Makes the tables empty, and the view; an older version kept the view's rows in a table of that name."""
    if store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'tickets'"):
        store.con.execute("DROP TABLE facts.tickets")
    for table, columns in STORED.items():
        make_table(store, table, columns)
    store.con.execute(_TICKETS)


def make_table(store: Store, name: str, columns: Iterable[Derived]) -> None:
    """Makes a facts table of declared columns, empty."""
    listed = ", ".join(f'"{column.name}" {_TYPES[column.kind]}' for column in columns)
    store.con.execute(f"CREATE OR REPLACE TABLE facts.{name} ({listed})")


def forget(store: Store, keys: str) -> None:
    """Takes out the rows of the tickets whose keys the query gives."""
    for table in STORED:
        store.con.execute(f"DELETE FROM facts.{table} WHERE ticket_key IN ({keys})")
