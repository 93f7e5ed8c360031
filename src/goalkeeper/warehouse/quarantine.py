"""What was held back: list it, show it, and try it again after a mapping or a contract changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.connectors.mapping.compile import compile_file
from goalkeeper.errors import UsageError
from goalkeeper.warehouse.early import hold_early_events
from goalkeeper.warehouse.load import FileReport, bring_in_rows
from goalkeeper.warehouse.merge import Origin
from goalkeeper.warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Held:
    """Rows held back for one reason from one file, with an example of what was found."""

    source_id: str
    file: str
    table: str
    code: str
    reason: str
    found: str | None
    rows: int
    first_id: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: rows released into the store, and rows that still fail."""

    released: int
    still_held: int


def listed(store: Store, source_id: str = "") -> list[Held]:
    """The open reasons, most rows first."""
    rows = store.rows(
        "SELECT q.source_id, l.file, q.table_name, q.code, any_value(q.reason), any_value(q.found), count(*), "
        "min(q.held_id) FROM meta.quarantine q JOIN meta.loads l USING (load_id) "
        "WHERE q.released_at IS NULL AND (? = '' OR q.source_id = ?) GROUP BY ALL ORDER BY count(*) DESC, min(q.held_id)",
        [source_id, source_id],
    )
    return [Held(*row) for row in rows]


def shown(store: Store, *, held_id: int = 0, code: str = "", limit: int = 20) -> list[dict[str, object]]:
    """Open rows with all that is known of them, by number or by reason code; UsageError if there is none."""
    result = store.con.execute(
        "SELECT q.held_id, q.source_id, l.file, q.position, q.table_name, q.code, q.column_name, q.found, q.reason, "
        "q.row, q.held_at FROM meta.quarantine q JOIN meta.loads l USING (load_id) WHERE q.released_at IS NULL "
        "AND (? = 0 OR q.held_id = ?) AND (? = '' OR q.code = ?) ORDER BY q.held_id LIMIT ?",
        [held_id, held_id, code, code, limit],
    )
    names = [column[0] for column in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if not found:
        raise UsageError(
            f"no row is held back as '{held_id or code}'.", hint="`goalkeeper quarantine list` shows all reasons."
        )
    return found


def replay(store: Store, mappings: dict[str, Mapping], *, source_id: str = "") -> Replayed:
    """Maps, judges and merges again the raw rows of every load that holds rows back; all of it or none.

    ``mappings`` are the ones in force now, by name; where one is absent the text the load used is taken.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    loads = store.rows(
        "SELECT load_id, source_id, mapping, mapping_version, rule, raw_table, columns, is_json, file FROM meta.loads "
        "WHERE load_id IN (SELECT load_id FROM meta.quarantine WHERE released_at IS NULL AND row IS NOT NULL) "
        "AND (? = '' OR source_id = ?) ORDER BY load_id",
        [source_id, source_id],
    )
    before = _open(store, source_id)
    with store.transaction():
        for load_id, source, name, version, rule, raw, columns, is_json, file in loads:
            mapping = mappings.get(name) or _remembered(store, name, version)
            store.con.execute(
                "UPDATE meta.quarantine SET released_at = ? WHERE load_id = ? AND released_at IS NULL "
                "AND row IS NOT NULL",
                [now, load_id],
            )
            if rule >= len(mapping.files):
                raise UsageError(
                    f"the mapping '{name}' now has {len(mapping.files)} kinds of file; '{file}' was number {rule + 1}.",
                    hint="Keep the order of its [[file]] tables.",
                )
            compiled = compile_file(
                mapping.files[rule], f'raw."{raw}"', tuple(columns), is_json=is_json, name="mapped", key=store.key_hash
            )
            origin = Origin(load_id, source, f"{mapping.name}@{mapping.version}", now)
            bring_in_rows(store, compiled, origin, FileReport(file, name), allow=1.0)
            store.con.execute("UPDATE meta.loads SET mapping_version = ? WHERE load_id = ?", [mapping.version, load_id])
        hold_early_events(store, now)
    after = _open(store, source_id)
    return Replayed(before - after, after)


def _open(store: Store, source_id: str) -> int:
    return int(
        store.one(
            "SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL AND (? = '' OR source_id = ?)",
            [source_id, source_id],
        )
    )


def _remembered(store: Store, name: str, version: str) -> Mapping:
    text = store.one("SELECT text FROM meta.mappings WHERE name = ? AND version = ?", [name, version])
    return read_mapping(str(text), name)
