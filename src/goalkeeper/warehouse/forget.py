"""Forgets a person: ids become keyed hashes, words go, rows and counts stay; raw rows and those held back included.

What was forgotten is kept as keyed hashes, so that later loads do not bring the person back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from goalkeeper.engines.text import literal, quoted
from goalkeeper.errors import UsageError
from goalkeeper.schema import TABLES, Column, Table
from goalkeeper.schema.table import Type
from goalkeeper.warehouse.holding import UNREADABLE
from goalkeeper.warehouse.mail_words import address, mail_pattern, spellings, word_pattern
from goalkeeper.warehouse.raw_words import CODED, KEYS, Place, RawWords, Theirs, is_agent_id, raw_words
from goalkeeper.warehouse.store import FORGOTTEN, Store

UNFINISHED = "forgetting"
"""Remembered while facts or file may still hold what was forgotten; as OLD_BYTES where it is the file alone."""
OLD_BYTES = "old bytes"
_CUSTOMER_TABLES = {
    name: [each.name for each in table.columns
           if each.references == "customers.customer_id" or (name == "customers" and each.name == "customer_id")]
    for name, table in TABLES.items()
}  # fmt: skip
_ACTED = ("ticket_events", "messages")
_NAMING = " that name them"
_HINT = "Write a customer's mail address, phone number (with the digits it was loaded with), or id."
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()/.\-]{4,40}")
_AS_CUSTOMER = "coalesce(actor_type, 'unknown') IN ('customer', 'unknown')"  # an agent may have the same id
_CODED_FIELDS = ("status", "priority", "assignee", "assignee_id", "team", "group", "group_id", "team_id")
_IS_CODED = (
    f"(type IN ({', '.join(map(literal, CODED))}) OR lower(coalesce(field, '')) IN "
    f"({', '.join(map(literal, _CODED_FIELDS))}))"
)


@dataclass(slots=True)
class Forgotten:
    """What was found of a person, or is gone: rows by place.

    ``customers`` and ``tickets`` are the ids of theirs by source, ``found`` tells how many customers were found how by
    source and way. ``has_words`` is False where nothing of them was left to go.
    """

    rows: dict[str, int] = field(default_factory=dict)
    customers: list[tuple[str, str]] = field(default_factory=list)
    tickets: list[tuple[str, str]] = field(default_factory=list)
    found: list[tuple[str, str, int]] = field(default_factory=list)
    has_words: bool = False

    def add(self, place: str, count: int) -> None:
        """Counts rows of a place up."""
        if count:
            self.rows[place] = self.rows.get(place, 0) + count


@dataclass(slots=True)
class _Person:
    """How a person is called: ids by source, raw values of ids by source, and mail addresses in lower case.

    ``found`` tells by which of them each id was found.
    """

    ids: set[tuple[str, str]]
    raw: set[tuple[str, str]] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)
    found: dict[tuple[str, str], str] = field(default_factory=dict)


def forget(store: Store, who: str, *, source: str = "", now: datetime, dry: bool = False) -> Forgotten:
    """Forgets whoever has a mail address or a customer's id; needs the writer. UsageError where there is nobody.

    One transaction; ``dry`` counts and changes nothing. Afterwards all facts are to be made anew, and the file
    (`goalkeeper.warehouse.rewrite`).
    """
    person = _find(store, who.strip(), source)
    with store.snapshot() if dry else store.transaction():
        done = _forget(store, person, change=not dry, loads=None)
        if not done.rows:
            raise UsageError("nobody here is called so.", where="PERSON", hint=_HINT)
        if person.ids and not done.has_words and all(each.startswith(FORGOTTEN) for _, each in person.ids):
            raise UsageError("that customer is forgotten already.", where="PERSON", hint="Nothing is left to go.")
        if not dry:
            marks = [*(f"id {a} {b}" for a, b in person.ids | person.raw), *(f"mail {each}" for each in person.mails)]
            for digest in {store.keyed(each) for each in marks}:
                store.con.execute(
                    "INSERT INTO meta.forgotten SELECT ?, ? WHERE NOT EXISTS "
                    "(SELECT 1 FROM meta.forgotten WHERE digest = ?)",
                    [digest, now, digest],
                )
            store.remember(UNFINISHED, "1")
    return done


def forget_again(store: Store, load_ids: Sequence[int]) -> None:
    """Takes whoever was forgotten out of loads just brought in; needs their transaction."""
    known = {digest for (digest,) in store.rows("SELECT digest FROM meta.forgotten")}
    if not known:
        return
    person = _Person(set())
    for load_id in load_ids:
        words = raw_words(store, load_id)
        said = words.distinct(("id", "actor", "mail"))
        for value in said.get("id", set()) | said.get("actor", set()):
            if store.keyed(f"id {words.source} {value}") in known:
                person.raw.add((words.source, value))
        for mail in {address(each) for each in said.get("mail", ())}:
            if mail and store.keyed(f"mail {mail}") in known:
                person.mails.add(mail)
    for name, columns in [*_CUSTOMER_TABLES.items(), *((each, ["actor_id"]) for each in _ACTED)]:
        for column in _there(store, name, columns):
            for source, canonical in store.rows(
                f"SELECT DISTINCT source_id, {column} FROM {store.place(name)} WHERE {column} IS NOT NULL AND _load_id "
                f"IN ({_listed(map(str, load_ids), as_text=False)})"
            ):
                if store.keyed(f"id {source} {canonical}") in known:
                    person.ids.add((source, canonical))
    for mail in person.mails:
        person.ids |= _by_mail(store, mail, "")
    if person.ids or person.raw or person.mails:
        fresh = {(source, each) for source, each in person.ids if not each.startswith(FORGOTTEN)}
        earlier = set(_positions(store, fresh, _tickets(store, fresh))) - set(load_ids)
        done = _forget(store, person, change=True, loads=load_ids)
        in_facts = earlier or any(each.endswith(_NAMING) for each in done.rows)  # else no facts were made of them yet
        if in_facts or store.state(UNFINISHED) is None:
            store.remember(UNFINISHED, "1" if in_facts else OLD_BYTES)


def _find(store: Store, who: str, source: str) -> _Person:
    if not who or len(who) > 500:
        raise UsageError("that is no person.", where="PERSON", hint=_HINT)
    mail = address(who)
    by_mail = _by_mail(store, mail, source) if mail else set()
    by_id, by_phone = _by_id(store, who, source), _by_phone(store, who, source)
    _refuse_agents(store, {who, mail} - {""}, by_mail | by_id | by_phone)
    if not by_mail:
        _refuse_several(store, by_id, by_phone)
    ids = _same(store, by_mail | by_id | by_phone)
    _refuse_who_is_agent(store, ids)
    ways = ((by_mail, "mail address"), (by_id, "id"), (by_phone, "phone number"), (ids, "being the same person"))
    found = {each: next(how for group, how in ways if each in group) for each in ids}
    return _Person(ids, set(), {mail} if mail else set(), found)


def _by_id(store: Store, who: str, source: str) -> set[tuple[str, str]]:
    ids: set[tuple[str, str]] = set()
    for name, columns in _CUSTOMER_TABLES.items():
        for column in _there(store, name, columns):
            ids |= set(store.rows(
                f"SELECT DISTINCT source_id, {column} FROM canon.{name} "
                f"WHERE {column} = ? AND (? = '' OR source_id = ?)",
                [who, source, source],
            ))  # fmt: skip
    return ids


def _by_phone(store: Store, phone: str, source: str) -> set[tuple[str, str]]:
    if "phone_key" not in store.columns("customers") or not _PHONE.fullmatch(phone):
        return set()
    key = store.one(f"SELECT {store.key_hash('phone_key', literal(phone))}")
    return set(
        store.rows(
            "SELECT source_id, customer_id FROM canon.customers "
            "WHERE (? = '' OR source_id = ?) AND phone_key IN (?, ?)",
            [source, source, key, store.pseudonym(key or "")],
        )
    )


def _same(store: Store, ids: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Some customers with all that are the same person, whom forgetting a part would tear apart."""
    linked = set().union(*_persons(store, ids).values())
    return ids | linked


