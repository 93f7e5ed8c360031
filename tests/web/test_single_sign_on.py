"""Single sign-on with a provider that really runs: who comes in, and every forgery that is refused."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.testclient import TestClient

from goalkeeper.errors import UsageError
from goalkeeper.state import State, audit, open_state, people, sessions
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web import create_app
from goalkeeper.web.doors import COOKIE
from goalkeeper.web.oidc import FAILED_S, KEPT_S, KEYS_KEPT_S, STALE_S, secret_of
from goalkeeper.web.single_sign_on import BACK, THERE
from goalkeeper.web.single_sign_on import COOKIE as WAY
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.settings import parse_settings
from web.conftest import KEY, NOW, TODAY, served
from web.fake_provider import CLIENT, SECRET, FakeProvider, running
from web.test_doors import BASE, GOOD, Clock, sign_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served_provider() -> Iterator[FakeProvider]:
    with running() as provider:
        yield provider


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(served_provider: FakeProvider, clock: Clock) -> FakeProvider:
    """As it was at first, with Ann there, whose address it vouches for."""
    fresh = FakeProvider(lambda: clock.now.replace(tzinfo=UTC).timestamp(), served_provider.issuer)
    fresh.claims = {"sub": "248289761001", "email": "Ann@example.org", "email_verified": True, "name": "Ann"}
    served_provider.__dict__.update(fresh.__dict__)
    return served_provider


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path) as opened:
        with opened.writing() as session:
            people.add(session, "ann@example.org", "Ann", "analyst", by="test", now=NOW)
            owner = people.add(session, "owner@example.org", "Owner", "owner", by="test", now=NOW)
            people.set_password(session, owner, GOOD, by="test", now=NOW)
        yield opened


@pytest.fixture
def app(
    desk: Workspace, state: State, clock: Clock, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> FastAPI:
    monkeypatch.setenv("GOALKEEPER_OIDC_SECRET", SECRET)
    text = f'[oidc]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\ntitle = "Example <login>"\n'
    text += 'domains = ["@Example.com"]\nnetworks = ["127.0.0.0/8"]\n'
    monkeypatch.setattr(desk, "settings", replace(desk.settings, oidc=parse_settings(parse_toml(text, "x")).oidc))
    return create_app(desk, key=KEY, now=clock, today=lambda: TODAY, people_of=state)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, follow_redirects=False) as opened:
        yield opened


def way_there(client: TestClient, **asked: str) -> str:
    answer = client.get(THERE, params=asked)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def way_back(there: str) -> str:
    """Where the provider sends the browser that comes to it."""
    answer = httpx2.get(there)
    assert answer.status_code == 307, answer.text
    return str(answer.headers["location"])


def come_in(client: TestClient, **asked: str) -> Any:
    back = urlsplit(way_back(way_there(client, **asked)))
    return client.get(f"{back.path}?{back.query}")


def is_in(client: TestClient) -> bool:
    return client.get("/goals").status_code == 200


def test_somebody_who_was_added_comes_in_and_is_known_by_subject_from_then_on(
    client: TestClient, state: State, provider: FakeProvider
) -> None:
    page = client.get("/signin?to=/metrics")
    assert 'href="/signin/oidc?to=%2Fmetrics"' in page.text
    assert "Sign in with Example &lt;login&gt;" in page.text
    assert "Without a password" not in page.text
    answer = come_in(client, to="/metrics")
    assert (answer.status_code, answer.headers["location"]) == (303, "/metrics")
    assert is_in(client)
    client.post("/signout")
    assert not is_in(client)
    provider.claims |= {"email": "owner@example.org", "email_verified": True}  # an address says nothing any more
    assert come_in(client).headers["location"] == "/"
    with state.reading() as session:
        entries = [(each.who, each.what) for each in audit.entries(session, most=3)]
        assert people.find(session, "ann@example.org").identity is not None
        assert people.find(session, "owner@example.org").identity is None
    assert entries[0] == entries[1] == ("ann@example.org", "signed in")
    assert entries[2] == ("single sign-on", "single sign-on linked")


def test_what_is_asked_of_the_provider(client: TestClient) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(way_there(client)).query).items()}
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{BASE}{BACK}"
    assert asked["code_challenge_method"] == "S256"
    again = {name: value[0] for name, value in parse_qs(urlsplit(way_there(client)).query).items()}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) == 43
        assert asked[name] != again[name]
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3


def test_the_cookie_of_the_way_is_for_us_alone_and_short(app: FastAPI, client: TestClient) -> None:
    cookie = client.get(THERE).headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=lax", "Max-Age=600"):
        assert flag in cookie
    with TestClient(app, base_url="https://127.0.0.1", follow_redirects=False) as secure:
        assert secure.get(THERE).headers["set-cookie"].startswith(f"__Host-{WAY}=")


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_it_leads_nowhere_else(client: TestClient, to: str) -> None:
    assert come_in(client, to=to).headers["location"] == "/"


def forged(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in (header, claims)]
    return ".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=").decode()])


def _none(_: FakeProvider, claims: dict[str, Any]) -> str:
    return forged({"alg": "none"}, claims)


def _public_key_as_secret(provider: FakeProvider, claims: dict[str, Any]) -> str:
    key = OctKey.import_key(provider.key.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, key, algorithms=["HS256"])


def _key_of_its_own(_: FakeProvider, claims: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": "first", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, algorithms=["RS256"])


def _other_algorithm(provider: FakeProvider, claims: dict[str, Any]) -> str:
    key = RSAKey.import_key(provider.key.as_pem(private=True))
    return jwt.encode({"alg": "RS512", "kid": "first"}, claims, key, algorithms=["RS512"])


def _no_signature(provider: FakeProvider, claims: dict[str, Any]) -> str:
    return forged({"alg": "RS256", "kid": "first"}, claims)


def _huge_header(provider: FakeProvider, claims: dict[str, Any]) -> str:
    return forged({"alg": "RS256", "kid": "first", "x": "x" * 1_000_000}, claims, b"s")


def _garbage(_: FakeProvider, __: dict[str, Any]) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "signed",
    [_none, _public_key_as_secret, _key_of_its_own, _other_algorithm, _no_signature, _huge_header, _garbage],
)
def test_a_forged_token_is_refused(client: TestClient, provider: FakeProvider, signed: Any) -> None:
    provider.signed = signed
    assert come_in(client).status_code in (400, 502)
    assert not is_in(client)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("nonce", "of another sign-in"), ("nonce", None), ("iss", "https://evil.example"), ("aud", "another client"),
        ("aud", [CLIENT, "another client"]), ("exp", 1), ("exp", None), ("sub", None), ("sub", ""), ("sub", 7),
        ("sub", "x" * 300), ("at_hash", "of-another-token"), ("iat", 4_102_444_800), ("nbf", 4_102_444_800),
        ("azp", "another client"),
    ],
)  # fmt: skip
def test_a_token_for_something_else_is_refused(
    client: TestClient, provider: FakeProvider, claim: str, value: Any
) -> None:
    provider.change_claims = lambda claims: claims.update({claim: value}) if value is not None else claims.pop(claim)
    assert come_in(client).status_code == 400, (claim, value)
    assert not is_in(client)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "missing"])
def test_an_address_that_nobody_vouches_for_opens_nothing(
    client: TestClient, provider: FakeProvider, state: State, verified: Any
) -> None:
    provider.claims["email"] = "owner@example.org"
    if verified == "missing":
        del provider.claims["email_verified"]
    else:
        provider.claims["email_verified"] = verified
    answer = come_in(client)
    assert answer.status_code == 403
    assert "does not vouch for your address" in answer.text
    assert not is_in(client)
    with state.reading() as session:
        assert people.find(session, "owner@example.org").identity is None


def test_only_who_was_invited_or_is_of_an_allowed_domain(
    client: TestClient, provider: FakeProvider, state: State
) -> None:
    for email in ("eve@evil.example", "eve@example.com.evil.example", "eve@sub.example.com", "eve@notexample.com"):
        provider.claims |= {"sub": email, "email": email}
        answer = come_in(client)
        assert answer.status_code == 403, email
        assert "nobody has invited you" in answer.text
    provider.claims |= {"sub": "new", "email": "Bob@Example.com", "name": "Bob"}
    assert come_in(client).status_code == 303
    with state.reading() as session:
        assert [(each.email, each.role) for each in people.people(session) if each.name == "Bob"] == [
            ("bob@example.com", "viewer")
        ]
    assert client.get("/data").status_code == 403


def test_an_invitation_is_taken_up_whatever_the_address(
    client: TestClient, provider: FakeProvider, state: State
) -> None:
    with state.writing() as session:
        code = people.invite(session, people.find(session, "ann@example.org"), by="test", now=NOW)
    assert f"/signin/oidc?code={code}" in client.get("/join", params={"code": code}).text
    provider.claims = {"sub": "ann at home"}
    assert come_in(client, code="guessed").status_code == 403
    assert come_in(client, code=code).status_code == 303
    assert client.get("/join", params={"code": code}).status_code == 404
    provider.claims = {"sub": "eve"}
    assert come_in(client, code=code).status_code == 403


def test_two_subjects_never_share_a_person(client: TestClient, provider: FakeProvider) -> None:
    assert come_in(client).status_code == 303
    client.post("/signout")
    provider.claims["sub"] = "another who has got the same address"
    answer = come_in(client)
    assert answer.status_code == 403
    assert "belongs to somebody" in answer.text


def test_who_has_single_sign_on_has_no_password(client: TestClient, provider: FakeProvider, state: State) -> None:
    with state.writing() as session:
        ann = people.find(session, "ann@example.org")
        people.set_password(session, ann, GOOD, by="test", now=NOW)
        code = people.invite(session, ann, by="test", now=NOW)
        old = sessions.begin(session, ann, now=NOW)
    assert come_in(client).status_code == 303
    client.post("/signout")
    assert sign_in(client, "ann").status_code == 401
    assert client.post("/join", data={"code": code, "password": "seven rivers of blue glass"}).status_code == 404
    with state.writing() as session:
        ann = people.find(session, "ann@example.org")
        assert sessions.current(session, old, now=NOW) is None
        for refused in (
            lambda: people.set_password(session, ann, "seven rivers of blue glass", by="test", now=NOW),
            lambda: people.invite(session, ann, by="test", now=NOW),
        ):
            with pytest.raises(UsageError, match="single sign-on"):
                refused()
        assert ann.password == ""


def test_who_is_disabled_stays_out(client: TestClient, state: State) -> None:
    assert come_in(client).status_code == 303
    with state.writing() as session:
        people.disable(session, people.find(session, "ann@example.org"), by="test", now=NOW)
    assert not is_in(client)
    assert come_in(client).status_code == 403


def test_a_wrong_state_is_refused_before_the_provider_is_asked(client: TestClient, provider: FakeProvider) -> None:
    back = parse_qs(urlsplit(way_back(way_there(client))).query)
    provider.asked.clear()
    for wrong in ("", "x" * 43, "ä"):
        way_there(client)
        assert client.get(BACK, params={"code": back["code"][0], "state": wrong}).status_code == 400
    assert "token" not in provider.asked


def test_a_way_begun_in_another_browser_signs_nobody_in(app: FastAPI, client: TestClient) -> None:
    """Else somebody could be led to work in an attacker's name."""
    back = urlsplit(way_back(way_there(client)))
    with TestClient(app, base_url=BASE, follow_redirects=False) as victim:
        assert victim.get(f"{back.path}?{back.query}").status_code == 400
        way_there(victim)
        assert victim.get(f"{back.path}?{back.query}").status_code == 400
        assert not is_in(victim)


