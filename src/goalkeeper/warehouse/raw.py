"""Raw rows as they came: each with its load, source, file, position and content hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goalkeeper.connectors.files import lines
from goalkeeper.connectors.mapping.compile import position_sql
from goalkeeper.engines.text import quoted
from goalkeeper.warehouse.store import Store


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a file as it came; ``text`` is its JSON, ``content_hash`` the SHA-256 of that text in hex.

    Raw tables are only ever added, so the hash is worked out when asked for and always the same.
    """

    load_id: int
    source_id: str
    file: str
    position: int
    content_hash: str
    text: str


def raw_rows(store: Store, load_id: int, positions: Iterable[int] | None = None) -> list[RawRow]:
    """The raw rows of a load in their order, or those at some positions; empty where there are none."""
    found = store.rows(
        "SELECT source_id, file, raw_table, is_json, columns FROM meta.loads WHERE load_id = ?", [load_id]
    )
    if not found:
        return []
    source_id, file, table, is_json, columns = found[0]
    wanted = "" if positions is None else "WHERE position IN (SELECT unnest(?::BIGINT[])) "
    texts = _texts(store, table, is_json, columns)
    rows = store.rows(
        f"SELECT position, sha256(text), text FROM ({texts}) {wanted}ORDER BY position",
        None if positions is None else [list(positions)],
    )
    return [RawRow(load_id, source_id, file, *row) for row in rows]


def _texts(store: Store, table: str, is_json: bool, columns: list[str]) -> str:
    raw = f"raw.{quoted(table)}"
    if is_json:
        return f"SELECT _position AS position, _line AS text FROM {lines(store.con, raw)}"
    return f"SELECT {position_sql(columns)} AS position, CAST(to_json(r) AS VARCHAR) AS text FROM {raw} r"