def _persons(store: Store, ids: set[tuple[str, str]]) -> dict[int, set[tuple[str, str]]]:
    """The persons that some customers are, each with all its customers, as the last refresh linked them."""
    found: dict[int, set[tuple[str, str]]] = {}
    if store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'persons'"):
        for person, source, customer in store.rows(
            "SELECT person, source, customer_id FROM facts.persons WHERE person IN "
            f"(SELECT person FROM facts.persons WHERE {_is_one('source', 'customer_id', ids)})"
        ):
            found.setdefault(person, set()).add((source, customer))
    return found


def _refuse_several(store: Store, by_id: set[tuple[str, str]], by_phone: set[tuple[str, str]]) -> None:
    """UsageError where those found may be different people."""
    found = by_id | by_phone
    persons = _persons(store, found)
    if len(persons) + len(found - set().union(*persons.values())) < 2:
        return
    if by_id and by_phone - by_id:
        words = "that is the id of one customer and the phone number of another one."
        hint = "They may be different people. Write the mail address of whom you mean, or the other one's id."
    elif by_id:
        sources = sorted({each for each, _ in by_id})
        words = f"{len(sources)} sources have such a customer: {', '.join(sources)}."
        hint = "They may be different people. Say which source."
    else:
        words = f"{len(by_phone)} customers have that number."
        hint = "They may be different people. Write the customer's id."
    raise UsageError(words, where="PERSON", hint=hint)


