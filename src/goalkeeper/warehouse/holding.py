"""What a run holds back: gathered while it goes on, then written once, without what is held back already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import pyarrow as pa

from goalkeeper.connectors.files import Reject
from goalkeeper.engines.text import literal
from goalkeeper.warehouse.store import Store

UNREADABLE = "unreadable_row"
SHOWN = 120  # characters of a found value that quarantine keeps

# Held rows are the same when their source, table, code and values are. A shortened text does not tell two lines apart.
_SAME = "source_id, table_name, code, what"
_WHAT = (
    "coalesce(row, found || CASE WHEN found LIKE '%…' THEN '#' || load_id || '/' || position ELSE '' END, '') AS what"
)


def open_holding(store: Store) -> None:
    """Makes the empty temporary table ``holding``."""
    store.con.execute(
        "CREATE OR REPLACE TEMP TABLE holding (load_id BIGINT, source_id VARCHAR, table_name VARCHAR, "
        "position BIGINT, code VARCHAR, column_name VARCHAR, found VARCHAR, reason VARCHAR, row VARCHAR)"
    )


def hold_rejects(store: Store, rejects: Sequence[Reject], load_id: int, source_id: str) -> None:
    """Holds back the rows that the reader could not take apart; their position is the line in the file."""
    if not rejects:
        return
    table = pa.table(
        {
            "position": pa.array([each.position for each in rejects], pa.int64()),
            "found": pa.array([each.text for each in rejects], pa.string()),
            "reason": pa.array([each.reason for each in rejects], pa.string()),
        }
    )
    store.con.register("rejects_arrow", table)
    store.con.execute(
        f"INSERT INTO holding BY NAME SELECT {load_id} AS load_id, {literal(source_id)} AS source_id, "
        f"'' AS table_name, position, {literal(UNREADABLE)} AS code, found, reason FROM rejects_arrow"
    )
    store.con.unregister("rejects_arrow")


def reasons(store: Store, load_id: int) -> dict[str, int]:
    """How many rows of a load are held back in this run, by reason."""
    found = store.rows("SELECT reason, count(*) FROM holding WHERE load_id = ? GROUP BY ALL ORDER BY 2 DESC", [load_id])
    return dict(found)


def settle(store: Store, again: Iterable[int], now: datetime) -> None:
    """Writes ``holding`` to quarantine.

    Open rows of the loads ``again``, which were mapped anew, are released where they are held back no more. A row
    that is open already, from an overlapping file or from before, is not added twice; equal rows of one file all are.
    """
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE holding_ranked AS SELECT *, row_number() OVER "
        f"(PARTITION BY load_id, {_SAME} ORDER BY position) AS n FROM (SELECT *, {_WHAT} FROM holding)"
    )
    store.con.execute(
        "UPDATE meta.quarantine SET released_at = ? WHERE held_id IN (SELECT held_id FROM "
        f"({_open_ranked()}) o ANTI JOIN holding_ranked h USING (load_id, {_SAME}, n) "
        "WHERE o.load_id IN (SELECT unnest(?::BIGINT[])) AND o.code <> ?)",
        [now, list(again), UNREADABLE],
    )
    store.con.execute(
        "INSERT INTO meta.quarantine BY NAME SELECT (SELECT coalesce(max(held_id), 0) FROM meta.quarantine) "
        "+ row_number() OVER (ORDER BY load_id, position, code) AS held_id, load_id, source_id, table_name, position, "
        "code, column_name, found, reason, row, CAST(? AS TIMESTAMP) AS held_at FROM ("
        f"SELECT *, row_number() OVER (PARTITION BY {_SAME}, n ORDER BY load_id, position) AS first FROM holding_ranked"
        f") h ANTI JOIN ({_open_ranked()}) o USING ({_SAME}, n) WHERE first = 1",
        [now],
    )
    store.con.execute("DROP TABLE holding; DROP TABLE holding_ranked")


def _open_ranked() -> str:
    return (
        f"SELECT *, row_number() OVER (PARTITION BY load_id, {_SAME} ORDER BY position, held_id) AS n "
        f"FROM (SELECT *, {_WHAT} FROM meta.quarantine WHERE released_at IS NULL)"
    )
