"""The facts as they are stored: tables of the declared columns, and the view that works out the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from goalkeeper.tickets.columns import (
    BESIDE_TICKETS,
    BESIDE_TURNS,
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
    "ticket_rows": (*(column for column in TICKET_COLUMNS if not column.given), *BESIDE_TICKETS),
    "turn_rows": (*(column for column in TURN_COLUMNS if not column.given), *BESIDE_TURNS),
    "open_spans": SPAN_COLUMNS,
}

# Up to when each source is known, as a moment and as a reading of each schedule's clock: it moves with every load, so
# no row keeps it.
HORIZONS = (
    Derived("source", TEXT, "The configured connection"),
    Derived("schedule_key", WHOLE, "The schedule"),
    Derived("horizon_at", MOMENT, "Up to when the source is known"),
    Derived("horizon_reading", WHOLE, "The schedule's clock at that moment"),
)
TICKET_ROWS, TURN_ROWS, HORIZONS_NOW = "facts.ticket_rows", "facts.turn_rows", "facts.horizons"


def _clocks(horizons: str, former: str = "") -> str:
    """The join of rows to their horizons, and to former ones of the same clocks."""
    names, rows = ["h.horizon_at", "h.horizon_reading"], f"{horizons} h"
    if former:
        names += ["b.horizon_at", "b.horizon_reading"]
        rows += f" LEFT JOIN {former} b USING (source, schedule_key)"
    given = {"h": "clock", "b": "former"}
    read = "".join(f", min({name}) AS {given[name[0]]}_{name[2:]}" for name in names)
    return (
        f"LEFT JOIN (SELECT source, schedule_key{read} FROM {rows} GROUP BY source, schedule_key) "
        "USING (source, schedule_key)"
    )


def listed(columns: Iterable[Derived]) -> str:
    """The columns as a view gives them."""
    return ", ".join(f'{column.given or column.name} AS "{column.name}"' for column in columns)


def _piece(
    columns: Iterable[Derived], of_ticket: Iterable[str], rows: str, horizons: str, former: str, only: Collection[str]
) -> str:
    """A query of rows with their columns up to horizons, and those that grow also as they were up to former ones."""
    mine = [column for column in columns if not only or column.name in only]
    given = [listed(mine), *(f"f.{name}" for name in of_ticket if not only or name in only)]
    if former:
        grown = [column for column in mine if "clock_" in column.given]
        given += [f'{column.given.replace("clock_", "former_")} AS "former_{column.name}"' for column in grown]
    return f"(SELECT {', '.join(given)} FROM {rows} {_clocks(horizons, former)})"


# Each column written costs as much as many read: what others tell is worked out when asked for. DuckDB leaves a join
# out where none of its columns is wanted, since it is to one row a key.
_TICKETS = f"""
CREATE OR REPLACE VIEW facts.tickets AS
SELECT {listed(TICKET_COLUMNS)}
FROM {TICKET_ROWS} LEFT JOIN (
    SELECT ticket_key, min(ticket_id) AS canon_ticket_id,
        min(source_id || ':' || requester_customer_id) AS canon_customer
    FROM canon.tickets GROUP BY ticket_key
) USING (ticket_key) {_clocks(HORIZONS_NOW)}
"""


def tickets_sql(rows: str, horizons: str, former: str = "", only: Collection[str] = ()) -> str:
    """Some of the tickets' rows with the columns of the view, or ``only`` these; none of the canonical table's."""
    columns = [column for column in TICKET_COLUMNS if not column.given.startswith("canon_")]
    return _piece(columns, (), rows, horizons, former, only)


def turns_sql(
    *of_ticket: str,
    rows: str = TURN_ROWS,
    tickets: str = TICKET_ROWS,
    horizons: str = HORIZONS_NOW,
    former: str = "",
    only: Collection[str] = (),
) -> str:
    """The turns with their columns and some of their tickets', or ``only`` these."""
    return _piece(TURN_COLUMNS, of_ticket, f"{rows} JOIN {tickets} f USING (ticket_key)", horizons, former, only)


_TURNS = f"CREATE OR REPLACE VIEW facts.turns AS FROM {turns_sql()}"


def exist(store: Store) -> bool:
    """Whether the facts were ever computed."""
    return bool(store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'ticket_rows'"))


def make_anew(store: Store) -> None:
    """Makes the tables empty, and the views; older versions kept their rows in tables of those names."""
    for (name,) in store.rows(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name IN ('tickets', 'turns')"
    ):
        store.con.execute(f"DROP TABLE facts.{name}")
    for table, columns in STORED.items():
        make_table(store, table, columns)
    make_table(store, "horizons", HORIZONS)
    for view in (_TICKETS, _TURNS):
        store.con.execute(view)


def make_table(store: Store, name: str, columns: Iterable[Derived]) -> None:
    """Makes a facts table of declared columns, empty."""
    listed = ", ".join(f'"{column.name}" {_TYPES[column.kind]}' for column in columns)
    store.con.execute(f"CREATE OR REPLACE TABLE facts.{name} ({listed})")
    tell_made(store, name)


def tell_made(store: Store, name: str) -> None:
    """Lets ``times_made`` of a facts table know that all its rows are other ones."""
    store.count_up(f"made {name}")


def times_made(store: Store, name: str) -> int:
    """How often a facts table was made anew, all its rows with it."""
    return store.number(f"made {name}")


def forget_work(store: Store) -> None:
    """Takes out the rows of the tickets that are computed anew."""
    for table in ("ticket_rows", "turn_rows"):
        store.con.execute(f"DELETE FROM facts.{table} WHERE rowid IN (SELECT place FROM former_{table})")
    store.con.execute("DELETE FROM facts.open_spans WHERE ticket_key IN (SELECT ticket_key FROM work)")


def last_row(store: Store, table: str) -> int:
    """The place of a facts table's last row; what is written from now on in the same transaction stands behind it."""
    return int(store.one(f"SELECT coalesce(max(rowid), -1) FROM {table}"))
