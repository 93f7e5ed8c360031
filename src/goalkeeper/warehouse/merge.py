"""Merges judged rows into a canonical table by key: new, newer, unchanged, older, or contradicting one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goalkeeper.connectors.mapping.expressions import literal, quoted
from goalkeeper.connectors.mapping.model import TableRule
from goalkeeper.warehouse.judge import next_held
from goalkeeper.warehouse.store import KEYED, Store

# Tables whose rows name a ticket: when such a row changes, the ticket's facts do.
TOUCHING = ("tickets", "ticket_events", "interactions")


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows came in as new or newer, how many said nothing new, how many contradict each other."""

    loaded: int
    unchanged: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Which load and mapping rows come from."""

    load_id: int
    source_id: str
    mapping: str
    now: datetime


def merge(store: Store, rule: TableRule, rows: str, origin: Origin) -> Merged:
    """Merges the rows of the temporary table ``rows`` that are not held back.

    A key seen before: the newer version (by the table's event time, then by load) replaces the columns that the rule
    fills; an equal or older one changes nothing. Two different rows of one key and one event time in the same file
    contradict each other: both are held back, unless the rule says which to keep.
    """
    return _Merge(store, rule, rows, origin).run()


class _Merge:
    def __init__(self, store: Store, rule: TableRule, rows: str, origin: Origin) -> None:
        self.store, self.rule, self.rows, self.origin = store, rule, rows, origin
        self.table = rule.table
        self.key = self.table.key
        self.filled = list(rule.filled)
        self.time = self.table.event_time if self.table.event_time in self.filled else ""
        self.name = "merging"

    def run(self) -> Merged:
        self.collect()
        conflicts = self.resolve_duplicates()
        total = self.count("true")
        self.give_ticket_keys()
        self.compare()
        loaded = self.count("_is_new")
        self.touch()
        self.write()
        return Merged(loaded, total - loaded, conflicts)

    def sql(self, statement: str) -> None:
        self.store.con.execute(statement)

    def count(self, condition: str) -> int:
        return int(self.store.one(f"SELECT count(*) FROM {self.name} WHERE {condition}"))

    def collect(self) -> None:
        columns = ", ".join(quoted(name) for name in self.filled)
        derived = ""
        if self.table.name == "ticket_events" and "event_id" not in self.filled:
            derived = f", {self.event_id()} AS event_id"
            self.filled.append("event_id")
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE {self.name} AS SELECT _position, _step, {columns}{derived} "
            f"FROM {self.rows} WHERE NOT _held"
        )

    def event_id(self) -> str:
        """Equal events of one ticket get running numbers, so none of them is lost and a second load finds them."""
        parts = [name for name in ("ticket_id", "occurred_at", "type", "field", "new_value") if name in self.filled]
        listed = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in parts)
        number = f"row_number() OVER (PARTITION BY {', '.join(parts)} ORDER BY _step)"
        return f"md5(concat_ws('|', {listed}, {number}))"

    def resolve_duplicates(self) -> int:
        """Leaves one row a key; returns how many rows contradict each other and were held back."""
        key = ", ".join(map(quoted, self.key))
        repeated = (
            f"SELECT {key} FROM {self.name} WHERE hash({key}) IN "  # most files have none: one cheap pass tells
            f"(SELECT hash({key}) FROM {self.name} GROUP BY hash({key}) HAVING count(*) > 1) "
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        self.sql(f"CREATE OR REPLACE TEMP TABLE repeated AS {repeated}")
        if not self.store.one("SELECT count(*) FROM repeated"):
            return 0
        newest = f"{quoted(self.time)} DESC NULLS LAST, " if self.time else ""
        direction = "ASC" if self.rule.keep == "first" else "DESC"
        order = f"{newest if not self.rule.keep else ''}_step {direction}, _position {direction}"
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE ranked AS SELECT {self.name}.rowid AS at_row, _position AS at, {key}, "
            f"row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place, "
            f"{self.contradicts()} AS contradicts FROM {self.name} SEMI JOIN repeated USING ({key})"
        )
        conflicts = 0
        if not self.rule.keep:
            conflicts = int(self.store.one("SELECT count(*) FROM ranked WHERE contradicts"))
            self.hold_conflicts()
        condition = "(place > 1 OR contradicts)" if not self.rule.keep else "place > 1"
        self.sql(f"DELETE FROM {self.name} WHERE rowid IN (SELECT at_row FROM ranked WHERE {condition})")
        return conflicts

    def contradicts(self) -> str:
        """True for the newest rows of a key when they differ from one another."""
        key = ", ".join(map(quoted, self.key))
        rest = [quoted(name) for name in self.filled if name not in self.key]
        if not rest:
            return "false"
        content = f"hash({', '.join(rest)})"
        among = f"PARTITION BY {key}{', ' + quoted(self.time) if self.time else ''}"
        newest = f"{quoted(self.time)} IS NOT DISTINCT FROM max({quoted(self.time)}) OVER (PARTITION BY {key})"
        differs = f"min({content}) OVER ({among}) <> max({content}) OVER ({among})"
        return f"({differs} AND {newest})" if self.time else f"({differs})"

    def hold_conflicts(self) -> None:
        key = " || ' ' || ".join(quoted(name) for name in self.key)
        listed = ", ".join(f"{literal(name)}, {quoted(name)}" for name in self.key)
        self.sql(
            f"INSERT INTO meta.quarantine BY NAME SELECT {next_held(self.store)} + row_number() OVER () AS held_id, "
            f"{self.origin.load_id} AS load_id, {literal(self.origin.source_id)} AS source_id, "
            f"{literal(self.table.name)} AS table_name, at AS position, 'contradicts' AS code, "
            f"{literal(self.key[-1])} AS column_name, left({key}, 120) AS found, "
            f"'the file holds two different rows with this key; correct it, or say `keep` in the mapping' AS reason, "
            f"json_object({listed}) AS row, TIMESTAMP '{self.origin.now}' AS held_at FROM ranked WHERE contradicts"
        )

    def give_ticket_keys(self) -> None:
        """Numbers tickets never seen before."""
        if self.table.name not in KEYED:
            return
        source = literal(self.origin.source_id)
        self.sql(
            f"INSERT INTO meta.ticket_keys SELECT {source}, ticket_id, "
            f"(SELECT coalesce(max(ticket_key), -1) FROM meta.ticket_keys) + row_number() OVER (ORDER BY first) "
            f"FROM (SELECT ticket_id, min(_step * 0 + _position) AS first FROM {self.name} GROUP BY ticket_id) "
            f"ANTI JOIN (SELECT ticket_id FROM meta.ticket_keys WHERE source_id = {source}) USING (ticket_id)"
        )

    def compare(self) -> None:
        """Marks each row as new, or as already known with which stored row."""
        source = literal(self.origin.source_id)
        keys = ", ".join(f"c.{quoted(name)}" for name in self.key)
        own = ", ".join(quoted(name) for name in self.key)
        if not self.store.one(f"SELECT count(*) FROM canon.{self.table.name} WHERE source_id = {source}"):
            self.sql(f"ALTER TABLE {self.name} ADD COLUMN _is_new BOOLEAN DEFAULT true")
            self.has_matches = False
            return
        self.has_matches = True
        rest = [quoted(name) for name in self.filled if name not in self.key]
        changed = " OR ".join(f"c.{name} IS DISTINCT FROM m.{name}" for name in rest) or "false"
        load = f"c._load_id <= {self.origin.load_id}"
        newer = load
        if self.time:
            mine, theirs = f"m.{quoted(self.time)}", f"c.{quoted(self.time)}"
            newer = f"({mine} > {theirs} OR {theirs} IS NULL OR ({mine} IS NOT DISTINCT FROM {theirs} AND {load}))"
        joined = " AND ".join(f"m.{quoted(name)} = c.{quoted(name)}" for name in self.key)
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE known AS SELECT m._position, m._step, {keys}, c.rowid AS stored, "
            f"(({changed}) AND {newer}) AS replaces "
            f"FROM {self.name} m JOIN canon.{self.table.name} c ON {joined} AND c.source_id = {source}"
        )
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE {self.name} AS SELECT m.*, known.stored, "
            f"(known.stored IS NULL OR known.replaces) AS _is_new FROM {self.name} m LEFT JOIN known USING ({own})"
        )

    def touch(self) -> None:
        if self.table.name not in TOUCHING or "ticket_id" not in self.filled:
            return
        self.sql(
            f"INSERT INTO meta.touched SELECT DISTINCT k.ticket_key FROM {self.name} m JOIN meta.ticket_keys k "
            f"ON k.source_id = {literal(self.origin.source_id)} AND k.ticket_id = m.ticket_id WHERE m._is_new"
        )

    def write(self) -> None:
        origin = self.origin
        lineage = {
            "source_id": literal(origin.source_id),
            "_load_id": str(origin.load_id),
            "_position": "m._position",
            "_mapping": literal(origin.mapping),
        }
        values = lineage | {name: f"m.{quoted(name)}" for name in self.filled}
        joins = ""
        if self.table.name in KEYED:
            values["ticket_key"] = "k.ticket_key"
            joins = (
                f" JOIN meta.ticket_keys k ON k.source_id = {literal(origin.source_id)} AND k.ticket_id = m.ticket_id"
            )
        if self.has_matches:
            kept = [column.name for column in self.table.columns if column.name not in self.filled]
            values |= {name: f"c.{quoted(name)}" for name in kept}
            joins += f" LEFT JOIN canon.{self.table.name} c ON c.rowid = m.stored"
        order = " ORDER BY k.ticket_key" if self.table.name == "ticket_events" else ""
        select = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in values.items())
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT {select}, m._position AS _at FROM {self.name} m{joins} "
            f"WHERE m._is_new"
            if self.has_matches
            else f"INSERT INTO canon.{self.table.name} BY NAME SELECT {select} FROM {self.name} m{joins}{order}"
        )
        if self.has_matches:
            self.sql(
                f"DELETE FROM canon.{self.table.name} WHERE rowid IN "
                f"(SELECT stored FROM {self.name} WHERE _is_new AND stored IS NOT NULL)"
            )
            self.sql(f"INSERT INTO canon.{self.table.name} BY NAME SELECT * EXCLUDE (_at) FROM incoming")
