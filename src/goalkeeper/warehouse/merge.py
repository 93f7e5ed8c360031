"""Merges judged rows into a canonical table by key: new, newer, unchanged, older, or contradicting one another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from goalkeeper.connectors.mapping.model import TableRule
from goalkeeper.engines.text import literal, quoted
from goalkeeper.warehouse.holding import SHOWN
from goalkeeper.warehouse.kept import KEYED
from goalkeeper.warehouse.store import Store

# Tables whose rows name a ticket: when such a row changes, the ticket's facts do.
TOUCHING = ("tickets", "ticket_events", "interactions")
# What makes an event without an id of its own the same event in another file: who did what, and when.
IDENTITY = ("ticket_id", "occurred_at", "type", "field", "old_value", "new_value", "actor_type", "actor_id")
# The order in which the facts read a ticket's events: of a first load they need not be sorted again.
_ORDER = {"occurred_at": "m.occurred_at", "seq": "coalesce(m.seq, 0)", "event_id": "m.event_id"}
LOOKED_AT = 20_000  # rows that are looked at for bad ones before all are written
SORTED_HERE = 20_000_000  # hashes, 160 MB: numpy sorts them far faster; the engine sorts more in bounded memory
# A row that does not know what other rows of its source have filled in since says nothing new there.
UNKNOWN = {"actor_type": "'unknown'", "is_internal": "NULL"}


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows came in as new or newer, how many said nothing new, how many contradict each other.

    ``later`` of those that say nothing new would, but for what a later load made of their row. ``differ`` is how many
    say otherwise than a former rule of the same load, by the columns in which they do.
    """

    loaded: int
    unchanged: int
    conflicts: int
    later: int = 0
    differ: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Which load rows come from; ``anew`` where a changed mapping makes them in the place of a former one's."""

    load_id: int
    source_id: str
    now: datetime
    anew: bool = False


def merge(store: Store, rule: TableRule, rows: str, origin: Origin, before: Collection[str] = ()) -> Merged:
    """Merges the rows of the temporary table ``rows``, which it uses up.

    A key seen before: the newer version (by the table's event time, then by load) replaces the columns that the rule
    fills; an equal or older one changes nothing. Two different rows of one key and one event time in the same file
    contradict each other: both are held back, unless the rule says which to keep. ``before`` are the columns that
    former rules of the load filled.
    """
    return _Merge(store, rule, rows, origin, before).run()


def write_first(store: Store, rule: TableRule, view: str, rows: int, origin: Origin) -> bool:
    """Writes a view's ``rows``, of which none may be bad, straight in; ``_good`` is a good one's ticket, else NULL.

    False, and nothing is written, where one is bad or may have to be merged: with others of its source or file.
    """
    return _Merge(store, rule, view, origin).write_first(rows)


