"""A person is forgotten in the browser: shown first, confirmed, done once, told without a name."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.errors import UsageError
from goalkeeper.jobs import forgetting
from goalkeeper.jobs.forgetting import ASKED, FORGOTTEN, forget_person, preview
from goalkeeper.jobs.history import HISTORY_FILE
from goalkeeper.state import State, audit
from goalkeeper.state.roles import Role
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED, forget
from goalkeeper.web import create_app
from measure.small import OFFICE, Small, mapping_text, ticket
from web.conftest import KEY, NOW, TODAY, sign_in

pytestmark = pytest.mark.slow
PAGE, WHO, WORDS = "/settings/privacy", "cust-<b>4711", "my boiler in Lindenweg burst"
MAPPING = mapping_text().replace('email_key = "email_key"', 'email_key = "email_key(email)"')
SETTINGS = OFFICE


def put(small: Small, **tables: list[dict[str, Any]]) -> None:
    files = []
    for name, rows in tables.items():
        files.append(small.folder / f"{name}.ndjson")
        files[-1].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    small.workspace.load(files, mapping=read_mapping(MAPPING, "plain"), source="desk")
    small.workspace.refresh()


@pytest.fixture
def app(small: Small, state: State) -> FastAPI:
    put(
        small,
        customers=[{"customer_id": WHO, "email": "jana@example.org"}, {"customer_id": "c2", "email": "b@example.org"}],
        tickets=[ticket(1, "02-02 10:00", requester_customer_id=WHO, subject=WORDS),
                 ticket(2, "02-02 11:00", requester_customer_id="c2", subject="stays")],
        agents=[{"agent_id": "ann", "email": "ann@example.org"}],
    )  # fmt: skip
    (small.workspace.folder / "notes.toml").write_text(
        '[[note]]\nday = 2026-02-03\nwords = "Called about T1."\n', encoding="utf-8"
    )
    return create_app(small.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)


@pytest.fixture
def owner(client: TestClient) -> TestClient:
    sign_in(client)
    return client


def look(client: TestClient, person: str = WHO, **more: str) -> Any:
    return client.post(PAGE, data={"do": "look", "person": person, **more})


def confirm(client: TestClient, seen: str, person: str = WHO) -> Any:
    mark = re.search('name="mark" value="([0-9a-f]+)"', seen)
    assert mark
    return client.post(PAGE, data={"do": "forget", "person": person, "source": "", "mark": mark[1]})


def runs(client: TestClient) -> list[dict[str, Any]]:
    """The runs that forgot, once all have ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [each for each in client.get("/jobs.json").json()["runs"] if each["job"] == "forget"]
        if all(each["state"] != "running" for each in found):
            return found
        time.sleep(0.05)
    raise AssertionError("it did not end")


def recorded(state: State, what: str = FORGOTTEN) -> list[tuple[str, str]]:
    with state.reading() as session:
        return [(each.who, each.about) for each in audit.entries(session, what=[what])]


def is_there(small: Small) -> bool:
    return bool(small.workspace.store.rows("SELECT 1 FROM canon.customers WHERE customer_id = ?", [WHO]))


@pytest.mark.parametrize("role", Role)
def test_owners_alone_may(client: TestClient, small: Small, state: State, role: Role) -> None:
    sign_in(client, role)
    assert ("Forget a person" in client.get(PAGE).text) == (role is Role.OWNER)
    answer = look(client)
    assert answer.status_code == (200 if role is Role.OWNER else 403)
    assert WORDS not in answer.text
    if role is not Role.OWNER:
        assert client.post(PAGE, data={"do": "forget", "person": WHO, "mark": "0"}).status_code == 403
        assert client.post("/jobs", data={"job": "forget", "source": WHO}).status_code in (303, 403)  # finishes alone
    assert is_there(small)
    assert recorded(state) == []


def test_shown_first_then_confirmed_then_told(owner: TestClient, small: Small, state: State) -> None:
    store = small.workspace.store
    volume = repr(list(small.measure("ticket_volume")))
    assert WORDS in owner.get("/tickets?id=T1").text
    seen = look(owner)
    assert seen.status_code == 200
    assert "cust-&lt;b&gt;4711" in seen.text
    found = dict(
        re.findall(r'<th scope="row">([^<]+)(?:<small>[^<]*</small>)?</th><td class="num">([0-9]+)</td>', seen.text)
    )
    planned = preview(small.workspace, WHO, "", now=NOW)
    assert found == {place.capitalize(): str(count) for place, count in planned.rows.items()}
    assert found["Tickets"] == "1"
    assert "1 customer of desk, found by id" in seen.text
    assert "The note on 2026-02-03 names them" in seen.text
    assert owner.get(PAGE, params={"do": "forget", "person": WHO, "mark": planned.mark}).status_code == 200
    assert is_there(small)
    assert confirm(owner, seen.text).status_code == 303
    (run,) = runs(owner)
    assert run["state"] == "done"
    assert "tickets 1" in run["said"]
    assert not is_there(small)
    assert recorded(state) == [("owner@example.org", f"{planned.total} rows")]
    assert recorded(state, ASKED) == recorded(state)
    page = owner.get(PAGE).text
    assert "Took a person out of" in page
    assert "still holds old bytes" in page
    assert f"{planned.total} rows" in page
    assert WORDS not in owner.get("/tickets?id=T1").text  # the page that was kept is made anew
    assert repr(list(small.measure("ticket_volume"))) == volume
    assert store.state(UNFINISHED) == OLD_BYTES
    store.con.execute("DELETE FROM meta.state WHERE name = ?", [UNFINISHED])  # as once the file is made anew
    assert "still holds old bytes" not in owner.get(PAGE).text
    assert "4711" not in (small.workspace.folder / HISTORY_FILE).read_text(encoding="utf-8")
    again = look(owner)
    assert (again.status_code, "Nobody here is called so" in again.text) == (422, True)
    assert "cust-&lt;b&gt;4711" in again.text  # what was typed is not lost