def _refuse_agents(store: Store, called: set[str], ids: set[tuple[str, str]]) -> None:
    """UsageError where an agent is called so: of an id only in the sources of these customers, if there are any."""
    here = ", ".join(literal(each) for each in sorted({source for source, _ in ids}))
    for name in sorted(called):
        is_mail = "@" in name
        among = f"source_id IN ({here})" if here and not is_mail else "true"
        key = store.mail_key(name) if is_mail else None
        for table in TABLES.values():
            known, same = store.columns(table.name), f"= lower({literal(name)})"
            tests = [f"lower({each.name}) {same}" for each in table.columns
                     if each.name in known and is_agent_id(table.name, each)]  # fmt: skip
            if table.name in _ACTED and "actor_id" in known:
                tests.append(f"(NOT {_AS_CUSTOMER} AND lower(actor_id) {same})")
            if key and table.name == "agents" and "email_key" in known:
                tests.append(f"email_key = {literal(key)}")
            found = tests and store.rows(
                f"SELECT 1 FROM canon.{table.name} WHERE {among} AND ({' OR '.join(tests)}) LIMIT 1"
            )
            if found:
                raise UsageError(
                    f"that is the {'address' if is_mail else 'id'} of an agent.", where="PERSON",
                    hint="Agents are not forgotten. For a customer of that id write the mail address or phone number.",
                )  # fmt: skip


def _refuse_who_is_agent(store: Store, ids: set[tuple[str, str]]) -> None:
    """UsageError where one of some customers has the mail address of an agent."""
    keys = {each for each in _mail_keys(store, ids) if each} if "email_key" in store.columns("agents") else set()
    if keys and store.rows(f"SELECT 1 FROM canon.agents WHERE email_key IN ({_listed(sorted(keys))}) LIMIT 1"):
        raise UsageError("that customer is an agent too.", where="PERSON", hint="Agents are not forgotten.")


def _by_mail(store: Store, mail: str, source: str) -> set[tuple[str, str]]:
    key = store.mail_key(mail)
    if key is None or "email_key" not in store.columns("customers"):
        return set()
    return set(
        store.rows(
            "SELECT source_id, customer_id FROM canon.customers "
            "WHERE (? = '' OR source_id = ?) AND email_key IN (?, ?)",
            [source, source, key, store.pseudonym(key)],
        )
    )


def _forget(store: Store, person: _Person, *, change: bool, loads: Sequence[int] | None) -> Forgotten:
    done = Forgotten(customers=sorted(person.ids))
    done.found = [(source, how, count) for (source, how), count in sorted(
        Counter((source, how) for (source, _), how in person.found.items()).items())]  # fmt: skip
    done.tickets = _tickets(store, person.ids)
    owned = _positions(store, person.ids, done.tickets)
    every = [each for (each,) in store.rows("SELECT load_id FROM meta.loads ORDER BY load_id")]
    opened = [raw_words(store, each) for each in (every if loads is None else loads)]
    bearing = _bearing(store, person.ids)
    for words in opened:  # first what the person is called in the files, then whatever bears it
        _name(store, words, person, bearing)
    others = _others(store, person.ids)
    events = _events(store, person.ids, done.tickets)
    for words in opened:
        here = words.source
        who = Theirs(
            {each for source, each in person.ids if source == here},
            {each for source, each in person.raw if source == here},
            {each for source, each in done.tickets if source == here}, person.mails,
            owned.get(words.load_id, set()), others.get(words.load_id, set()), events.get(words.load_id, {}),
        )  # fmt: skip
        found = words.clean(who, change=change)
        done.add("raw rows", len(found))
        held, with_words = _held(store, words, found, who, change=change)
        done.add("rows held back", held)
        done.has_words |= with_words or any(found.values())
    tickets = set(done.tickets)
    for name, table in TABLES.items():
        done.add(name, _canonical(store, table, person.ids, tickets, change=change))
        naming = _mentions(store, table, person.mails, change=change)
        done.add(f"{name}{_NAMING}", naming)
        done.has_words |= naming > 0
    if change:
        _identities(store, person.ids)
    return done


