"""A person is forgotten everywhere: counts stay, no byte of them is left, and later loads bring nobody back."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.errors import UsageError
from goalkeeper.schema import TABLES
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED, forget
from goalkeeper.warehouse.rewrite import rewrite
from measure.small import Small, event, mapping_text, ticket

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 20)
MAIL, ID, WORDS = "Jana.Novak@example.org", "cust-4711", "my boiler in Lindenweg burst"
MAPPING = mapping_text().replace('email_key = "email_key"', 'email_key = "email_key(email)"')


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with Small(tmp_path / "desk") as opened:
        yield opened


def put(small: Small, source: str = "desk", **tables: list[dict[str, Any]]) -> None:
    files = []
    for name, rows in tables.items():
        path = small.folder / f"{name}.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        files.append(path)
    small.workspace.load(files, mapping=read_mapping(MAPPING, "plain"), source=source)
    small.workspace.refresh()


def customer(number: str, mail: str, **more: Any) -> dict[str, Any]:
    return {"customer_id": number, "email": mail, "country": "CZ", "full_name": f"Jana Novak {number}"} | more


def filled(small: Small) -> None:
    put(
        small,
        customers=[customer(ID, MAIL), customer("c2", "other@example.org"), customer("c3", "third@example.org")],
        tickets=[
            ticket(1, "03-02 10:00", requester_customer_id=ID, subject=WORDS, status="solved"),
            ticket(2, "03-02 11:00", requester_customer_id="c2", subject=f"like {MAIL.upper()} said"),
            ticket(3, "03-03 11:00", requester_customer_id=ID, subject="again the boiler"),
        ],
        ticket_events=[
            event(1, "03-02 10:00", "created", "customer", actor_id=ID), event(1, "03-02 11:00", "reply", "ann"),
            event(1, "03-02 12:00", "status", "ann", "solved"), event(2, "03-02 11:00", "created", "customer"),
        ],
        survey_responses=[
            {"response_id": "r1", "survey_id": "s", "responded_at": "2026-03-04T10:00:00Z", "kind": "csat", "score": 2,
             "scale_min": 1,
             "scale_max": 5, "customer_id": ID, "ticket_id": "T1", "comment": WORDS},
            {"response_id": "r2", "survey_id": "s", "responded_at": "2026-03-04T11:00:00Z", "kind": "csat", "score": 5,
             "scale_min": 1,
             "scale_max": 5, "customer_id": "c2", "ticket_id": "T2", "comment": "quick"},
        ],
    )  # fmt: skip


def numbers(small: Small) -> dict[str, object]:
    """What is counted, by table and by metric."""
    store = small.workspace.store
    found: dict[str, object] = {name: store.one(f"SELECT count(*) FROM canon.{name}") for name in TABLES}
    found["askers"] = store.one("SELECT count(DISTINCT requester_customer_id) FROM canon.tickets")
    found["persons"] = store.one("SELECT count(DISTINCT person) FROM facts.persons")
    found["held"] = store.one("SELECT count(*) FROM meta.quarantine")
    for each in ("ticket_volume", "csat", "first_response_time", "repeat_contact_rate"):
        if each in small.workspace.metrics:
            found[each] = repr(list(small.measure(each)))
    return found


def finished(small: Small) -> bytes:
    """The bytes of the file, once facts and file are made anew."""
    small.workspace.refresh(everything=True)
    small.workspace.close()
    path = small.workspace.store.path
    rewrite(path)
    assert [each.name for each in path.parent.glob("goalkeeper.duckdb*")] == [path.name]
    content = path.read_bytes()
    small.reopen()
    store = small.workspace.store  # what is packed in the file is looked at as it is read
    for schema, name in store.rows("SELECT schema_name, table_name FROM duckdb_tables()"):
        rows = store.rows(f'SELECT CAST(to_json(r) AS VARCHAR) FROM {schema}."{name}" r')
        content += "\n".join(text for (text,) in rows).encode()
    return content


def assert_gone(content: bytes, *words: str) -> None:
    for each in words:
        assert each.lower().encode() not in content.lower(), each


@pytest.mark.parametrize("who", [MAIL.lower(), f"  {ID} "])
def test_nothing_is_left_and_counts_stay(small: Small, who: str) -> None:
    filled(small)
    before = numbers(small)
    with pytest.raises(AssertionError):  # the search finds what is there
        assert_gone(finished(small), MAIL)
    done = forget(small.workspace.store, who, now=NOW)
    assert done.rows["tickets"] == 2
    assert done.rows["customers"] == 1
    assert done.tickets == [("desk", "T1"), ("desk", "T3")]
    content = finished(small)
    assert_gone(content, MAIL, ID, WORDS, "Lindenweg", "Jana Novak cust", "again the boiler")
    assert numbers(small) == before
    store = small.workspace.store
    assert store.state(UNFINISHED) is None
    (new,) = store.rows("SELECT DISTINCT requester_customer_id FROM canon.tickets WHERE ticket_id IN ('T1', 'T3')")
    assert new[0].startswith("forgotten-")
    assert store.rows("SELECT comment FROM canon.survey_responses ORDER BY response_id") == [(None,), ("quick",)]
    assert "forgotten-" in store.one("SELECT subject FROM canon.tickets WHERE ticket_id = 'T2'")


def test_looked_at_first_nothing_changes(small: Small) -> None:
    filled(small)
    store = small.workspace.store
    planned = forget(store, MAIL, now=NOW, dry=True)
    assert store.one("SELECT count(*) FROM meta.forgotten") == 0
    assert store.one("SELECT count(*) FROM canon.customers WHERE customer_id = ?", [ID]) == 1
    assert forget(store, MAIL, now=NOW).rows == planned.rows


def test_later_loads_bring_nobody_back(small: Small) -> None:
    filled(small)
    forget(small.workspace.store, MAIL, now=NOW)
    finished(small)
    before = numbers(small)
    put(
        small,
        customers=[customer(ID, MAIL, country="SK"), customer("c2", "other@example.org")],
        tickets=[ticket(3, "03-03 11:00", "solved", requester_customer_id=ID, subject="once more Lindenweg")],
    )
    assert small.workspace.store.state(UNFINISHED) == OLD_BYTES  # facts were made of none of these rows yet
    content = finished(small)
    assert_gone(content, MAIL, ID, "Lindenweg", "Jana Novak cust")
    after = numbers(small)
    assert {name: after[name] for name in TABLES} == {name: before[name] for name in TABLES}
    assert (after["askers"], after["persons"]) == (before["askers"], before["persons"])
    assert small.workspace.store.one("SELECT status FROM canon.tickets WHERE ticket_id = 'T3'") == "solved"


def test_mapped_anew_the_rows_are_as_many_and_name_nobody(small: Small) -> None:
    filled(small)
    forget(small.workspace.store, ID, now=NOW)
    small.workspace.refresh(everything=True)
    before = numbers(small)
    text = MAPPING.replace('country = "country"', 'country = "upper(country)"')
    files = [small.folder / f"{name}.ndjson" for name in ("customers", "tickets", "ticket_events", "survey_responses")]
    small.workspace.load(files, mapping=read_mapping(text, "plain"), source="desk")
    small.workspace.refresh()
    after = numbers(small)
    assert {name: after[name] for name in TABLES} == {name: before[name] for name in TABLES}
    assert after["askers"] == before["askers"]
    assert_gone(finished(small), MAIL, ID, "Lindenweg")


def test_a_kill_before_the_end_leaves_all_or_none(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(small)
    store = small.workspace.store

    def fails(*_: object) -> str:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "remember", fails)
        with pytest.raises(RuntimeError, match="killed"):
            forget(store, MAIL, now=NOW)
    assert store.one("SELECT count(*) FROM canon.customers WHERE customer_id = ?", [ID]) == 1
    assert store.one("SELECT count(*) FROM meta.forgotten") == 0
    forget(store, MAIL, now=NOW)
    marks = store.rows("SELECT * FROM meta.forgotten ORDER BY ALL")
    with pytest.raises(UsageError, match="forgotten already"):  # a second time there is still its pseudonym
        forget(store, MAIL, now=datetime(2026, 3, 21))
    assert store.rows("SELECT * FROM meta.forgotten ORDER BY ALL") == marks
    assert store.one("SELECT count(*) FROM canon.customers") == 3
    assert_gone(finished(small), MAIL, ID)


@pytest.mark.parametrize(
    "who", ["", "   ", "nobody", "nobody@example.org", "%", "_", "c' OR '1'='1", "x" * 501, "é\\\"'"]
)
def test_nobody_else_is_forgotten(small: Small, who: str) -> None:
    filled(small)
    before = small.workspace.store.rows("SELECT * FROM canon.customers ORDER BY customer_id")
    with pytest.raises(UsageError):
        forget(small.workspace.store, who, now=NOW)
    assert small.workspace.store.rows("SELECT * FROM canon.customers ORDER BY customer_id") == before


@pytest.mark.parametrize("number", ["a'b; DROP TABLE x --", 'q"uote\\', "100%_!", "ünï cødé", "1"])
def test_hostile_ids(small: Small, number: str) -> None:
    put(
        small, customers=[customer(number, "h@example.org"), customer("11", "o@example.org")],
        tickets=[ticket(1, "03-02 10:00", requester_customer_id=number, subject="hidden words"),
                 ticket(2, "03-02 10:00", requester_customer_id="11", subject="stays")],
    )  # fmt: skip
    assert forget(small.workspace.store, number, now=NOW).rows["tickets"] == 1
    content = finished(small)
    assert_gone(content, "hidden words", "h@example.org")
    rows = small.workspace.store.rows("SELECT requester_customer_id, subject FROM canon.tickets ORDER BY ticket_id")
    assert rows[1] == ("11", "stays")
    assert rows[0][0].startswith("forgotten-")


def test_one_id_of_two_sources_is_asked_about(small: Small) -> None:
    put(small, "desk", customers=[customer("5", "a@example.org")])
    put(small, "shop", customers=[customer("5", "b@example.org")])
    with pytest.raises(UsageError, match="different people"):
        forget(small.workspace.store, "5", now=NOW)
    forget(small.workspace.store, "5", source="shop", now=NOW)
    left = small.workspace.store.rows("SELECT source_id FROM canon.customers WHERE customer_id = '5'")
    assert left == [("desk",)]


def actors(small: Small) -> list[tuple[Any, ...]]:
    return small.workspace.store.rows(
        "SELECT ticket_id, event_id, actor_id FROM canon.ticket_events WHERE actor_id IN ('ann', 'c2') ORDER BY 1, 2"
    )


def test_agents_and_other_customers_of_their_tickets_stay(small: Small) -> None:
    customers = [customer(ID, MAIL), customer("c2", "other@example.org")]
    events = [
        event(1, "03-02 10:00", "created", "customer", actor_id=ID), event(1, "03-02 11:00", "reply", "ann"),
        event(1, "03-02 12:00", "reply", "customer", actor_id="c2"), event(2, "03-02 12:00", "reply", "ann"),
    ]  # fmt: skip
    tickets = [ticket(1, "03-02 10:00", requester_customer_id=ID), ticket(2, "03-02 11:00", requester_customer_id="c2")]
    put(small, customers=customers, tickets=tickets, ticket_events=events)
    store, before = small.workspace.store, actors(small)
    assert len(before) == 3
    forget(store, MAIL, now=NOW)
    assert actors(small) == before
    marks = {digest for (digest,) in store.rows("SELECT digest FROM meta.forgotten")}
    assert marks == {store.keyed(each) for each in (f"id desk {ID}", f"mail {MAIL.lower()}")}
    tables = [name for (name,) in store.rows("SELECT raw_table FROM meta.loads ORDER BY load_id")]
    raw = [text for name in tables for text, *_ in store.rows(f'SELECT * FROM raw."{name}"')]
    assert sum('"actor_id": "ann"' in each for each in raw) == 2
    assert sum('"actor_id": "c2"' in each for each in raw) == 1

    later = [event(2, "03-03 12:00", "reply", "ann"), event(2, "03-03 13:00", "reply", "customer", actor_id="c2")]
    put(small, customers=[customer("c2", "other@example.org", country="SK")], ticket_events=later)
    after = actors(small)
    assert len(after) == 5
    assert store.rows("SELECT country FROM canon.customers WHERE customer_id = 'c2'") == [("SK",)]

    path = small.folder / "ticket_events.ndjson"  # the same file as at first, mapped in another way
    path.write_text("".join(json.dumps(row) + "\n" for row in events), encoding="utf-8")
    other = MAPPING.replace('channel = "channel"', 'channel = "lower(channel)"')
    small.workspace.load([path], mapping=read_mapping(other, "plain"), source="desk")
    assert actors(small) == after


def test_an_agent_with_the_same_id_stays(small: Small) -> None:
    put(
        small, customers=[customer("5", MAIL)], tickets=[ticket(1, "03-02 10:00", requester_customer_id="5"),
                                                         ticket(2, "03-02 10:00", requester_customer_id="c2")],
        ticket_events=[event(1, "03-02 10:00", "created", "customer", actor_id="5"),
                       event(2, "03-02 11:00", "reply", "ann", actor_id="5", field="kept words")],
    )  # fmt: skip
    store = small.workspace.store
    forget(store, MAIL, now=NOW)
    assert store.rows("SELECT actor_id, field FROM canon.ticket_events WHERE ticket_id = 'T2'") == [("5", "kept words")]
    assert store.one("SELECT actor_id FROM canon.ticket_events WHERE ticket_id = 'T1'").startswith("forgotten-")
    name = store.one("SELECT raw_table FROM meta.loads ORDER BY load_id DESC LIMIT 1")
    assert any(
        '"actor_id": "5"' in text and "kept words" in text for text, *_ in store.rows(f'SELECT * FROM raw."{name}"')
    )


def test_addresses_of_others_stay_whole(small: Small) -> None:
    words = "jana@example.org and ana@example.org.uk wrote to <ANA@example.org>, ana@example.org."
    put(
        small, customers=[customer("c1", "ana@example.org"), customer("c2", "jana@example.org")],
        tickets=[ticket(1, "03-02 10:00", requester_customer_id="c1"),
                 ticket(2, "03-02 11:00", requester_customer_id="c2", subject=words)],
    )  # fmt: skip
    store = small.workspace.store
    forget(store, "ana@example.org", now=NOW)
    name = store.pseudonym("ana@example.org")
    assert store.one("SELECT subject FROM canon.tickets WHERE ticket_id = 'T2'") == (
        f"jana@example.org and ana@example.org.uk wrote to <{name}>, {name}."
    )
    content = finished(small)
    assert rb"\"email\": \"jana@example.org\"" in content
    assert b"<ana@" not in content.lower()


def test_words_in_events_go_and_codes_stay(small: Small) -> None:
    put(
        small, tickets=[ticket(1, "03-02 10:00", "solved"), ticket(2, "03-02 10:00")],
        ticket_events=[
            event(1, "03-02 10:30", "field", "ann", "boiler Lindenweg", field="subject", old_value="burst boiler"),
            event(1, "03-02 11:30", "status", "ann", "solved", old_value="open"),
            event(1, "03-02 11:40", "assign", "ann", "bob"),
            event(2, "03-02 11:40", "field", "ann", f"ask {MAIL}", field="subject"),
        ],
        customers=[customer("c1", MAIL)],
    )  # fmt: skip
    store = small.workspace.store
    forget(store, MAIL, now=NOW)
    query = "SELECT type, old_value, new_value FROM canon.ticket_events ORDER BY ticket_id, occurred_at"
    wanted = [("field", None, None), ("status", "open", "solved"), ("assign", None, "bob"),
              ("field", None, f"ask {store.pseudonym(MAIL.lower())}")]  # fmt: skip
    assert store.rows(query) == wanted
    assert_gone(finished(small), "Lindenweg", "burst", MAIL)
    other = MAPPING.replace('channel = "channel"', 'channel = "lower(channel)"')
    small.workspace.load([small.folder / "ticket_events.ndjson"], mapping=read_mapping(other, "plain"), source="desk")
    assert small.workspace.store.rows(query) == wanted


def test_escaped_words_are_found(small: Small) -> None:
    mail = "jörg@example.org"
    put(small, customers=[customer("ü1", mail)], tickets=[
        ticket(1, "03-02 10:00", requester_customer_id="ü1"),
        ticket(2, "03-02 10:00", requester_customer_id="c2", subject=f"ask {mail.upper()}")])  # fmt: skip
    forget(small.workspace.store, mail, now=NOW)
    content = finished(small)
    store = small.workspace.store
    for (name,) in store.rows("SELECT raw_table FROM meta.loads"):
        content += "".join(text for text, *_ in store.rows(f'SELECT * FROM raw."{name}"')).encode()
    assert_gone(content, mail, "ü1", *(json.dumps(each)[1:-1] for each in (mail, mail.upper(), "ü1")))


def test_what_others_write_later_goes_when_they_are_forgotten_again(small: Small) -> None:
    filled(small)
    forget(small.workspace.store, MAIL, now=NOW)
    put(small, tickets=[ticket(9, "03-05 11:00", requester_customer_id="c2", subject=f"again {MAIL}")])
    query = "SELECT subject FROM canon.tickets WHERE ticket_id = 'T9'"
    assert small.workspace.store.one(query) == f"again {MAIL}"
    forget(small.workspace.store, MAIL, now=NOW)
    assert small.workspace.store.one(query).startswith("again forgotten-")
    assert_gone(finished(small), MAIL)


def test_what_could_not_be_read_goes_too(small: Small) -> None:
    path = small.folder / "tickets.ndjson"
    good = [ticket(7771, "03-02 10:00", requester_customer_id=ID), ticket(2, "03-02 10:00")]
    bad = ['{"ticket_id": "X", "requester_customer_id": cust-4711, "subject": "boiler', '{"ticket_id": T7771, "again',
           '{"ticket_id": T77712, "subject": "another', '{"ticket_id": "Y" "subject": "of nobody']  # fmt: skip
    path.write_text("\n".join([bad[3], *map(json.dumps, good), *bad[:3]]) + "\n", encoding="utf-8")
    small.workspace.load([path], mapping=read_mapping(MAPPING, "plain"), source="desk", allow=1.0)
    store = small.workspace.store
    assert store.one("SELECT count(*) FROM meta.quarantine WHERE code = 'unreadable_row'") == 4
    forget(store, ID, now=NOW)
    left = [text for (text,) in store.rows("SELECT found FROM meta.quarantine WHERE found IS NOT NULL ORDER BY 1")]
    assert left == sorted([bad[2], bad[3]])


def test_persons_stay_linked_by_mail_when_mapped_anew(small: Small) -> None:
    customers = [customer("c1", MAIL), customer("c1b", f"Jana <{MAIL.lower()}>"), customer("c2", "other@example.org")]
    put(small, customers=customers)
    persons = "SELECT count(DISTINCT person) FROM facts.persons"
    keys = "SELECT email_key FROM canon.customers ORDER BY customer_id = 'c2', customer_id"
    assert small.workspace.store.one(persons) == 2
    forget(small.workspace.store, MAIL, now=NOW)
    small.workspace.refresh(everything=True)
    before = small.workspace.store.rows(keys)
    assert before[0] == before[1] != before[2]
    other = MAPPING.replace('country = "country"', 'country = "upper(country)"')
    small.workspace.load([small.folder / "customers.ndjson"], mapping=read_mapping(other, "plain"), source="desk")
    small.workspace.refresh(everything=True)
    assert small.workspace.store.one(persons) == 2
    assert small.workspace.store.rows(keys) == before


def test_who_only_acts_in_a_later_load_stays_forgotten_and_an_agent_of_that_id_stays(small: Small) -> None:
    put(small, customers=[customer("5", MAIL)], tickets=[ticket(2, "03-02 10:00", requester_customer_id="c2")])
    store = small.workspace.store
    forget(store, MAIL, now=NOW)
    acted = [event(2, "03-02 11:00", "reply", "customer", actor_id="5"), event(2, "03-02 12:00", "reply", "ann")]
    put(small, ticket_events=[*acted, event(2, "03-02 13:00", "reply", "bob", actor_id="5", field="kept words")])
    query = "SELECT actor_id, field FROM canon.ticket_events ORDER BY occurred_at"
    assert store.rows(query) == [(store.pseudonym("5"), None), ("ann", None), ("5", "kept words")]
    name = store.one("SELECT raw_table FROM meta.loads ORDER BY load_id DESC LIMIT 1")
    raw = [json.loads(text)["actor_id"] for text, *_ in store.rows(f'SELECT * FROM raw."{name}"')]
    assert sorted(raw) == sorted([store.pseudonym("5"), "ann", "5"])


KILLED = """
import os, signal, sys
from datetime import datetime
import goalkeeper as gk
from goalkeeper.warehouse.forget import forget
from goalkeeper.warehouse.raw_words import RawWords
real, done = RawWords._put, []
def put(self, position, row, new):
    real(self, position, row, new)
    done.append(position)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
