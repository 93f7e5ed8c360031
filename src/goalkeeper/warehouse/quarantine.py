"""What was held back: list it, show it, and try it again after a mapping or a contract changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from goalkeeper.connectors.mapping import Mapping
from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.warehouse.bring import RawFile, Task, Way, bring_in, make_room
from goalkeeper.warehouse.holding import UNREADABLE
from goalkeeper.warehouse.load import LOADED, choose, loaded_task, remember_mapping
from goalkeeper.warehouse.raw import raw_rows
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import former_rule, remembered


@dataclass(frozen=True, slots=True)
class Held:
    """Rows held back for one reason from one file, with an example of what was found.

    ``columns`` are those of the file that the value came from, with commas between.
    """

    source_id: str
    file: str
    table: str
    code: str
    reason: str
    found: str | None
    rows: int
    first_id: int
    columns: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: rows released into the store, and rows that still fail."""

    released: int
    still_held: int


def listed(store: Store, source_id: str = "") -> list[Held]:
    """The open reasons, most rows first."""
    rows = store.rows(
        "SELECT q.source_id, l.file, q.table_name, q.code, q.reason, any_value(q.found), count(*), min(q.held_id), "
        "q.column_name, max(q.load_id) FROM meta.quarantine q JOIN meta.loads l USING (load_id) "
        "WHERE q.released_at IS NULL AND (? = '' OR q.source_id = ?) GROUP BY ALL "
        "ORDER BY count(*) DESC, min(q.held_id)",
        [source_id, source_id],
    )
    return [Held(*(*row, _file_columns(store, load, row[2], column))) for *row, column, load in rows]


def _file_columns(store: Store, load_id: int, table: str, column: str | None) -> str:
    """The columns of a load's file from which a canonical column is read."""
    ((mapping, version, number, columns, is_json),) = store.rows(
        "SELECT mapping, mapping_version, rule, columns, is_json FROM meta.loads WHERE load_id = ?", [load_id]
    )
    rule = former_rule(store, mapping, version, number)
    there = {name.lower() for name in columns}
    found: dict[str, None] = {}
    for each in rule.tables if rule and column else ():
        lines = ((f"line.{line.name}", value) for line, value in each.lines)
        mine = [value for name, value in (*each.columns, *lines) if name == column and each.to == table]
        for text in (text for value in mine for text in (value.expression, *value.others) if text):
            names = [".".join(path) for path in Expression(text, "", groups=bool(each.group)).paths()]
            if is_json or all(name.lower() in there for name in names):
                found.update(dict.fromkeys(names))
    return ", ".join(found)


def shown(store: Store, *, held_id: int = 0, code: str = "", limit: int = 20) -> list[dict[str, object]]:
    """Open rows with all that is known of them, by number or by reason code; UsageError if there is none.

    ``raw`` is the row as it came and ``content_hash`` its hash, both None for a row that could not be taken apart;
    ``position`` is then its line in the file, else its number among the file's sound rows. ``line`` is its line where
    it is known, ``columns`` are those of the file that the value came from.
    """
    result = store.con.execute(
        "SELECT q.held_id, q.load_id, q.source_id, l.file, q.position, q.table_name, q.code, q.column_name, q.found, "
        "q.reason, q.row, q.held_at, "
        "CASE WHEN q.code = ? THEN q.position ELSE q.position + l.lines_before END AS line "
        "FROM meta.quarantine q JOIN meta.loads l USING (load_id) "
        "WHERE q.released_at IS NULL AND (? = 0 OR q.held_id = ?) AND (? = '' OR q.code = ?) "
        "ORDER BY q.held_id LIMIT ?",
        [UNREADABLE, held_id, held_id, code, code, limit],
    )
    names = [column[0] for column in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if not found:
        raise UsageError(
            f"no row is held back as '{held_id or code}'.", hint="`goalkeeper quarantine list` shows all reasons."
        )
    for load_id in {row["load_id"] for row in found}:
        mine = [row for row in found if row["load_id"] == load_id]
        places = [row["position"] for row in mine if row["code"] != UNREADABLE]
        raw = {row.position: row for row in raw_rows(store, load_id, places)}
        for row in mine:
            came = raw.get(row["position"]) if row["code"] != UNREADABLE else None
            row["raw"] = came.text if came else None
            row["content_hash"] = came.content_hash if came else None
            row["columns"] = _file_columns(store, load_id, row["table_name"], row["column_name"])
    return found


def replay(store: Store, mappings: dict[str, Mapping], *, source_id: str = "", zone: str = "UTC") -> Replayed:
    """Maps, judges and merges again the raw rows of every load that holds rows back; all of it or none.

    ``mappings`` are the ones in force now, by name; where one is absent the text the load used is taken.
    ``zone`` is the workspace's, for mappings that leave the zone to it. Rows that the reader could not take apart
    stay held back: they have no values to map. UnknownName for a source of which nothing was loaded.
    """
    known = [name for (name,) in store.rows("SELECT DISTINCT source_id FROM meta.loads")]
    if source_id and source_id not in known:
        raise UnknownName("source", source_id, known)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    rows = store.rows(
        f"SELECT source_id, mapping, {LOADED} FROM meta.loads l WHERE (? = '' OR source_id = ?) AND (rows_held > "
        "(SELECT count(*) FROM meta.quarantine q WHERE q.load_id = l.load_id AND q.code = ? AND released_at IS NULL) "
        "OR load_id IN (SELECT load_id FROM meta.quarantine WHERE released_at IS NULL AND code <> ?)) ORDER BY load_id",
        [source_id, source_id, UNREADABLE, UNREADABLE],
    )
    tasks: dict[str, list[Task]] = {}
    before = _open(store, source_id)
    for source, name, *loaded in rows:
        mapping = mappings.get(name) or remembered(store, name, loaded[8])
        earlier = loaded_task(loaded, Way(mapping, 0, zone))
        way = Way(mapping, _number(mapping, earlier.file), zone)
        tasks.setdefault(source, []).append(replace(earlier, way=way))
    for mine in tasks.values():
        make_room(store, mine)
    with store.transaction(), store.passing_tables():
        for source, mine in tasks.items():
            for task in mine:
                remember_mapping(store, task.way.mapping, now)
            bring_in(store, mine, source, now, allow=1.0)
    after = _open(store, source_id)
    return Replayed(before - after, after)


def _number(mapping: Mapping, file: RawFile) -> int:
    number = choose(mapping, file.member, file.columns, file.name, is_json=file.is_json)
    if number is None:
        wanted = ", ".join(glob for rule in mapping.files for glob in rule.match)
        raise UsageError(
            f"the mapping '{mapping.name}' has no rule for this file any more; it takes: {wanted}.",
            where=file.name,
            hint="Put the rule for it back, then replay.",
        )
    return number


def _open(store: Store, source_id: str) -> int:
    return int(
        store.one(
            "SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL AND (? = '' OR source_id = ?)",
            [source_id, source_id],
        )
    )