def _name(store: Store, words: RawWords, person: _Person, bearing: dict[tuple[int, Place], set[int]]) -> None:
    """What the person is called in a load: values of the very columns that bear their ids, and their addresses."""
    ids = {each for source, each in person.ids if source == words.source}
    person.raw |= {(words.source, each) for each in ids}
    known = ids | _mail_keys(store, person.ids)
    for place in words.places:
        of_mail = place == ("customers", "email_key")
        positions = bearing.get((words.load_id, ("customers", "customer_id") if of_mail else place), set())
        for values in words.names(positions, place):
            if len(values) > 1:  # a row of several people: only who is known
                values = {each for each in values if each in known or ("@" in each and store.mail_key(each) in known)}
            if of_mail:
                person.mails |= {address(each) for each in values} - {""}
            else:
                person.raw |= {(words.source, each) for each in values}


def _mail_keys(store: Store, ids: set[tuple[str, str]]) -> set[str]:
    if "email_key" not in store.columns("customers"):
        return set()
    test = _is_one("source_id", "customer_id", ids)
    return {each for (each,) in store.rows(f"SELECT DISTINCT email_key FROM {store.place('customers')} WHERE {test}")}


def _bearing(store: Store, ids: set[tuple[str, str]]) -> dict[tuple[int, Place], set[int]]:
    """The raw rows, by load and canonical column, of canonical rows that bear an id of the person in that column."""
    tests = [(name, each, "true") for name in TABLES for each in _there(store, name, _CUSTOMER_TABLES[name])]
    tests += [(name, each, _AS_CUSTOMER) for name in _ACTED for each in _there(store, name, ["actor_id"])]
    found: dict[tuple[int, Place], set[int]] = {}
    for name, column, also in tests:
        for load_id, position in store.rows(
            f"SELECT _load_id, _position FROM {store.place(name)} WHERE {also} AND {_is_one('source_id', column, ids)}"
        ):
            found.setdefault((load_id, (name, column)), set()).add(position)
    return found


def _others(store: Store, ids: set[tuple[str, str]]) -> dict[int, set[int]]:
    """The raw rows, by load, where an agent, a bot or the system bears the same id."""
    found: dict[int, set[int]] = {}
    for name in _ACTED:
        for column in _there(store, name, ["actor_id"]):
            for load_id, position in store.rows(
                f"SELECT _load_id, _position FROM {store.place(name)} WHERE NOT {_AS_CUSTOMER} "
                f"AND {_is_one('source_id', column, ids)}"
            ):
                found.setdefault(load_id, set()).add(position)
    return found


def _events(
    store: Store, ids: set[tuple[str, str]], tickets: Iterable[tuple[str, str]]
) -> dict[int, dict[int, tuple[bool, set[str]]]]:
    """Of raw rows with events on the person's tickets: whether one is coded, and the words of the others."""
    found: dict[int, dict[int, tuple[bool, set[str]]]] = {}
    for load_id, position, is_coded, *values in store.rows(
        f"SELECT _load_id, _position, {_coded(store)}, {_or_null(store, 'old_value')}, {_or_null(store, 'new_value')} "
        f"FROM {store.place('ticket_events')} WHERE {_test(store, TABLES['ticket_events'], ids, tickets)}"
    ):
        coded, said = found.setdefault(load_id, {}).get(position, (False, set[str]()))
        if not is_coded:
            said |= {each.strip() for each in values if each}
        found[load_id][position] = (coded or is_coded, said)
    return found


def _coded(store: Store) -> str:
    return _IS_CODED if "field" in store.columns("ticket_events") else _IS_CODED.replace("field", "NULL")