RawWords._put = put
with gk.open(sys.argv[1]) as opened:
    forget(opened.store, sys.argv[2], now=datetime(2026, 3, 20))
"""


def test_killed_amid_the_raw_rows_of_csv_files_nothing_is_lost(small: Small) -> None:
    files, mapped = [], 'name = "plain"\n'
    tables: dict[str, list[dict[str, Any]]] = {
        "customers": [customer(ID, MAIL), customer("c2", "other@example.org")],
        "tickets": [
            ticket(each, "03-02 10:00", requester_customer_id=ID if each < 5 else "c2", subject=f"{WORDS} {each}")
            for each in range(1, 7)
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        files.append(small.folder / f"{name}.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        mapped += f'[[file]]\nmatch = ["{name}.csv"]\n[[file.table]]\nto = "{name}"\n[file.table.columns]\n'
        mapped += "".join(f'{each} = "{each}"\n' for each in rows[0] if each in {c.name for c in TABLES[name].columns})
    small.workspace.load(files, mapping=read_mapping(mapped, "plain"), source="desk")
    small.workspace.refresh()

    def state() -> list[list[tuple[Any, ...]]]:
        store = small.workspace.store
        raw = [name for (name,) in store.rows("SELECT raw_table FROM meta.loads ORDER BY load_id")]
        places = [f'raw."{each}"' for each in raw] + ["canon.customers", "canon.tickets", "meta.forgotten"]
        return [store.rows(f"SELECT * FROM {place} ORDER BY ALL") for place in places]

    before, counted = state(), numbers(small)
    small.workspace.close()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(small.folder / "workspace"), ID], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    small.reopen()
    assert state() == before
    assert small.workspace.store.state(UNFINISHED) is None
    assert forget(small.workspace.store, ID, now=NOW).rows["raw rows"] == 5
    assert_gone(finished(small), MAIL, ID, f"{WORDS} 1", f"{WORDS} 4")
    assert small.workspace.store.one("SELECT count(*) FROM canon.tickets WHERE subject LIKE '%boiler%'") == 2
    assert numbers(small) == counted


def test_by_phone_and_never_an_agent(small: Small) -> None:
    phones = MAPPING.replace('phone_key = "phone_key"', 'phone_key = "phone_key(phone)"')
    path = small.folder / "customers.ndjson"
    rows = [customer(ID, MAIL, phone="+49 30 123-456"), customer("c2", "b@example.org", phone="+49 30 77 88 99"),
            customer("c3", "c@example.org", phone="+49 (30) 778899")]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    staff = small.folder / "agents.ndjson"
    staff.write_text(json.dumps({"agent_id": "ann", "email": "ann@example.org"}) + "\n", encoding="utf-8")
    small.workspace.load([path, staff], mapping=read_mapping(phones, "plain"), source="desk")
    small.workspace.refresh()
    store = small.workspace.store
    assert forget(store, "+49 (30) 123 456", now=NOW, dry=True).rows["customers"] == 1
    with pytest.raises(UsageError, match="2 customers have that number"):
        forget(store, "+4930778899", now=NOW)
    with pytest.raises(UsageError, match="address of an agent"):
        forget(store, "Ann@example.org", now=NOW)
    for none in ("+49 30 123", "123456", "(((((", "+49 30 123 457"):
        with pytest.raises(UsageError, match="nobody"):
            forget(store, none, now=NOW)
    forget(store, "+4930123456", now=NOW)
    assert_gone(finished(small), ID, MAIL)


KEYED = MAPPING.replace('phone_key = "phone_key"', 'phone_key = "phone_key(phone)"')


def put_keyed(small: Small, source: str, *, mapping: str = KEYED, **tables: list[dict[str, Any]]) -> None:
    files = [small.folder / f"{name}.ndjson" for name in tables]
    for path, rows in zip(files, tables.values(), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    small.workspace.load(files, mapping=read_mapping(mapping, "plain"), source=source)
    small.workspace.refresh()


def raw(small: Small) -> str:
    store = small.workspace.store
    names = [name for (name,) in store.rows("SELECT raw_table FROM meta.loads ORDER BY load_id")]
    return "".join(text for name in names for text, *_ in store.rows(f'SELECT * FROM raw."{name}"'))


def test_a_number_that_is_an_id_too_is_asked_about(small: Small) -> None:
    put_keyed(small, "desk", customers=[
        customer("5551234567", "a@example.org"), customer("c2", "b@example.org", phone="5551234567")])  # fmt: skip
    store = small.workspace.store
    with pytest.raises(UsageError, match="id of one customer and the phone number of another"):
        forget(store, "5551234567", now=NOW, dry=True)
    assert forget(store, "555-123 4567", now=NOW, dry=True).found == [("desk", "phone number", 1)]
    put_keyed(small, "desk", customers=[customer("5551234567", "a@example.org", phone="5551234567"),
                                        customer("c2", "b@example.org")])  # fmt: skip
    assert forget(store, "5551234567", now=NOW, dry=True).found == [("desk", "id", 1)]


def test_the_whole_person_is_forgotten(small: Small) -> None:
    number = "+49 30 123456"
    put_keyed(small, "desk", customers=[customer("c1", MAIL, phone=number), customer("c2", "o@example.org")],
              tickets=[ticket(1, "03-02 10:00", requester_customer_id="c1", subject=WORDS)])  # fmt: skip
    put_keyed(small, "shop", customers=[customer("k1", "jana@shop.example.org", phone=number),
                                        customer("k2", MAIL.lower()), customer("k3", "z@example.org")])  # fmt: skip
    store, before = small.workspace.store, numbers(small)
    assert before["persons"] == 3
    found = forget(store, "c1", source="desk", now=NOW, dry=True)
    assert found.found == [("desk", "id", 1), ("shop", "being the same person", 2)]
    done = forget(store, number, now=NOW)  # two sources have the number, and both are one person
    assert sorted(done.customers) == [("desk", "c1"), ("shop", "k1"), ("shop", "k2")]
    assert_gone(finished(small), MAIL, "jana@shop", WORDS, "Jana Novak k1")
    assert numbers(small) == before
    path = (
        small.folder / "customers.ndjson"
    )  # mapped anew nobody is held back; who was linked by phone alone is not now
    other = KEYED.replace('country = "country"', 'country = "upper(country)"')
    small.workspace.load([path], mapping=read_mapping(other, "plain"), source="shop")
    small.workspace.refresh()
    after = numbers(small)
    assert after.pop("persons") == 4
    assert after.items() <= before.items()


def test_agents_are_never_forgotten(small: Small) -> None:
    put_keyed(
        small, "desk",
        customers=[customer("c1", MAIL), customer("bob", "bob@example.org", phone="555-1234567"),
                   customer("c3", "Lea@desk.example.org")],
        agents=[{"agent_id": "lea@desk.example.org", "name": "Lea"}, {"agent_id": "b", "email": "bob@example.org"}],
        tickets=[ticket(1, "03-02 10:00", requester_customer_id="c1", assignee_agent_id="max@desk.example.org")],
        ticket_events=[event(1, "03-02 11:00", "reply", "Mia@desk.example.org")],
    )  # fmt: skip
    store = small.workspace.store
    for who in ("LEA@desk.example.org", "Lea <lea@desk.example.org>", "max@desk.example.org", "mia@desk.example.org",
                "B", "bob@example.org"):  # fmt: skip
        with pytest.raises(UsageError, match="of an agent"):
            forget(store, who, now=NOW)
    for who in ("bob", "5551234567"):
        with pytest.raises(UsageError, match="an agent too"):
            forget(store, who, now=NOW)
    before = raw(small)
    forget(store, "c3", now=NOW)  # by another name nothing of the agent of that address goes
    assert raw(small).count("lea@desk.example.org") == before.count("lea@desk.example.org") == 1
    assert store.rows("SELECT agent_id FROM canon.agents ORDER BY 1") == [("b",), ("lea@desk.example.org",)]


def test_another_customer_of_the_address_keeps_a_key(small: Small) -> None:
    rows = [customer("c1", MAIL, external_id="x1"), customer("c2", f"Desk <{MAIL}>", external_id="x2")]
    put_keyed(small, "desk", customers=rows)  # not one person: their external ids differ
    store = small.workspace.store
    assert forget(store, "c1", now=NOW).customers == [("desk", "c1")]
    assert_gone(raw(small).encode(), MAIL)
    other = KEYED.replace('country = "country"', 'country = "upper(country)"')
    small.workspace.load([small.folder / "customers.ndjson"], mapping=read_mapping(other, "plain"), source="desk")
    assert store.one("SELECT count(*) FROM meta.quarantine") == 0
    keys = store.rows("SELECT DISTINCT email_key FROM canon.customers")
    assert len(keys) == 1
    assert keys[0][0].startswith("forgotten-")


def test_an_address_with_a_name_is_the_address(small: Small) -> None:
    put_keyed(
        small, "desk", customers=[customer("c1", f"Jana Novak <{MAIL}>"), customer("c2", "o@example.org")],
        tickets=[ticket(2, "03-02 10:00", requester_customer_id="c2", subject=f"write to {MAIL} please")],
    )  # fmt: skip
    store = small.workspace.store
    assert forget(store, f"J. Novak <{MAIL.upper()}>", now=NOW, dry=True).found == [("desk", "mail address", 1)]
    forget(store, "c1", now=NOW)
    assert store.one("SELECT subject FROM canon.tickets").startswith("write to forgotten-")
    put_keyed(small, "shop", customers=[customer("k9", f'"Jana" <{MAIL}>')])
    assert store.one("SELECT customer_id FROM canon.customers WHERE source_id = 'shop'").startswith("forgotten-")
    assert_gone(finished(small), MAIL)


def test_facts_are_made_anew_only_where_earlier_rows_changed(small: Small) -> None:
    filled(small)
    forget(small.workspace.store, MAIL, now=NOW)
    finished(small)
    store = small.workspace.store
    put(small, tickets=[ticket(8, "03-04 11:00", requester_customer_id=ID, subject=WORDS)])
    assert store.state(UNFINISHED) == OLD_BYTES
    assert_gone(json.dumps(store.rows("SELECT * FROM facts.tickets"), default=str).encode(), WORDS, ID)
    put(small, customers=[customer("c2", MAIL)])  # another customer, now of that address, whose ticket was there before
    assert store.state(UNFINISHED) == "1"
