"""Owners let people in, change what they may, and keep them out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from goalkeeper.state import State, audit, identities, people, sessions
from goalkeeper.state.roles import Role
from goalkeeper.web.doors import COOKIE
from web.conftest import GOOD, NOW, Clock, sign_in

pytestmark = pytest.mark.slow
PAGE = "/settings/people"


def listed(client: TestClient) -> dict[str, Any]:
    return {each["email"].partition("@")[0]: each for each in client.get(f"{PAGE}.json").json()}


def send(client: TestClient, do: str, who: str = "", **fields: str) -> Any:
    person = {"person": str(listed(client)[who]["person"])} if who else {}
    return client.post(PAGE, data={"do": do, **person, **fields})


def test_who_is_here_with_role_and_last_sign_in(client: TestClient, clock: Clock) -> None:
    sign_in(client, "viewer")
    clock.now = NOW + timedelta(hours=1)
    sign_in(client)
    found = listed(client)
    assert set(found) == set(Role)
    assert (found["lead"]["role"], found["lead"]["team"], found["lead"]["signed_in_at"]) == ("lead", "T1", None)
    assert found["viewer"]["signed_in_at"] == NOW.isoformat()
    page = client.get(PAGE).text
    assert "5 people may come in." in page
    assert "1 March 2026, 07:00 CET" in page
    assert "Never signed in here" in page


def test_somebody_is_invited_by_a_link_that_is_shown_once(client: TestClient, state: State) -> None:
    sign_in(client)
    sent = send(client, "invite", email="eve@example.org", name="Eve <b>", role="agent", team="Berlin")
    assert sent.status_code == 200
    link = re.search(r'value="(http://127\.0\.0\.1:8765/join\?code=[^"]+)"', sent.text)
    assert link
    assert "7 days" in sent.text
    assert "Eve &lt;b&gt;" in sent.text
    assert "join?code=" not in client.get(PAGE).text
    code = link[1].partition("=")[2]
    assert code.encode() not in b"".join(path.read_bytes() for path in _files(state))
    client.post("/signout")
    assert "eve@example.org" in client.get(link[1]).text
    assert client.post("/join", data={"code": code, "password": "seven rivers of blue glass"}).status_code == 303
    assert sign_in(client, "eve", "seven rivers of blue glass").status_code == 303
    assert client.post("/join", data={"code": code, "password": GOOD}).status_code in (403, 404)


def _files(state: State) -> list[Any]:
    from pathlib import Path

    path = Path(str(state.engine.url.database))
    return list(path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "eve", "role": "viewer"}, "no mail address"),
        ({"email": "lead@example.org", "role": "viewer"}, "is here already"),
        ({"email": "eve@example.org", "role": "boss"}, "no role"),
        ({"email": "eve@example.org", "role": "agent"}, "an agent sees the tickets of a team"),
        ({}, "no mail address"),
    ],
)
def test_who_cannot_be_invited_is_told(client: TestClient, fields: dict[str, str], words: str) -> None:
    sign_in(client)
    sent = send(client, "invite", **fields)
    assert sent.status_code == 422
    assert words in sent.text
    assert len(listed(client)) == len(Role)


def test_another_role_signs_that_person_out(client: TestClient, app: Any) -> None:
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as hers:
        sign_in(hers, "analyst")
        assert hers.get("/data").status_code == 200
        sign_in(client)
        assert send(client, "change", "analyst", role="viewer", team="").status_code == 303
        assert listed(client)["analyst"]["role"] == "viewer"
        assert hers.get("/data").headers["location"].startswith("/signin")
        sign_in(hers, "analyst")
        assert hers.get("/data").status_code == 403


def test_a_disabled_person_is_out_at_once_until_enabled(client: TestClient, app: Any) -> None:
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as hers:
        sign_in(hers, "lead")
        sign_in(client)
        assert send(client, "disable", "lead").status_code == 303
        assert listed(client)["lead"]["is_disabled"]
        assert hers.get("/").status_code == 303
        assert sign_in(hers, "lead").status_code == 401
        assert "Enable them first" in send(client, "link", "lead").text
        send(client, "enable", "lead")
        assert sign_in(hers, "lead").status_code == 303


def test_an_owner_stays(client: TestClient) -> None:
    sign_in(client)
    for sent in (send(client, "change", "owner", role="viewer"), send(client, "disable", "owner")):
        assert sent.status_code == 422
        assert "last owner" in sent.text
    send(client, "change", "lead", role="owner")
    assert send(client, "change", "owner", role="viewer").status_code == 303
    assert client.get(PAGE).status_code == 303  # signed out by it


def _item(page: str, email: str) -> str:
    (found,) = [each for each in page.split("<li ") if f"<p>{email}</p>" in each]
    return found.partition("</ul>")[0]


def test_single_sign_on_is_told_in_place_of_a_password(client: TestClient, state: State) -> None:
    claims = {"iss": "https://login.example.org", "sub": "7", "email": "lead@example.org", "email_verified": True}
    with state.writing() as session:
        person = identities.admit(session, claims, domains=(), now=NOW)
        people.add(session, "new@example.org", "New", "viewer", by="test", now=NOW)
        secret = sessions.begin(session, person, now=NOW)
    sign_in(client)
    found = listed(client)
    told = {name: (each["has_password"], each["has_single_sign_on"]) for name, each in found.items()}
    assert (told["lead"], told["viewer"], told["new"]) == ((False, True), (True, False), (False, False))
    page = client.get(PAGE).text
    items = {name: _item(page, each["email"]) for name, each in found.items()}
    for name, tag, has_link in (
        ("lead", "single sign-on", False),
        ("viewer", "", True),
        ("new", "no password yet", True),
    ):
        assert [each for each in ("single sign-on", "no password yet") if each in items[name]] == [tag] * bool(tag)
        assert ("Make a new link" in items[name]) == has_link
    assert "comes in by single sign-on" in send(client, "link", "lead").text
    client.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
    own = client.get("/settings/password")
    assert own.status_code == 200
    assert "You come in by single sign-on" in own.text
    assert "An owner can make you a link" not in own.text
    assert client.get("/settings/password.json").json() == {"has_password": False, "has_single_sign_on": True}


def test_what_is_no_person_or_action_is_told(client: TestClient) -> None:
    sign_in(client)
    assert client.post(PAGE, data={"do": "disable", "person": "999"}).status_code == 422
    assert client.post(PAGE, data={"do": "remove", "person": "1"}).status_code == 404
    assert client.post(PAGE, data={}).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_owners_alone_see_and_change_it(client: TestClient, state: State, role: Role) -> None:
    sign_in(client, role)
    assert client.get(PAGE).status_code == client.get(f"{PAGE}.json").status_code == 403
    assert client.post(PAGE, data={"do": "invite", "email": "eve@example.org", "role": "owner"}).status_code == 403
    with state.reading() as session:
        assert len(people.people(session)) == len(Role)


def test_what_is_done_is_recorded(client: TestClient, state: State) -> None:
    sign_in(client)
    with state.reading() as session:
        before = audit.count(session)
    send(client, "invite", email="eve@example.org", role="viewer")
    send(client, "change", "eve", role="analyst")
    send(client, "disable", "eve")
    send(client, "enable", "eve")
    with state.reading() as session:
        told = [(each.who, each.what) for each in audit.entries(session, most=9) if each.number > before]
    kinds = ["person enabled", "person disabled", "role changed", "link made", "person added"]
    assert [pair for pair in told if pair[1] != "exported"] == [("owner@example.org", kind) for kind in kinds]
    page = client.get(PAGE).text
    assert "What was done here" in page
    assert "Person enabled" in page