def test_a_code_is_good_once(client: TestClient) -> None:
    there = way_there(client)
    way = client.cookies[WAY]
    back = urlsplit(way_back(there))
    assert client.get(f"{back.path}?{back.query}").status_code == 303
    client.post("/signout")
    assert client.get(f"{back.path}?{back.query}").status_code == 400  # the browser forgot its way
    client.cookies.set(WAY, way, domain="127.0.0.1", path="/")
    assert client.get(f"{back.path}?{back.query}").status_code == 400  # and the provider knows the code is used
    assert not is_in(client)


def test_an_answer_of_another_provider_is_refused(client: TestClient, provider: FakeProvider) -> None:
    back = way_back(way_there(client))
    assert client.get(f"{BACK}?{urlsplit(back).query}&iss=https%3A%2F%2Fevil.example").status_code == 400
    there = way_there(client)
    back = way_back(there)
    assert client.get(f"{BACK}?{urlsplit(back).query}&{urlencode({'iss': provider.issuer})}").status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(issuer="https://evil.example"), lambda told: told.pop("token_endpoint"),
        lambda told: told.update(jwks_uri="http://169.254.169.254/keys"), lambda told: told.update(jwks_uri=7),
        lambda told: told.update(x="x" * 1_100_000),
    ],
)  # fmt: skip
def test_a_provider_that_says_something_odd_of_itself_is_not_used(
    client: TestClient, provider: FakeProvider, change: Any
) -> None:
    provider.change_metadata = change
    answer = client.get(THERE)
    assert answer.status_code == 502
    assert "cannot be reached now" in answer.text
    assert "Sign in" in client.get("/signin").text


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.clear(), lambda told: told.pop("id_token"), lambda told: told.update(id_token=7),
        lambda told: told.update(error="denied"),
    ],
)  # fmt: skip
def test_an_answer_without_a_token_is_refused(client: TestClient, provider: FakeProvider, change: Any) -> None:
    provider.change_answer = change
    assert come_in(client).status_code == 400
    assert not is_in(client)