class _Merge:
    def __init__(self, store: Store, rule: TableRule, rows: str, origin: Origin, before: Collection[str] = ()) -> None:
        self.store, self.rule, self.name, self.origin, self.before = store, rule, rows, origin, before
        self.table = rule.table
        self.key = self.table.key
        self.filled = list(rule.filled)
        self.time = self.table.event_time if self.table.event_time in self.filled else ""
        self.source = literal(origin.source_id)
        self.keyed = self.table.name in KEYED

    def run(self) -> Merged:
        rows = self.count()
        self.store.widen(self.table.name, self.filled)
        if self.table.name == "ticket_events" and "event_id" not in self.filled:
            self.make_event_ids()
        conflicts = self.keep_one() if self.rule.keep else self.resolve_duplicates(rows)
        self.give_ticket_keys()
        has_matches, later = self.match(), 0
        differ: tuple[tuple[str, int], ...] = ()
        if has_matches:
            differ = self.differing()
            if self.origin.anew:
                later = int(self.store.one("SELECT count(*) FROM matched WHERE is_later AND NOT replaces"))
            self.sql(f"DELETE FROM {self.name} WHERE rowid IN (SELECT at_row FROM matched WHERE NOT replaces)")
        loaded = self.count()
        if loaded:
            self.touch(has_matches)
            self.write(has_matches)
        return Merged(loaded, rows - conflicts - loaded, conflicts, later, differ)

    def write_first(self, rows: int) -> bool:
        if not set(self.key) <= set(self.filled) or self.rule.keep or self.is_stored():
            return False
        # Where bad rows are many, some are mostly among the first; that saves writing in vain.
        if self.store.rows(f"SELECT 1 FROM {self.name} WHERE _position <= {LOOKED_AT} AND _good IS NULL LIMIT 1"):
            return False
        if self.repeats(rows):
            return False
        self.store.widen(self.table.name, self.filled)
        self.name_tickets()
        if self.write(False, "_good") < rows:  # whose tickets are numbered by their good rows alone
            self.sql(f"DELETE FROM {self.store.place(self.table.name)} WHERE _load_id = {self.origin.load_id}")
            return False
        self.keep_ticket_keys()
        self.touch(False)
        return True

    def sql(self, statement: str) -> None:
        self.store.con.execute(statement)

    def count(self) -> int:
        return int(self.store.one(f"SELECT count(*) FROM {self.name}"))

    def make_event_ids(self) -> None:
        """Ids from the events' content. Equal events of one ticket get running numbers, so that none of them is
        lost and a second load finds them all again."""
        parts = [name for name in IDENTITY if name in self.filled]
        content = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in parts)
        self.sql(f"ALTER TABLE {self.name} ADD COLUMN event_id VARCHAR")
        self.sql(f"UPDATE {self.name} SET event_id = md5(concat_ws('|', {content}))")
        rest = "".join(f", {quoted(name)}" for name in self.filled if name not in parts)
        self.sql(
            f"UPDATE {self.name} SET event_id = md5(event_id || '|' || n) FROM ("
            f"SELECT rowid AS at_row, row_number() OVER (PARTITION BY event_id ORDER BY _step, _position{rest}) AS n "
            f"FROM {self.name} WHERE event_id IN (SELECT event_id FROM {self.name} GROUP BY 1 HAVING count(*) > 1)"
            f") again WHERE {self.name}.rowid = again.at_row AND n > 1"
        )
        self.filled.append("event_id")

    def keep_one(self) -> int:
        """Leaves the row of each key that the rule says to keep."""
        key = ", ".join(map(quoted, self.key))
        pick = "arg_min" if self.rule.keep == "first" else "arg_max"
        self.sql(
            f"DELETE FROM {self.name} WHERE rowid NOT IN "
            f"(SELECT {pick}(rowid, (_step, _position, rowid)) FROM {self.name} GROUP BY {key})"
        )
        return 0

    def resolve_duplicates(self, rows: int) -> int:
        """Of all ``rows`` leaves one a key; returns how many rows contradict each other and were held back."""
        key = ", ".join(map(quoted, self.key))
        if not self.repeats(rows):  # as in most files
            return 0
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} FROM {self.name} WHERE hash({key}) IN "
            f"(SELECT hash({key}) FROM {self.name} GROUP BY hash({key}) HAVING count(*) > 1) "
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        newest = f"{quoted(self.time)} DESC NULLS LAST, " if self.time else ""
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE ranked AS SELECT {self.name}.rowid AS at_row, {key}, row_number() OVER "
            f"(PARTITION BY {key} ORDER BY {newest}_step DESC, _position DESC, {self.name}.rowid DESC) AS place, "
            f"{self.contradicts()} AS contradicts FROM {self.name} SEMI JOIN repeated USING ({key})"
        )
        conflicts = int(self.store.one("SELECT count(*) FROM ranked WHERE contradicts"))
        if conflicts:
            self.hold_conflicts()
        self.sql(
            f"DELETE FROM {self.name} WHERE rowid IN (SELECT at_row FROM ranked) AND rowid NOT IN "
            f"(SELECT at_row FROM ranked WHERE place = 1 AND NOT contradicts)"
        )
        return conflicts

    def repeats(self, rows: int) -> bool:
        """Whether two of all ``rows`` may be of one key: their hashes, sorted, tell."""
        hashes = f"SELECT hash({', '.join(map(quoted, self.key))}) AS h FROM {self.name}"
        if rows <= SORTED_HERE:
            found = self.store.con.execute(hashes).fetchnumpy()["h"]
            found.sort()
            return bool((found[1:] == found[:-1]).any())
        # A window without an order looks at the sorted rows as they come; one with an order would hold them all.
        beside = f"SELECT h, lag(h) OVER () AS before FROM ({hashes} ORDER BY h)"
        return bool(self.store.rows(f"SELECT 1 FROM ({beside}) WHERE h = before LIMIT 1"))

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
        key = " || ' ' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in self.key)
        listed = ", ".join(f"{literal(name)}, CAST({quoted(name)} AS VARCHAR)" for name in self.filled)
        self.sql(
            f"INSERT INTO holding BY NAME SELECT {self.origin.load_id} AS load_id, {self.source} AS source_id, "
            f"{literal(self.table.name)} AS table_name, _position AS position, 'contradicts' AS code, "
            f"{literal(self.key[-1])} AS column_name, left({key}, {SHOWN}) AS found, "
            f"'the file holds two different rows with this key; correct it, or say `keep` in the mapping' AS reason, "
            f"json_object({listed}) AS row FROM {self.name} "
            f"WHERE rowid IN (SELECT at_row FROM ranked WHERE contradicts)"
        )

    def give_ticket_keys(self) -> None:
        if self.keyed:
            self.name_tickets()
            self.keep_ticket_keys()

    def name_tickets(self) -> None:
        """Fills ``named`` with the rows' tickets and their numbers, new ones for those never seen before."""
        last = "(SELECT coalesce(max(ticket_key), -1) FROM meta.ticket_keys)"
        known = f"(SELECT ticket_id, ticket_key AS known FROM meta.ticket_keys WHERE source_id = {self.source})"
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE named AS SELECT ticket_id, known IS NULL AS is_new, "
            f"coalesce(known, {last} + row_number() OVER (PARTITION BY known IS NULL ORDER BY first)) AS ticket_key "
            f"FROM (SELECT ticket_id, min(_position) AS first FROM {self.name} WHERE ticket_id IS NOT NULL "
            f"GROUP BY ticket_id) LEFT JOIN {known} USING (ticket_id)"
        )

    def keep_ticket_keys(self) -> None:
        self.sql(f"INSERT INTO meta.ticket_keys SELECT {self.source}, ticket_id, ticket_key FROM named WHERE is_new")

    def is_stored(self) -> bool:
        """Whether the table has rows of the source."""
        canon = self.store.place(self.table.name)
        return bool(self.store.rows(f"SELECT 1 FROM {canon} WHERE source_id = {self.source} LIMIT 1"))

    def match(self) -> bool:
        """Fills ``matched``: which rows have a stored version, and whether they replace it. False if none has."""
        if not self.is_stored():
            return False
        canon, load = self.store.place(self.table.name), self.origin.load_id
        rest = [name for name in self.filled if name not in self.key]
        changed = " OR ".join(map(self.differs, rest)) or "false"
        newer = f"c._load_id <= {load}"
        if self.time:
            mine, theirs = f"m.{quoted(self.time)}", f"c.{quoted(self.time)}"
            tie = f"({mine} IS NOT DISTINCT FROM {theirs} AND {newer})"
            newer = f"coalesce({mine} > {theirs} OR ({theirs} IS NULL AND {mine} IS NOT NULL) OR {tie}, false)"
        replaces = f"(({changed}) AND {newer})"
        # Rows of a former mapping, which are set aside, give way whatever their time was taken for.
        replaces = f"(c._load_id < 0 OR {replaces})"
        later = f"({changed}) AND c._load_id > {load}" if self.origin.anew else "false"
        joined = " AND ".join(f"m.{quoted(name)} = c.{quoted(name)}" for name in self.key)
        rows = f"{self.name} m"
        if self.keyed:  # numbers join faster than texts, and let whole blocks be passed over
            rows += f" {self.ticket_key()}"
            joined += " AND c.ticket_key = k.ticket_key"
        self.sql(
            f"CREATE OR REPLACE TEMP TABLE matched AS "
            f"SELECT m.rowid AS at_row, c.rowid AS stored, {replaces} AS replaces, {later} AS is_later "
            f"FROM {rows} JOIN {canon} c ON {joined} AND c.source_id = {self.source}"
        )
        return bool(self.store.one("SELECT count(*) FROM matched"))

    def differing(self) -> tuple[tuple[str, int], ...]:
        """In which columns how many rows differ from what a former rule of this load made of the same key."""
        names = [name for name in self.filled if name in self.before and name not in self.key and name != self.time]
        if not names:
            return ()
        same = f" AND m.{quoted(self.time)} IS NOT DISTINCT FROM c.{quoted(self.time)}" if self.time else ""
        counts = ", ".join(f"count(*) FILTER ({self.differs(name)})" for name in names)
        found = self.store.rows(
            f"SELECT {counts} FROM matched x JOIN {self.name} m ON m.rowid = x.at_row "
            f"JOIN {self.store.place(self.table.name)} c ON c.rowid = x.stored "
            f"WHERE c._load_id = {self.origin.load_id}{same}"
        )[0]
        return tuple((name, count) for name, count in zip(names, found, strict=True) if count)

    @staticmethod
    def differs(name: str) -> str:
        column = quoted(name)
        known = f" AND m.{column} IS DISTINCT FROM {UNKNOWN[name]}" if name in UNKNOWN else ""
        return f"(c.{column} IS DISTINCT FROM m.{column}{known})"

    @staticmethod
    def ticket_key(ticket: str = "ticket_id") -> str:
        return f"JOIN named k ON k.ticket_id = m.{ticket}"

    def touch(self, has_matches: bool) -> None:
        if self.table.name not in TOUCHING or "ticket_id" not in self.filled:
            return
        tickets = "named" if self.keyed else f"meta.ticket_keys WHERE source_id = {self.source}"
        if has_matches or not self.keyed:  # only the tickets of the rows that are left
            tickets += f" {'WHERE' if self.keyed else 'AND'} ticket_id IN (SELECT ticket_id FROM {self.name})"
        self.sql(f"INSERT INTO meta.touched SELECT ticket_key, {self.table.name == 'tickets'} FROM {tickets}")

    def write(self, has_matches: bool, ticket: str = "ticket_id") -> int:
        """Adds all rows that are left, columns that the rule does not fill as they stood, and drops the old ones;
        returns how many it added. Rows without the ``ticket`` by which theirs is named stay out."""
        canon = self.store.place(self.table.name)
        same = {
            "source_id": self.source,
            "_load_id": str(self.origin.load_id),
        }
        values = {"_position": "m._position"} | {name: f"m.{quoted(name)}" for name in self.filled}
        joins = order = ""
        if self.keyed:
            values["ticket_key"] = "k.ticket_key"
            joins += f" {self.ticket_key(ticket)}"
            if self.table.name == "ticket_events":
                names = [name for name in _ORDER if name in self.filled]
                order = f" ORDER BY {', '.join(['k.ticket_key', *(_ORDER[name] for name in names)])}"
        if has_matches:
            there = self.store.columns(self.table.name)
            kept = [each.name for each in self.table.columns if each.name in there - set(self.filled)]
            values |= {name: f"c.{quoted(name)}" for name in kept}
            joins += f" LEFT JOIN matched x ON x.at_row = m.rowid LEFT JOIN {canon} c ON c.rowid = x.stored"
        constants = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in same.items())
        select = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in values.items())
        # What is the same in all rows is added above the sort, which would carry it along.
        added = self.store.one(
            f"INSERT INTO {canon} BY NAME SELECT {constants}, * FROM (SELECT {select} FROM {self.name} m{joins}{order})"
        )
        if has_matches:
            self.sql(f"DELETE FROM {canon} WHERE rowid IN (SELECT stored FROM matched WHERE replaces)")
        return int(added)
