"""Maps a load's raw rows anew: what its former mapping made gives way, and what is made no more goes."""

from __future__ import annotations

from functools import lru_cache, partial

from goalkeeper.connectors.mapping import FileRule, Mapping, read_mapping
from goalkeeper.engines.text import quoted
from goalkeeper.errors import UsageError
from goalkeeper.schema import TABLES
from goalkeeper.warehouse.kept import KEYED
from goalkeeper.warehouse.merge import TOUCHING
from goalkeeper.warehouse.store import Store


def set_aside(store: Store, load_id: int, former: FileRule | None, rule: FileRule) -> int:
    """Marks the canonical rows that the load wrote last with a load number of their own, and returns that.

    Columns that only the ``former`` rule fills are emptied in them.
    """
    superseded = -load_id
    now = _filled(rule)
    before = _filled(former) if former else {}
    for name in TABLES:
        gone = sorted((before.get(name, set()) - now.get(name, before.get(name, set()))) & store.columns(name))
        emptied = "".join(f", {quoted(column)} = NULL" for column in gone)
        mine = f"{store.place(name)} SET _load_id = {superseded}{emptied} WHERE _load_id = {load_id}"
        if store.one(f"UPDATE {mine}"):
            store.count_up(f"mapped anew {name}")
    return superseded


def times_mapped_anew(store: Store) -> dict[str, int]:
    """How often rows of each canonical table were mapped anew, where they were: they keep the number of their load."""
    return {table: int(times) for table, times in store.states("mapped anew ").items()}


def drop_set_aside(store: Store, superseded: int) -> int:
    """Drops the marked rows that the new mapping did not make again, and returns how many; their tickets' facts are
    due anew."""
    dropped = 0
    for name in TABLES:
        left = f"FROM canon.{name} WHERE _load_id = {superseded}"
        if not store.rows(f"SELECT 1 {left} LIMIT 1"):
            continue
        if name in KEYED:
            store.con.execute(f"INSERT INTO meta.touched (ticket_key) SELECT DISTINCT ticket_key {left}")
        elif name in TOUCHING:
            store.con.execute(
                "INSERT INTO meta.touched (ticket_key) SELECT DISTINCT k.ticket_key FROM meta.ticket_keys k "
                f"SEMI JOIN (SELECT source_id, ticket_id {left}) USING (source_id, ticket_id)"
            )
        if name == "tickets":  # a refresh of what is touched computes facts, but takes none away
            store.remember("facts", "")
        dropped += int(store.one(f"DELETE FROM {store.place(name)} WHERE _load_id = {superseded}"))
    return dropped


_read = lru_cache(maxsize=16)(partial(read_mapping, again=True))  # who is forgotten is looked for in every load


def remembered(store: Store, name: str, version: str) -> Mapping:
    """The mapping as it was when a load used it."""
    text = store.one("SELECT text FROM meta.mappings WHERE name = ? AND version = ?", [name, version])
    return _read(str(text), name)


def former_rule(store: Store, name: str, version: str, number: int) -> FileRule | None:
    """The rule a load used; None where it cannot be read any more."""
    try:
        files = remembered(store, name, version).files
    except UsageError:
        return None
    return files[number] if number < len(files) else None


def _filled(rule: FileRule) -> dict[str, set[str]]:
    """The columns, but for keys, that a rule fills in each canonical table."""
    columns: dict[str, set[str]] = {}
    for table in rule.tables:
        columns.setdefault(table.to, set()).update(set(table.filled) - set(table.table.key))
    return columns