def _or_null(store: Store, column: str) -> str:
    return column if column in store.columns("ticket_events") else "NULL"


def _tickets(store: Store, ids: set[tuple[str, str]]) -> list[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for name in ("tickets", "interactions", "survey_responses", "feedback_items"):
        for column in _there(store, name, _CUSTOMER_TABLES[name]):
            if "ticket_id" in store.columns(name):
                found |= {
                    (source, ticket) for source, ticket in store.rows(
                        f"SELECT DISTINCT source_id, ticket_id FROM canon.{name} "
                        f"WHERE ticket_id IS NOT NULL AND {_is_one('source_id', column, ids)}"
                    )
                }  # fmt: skip
    return sorted(found)


def _test(store: Store, table: Table, ids: set[tuple[str, str]], tickets: Iterable[tuple[str, str]]) -> str:
    """The test of a person's rows in a canonical table; "" where it can hold none."""
    columns = store.columns(table.name)
    tests = [_is_one("source_id", each, ids) for each in _there(store, table.name, _CUSTOMER_TABLES[table.name])]
    if table.name in _ACTED and "actor_id" in columns:
        tests.append(f"({_AS_CUSTOMER} AND {_is_one('source_id', 'actor_id', ids)})")
    if "ticket_id" in columns and "ticket_id" in {each.name for each in table.columns}:
        tests.append(_is_one("source_id", "ticket_id", set(tickets)))
    return " OR ".join(tests)


def _positions(store: Store, ids: set[tuple[str, str]], tickets: Iterable[tuple[str, str]]) -> dict[int, set[int]]:
    """The raw rows, by load, that the person's canonical rows came from."""
    found: dict[int, set[int]] = {}
    for name, table in TABLES.items():
        if test := _test(store, table, ids, tickets):
            for load_id, position in store.rows(f"SELECT _load_id, _position FROM {store.place(name)} WHERE {test}"):
                found.setdefault(load_id, set()).add(position)
    return found


def _canonical(
    store: Store, table: Table, ids: set[tuple[str, str]], tickets: Iterable[tuple[str, str]], *, change: bool
) -> int:
    place, columns = store.place(table.name), store.columns(table.name)
    test = _test(store, table, ids, tickets)
    if not test:
        return 0
    count = int(store.one(f"SELECT count(*) FROM {place} WHERE {test}"))
    if not count or not change:
        return count
    sets = {each.name: _blank(store, table, each.name, test, ids) for each in table.columns
            if each.personal and each.name in columns}  # fmt: skip
    if table.name == "ticket_events":
        sets |= {name: f"CASE WHEN {_coded(store)} THEN {name} END" for name in ("old_value", "new_value")
                 if name in columns}  # fmt: skip
    for name, value in sets.items():
        store.con.execute(f"UPDATE {place} SET {quoted(name)} = {value} WHERE {test}")
    named = [*_there(store, table.name, _CUSTOMER_TABLES[table.name])]
    if table.name in _ACTED and "actor_id" in columns:
        named.append("actor_id")
    for column in named:
        for source, value in sorted(ids):
            new = store.pseudonym(value)
            if new == value:  # who was forgotten before
                continue
            here = f"source_id = {literal(source)} AND {quoted(column)} = {literal(value)}"
            here += f" AND {_AS_CUSTOMER}" if column == "actor_id" else ""
            if table.key == (column,):  # a load brought the row again: the one that is there already stays
                there = f"source_id = {literal(source)} AND {quoted(column)} = {literal(new)}"
                if store.rows(f"SELECT 1 FROM {place} WHERE {there} LIMIT 1"):
                    store.con.execute(f"DELETE FROM {place} WHERE {here}")
                    continue
            store.con.execute(f"UPDATE {place} SET {quoted(column)} = {literal(new)} WHERE {here}")
    return count


def _mentions(store: Store, table: Table, mails: Iterable[str], *, change: bool) -> int:
    """Words of others in which a mail address stands: the address goes, the words stay."""
    place, columns, count = store.place(table.name), store.columns(table.name), 0
    for column in (each.name for each in table.columns if each.name in columns and _is_words(table, each)):
        for mail in sorted(mails):
            text, pattern = f"CAST({quoted(column)} AS VARCHAR)", mail_pattern(mail)
            test = " OR ".join(f"contains(lower({text}), {literal(each.lower())})" for each in spellings(mail))
            found = [(old, pattern.sub(store.pseudonym(mail), old), rows) for old, rows in store.rows(
                f"SELECT {text}, count(*) FROM {place} WHERE {test} GROUP BY 1")]  # fmt: skip
            found = [each for each in found if each[0] != each[1]]
            count += sum(rows for *_, rows in found)
            if found and change:
                store.con.execute(
                    f"UPDATE {place} SET {quoted(column)} = m.new FROM "
                    f"(SELECT unnest(?::VARCHAR[]) AS old, unnest(?::VARCHAR[]) AS new) m WHERE {text} = m.old",
                    [[old for old, *_ in found], [new for _, new, _ in found]],
                )
    return count


def _is_words(table: Table, column: Column) -> bool:
    """Whether a column can hold anybody's words: texts that are neither keys nor codes."""
    is_key = column.name in (*table.key, *KEYS) or column.references or column.name.endswith("_id")
    return column.type in (Type.TEXT, Type.JSON) and not is_key and not column.values


def _blank(store: Store, table: Table, column: str, test: str, ids: set[tuple[str, str]]) -> str:
    """What a personal column becomes: keys their own hash, so that what they link stays linked; words nothing."""
    if column not in KEYS:
        return "NULL"
    place = store.place(table.name)
    values = [each for (each,) in store.rows(
        f"SELECT DISTINCT {column} FROM {place} WHERE ({test}) AND {column} IS NOT NULL")]  # fmt: skip
    cases = " ".join(f"WHEN {literal(each)} THEN {literal(store.pseudonym(each))}" for each in values)
    return f"CASE {column} {cases} END" if cases else "NULL"


def _identities(store: Store, ids: set[tuple[str, str]]) -> None:
    """The ids in lists of who is the same person."""
    places = store.rows(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
        "WHERE (schema_name = 'meta' AND column_name = 'customer_id') OR "
        "(schema_name IN ('kept', 'canon') AND table_name = 'identity_links' AND column_name = 'entity_id')"
    )
    tables = {name for _, name in store.rows("SELECT schema_name, table_name FROM duckdb_tables()")}
    for schema, name, column in places:
        if name in tables and not (schema == "canon" and store.place(name).startswith("kept")):
            for source, value in ids:
                store.con.execute(
                    f"UPDATE {schema}.{quoted(name)} SET {column} = ? WHERE source_id = ? AND {column} = ?",
                    [store.pseudonym(value), source, value],
                )


def _held(store: Store, words: RawWords, found: Iterable[int], who: Theirs, *, change: bool) -> tuple[int, bool]:
    """Rows held back that came from raw rows of the person, or name them; unreadable ones also by their tickets.

    Gives how many, and whether they had words.
    """
    mine, named = set(found), word_pattern(who.names | who.tickets)
    held, with_words = [], False
    for held_id, position, code, text in store.rows(
        "SELECT held_id, position, code, concat_ws(' ', found, row) FROM meta.quarantine WHERE load_id = ?",
        [words.load_id],
    ):
        is_mine = position in mine  # of what could not be read the position is a line of the file
        if code == UNREADABLE:
            is_mine = bool(named and named.search(text))
        if is_mine or any(f'"{each}"' in text for each in who.names) or any(
            mail_pattern(each).search(text) for each in who.mails
        ):  # fmt: skip
            held.append(held_id)
            with_words |= bool(text)
    if held and change:
        store.con.execute(
            "UPDATE meta.quarantine SET found = NULL, row = NULL "
            f"WHERE held_id IN ({_listed(map(str, held), as_text=False)})"
        )
    return len(held), with_words


def _there(store: Store, name: str, columns: Iterable[str]) -> list[str]:
    known = store.columns(name)
    return [each for each in columns if each in known]


def _is_one(source: str, column: str, pairs: set[tuple[str, str]]) -> str:
    """The test of a row whose source and id are one of these pairs."""
    by_source: dict[str, list[str]] = {}
    for each, value in sorted(pairs):
        by_source.setdefault(each, []).append(value)
    tests = [
        f"({source} = {literal(each)} AND {quoted(column)} IN ({_listed(values)}))"
        for each, values in by_source.items()
    ]
    return f"({' OR '.join(tests)})" if tests else "false"


def _listed(values: Iterable[str], *, as_text: bool = True) -> str:
    return ", ".join(map(literal, values) if as_text else values) or "NULL"
