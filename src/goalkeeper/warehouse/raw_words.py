"""The raw rows of a load as words of people: which values name somebody, and rows without them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from goalkeeper.connectors.files import lines
from goalkeeper.connectors.mapping import FileRule
from goalkeeper.connectors.mapping.compile import position_sql
from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.connectors.mapping.reads import log_reads, table_reads
from goalkeeper.engines.text import quoted
from goalkeeper.errors import UsageError
from goalkeeper.schema import Column
from goalkeeper.warehouse.mail_words import mail_pattern
from goalkeeper.warehouse.store import INVALID, Store
from goalkeeper.warehouse.supersede import former_rule

Path = tuple[str, ...]
Place = tuple[str, str]  # a canonical table and its column
CODED = ("status", "priority", "assign", "team", "merge_into", "merged_from")
"""Types of events whose values are codes and ids that numbers read; those of others can be anybody's words."""
_AT_ONCE = 100  # names in one pattern, whose size has a bound
KEYS = ("email_key", "phone_key", "external_id", "visitor_key")


@dataclass(slots=True)
class Theirs:
    """What is one person's in a load.

    ``ids`` are canonical, ``names`` as in the file. ``owned`` rows are theirs; in ``others`` an agent with such an id
    acts. ``events`` tells of rows with events of theirs whether one is coded, and which words the others hold.
    """

    ids: set[str]
    names: set[str]
    tickets: set[str]
    mails: set[str]
    owned: set[int] = field(default_factory=set)
    others: set[int] = field(default_factory=set)
    events: dict[int, tuple[bool, set[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawWords:
    """A load's raw rows, and which paths of a row are ids of customers, of tickets, mail addresses, and kept at all."""

    store: Store
    load_id: int
    source: str
    table: str
    is_json: bool
    columns: tuple[str, ...]
    paths: Mapping[str, frozenset[Path]]
    places: Mapping[Place, frozenset[Path]]

    def distinct(self, kinds: Iterable[str]) -> dict[str, set[str]]:
        """The distinct values at the paths of some kinds, read in one pass."""
        found: dict[str, set[str]] = {kind: set() for kind in kinds if self.paths[kind]}
        for _, row in self.rows("") if found else ():
            for kind, values in found.items():
                values.update(_at(row, self.paths[kind]))
        return found

    def names(self, positions: set[int], place: Place) -> Iterator[set[str]]:
        """The values that a canonical column is read from in some rows, row by row."""
        if positions and (paths := self.places.get(place)):
            listed = ", ".join(map(str, sorted(positions)))
            for _, row in self.rows(f"WHERE position IN ({listed})"):
                yield set(_at(row, paths))

    def rows(self, where: str, parameters: list[Any] | None = None) -> Iterator[tuple[int, Any]]:
        """Rows by position, each as what its JSON holds."""
        for position, text in self.store.rows(f"SELECT position, text FROM ({self._texts()}) {where}", parameters):
            yield position, json.loads(text)

    def clean(self, who: Theirs, *, change: bool) -> dict[int, bool]:
        """Takes a person's words out of the rows that are theirs, and mail addresses out of all.

        Gives the rows concerned, and of each whether it had such words.

        Theirs are the owned positions, and rows with one of the names or tickets at the paths of such ids.
        """
        found: dict[int, bool] = {}
        wanted = sorted({*who.names, *who.tickets, *who.mails})
        patterns = ["|".join(map(_escaped, wanted[at : at + _AT_ONCE])) for at in range(0, len(wanted), _AT_ONCE)]
        listed = ", ".join(map(str, sorted(who.owned))) or "NULL"
        named = " OR ".join(["regexp_matches(text, ?, 'i')"] * len(patterns)) or "false"
        if self.is_json:  # writers escape what they like, so such a text is looked at once it is read
            named += r" OR contains(text, '\u') OR contains(text, '\/')"
        where = f"WHERE position IN ({listed}) OR {named}"
        for position, row in list(self.rows(where, patterns)):
            bears = who.names & set(_at(row, self.paths["id"]))
            if position not in who.others:
                bears |= who.names & set(_at(row, self.paths["actor"]))
            is_theirs = position in who.owned or bool(bears or who.tickets & set(_at(row, self.paths["ticket"])))
            new = _Cleaning(self, who, position, row, is_theirs).cleaned(row, ())
            if new == row and not is_theirs:
                continue
            found[position] = new != row
            if change:
                self._put(position, row, new)
        return found

    def _put(self, position: int, row: Any, new: Any) -> None:
        table = f"raw.{quoted(self.table)}"
        if self.is_json:
            names = {name for name, *_ in self.store.rows(f"DESCRIBE {table}")}
            where = "_position = ?" if "_position" in names else "rowid + 1 = ?"
            text = json.dumps(new, ensure_ascii=False)
            self.store.con.execute(f"UPDATE {table} SET _line = ? WHERE {where}", [text, position])
            return
        if position_sql(self.columns) != "rowid + 1":
            raise UsageError(
                "a column of the file is called rowid.", where=self.table, hint="Load it without that one."
            )
        changed = [name for name in new if new[name] != row[name]]
        if changed:
            sets = ", ".join(f"{quoted(name)} = ?" for name in changed)
            values = [new[name] for name in changed]
            self.store.con.execute(f"UPDATE {table} SET {sets} WHERE rowid + 1 = ?", [*values, position])

    def _texts(self) -> str:
        table = f"raw.{quoted(self.table)}"
        if self.is_json:
            return f"SELECT _position AS position, _line AS text FROM {lines(self.store.con, table)}"
        return f"SELECT {position_sql(self.columns)} AS position, CAST(to_json(r) AS VARCHAR) AS text FROM {table} r"


def raw_words(store: Store, load_id: int) -> RawWords:
    """The raw rows of a load, read as its mapping reads them."""
    ((source, table, is_json, columns, mapping, version, rule),) = store.rows(
        "SELECT source_id, raw_table, is_json, columns, mapping, mapping_version, rule FROM meta.loads "
        "WHERE load_id = ?",
        [load_id],
    )
    found = former_rule(store, mapping, version, rule)
    paths, places = _paths(found)
    return RawWords(store, load_id, source, table, is_json, tuple(columns), paths, places)


class _Cleaning:
    """One raw row without the words of a person."""

    def __init__(self, words: RawWords, who: Theirs, position: int, row: Any, is_theirs: bool) -> None:
        self.paths, self.store, self.who, self.is_theirs = words.paths, words.store, who, is_theirs
        self.acted = position not in who.others
        ids = set(_at(row, self.paths["id"]))
        self.is_person = is_theirs and (not ids or bool(ids & who.names))  # else it is a row of another on their ticket
        self.coded, self.said = who.events.get(position, (False, set[str]()))

    def cleaned(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: self.cleaned(each, (*path, key.lower())) for key, each in value.items()}
        if isinstance(value, list):
            return [self.cleaned(each, (*path, "*")) for each in value]
        if value is None or isinstance(value, bool):
            return value
        if self.is_theirs:
            known, value = self._theirs(value, path)
            if known:
                return value
        if isinstance(value, str) and not self._is_of_agent(path):
            is_mail = _fits(path, self.paths["mail"])
            for mail in self.who.mails:
                new = self._stand_in(mail) if is_mail else self.store.pseudonym(mail)
                value = mail_pattern(mail).sub(new, value)
        return value

    def _is_of_agent(self, path: Path) -> bool:
        return _fits(path, self.paths["agent"]) or (not self.acted and _fits(path, self.paths["actor"]))

    def _theirs(self, value: Any, path: Path) -> tuple[bool, Any]:
        """What a leaf of their row becomes, and whether that is settled."""
        text = str(value)
        is_id = _fits(path, self.paths["id"]) or (self.acted and _fits(path, self.paths["actor"]))
        if is_id and text in self.who.names:
            return True, self._stand_in(text)
        if _fits(path, self.paths["mail"]):
            return (True, self._stand_in(text)) if self.is_person else (False, value)
        if _fits(path, self.paths["key"]) and not is_id:
            return True, self.store.pseudonym(text) if self.is_person else value
        if _fits(path, self.paths["words"]):
            return True, None
        if _fits(path, self.paths["value"]):
            return True, value if self._is_code(text) else None
        return (False, value) if _fits(path, self.paths["kept"]) else (True, None)

    def _stand_in(self, text: str) -> str:
        """An address becomes one that `email_key` reads as the pseudonym of what it read before."""
        if "@" not in text or text in self.who.ids:
            return self.store.pseudonym(text)
        key = self.store.mail_key(text)
        return f"{self.store.pseudonym(key)}{INVALID}" if key else self.store.pseudonym(text)

    def _is_code(self, text: str) -> bool:
        return self.coded and text.strip() not in self.said


def is_agent_id(table: str, column: Column) -> bool:
    """Whether a canonical column holds ids of agents alone."""
    return column.references == "agents.agent_id" or (table, column.name) == ("agents", "agent_id")


def _paths(rule: FileRule | None) -> tuple[dict[str, frozenset[Path]], dict[Place, frozenset[Path]]]:
    """The paths of a rule by what they are, and by column; those within a list begin at any place."""
    kinds = ("id", "actor", "agent", "ticket", "mail", "key", "value", "kept", "words")
    found: dict[str, set[Path]] = {kind: set() for kind in kinds}
    places: dict[Place, set[Path]] = {}
    for each in rule.tables if rule else ():
        known = {column.name: column for column in each.table.columns}
        types = {value.const for name, value in each.columns if name == "type"}
        for name, value in each.columns:
            paths = set[Path]()
            for text in (value.expression, *value.others):
                with_paths = Expression(text, value.where, groups=bool(each.group)).paths() if text else ()
                paths |= {tuple(part.lower() for part in path) for path in with_paths}
            column = known.get(name)
            if column is None:
                continue
            places.setdefault((each.to, name), set()).update(paths)
            kind = "words" if column.personal and each.to != "agents" else "kept"
            if column.references == "customers.customer_id" or (each.to, name) == ("customers", "customer_id"):
                found["id"] |= paths
            if is_agent_id(each.to, column) or (each.to, name) == ("agents", "email_key"):
                found["agent"] |= paths
            if name == "actor_id":
                found["actor"] |= paths
            if name == "ticket_id":
                found["ticket"] |= paths
            if kind == "words" and name in KEYS:
                hashed = any(f"{name}(" in text for text in (value.expression, *value.others))
                if not hashed:
                    kind = "key"
                elif name == "email_key":
                    kind = "mail"
            if name in ("old_value", "new_value") and not types & set(CODED):
                kind = "value"
            found[kind] |= paths
        found["kept"] |= {tuple(part.lower() for part in path) for path, _ in table_reads(each)}
        found["kept"] -= found["words"] | found["value"] | found["key"] | found["mail"]
    if rule:
        found["kept"] |= {tuple(part.lower() for part in path) for path, _ in log_reads(rule)}
    found["words"] -= found["id"] | found["ticket"]  # an id that is a mail address too becomes its hash
    found["agent"] -= found["id"] | found["mail"]  # one file of customers and agents
    found["value"] -= found["kept"] | found["id"] | found["ticket"]
    frozen = {kind: frozenset(paths) for kind, paths in found.items()}
    return frozen, {place: frozenset(paths) for place, paths in places.items()}


def _fits(path: Path, paths: frozenset[Path]) -> bool:
    """Whether a leaf is at, or below, one of these paths; within a list the path may begin there."""
    if "*" in path:
        inner = path[len(path) - 1 - path[::-1].index("*") + 1 :]
        return any(inner == each or inner == each[1:] for each in paths)
    return any(path[: len(each)] == each for each in paths)


def _at(row: Any, paths: frozenset[Path], path: Path = ()) -> Iterator[str]:
    """The values of a row at any of the paths, as texts."""
    if isinstance(row, dict):
        for key, each in row.items():
            yield from _at(each, paths, (*path, key.lower()))
    elif isinstance(row, list):
        for each in row:
            yield from _at(each, paths, (*path, "*"))
    elif row is not None and not isinstance(row, bool) and _fits(path, paths):
        yield str(row)


def _escaped(value: str) -> str:
    """A text as it stands within JSON, for a regular expression of RE2."""
    inside = json.dumps(value, ensure_ascii=False)[1:-1]
    return re.sub("[^0-9A-Za-z]", lambda found: f"\\x{{{ord(found[0]):x}}}", inside)
