"""Who is let in, what is refused, and what every answer carries."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.web import create_app
from goalkeeper.web.entry import Entry
from goalkeeper.web.security import HEADERS, MOST_BYTES, MOST_UPLOADED, NONCE
from web.conftest import KEY, NOW, TODAY
from web.walk import PAGES

HOSTILE_WHERES = (
    "1=1); DROP TABLE canon.tickets; --", "channel = (SELECT text FROM read_text('/etc/passwd'))",
    "channel IN (SELECT content FROM read_csv('/etc/passwd'))", "getenv('HOME') <> ''", "channel", "nobody = 1", "(",
)  # fmt: skip


@pytest.mark.parametrize("page", [*PAGES, "/goals.json", "/nothing", "/metrics/none"])
def test_without_the_key_nothing_is_told(outside: TestClient, page: str) -> None:
    answer = outside.get(page)
    assert answer.status_code == 401
    assert "goalkeeper serve" in answer.text
    assert "Satisfied" not in answer.text


def test_the_link_gives_a_cookie_that_scripts_and_other_sites_do_not_get(outside: TestClient) -> None:
    assert outside.get("/enter", params={"key": "wrong"}).status_code == 401
    assert outside.get("/enter").status_code == 401
    answer = outside.get("/enter", params={"key": KEY})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert KEY not in cookie
    assert outside.get("/").status_code == 200


def test_behind_tls_the_cookie_of_the_link_is_for_this_host_alone(app: FastAPI) -> None:
    with TestClient(app, base_url="https://127.0.0.1", follow_redirects=False) as client:
        cookie = client.get("/enter", params={"key": KEY}).headers["set-cookie"]
        assert cookie.startswith("__Host-goalkeeper=")
        assert "Secure" in cookie
        assert client.get("/goals").status_code == 200


def test_a_forged_cookie_is_none(outside: TestClient) -> None:
    for forged in ("here", "here.x.y", ""):
        outside.cookies.set("goalkeeper", forged)
        assert outside.get("/").status_code == 401


def test_a_cookie_ends_with_its_run(client: TestClient, desk: Any) -> None:
    other = create_app(desk, key=KEY[::-1], now=lambda: NOW, today=lambda: TODAY)
    with TestClient(other, base_url="http://127.0.0.1", cookies=dict(client.cookies)) as later:
        assert later.get("/").status_code == 401


def test_a_program_comes_in_with_the_key_and_its_token_counts_alone(client: TestClient, outside: TestClient) -> None:
    assert client.get("/goals.json", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    assert client.get("/goals.json", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/goals.json", headers={"Authorization": f"Basic {KEY}"}).status_code == 401


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="could be guessed"):
        Entry("short")


@pytest.mark.parametrize("page", ["/", "/goals.json", "/static/app.css", "/healthz", "/enter", "/nothing"])
def test_every_answer_has_the_headers(client: TestClient, page: str) -> None:
    headers = client.get(page).headers
    for name, value in HEADERS.items():
        if name != "Cache-Control" or not page.startswith("/static"):
            assert headers[name] == value
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "trusted-types htmx" in policy
    assert "default-src 'none'" in policy
    assert "server" not in headers


def test_each_answer_has_a_nonce_of_its_own(client: TestClient) -> None:
    """Also one that is kept: a nonce seen once opens nothing later. What stands for it inside is never told."""
    seen = set()
    for page in ("/", "/", "/metrics/csat", "/metrics/csat", "/nothing", f"/metrics/csat?where=channel+%3D+'{NONCE}'"):
        answer = client.get(page)
        nonce = re.search("script-src 'nonce-([^']{22})'", answer.headers["content-security-policy"])[1]  # type: ignore[index]
        assert f'nonce="{nonce}"' in answer.text
        assert NONCE not in answer.text
        assert len(answer.content) == int(answer.headers.get("content-length", len(answer.content))) or (
            "content-encoding" in answer.headers
        )
        seen.add(nonce)
    assert len(seen) == 6


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "192.168.0.7:8765", "[::1"])
def test_another_name_is_not_answered_to(client: TestClient, host: str) -> None:
    """Else a page on the net could read us by pointing its own name at this machine."""
    if host == "[::1":
        with pytest.raises(ValueError, match="Invalid IPv6"):
            client.get("/", headers={"Host": host})
        return
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 405),
        ({"Origin": "http://127.0.0.1:8765"}, 405),
        ({}, 405),
    ],
)
def test_another_site_cannot_send_anything(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/goals", headers=headers)
    assert answer.status_code == status
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD"


def test_too_much_is_refused_before_it_is_read(client: TestClient) -> None:
    assert client.post("/goals", content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.post("/goals", headers={"Content-Length": "-1"}).status_code == 411
    assert client.post("/data/upload", headers={"Content-Length": str(MOST_UPLOADED + 1)}).status_code == 413
    assert client.post("/data/upload", content=iter([b"x"] * 3)).status_code == 411


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py"])
def test_nothing_more_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("where", HOSTILE_WHERES)
def test_a_condition_reads_nothing_but_columns(client: TestClient, where: str) -> None:
    answer = client.get("/metrics/csat.json", params={"where": where})
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["detail"]
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        ("/metrics/csta", 404, "csat"),
        ("/metrics/csat?by=planet", 404, "planet"),
        ("/metrics/csat?range=9w", 422, "13w"),
        ("/metrics/csat?every=fortnight", 422, "fortnight"),
        ("/metrics/csat?variant=none", 404, "none"),
        ("/goals/unknown", 404, "seldom"),
        ("/reviews?plan=None", 404, "agreed plan"),
        ("/manual?as=docx", 404, "pdf"),
        ("/tickets/desk/T999999", 404, "no such page"),
        ("/data/quarantine?code=none", 422, "held back"),
    ],
)
def test_mistakes_are_told_in_words(client: TestClient, page: str, status: int, words: str) -> None:
    answer = client.get(page)
    assert answer.status_code == status
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_a_failure_tells_no_trace_and_logs_no_question(
    app: FastAPI, desk: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the machine room")

    monkeypatch.setattr("goalkeeper.web.metrics.metric_page", fails)
    with (
        TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client,
        caplog.at_level(logging.ERROR, "goalkeeper.web"),
    ):
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = client.get("/metrics/nps", params={"where": "plan = 'ann@example.org'"}, headers=headers)
        twin = client.get("/metrics/nps.json", headers=headers)
    assert (answer.status_code, twin.status_code) == (500, 500)
    assert "secret of the machine room" not in answer.text + twin.text
    assert twin.json()["title"] == "This page failed"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "ann@example.org" not in caplog.text
    assert "secret of the machine room" not in caplog.text
    assert "/metrics/{key} failed: RuntimeError at pages.py:" in caplog.text


def test_health(outside: TestClient) -> None:
    assert (outside.get("/healthz").status_code, outside.get("/healthz").text) == (200, "ok\n")
