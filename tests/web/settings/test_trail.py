"""What is changed, taken away, or looked at of single people is recorded, with who did it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from goalkeeper.goals.agreed import versions
from goalkeeper.reports.notes import NOTES_FILE
from goalkeeper.state import State, audit, people, tokens
from goalkeeper.state.tables import Entry
from goalkeeper.web import create_app
from goalkeeper.web.access import asks_people
from goals.world import world
from measure.small import Small
from web.conftest import KEY, NOW, TODAY, sign_in
from web.test_plans import GOOD as PLAN

pytestmark = pytest.mark.slow
SLA = '[[sla]]\nid = "a"\nfirst_reply = "4h"\n'


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with world(tmp_path_factory.mktemp("trail")) as opened:
        yield opened


@pytest.fixture
def app(small: Small, state: State) -> FastAPI:
    return create_app(small.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)


class Told:
    """What was recorded since."""

    def __init__(self, state: State) -> None:
        self.state, self.last = state, 0
        self.new()

    def new(self) -> list[tuple[str, str, str]]:
        with self.state.reading() as session:
            found = [each for each in audit.entries(session) if each.number > self.last]
        self.last = found[0].number if found else self.last
        return [(each.who.partition("@")[0], each.what, each.about) for each in reversed(found)]


@pytest.fixture
def told(client: TestClient, state: State) -> Told:
    sign_in(client, "analyst")
    return Told(state)


@pytest.mark.parametrize(
    "address",
    [
        "/metrics/reopen_rate?as=csv", "/metrics/reopen_rate?as=xlsx", "/metrics/reopen_rate/chart.png?what=trend",
        "/metrics/reopen_rate/chart.pdf", "/metrics/reopen_rate/chart.svg", "/metrics/reopen_rate/rows?as=csv",
        "/metrics/reopen_rate/rows?as=xlsx", "/metrics/reopen_rate.json", "/home.json", "/data.json?x=1",
    ],
)  # fmt: skip
def test_what_is_taken_away(client: TestClient, told: Told, address: str) -> None:
    for _ in range(2):  # also where the answer was kept
        assert client.get(address).status_code == 200
        assert told.new() == [("analyst", "exported", address)]


@pytest.mark.parametrize(
    "address",
    [
        "/metrics/reopen_rate?by=agent", "/metrics/reopen_rate?where=agent+%3D+'A1'",
        "/metrics/reopen_rate?where=agent+IS+NOT+NULL", "/metrics/reopen_rate/rows?by=agent&value=A1",
        "/metrics/reopen_rate/rows?where=agent+IN+('A1','A2')",
    ],
)  # fmt: skip
def test_each_look_at_one_agents_numbers(client: TestClient, told: Told, address: str) -> None:
    for _ in range(2):
        assert client.get(address).status_code == 200
        ((who, what, about),) = told.new()
        assert (who, what) == ("analyst", "looked at agents")
        assert about.startswith("/metrics/reopen_rate")
        assert "agent" in about.lower()


def test_a_picture_of_agents_is_both(client: TestClient, told: Told) -> None:
    assert client.get("/metrics/reopen_rate/chart.svg?by=agent&what=segments").status_code == 200
    assert [what for _, what, _ in told.new()] == ["exported", "looked at agents"]


def test_a_look_at_agents_by_the_api(client: TestClient, told: Told, state: State) -> None:
    with state.writing() as session:
        owner = people.find(session, "owner@example.org")
        _, text = tokens.create(session, owner, "x", ["numbers"], by="test", now=NOW)
    told.new()
    header = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/metrics/reopen_rate/values?by=agent", headers=header).status_code == 200
    ((who, what, about),) = told.new()
    assert (who, what, about) == ("owner", "looked at agents", "/api/v1/metrics/reopen_rate/values by agent where ")
    client.get("/api/v1/metrics/reopen_rate/values?by=channel", headers=header)
    assert told.new() == []


def test_looks_at_teams_and_refused_looks_are_none(client: TestClient, told: Told) -> None:
    for address in ("/", "/metrics/reopen_rate?by=team", "/metrics/reopen_rate?where=channel+%3D+'agent'", "/goals"):
        assert client.get(address).status_code == 200
    client.post("/signout")
    sign_in(client, "viewer")
    told.new()
    assert client.get("/metrics/reopen_rate?by=agent").status_code == 403
    assert told.new() == []


@pytest.mark.parametrize(
    ("where", "by", "asks"),
    [
        ("", (), False), ("agent = 'x'", (), True), ("channel = 'my agent''s'", (), False), ("", ("agent",), True),
        ("team = 'a' AND Agent <> ''", (), True), ("'agent' = channel", ("team", "brand"), False),
    ],
)  # fmt: skip
def test_whether_people_are_asked_for(where: str, by: tuple[str, ...], asks: bool) -> None:
    assert asks_people(where, by) == asks


def test_plans_as_they_are_written_and_agreed_to(client: TestClient, told: Told, small: Small) -> None:
    path = small.workspace.folder / "plan.toml"

    def send(do: str, text: str) -> int:
        mark = client.get("/plans/plan.toml.json").json()["mark"]
        told.new()
        return client.post("/plans/plan.toml", data={"do": do, "mark": mark, "text": text}).status_code

    path.write_text(PLAN, encoding="utf-8")
    assert send("look", PLAN.replace("20 %", "22 %")) == 200
    assert told.new() == []
    assert send("save", PLAN.replace("20 %", "21 %")) == 303
    assert told.new() == [("analyst", "plan saved", "plan.toml: goal answers changed")]
    assert send("save", PLAN.replace('id = "answers"', 'id = "replies"')) == 303
    assert told.new() == [("analyst", "plan saved", "plan.toml: goal replies added, goal answers taken out")]
    assert send("save", PLAN + "# a remark\n") == 303
    assert send("save", PLAN) == 303
    assert told.new() == [("analyst", "plan saved", "plan.toml: other words changed")]
    assert send("agree", PLAN) == 303
    agreed = [about for who, what, about in told.new() if (who, what) == ("analyst", "plan agreed")]
    assert len(agreed) == 1
    assert agreed[0].startswith("plan.toml: Ours, version 1, ")
    assert client.post("/check", data={"stage": "50k-500k"}).status_code == 303
    assert told.new() == [("analyst", "plan saved", "plans/plan-2.toml: begun")]


def test_what_is_refused_is_not_recorded(client: TestClient, told: Told) -> None:
    old = {"day": "2026-02-02", "old_day": "2026-02-02", "old_words": "never", "old_metric": ""}
    for do in ("change", "remove"):
        assert client.post("/metrics/csat", data={**old, "words": "x", "do": do}).status_code == 422
    for fields in ({"mark": "0", "text": "x"}, {"mark": "0", "text": PLAN}):
        assert client.post("/plans/plans/none.toml", data={"do": "save", **fields}).status_code == 409
    assert told.new() == []


def test_notes(client: TestClient, told: Told) -> None:
    client.post("/metrics/csat", data={"day": "2026-02-02", "words": "new help centre"})
    assert told.new() == [("analyst", "note added", "2026-02-02 csat: new help centre")]


def test_jobs_and_replays(client: TestClient, told: Told) -> None:
    for job, expected in (("evaluate", ("job begun", "evaluate")), ("replay", ("rows tried again", "all sources"))):
        assert client.post("/jobs", data={"job": job}).status_code == 303
        assert told.new() == [("analyst", *expected)]
    assert client.post("/jobs", data={"job": "sleep"}).status_code == 404
    assert told.new() == []


def test_files_that_are_sent_loaded_and_dropped(client: TestClient, told: Told) -> None:
    def send() -> str:
        sent = client.post("/data/upload", files={"file": ("answers.csv", b"when,score\n2026-01-05,9\n", "text/csv")})
        assert told.new() == [("analyst", "file sent", "answers.csv, 24 bytes")]
        return str(sent.headers["location"])

    place = send()
    client.post(place, data={"do": "drop"})
    assert told.new() == [("analyst", "file dropped", "answers.csv")]
    place = send()
    client.post(place, data={"do": "load", "source": "survey", "mapping": ""})
    assert told.new() == [("analyst", "load begun", "answers.csv as survey")]
    deadline = time.monotonic() + 30
    while not client.get(f"{place}.json").json().get("is_done", True) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_where_nothing_can_be_recorded_nothing_is_shown(client: TestClient, told: Told, app: Any) -> None:
    def fails(*_: object) -> None:
        raise OSError("no room")

    app.state.pages.trail = type("Broken", (), {"record": fails, "state": None})()
    assert client.get("/metrics/reopen_rate?by=agent").status_code == 500
    assert client.get("/metrics/reopen_rate?by=team").status_code == 200


def test_where_nothing_can_be_recorded_nothing_is_changed(
    client: TestClient, told: Told, small: Small, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.workspace.folder
    (folder / "plan.toml").write_text(PLAN.replace('name = "Ours"', 'name = "Unrecorded"'), encoding="utf-8")
    (folder / NOTES_FILE).write_text('[[note]]\nday = 2026-02-03\nwords = "a fair"\n', encoding="utf-8")
    token = client.post("/data/upload", files={"file": ("a.csv", b"a,b\n1,2\n")}).headers["location"]
    plan, promises = (client.get(f"{page}.json").json() for page in ("/plans/plan.toml", "/settings/targets"))
    note = {"day": "2026-02-03", "old_day": "2026-02-03", "old_words": "a fair", "old_metric": ""}
    sent: list[tuple[str, dict[str, str]]] = [
        ("/plans/plan.toml", {"do": "save", "mark": plan["mark"], "text": plan["text"] + "# more\n"}),
        ("/plans/plan.toml", {"do": "agree", "mark": plan["mark"], "text": plan["text"]}),
        ("/check", {"stage": "50k-500k"}),
        ("/settings/targets", {"do": "save", "mark": promises["mark"], "text": SLA}),
        ("/metrics/csat", {**note, "words": "an outage"}),
        ("/metrics/csat", {**note, "do": "change", "words": "a large fair"}),
        ("/metrics/csat", {**note, "do": "remove"}),
        ("/jobs", {"job": "evaluate"}),
        (token, {"do": "drop"}),
    ]  # fmt: skip
    told.new()
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix in (".toml", ".csv")}
    runs = client.get("/jobs.json").json()["runs"]
    told.new()

    def refuses(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("attempt to write a readonly database"))

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", refuses)
        for address, fields in sent:
            answer = client.post(address, data=fields)
            assert answer.status_code == 503, (address, fields, answer.text)
            assert "Nothing was changed" in answer.text
        assert client.post("/data/upload", files={"file": ("b.csv", b"a,b\n1,2\n")}).status_code == 503
    assert {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix in (".toml", ".csv")} == before
    assert versions(small.workspace.store, "Unrecorded") == ()
    assert client.get("/jobs.json").json()["runs"] == runs
    assert client.post(token, data={"do": "drop"}).status_code == 303


def test_an_agreement_that_cannot_be_recorded_is_none(
    client: TestClient, told: Told, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = small.workspace.folder / "plan.toml", audit.record
    path.write_text(PLAN.replace('name = "Ours"', 'name = "Half"'), encoding="utf-8")
    plan = client.get("/plans/plan.toml.json").json()

    def refuses(session: Session, who: str, what: str, about: str = "", *, now: datetime) -> Entry:
        if what == "plan agreed":
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        return real(session, who, what, about, now=now)

    monkeypatch.setattr(audit, "record", refuses)
    sent = {"do": "agree", "mark": plan["mark"], "text": plan["text"]}
    assert client.post("/plans/plan.toml", data=sent).status_code == 503
    assert path.read_text(encoding="utf-8") == plan["text"]
    assert versions(small.workspace.store, "Half") == ()


def test_on_this_machine_alone_it_is_recorded_too(small: Small, state: State) -> None:
    app = create_app(small.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY, state=state)
    told = Told(state)
    with TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"}) as client:
        client.get("/metrics/reopen_rate?by=agent")
        assert told.new() == [("this machine", "looked at agents", "/metrics/reopen_rate?by=agent")]
        assert "this machine" in client.get("/settings/audit").text


def test_every_form_is_known_to_be_recorded(app: FastAPI) -> None:
    """A new form must record what it does, and then stand here."""
    known = {
        "/plans/{name:path}", "/check", "/metrics/{key}", "/jobs", "/data/upload", "/data/upload/{token}", "/signin",
        "/join", "/sample", "/settings/schedules", "/settings/targets", "/settings/privacy",
        "/settings/schedules/form", "/settings/schedules/which", "/settings/targets/form",
        "/settings/people", "/settings/tokens", "/settings/sessions", "/settings/password",
        "/api/v1/plans/{name:path}/agree", "/api/v1/plans/{name:path}", "/api/v1/load", "/api/v1/jobs",
        "/api/v1/quarantine/replay",
    }  # fmt: skip
    keeps_nothing = {"/api/v1/plans/check", "/signout"}
    needs = app.state.pages.access.needs
    assert {address for address, method in needs if method not in ("GET", "HEAD")} == known | keeps_nothing