def test_what_changed_meanwhile_is_told_and_nothing_is_done(owner: TestClient, small: Small, state: State) -> None:
    seen = look(owner)
    old = preview(small.workspace, WHO, "", now=NOW)
    put(small, tickets=[ticket(3, "02-03 10:00", requester_customer_id=WHO)])
    answer = confirm(owner, seen.text)
    assert answer.status_code == 409
    assert "has changed since you looked" in answer.text
    with pytest.raises(UsageError, match="has changed"):  # also where it changes before the job begins
        forget_person(small.workspace, WHO, "", old.mark, now=NOW, record=lambda *_: None)
    assert (is_there(small), recorded(state), recorded(state, ASKED), runs(owner)) == (True, [], [], [])
    assert owner.post(PAGE, data={"do": "forget", "person": WHO, "mark": "é"}).status_code == 409
    assert confirm(owner, answer.text).status_code == 303
    assert runs(owner)[0]["state"] == "done"
    assert not is_there(small)


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("", "That is no person"), ("nobody", "Nobody here is called so"), ("no@example.org", "Nobody here"),
        ("Ann", "the id of an agent"), ("ann@example.org", "the address of an agent"), ("x" * 501, "That is no person"),
        ("<script>alert(1)</script>", "Nobody here"), ("' OR 1=1 --", "Nobody here"), ("%", "Nobody here"),
    ],
)  # fmt: skip
def test_who_is_no_customer_is_told(owner: TestClient, state: State, person: str, told: str) -> None:
    answer = look(owner, person)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert "<script>alert(1)" not in answer.text
    assert recorded(state) == []


def test_pressed_twice_it_is_done_once(owner: TestClient, small: Small, state: State) -> None:
    seen = look(owner).text
    with small.workspace.store.writing("load"):  # the job waits meanwhile
        assert [confirm(owner, seen).status_code for _ in range(2)] == [303, 303]
        waiting = owner.get(PAGE)
        assert "is being forgotten" in waiting.text
        assert waiting.headers["refresh"] == "10"
        assert "refresh" not in look(owner, "typo@example.org").headers  # nor is what was typed taken away
        assert "refresh" not in look(owner).headers
        assert (len(recorded(state, ASKED)), recorded(state)) == (1, [])
    (run,) = runs(owner)
    assert run["state"] == "done"
    assert len(recorded(state)) == 1


def test_what_broke_off_is_finished_when_it_serves_again(app: FastAPI, small: Small) -> None:
    forget(small.workspace.store, WHO, now=datetime(2026, 3, 1))
    assert small.workspace.store.state(UNFINISHED) == "1"
    with TestClient(app, base_url="http://127.0.0.1:8765") as client:
        sign_in(client)
        deadline = time.monotonic() + 60
        while forgetting.is_broken_off(small.workspace) and time.monotonic() < deadline:
            time.sleep(0.05)
        (run,) = runs(client)
    assert run["state"] == "done"
    assert small.workspace.store.state(UNFINISHED) == OLD_BYTES


def test_the_mark_binds_who_was_looked_at(app: FastAPI, small: Small) -> None:
    assert app
    phones = MAPPING.replace('phone_key = "phone_key"', 'phone_key = "phone_key(phone)"')

    def load(*rows: dict[str, str]) -> None:
        path = small.folder / "customers.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        small.workspace.load([path], mapping=read_mapping(phones, "plain"), source="desk")
        small.workspace.refresh()

    load({"customer_id": "p1", "phone": "+49 30 111111"}, {"customer_id": "p2", "phone": "+49 30 333333"})
    old = preview(small.workspace, "+4930111111", "", now=NOW)
    load({"customer_id": "p1", "phone": "+49 30 222222"}, {"customer_id": "p2", "phone": "+49 30 111111"})
    assert preview(small.workspace, "+4930111111", "", now=NOW).mark != old.mark


@pytest.mark.parametrize("error", [OSError(28, "No space left for Jana"), MemoryError("Jana"), UsageError("of Jana.")])
def test_forgotten_without_new_facts_is_not_told_as_undone(
    owner: TestClient, small: Small, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(type(small.workspace), "refresh", fails)
    assert confirm(owner, look(owner).text).status_code == 303
    (run,) = runs(owner)
    assert run["state"] == "failed"
    assert f"is forgotten, but the facts could not be made anew ({type(error).__name__})" in run["said"]
    assert "Jana" not in run["said"]
    page = owner.get(PAGE).text
    assert "Facts may still hold words" in page
    assert "still holds old bytes" not in page
    assert not is_there(small)
    assert forgetting.is_broken_off(small.workspace)


def test_where_it_cannot_be_recorded_nothing_is_done(
    owner: TestClient, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = look(owner).text

    def fails(*_: object, **__: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fails)
        assert confirm(owner, seen).status_code == 500
    assert (is_there(small), runs(owner)) == (True, [])
    assert confirm(owner, seen).status_code == 303  # and it can be tried again
    assert runs(owner)[0]["state"] == "done"
