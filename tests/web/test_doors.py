"""People come in by name and password or by a token; sessions end; each sees what their role may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from goalkeeper.state import State, audit, open_state, people, sessions, tokens
from goalkeeper.state.roles import ALLOWED, Permission, Role
from goalkeeper.state.tables import Base, Bucket
from goalkeeper.web import create_app
from goalkeeper.web.doors import COOKIE, device_of
from goalkeeper.workspace import Workspace
from web.conftest import GOOD, KEY, NOW, TODAY, Clock, sign_in
from web.walk import PAGES

BASE = "http://127.0.0.1:8765"
pytestmark = pytest.mark.slow


@pytest.fixture
def app(desk: Workspace, state: State, clock: Clock) -> FastAPI:
    return create_app(desk, key=KEY, now=clock, today=lambda: TODAY, people_of=state)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, follow_redirects=False) as opened:
        yield opened


def token_of(state: State, role: Role, *scopes: str) -> dict[str, str]:
    with state.writing() as session:
        person = people.find(session, f"{role}@example.org")
        given = scopes or [each for each in ("numbers", "tickets", "data", "load", "plan") if each in ALLOWED[role]]
        _, text = tokens.create(session, person, "test", list(given), by="test", now=NOW)
    return {"Authorization": f"Bearer {text}"}


def test_a_browser_is_led_to_the_form_and_back(client: TestClient) -> None:
    sent = client.get("/metrics/csat?range=26w")
    assert sent.status_code == 303
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked == {"to": ["/metrics/csat?range=26w"]}
    form = client.get(sent.headers["location"]).text
    assert "Sign in to" in form
    assert "Without a password: an owner makes you a new link." in form
    answer = sign_in(client, to=asked["to"][0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/metrics/csat?range=26w")
    assert client.get("/metrics/csat?range=26w").status_code == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "javascript:x"])
def test_it_leads_nowhere_else(client: TestClient, to: str) -> None:
    assert sign_in(client, to=to).headers["location"] == "/"


def test_the_link_of_a_run_lets_nobody_in(client: TestClient) -> None:
    assert client.get("/enter", params={"key": KEY}).status_code == 401
    assert client.get("/home.json", headers={"Authorization": f"Bearer {KEY}"}).status_code == 401
    assert client.get("/home.json", headers={"X-Remote-User": "owner@example.org"}).status_code == 401


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_told_outside(client: TestClient, page: str) -> None:
    assert client.get(page).status_code == 303
    path, _, query = page.partition("?")
    twin = client.get(f"{'/home' if path == '/' else path}.json?{query}")
    assert twin.status_code == 401
    assert "Satisfied" not in twin.text


def test_the_cookie_is_for_us_alone(client: TestClient) -> None:
    cookie = sign_in(client).headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={14 * 24 * 3600}"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # or a browser would not keep it on http://127.0.0.1


def test_over_https_the_cookie_never_goes_in_the_clear(app: FastAPI) -> None:
    with TestClient(app, base_url="https://127.0.0.1", follow_redirects=False) as client:
        cookie = sign_in(client).headers["set-cookie"]
        assert cookie.startswith(f"__Host-{COOKIE}=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert client.get("/goals").status_code == 200
        gone = client.post("/signout").headers["set-cookie"]
        assert gone.startswith(f'__Host-{COOKIE}="";')
        assert "Secure" in gone


def test_over_https_a_cookie_that_another_name_may_have_set_is_none(app: FastAPI) -> None:
    with TestClient(app, base_url="https://127.0.0.1", follow_redirects=False) as client:
        sign_in(client)
        secret = client.cookies[f"__Host-{COOKIE}"]
        client.cookies.clear()
        client.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
        assert client.get("/goals").status_code == 303


PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7, 10.0.0.9"}


@pytest.mark.parametrize(("trusted", "is_believed"), [(("10.0.0.0/24",), True), (("10.0.1.0/24",), False), ((), False)])
def test_https_and_whose_request_it_is_are_believed_of_the_proxy_alone(
    desk: Workspace, state: State, trusted: tuple[str, ...], is_believed: bool
) -> None:
    app = create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state, proxies=trusted)
    with TestClient(app, base_url=BASE, follow_redirects=False, headers=PROXY, client=("10.0.0.5", 5000)) as client:
        cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith("__Host-") == is_believed
    assert ("Secure" in cookie) == is_believed
    with state.reading() as session:
        places = {each.key for each in session.scalars(select(Bucket)) if each.key.startswith("from ")}
    assert places == {"from 203.0.113.7" if is_believed else "from 10.0.0.5"}


def test_a_proxy_with_an_ipv4_address_is_believed_at_an_ipv6_socket(desk: Workspace, state: State) -> None:
    app = create_app(
        desk,
        key=KEY,
        now=lambda: NOW,
        today=lambda: TODAY,
        people_of=state,
        proxies=("10.0.0.0/24",),
        only_proxies=True,
    )
    seen_as = ("::ffff:10.0.0.5", 5000)
    with TestClient(app, base_url=BASE, follow_redirects=False, headers=PROXY, client=seen_as) as client:
        assert "Secure" in sign_in(client).headers["set-cookie"]
    with state.reading() as session:
        assert session.get(Bucket, "from 203.0.113.7")
    for other in ("::ffff:10.0.1.5", "::10.0.0.5", ""):
        with TestClient(app, base_url=BASE, headers=PROXY, client=(other, 5000)) as client:
            assert client.get("/signin").status_code == 403


def test_every_sign_in_has_an_id_of_its_own_and_ends_the_one_before(client: TestClient, state: State) -> None:
    client.cookies.set(COOKIE, "chosen-by-an-attacker", domain="127.0.0.1", path="/")
    sign_in(client)
    first = client.cookies[COOKIE]
    assert first != "chosen-by-an-attacker"
    sign_in(client)
    second = client.cookies[COOKIE]
    assert first != second
    with state.reading() as session:
        assert sessions.current(session, first, now=NOW) is None
        assert sessions.current(session, second, now=NOW)


def test_signed_out_the_id_is_dead(client: TestClient) -> None:
    sign_in(client)
    kept = client.cookies[COOKIE]
    assert client.post("/signout").headers["location"] == "/signin?said=out"
    client.cookies.set(COOKIE, kept, domain="127.0.0.1", path="/")
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("after", [sessions.IDLE, sessions.WHOLE])
def test_an_expired_session_is_told_and_nothing_is_lost(client: TestClient, clock: Clock, after: timedelta) -> None:
    sign_in(client)
    if after == sessions.WHOLE:
        while clock.now < NOW + after - timedelta(hours=11):
            clock.now += timedelta(hours=11)
            assert client.get("/goals").status_code == 200  # never idle
    clock.now = NOW + after
    sent = client.get("/goals")
    assert sent.status_code == 303
    assert "You were signed out" in client.get(sent.headers["location"]).text
    posted = client.post("/check", data={"stage": "50k-500k"})
    assert posted.status_code == 401
    assert "was not sent" in posted.text
    assert "50k-500k" in posted.text


def test_the_same_answer_for_a_wrong_password_and_for_nobody(client: TestClient) -> None:
    wrong, nobody = sign_in(client, password="wrong"), sign_in(client, "eve", "wrong")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace("owner@", "eve@") == nobody.text
    assert COOKIE not in client.cookies


def test_guessing_is_slowed_and_nobody_is_locked_out(client: TestClient, clock: Clock) -> None:
    answers = [sign_in(client, password=f"guess {number}") for number in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert sign_in(client).status_code == 429
    clock.now += timedelta(minutes=1)
    assert sign_in(client).status_code == 303


def test_another_site_cannot_sign_anybody_in(client: TestClient) -> None:
    data = {"email": "owner@example.org", "password": GOOD}
    assert client.post("/signin", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/join", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_every_page_for_every_role(client: TestClient, role: Role) -> None:
    sign_in(client, role)
    needs = client.app.state.pages.access.needs  # type: ignore[attr-defined]
    for address, permission in {path: needed for (path, method), needed in needs.items() if method == "GET"}.items():
        page = address.replace("{id}", "seldom").replace("{key}", "csat").replace("{source}", "desk")
        page = page.replace("{ticket:path}", "T7").replace("{name:path}", "plan.toml").replace("{token}", "0" * 16)
        status = client.get(page).status_code
        allowed = permission is Permission.OPEN or permission in ALLOWED[role]
        assert (status != 403) == allowed, (page, status)
        assert status < 500


def test_the_menu_shows_what_is_yours(client: TestClient) -> None:
    sign_in(client, "viewer")
    page = client.get("/").text
    assert 'href="/metrics"' in page
    assert 'href="/data"' not in page
    assert "Sign out" in page
    assert "Start a plan" not in client.get("/check").text
    client.post("/signout")
    sign_in(client, "owner")
    assert 'href="/data"' in client.get("/").text  # what is kept for one role is not shown to another


def test_numbers_of_people_and_of_other_teams(client: TestClient) -> None:
    sign_in(client, "viewer")
    assert client.get("/metrics/reopen_rate?by=agent").status_code == 403
    assert client.get("/metrics/reopen_rate?where=agent+%3D+'x'").status_code == 403
    assert client.get("/metrics/reopen_rate?by=team").status_code == 200
    sign_in(client, "agent")
    assert client.get("/metrics/reopen_rate?by=team").status_code == 403
    assert client.get("/metrics/reopen_rate?where=team+%3D+'T2'").status_code == 403
    asked = client.get("/metrics/reopen_rate.json?where=channel+%3D+'chat'").json()["asked"]
    assert asked["where"] == "(channel = 'chat') AND team = 'T1'"
    again = client.get("/metrics/reopen_rate.json", params={"where": asked["where"]})
    assert again.json()["asked"]["where"] == asked["where"]  # as the links of that page ask
    for other in ("(team = 'T2') AND team = 'T1'", "team = 'T2' AND team = 'T1'"):
        assert client.get("/metrics/reopen_rate", params={"where": other}).status_code == 403
    other = "(1=1) OR (1=1) AND team = 'T1'"
    assert client.get("/metrics/reopen_rate", params={"where": other}).status_code == 422
    assert client.get("/metrics/reopen_rate?where=1%3D1)+OR+(1%3D1").status_code == 422
    sign_in(client, "lead")
    assert client.get("/metrics/reopen_rate.json?by=agent").json()["asked"]["where"] == "team = 'T1'"
    assert client.get("/metrics/reopen_rate.json").json()["asked"]["where"] == ""
    sign_in(client, "analyst")
    assert client.get("/metrics/reopen_rate.json?by=agent").json()["asked"]["where"] == ""


def test_a_token_counts_alone_and_does_what_it_was_made_for(client: TestClient, state: State, clock: Clock) -> None:
    numbers = token_of(state, Role.OWNER, "numbers")
    assert client.get("/goals.json", headers=numbers).status_code == 200
    refused = client.get("/data.json", headers=numbers)
    assert refused.status_code == 403
    assert "not made for 'data'" in refused.json()["detail"]
    sign_in(client)
    assert client.get("/goals.json", headers={"Authorization": "Bearer gk_wrong"}).status_code == 401
    with state.reading() as session:
        assert tokens.tokens(session)[0].used_at == NOW
    clock.now += timedelta(days=90)
    assert client.get("/goals.json", headers=numbers).status_code == 401


def test_a_token_does_no_more_than_its_person_may_now(client: TestClient, state: State) -> None:
    header = token_of(state, Role.ANALYST)
    assert client.get("/data.json", headers=header).status_code == 200
    with state.writing() as session:
        people.change_role(session, people.find(session, "analyst@example.org"), "viewer", by="test", now=NOW)
    assert client.get("/data.json", headers=header).status_code == 403


def test_a_password_is_chosen_by_a_link_once(client: TestClient, state: State, clock: Clock) -> None:
    with state.writing() as session:
        code = people.invite(session, people.find(session, "lead@example.org"), by="test", now=NOW)
    assert "lead@example.org" in client.get("/join", params={"code": code}).text
    weak = client.post("/join", data={"code": code, "password": "password1234"})
    assert weak.status_code == 422
    assert "four unrelated words" in weak.text
    new = "seven rivers of blue glass"
    taken = {"code": code, "password": new, "email": "owner@example.org", "name": "x", "role": "owner"}
    assert client.post("/join", data={"code": code, "password": new}).status_code == 303
    again = client.post("/join", data={"code": code, "password": "another good long one"})
    assert again.status_code == 404
    assert client.post("/join", data=taken).status_code in (400, 404)
    assert sign_in(client, "lead").status_code == 401
    assert sign_in(client, "lead", new).status_code == 303


def test_the_first_owner_comes_by_the_link_alone(desk: Workspace, tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        with state.writing() as session:
            code = people.invite(session, None, by="test", now=NOW)
        app = create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)
        with TestClient(app, base_url=BASE, follow_redirects=False) as client:
            who = {"email": "ann@example.org", "name": "Ann", "password": GOOD}
            assert client.post("/join", data=who | {"code": "guessed"}).status_code == 404
            assert "Be the first owner" in client.get("/join", params={"code": code}).text
            assert client.post("/join", data=who | {"code": code}).status_code == 303
            assert client.post("/join", data=who | {"email": "eve@example.org", "code": code}).status_code == 404
            assert client.post("/signin", data=who).status_code in (303, 400)
        with state.reading() as session:
            assert [(each.email, each.role) for each in people.people(session)] == [("ann@example.org", "owner")]
            assert audit.broken_at(session) == 0


def test_looking_writes_nothing(client: TestClient, state: State) -> None:
    def rows() -> list[Any]:
        with state.reading() as session:
            return [tuple(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select())]

    before = rows()
    for page in ("/signin", "/signin?to=/x", "/join?code=x", "/signout", "/", "/healthz"):
        client.get(page)
        client.head(page)
    assert rows() == before


def test_no_secret_is_kept_or_logged(
    client: TestClient, state: State, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level("DEBUG"):
        text = token_of(state, Role.OWNER)["Authorization"].partition(" ")[2]
        sign_in(client, password="a wrong secret of mine")
        sign_in(client)
        client.get("/home.json", headers={"Authorization": f"Bearer {text}"})
    content = b"".join(path.read_bytes() for path in tmp_path.glob("state.db*"))
    for secret in (GOOD, text, client.cookies[COOKIE], "a wrong secret of mine"):
        assert secret.encode() not in content
        ours = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("goalkeeper"))
        assert secret not in ours


def test_no_other_site_may_read(client: TestClient) -> None:
    answer = client.get("/signin", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    script = (Path(__file__).parents[2] / "src/goalkeeper/web/static/app.js").read_text(encoding="utf-8")
    assert not re.search("localStorage|sessionStorage", script)


def test_a_picture_shows_no_more_than_the_page(client: TestClient) -> None:
    sign_in(client, "viewer")
    assert client.get("/metrics/reopen_rate/chart.svg?by=agent&what=segments").status_code == 403
    assert client.get("/metrics/reopen_rate/chart.svg?by=team&what=segments").status_code == 200
    sign_in(client, "agent")
    assert client.get("/metrics/reopen_rate/chart.svg?where=team+%3D+'T2'").status_code == 403


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1",
         "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("python-httpx/1.0", "A program"), ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named(agent: str, words: str) -> None:
    assert device_of(agent) == words