def test_who_says_no_at_the_provider_is_told(client: TestClient) -> None:
    state = parse_qs(urlsplit(way_there(client)).query)["state"][0]
    answer = client.get(BACK, params={"state": state, "error": "<script>", "error_description": "<script>"})
    assert answer.status_code == 400
    assert "did not sign you in" in answer.text
    assert "<script>" not in answer.text


def test_a_key_that_is_new_is_looked_up_but_not_at_every_token(
    client: TestClient, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert come_in(client).status_code == 303
    client.post("/signout")
    provider.key = ECKey.generate_key("P-256", {"kid": "second", "alg": "ES256", "use": "sig"})
    provider.asked.clear()
    assert come_in(client).status_code == 400  # asked a moment ago
    assert provider.asked == ["token"]
    moved_on(monkeypatch, KEYS_KEPT_S + 1)
    assert come_in(client).status_code == 303
    assert provider.asked.count("keys") == 1


def test_it_may_not_be_tried_without_end(client: TestClient, clock: Clock) -> None:
    def back() -> int:
        return client.get(BACK, params={"code": "x", "state": "x"}).status_code

    for _ in range(20):
        way = way_there(client) and client.cookies[WAY]
        assert back() == 400
    client.cookies.set(WAY, way, domain="127.0.0.1", path="/")
    assert back() == 429
    answer = client.get(THERE)
    assert answer.status_code == 429
    assert "tried too often" in answer.text
    assert sign_in(client).status_code == 429  # the way back counts as any sign-in
    clock.now += timedelta(minutes=1)
    assert come_in(client).status_code == 303


def test_a_provider_that_is_down_is_told_and_passwords_work_on(client: TestClient) -> None:
    back = urlsplit(way_back(way_there(client)))

    def fails(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", fails)
        assert client.get(f"{back.path}?{back.query}").status_code == 502
        assert sign_in(client).status_code == 303
    assert is_in(client)


def moved_on(patch: pytest.MonkeyPatch, by_s: float) -> None:
    moment = time.monotonic() + by_s  # for it alone: the servers' loops would wait for as long
    patch.setattr("goalkeeper.web.oidc.time", SimpleNamespace(monotonic=lambda: moment))


def test_a_provider_that_failed_is_not_asked_again_at_once(
    client: TestClient, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.change_metadata = lambda told: told.pop("token_endpoint")
    assert [client.get(THERE).status_code for _ in range(3)] == [502] * 3
    assert provider.asked == ["configuration"]
    told = {each.getMessage() for each in caplog.records if each.name.startswith("goalkeeper")}
    assert told == {"single sign-on: it does not say what an issuer of this address must"}
    provider.change_metadata = lambda _: None
    with pytest.MonkeyPatch.context() as patch:
        moved_on(patch, FAILED_S + 1)
        way_there(client)
    assert provider.asked == ["configuration"] * 2 + ["keys"]


def test_what_a_provider_said_serves_on_while_it_is_not_there(client: TestClient, provider: FakeProvider) -> None:
    way_there(client)
    provider.asked.clear()
    provider.change_metadata = lambda told: told.pop("token_endpoint")
    with pytest.MonkeyPatch.context() as patch:
        moved_on(patch, KEPT_S + 1)
        assert come_in(client).status_code == 303
        assert provider.asked == ["configuration", "token"]
        moved_on(patch, KEPT_S + STALE_S + 1)
        assert client.get(THERE).status_code == 502


def test_while_one_request_waits_for_the_provider_no_other_does(client: TestClient, provider: FakeProvider) -> None:
    is_asked, may_answer, first = threading.Event(), threading.Event(), []

    def waits(_: dict[str, Any]) -> None:
        is_asked.set()
        assert may_answer.wait(20)

    provider.change_metadata = waits
    asking = threading.Thread(target=lambda: first.append(client.get(THERE).status_code))
    asking.start()
    try:
        assert is_asked.wait(20)
        assert [client.get(THERE).status_code for _ in range(9)] == [502] * 9
        assert client.get("/signin").status_code == 200
        assert first == []
    finally:
        may_answer.set()
        asking.join()
    assert first == [303]
    assert provider.asked == ["configuration", "keys"]


def test_nothing_secret_is_logged(client: TestClient, provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        assert come_in(client).status_code == 303
        way = client.cookies[COOKIE]
        provider.signed = _none
        come_in(client)
    ours = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("goalkeeper"))
    assert "single sign-on refused: the ID token" in ours
    for secret in (SECRET, way, "ann@example.org", "248289761001"):
        assert secret not in ours


@pytest.mark.browser
def test_a_browser_goes_there_and_back(app: FastAPI, client: TestClient, provider: FakeProvider, browser: Any) -> None:
    with served(app) as address:
        page = browser.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/goals")
        page.get_by_text("Sign in with Example").click()
        page.wait_for_url(f"{address}/goals")
        assert "Sign out" in page.content()
        page.close()
    assert problems == []


def test_the_secret_is_read_from_a_file_that_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOALKEEPER_OIDC_SECRET", raising=False)
    text = '[oidc]\nissuer = "https://login.example.org"\nclient_id = "x"\nsecret_file = "oidc.secret"\n'
    settings = parse_settings(parse_toml(text, "x")).oidc
    assert settings is not None
    with pytest.raises(UsageError, match="No such file"):
        secret_of(tmp_path, settings)
    (tmp_path / "oidc.secret").write_text("kept\n", encoding="utf-8")
    (tmp_path / "oidc.secret").chmod(0o644)
    with pytest.raises(UsageError, match="others may read it"):
        secret_of(tmp_path, settings)
    (tmp_path / "oidc.secret").chmod(0o600)
    assert secret_of(tmp_path, settings) == "kept"
