"""One's own tokens, sessions and password, which nobody else sees or ends."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from goalkeeper.state import State, people, tokens
from goalkeeper.state.roles import ALLOWED, SCOPES, Role
from web.conftest import GOOD, NOW, Clock, sign_in

pytestmark = pytest.mark.slow
NEW = "seven rivers of blue glass"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def other(app: Any) -> Any:
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False, headers=FIREFOX) as opened:
        yield opened


def made(client: TestClient, name: str = "dashboard", days: str = "30", *scopes: str) -> Any:
    chosen = {f"scope_{scope}": "on" for scope in scopes or ("numbers",)}
    return client.post("/settings/tokens", data={"do": "make", "name": name, "days": days, **chosen})


def test_a_token_is_made_used_and_revoked(client: TestClient, other: TestClient, clock: Clock) -> None:
    sign_in(client)
    page = made(client)
    assert page.status_code == 200
    text = re.search(r'value="(gk_[^"]+)"', page.text)
    assert text
    assert text[1] not in client.get("/settings/tokens").text
    (listed,) = client.get("/settings/tokens.json").json()
    assert (listed["name"], listed["scopes"], listed["used_at"]) == ("dashboard", ["numbers"], None)
    assert listed["expires_at"] == (NOW + timedelta(days=30)).isoformat()
    header = {"Authorization": f"Bearer {text[1]}"}
    assert other.get("/goals.json", headers=header).status_code == 200
    assert other.get("/data.json", headers=header).status_code == 403
    assert client.get("/settings/tokens.json").json()[0]["used_at"] == NOW.isoformat()
    assert client.post("/settings/tokens", data={"do": "revoke", "token": str(listed["token"])}).status_code == 303
    assert other.get("/goals.json", headers=header).status_code == 401
    assert client.get("/settings/tokens.json").json() == []


@pytest.mark.parametrize(
    ("name", "days", "scopes", "words"),
    [
        ("", "30", ("numbers",), "a name has 1 to 200"), ("x", "0", ("numbers",), "Write 1 to"),
        ("x", "-1", ("numbers",), "no whole number"), ("x", "99999999999", ("numbers",), "no whole number"),
        ("x", "30", ("people",), "no scope 'people'"), ("x", "30", ("load",), "may not do that"),
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_is_told(
    client: TestClient, name: str, days: str, scopes: tuple[str, ...], words: str
) -> None:
    sign_in(client, "viewer")
    sent = made(client, name, days, *scopes)
    assert sent.status_code == 422
    assert words in unescape(sent.text)
    assert client.get("/settings/tokens.json").json() == []


@pytest.mark.parametrize("role", list(Role))
def test_only_what_one_may_is_offered(client: TestClient, role: Role) -> None:
    sign_in(client, role)
    offered = re.findall(r'name="scope_(\w+)"', client.get("/settings/tokens").text)
    assert offered == [scope for scope in SCOPES if scope in ALLOWED[role]]


def test_nobody_elses_token_is_shown_or_revoked(client: TestClient, state: State) -> None:
    with state.writing() as session:
        lead = people.find(session, "lead@example.org")
        token, _ = tokens.create(session, lead, "mine", ["numbers"], by="test", now=NOW)
    sign_in(client)
    assert client.get("/settings/tokens.json").json() == []
    assert client.post("/settings/tokens", data={"do": "revoke", "token": str(token.id)}).status_code == 422
    with state.reading() as session:
        assert len(tokens.tokens(session)) == 1


def test_a_token_makes_no_token_and_sees_no_session(client: TestClient, state: State) -> None:
    with state.writing() as session:
        owner = people.find(session, "owner@example.org")
        _, text = tokens.create(session, owner, "all", list(SCOPES), by="test", now=NOW)
    header = {"Authorization": f"Bearer {text}"}
    for name in ("people", "tokens", "sessions", "password", "audit"):
        assert client.get(f"/settings/{name}.json", headers=header).status_code == 403
    sent = client.post("/settings/tokens", data={"name": "x", "days": "1", "scope_numbers": "on"}, headers=header)
    assert sent.status_code == 403


def test_sessions_are_listed_and_ended_one_by_one(client: TestClient, other: TestClient, clock: Clock) -> None:
    sign_in(other)
    clock.now = NOW + timedelta(hours=1)
    sign_in(client)
    listed = client.get("/settings/sessions.json").json()
    assert [each["is_this"] for each in listed] == [True, False]
    assert listed[1] | {"session": ""} == {
        "session": "", "device": "Firefox on Linux", "began_at": NOW.isoformat(), "seen_at": NOW.isoformat(),
        "is_this": False,
    }  # fmt: skip
    assert "in 2 browsers" in client.get("/settings/sessions").text
    assert client.post("/settings/sessions", data={"session": listed[1]["session"]}).status_code == 303
    assert other.get("/").status_code == 303
    assert client.get("/").status_code == 200
    assert client.post("/settings/sessions", data={"session": listed[1]["session"]}).status_code == 404


def test_all_other_sessions_are_ended_at_once(client: TestClient, other: TestClient) -> None:
    sign_in(other)
    sign_in(client)
    client.post("/settings/sessions", data={"do": "others"})
    assert other.get("/").status_code == 303
    assert "here alone" in client.get("/settings/sessions").text


def test_nobody_elses_session_is_ended(client: TestClient, other: TestClient) -> None:
    sign_in(other, "lead")
    (his,) = other.get("/settings/sessions.json").json()
    sign_in(client)
    assert client.post("/settings/sessions", data={"session": his["session"]}).status_code == 404
    client.post("/settings/sessions", data={"do": "others"})
    assert other.get("/").status_code == 200


def test_a_new_password_ends_all_sessions_but_this_one(client: TestClient, other: TestClient) -> None:
    sign_in(other)
    sign_in(client)
    before = client.cookies["goalkeeper_session"]
    sent = client.post("/settings/password", data={"current": GOOD, "password": NEW})
    assert sent.headers["location"] == "/settings/sessions?said=password"
    assert client.cookies["goalkeeper_session"] != before
    assert "Your password is changed" in client.get(sent.headers["location"]).text
    assert other.get("/").status_code == 303
    assert sign_in(other, password=GOOD).status_code == 401
    assert sign_in(other, password=NEW).status_code == 303


def test_a_password_is_not_changed_without_the_one_before(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    for current, new, words in ((NEW, NEW, "not your password"), (GOOD, "password1234", "four unrelated words")):
        sent = client.post("/settings/password", data={"current": current, "password": new})
        assert sent.status_code == 422
        assert words in sent.text
    for _ in range(5):
        sent = client.post("/settings/password", data={"current": "guessed", "password": NEW})
    assert "tried too often" in sent.text
    clock.now = NOW + timedelta(minutes=10)
    assert sign_in(client).status_code == 303  # with the one of before
