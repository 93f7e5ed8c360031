"""Maps a load's raw rows anew: what its former mapping made gives way, and what is made no more goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from goalkeeper.connectors.mapping import FileRule, Mapping, read_mapping
from goalkeeper.engines.text import quoted
from goalkeeper.errors import UsageError
from goalkeeper.schema import TABLES
from goalkeeper.warehouse.kept import KEYED
from goalkeeper.warehouse.merge import TOUCHING
from goalkeeper.warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Change:
    """A load that is mapped anew: by which rule before (None where it cannot be read any more), and by which now."""

    load_id: int
    former: FileRule | None
    rule: FileRule

    @property
    def gone(self) -> set[tuple[str, str]]:
        """The tables' columns that the former rule filled and the new one does not."""
        now, before = _filled(self.rule), _filled(self.former) if self.former else set()
        return {each for each in before - now if each[0] in {table.to for table in self.rule.tables}}


def set_aside(store: Store, changes: Sequence[Change]) -> None:
    """Marks the canonical rows that the loads wrote last with load numbers of their own, the negative ones.

    What no rule fills any more is emptied in them: also what one file filled in the row that another wrote last.
    """
    filled = {each for change in changes for each in _filled(change.rule)}
    together = {each for change in changes for each in change.gone} - filled
    for change in changes:
        gone = change.gone | together
        for name in TABLES:
            columns = sorted({column for table, column in gone if table == name} & store.columns(name))
            emptied = "".join(f", {quoted(column)} = NULL" for column in columns)
            mine = f"{store.place(name)} SET _load_id = {-change.load_id}{emptied} WHERE _load_id = {change.load_id}"
            if store.one(f"UPDATE {mine}"):
                store.count_up(f"mapped anew {name}")


def times_mapped_anew(store: Store) -> dict[str, int]:
    """How often rows of each canonical table were mapped anew, where they were: they keep the number of their load."""
    return {table: int(times) for table, times in store.states("mapped anew ").items()}


def drop_set_aside(store: Store, load_id: int) -> int:
    """Drops a load's marked rows that the new mapping did not make again, and returns how many; their tickets' facts
    are due anew."""
    dropped = 0
    for name in TABLES:
        left = f"FROM canon.{name} WHERE _load_id = {-load_id}"
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
        dropped += int(store.one(f"DELETE FROM {store.place(name)} WHERE _load_id = {-load_id}"))
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


def _filled(rule: FileRule) -> set[tuple[str, str]]:
    """The tables and columns, but for keys, that a rule fills."""
    return {(table.to, column) for table in rule.tables for column in set(table.filled) - set(table.table.key)}
