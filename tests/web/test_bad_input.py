"""What goes wrong around the pages: a session that ends in the middle of a form, files that are too big, a disk that is
full, databases that are gone. Each is told clearly, with the right status, and nothing is lost."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import goalkeeper as gk
from goalkeeper.state import State, open_state, people, sessions
from goalkeeper.web import create_app
from goalkeeper.web.doors import COOKIE
from goalkeeper.web.security import API, MOST_UPLOADED, UPLOAD
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW, TODAY, Clock, served
from web.test_plans import GOOD, mark, words
from web.test_upload import ORDERS, done, files_of, sent

pytestmark = pytest.mark.slow
TOKEN = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def app(shop: Workspace) -> FastAPI:
    return create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8765", headers=TOKEN, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def inside(shop: Workspace, state: State, clock: Clock) -> Iterator[TestClient]:
    """A client that an owner has signed in."""
    app = create_app(shop, key=KEY, now=clock, today=lambda: TODAY, people_of=state)
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as opened:
        with state.writing() as session:
            opened.cookies.set(COOKIE, sessions.begin(session, people.find(session, "owner@example.org"), now=NOW))
        yield opened


def test_what_was_written_when_the_session_ended_is_shown_again_and_sent_again(
    inside: TestClient, shop: Workspace, state: State, clock: Clock
) -> None:
    plan = shop.folder / "plan.toml"
    plan.write_text(GOOD, encoding="utf-8")
    begun, text = mark(inside), GOOD + '# "mine" & <b>long</b> work\n'
    clock.now += sessions.IDLE
    answer = inside.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": text})
    assert answer.status_code == 401
    assert "was not sent" in answer.text
    assert plan.read_text(encoding="utf-8") == GOOD
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    form = tree.find(".//form")
    kept = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert kept == {"do": "save", "mark": begun, "text": text}
    assert words(answer.text).lstrip("\n") == text
    again = inside.post(form.get("action"), data=kept)  # not signed in yet: nothing is lost by that either
    assert (again.status_code, text in unescape(again.text)) == (401, True)
    with state.writing() as session:
        inside.cookies.clear()
        inside.cookies.set(COOKIE, sessions.begin(session, people.find(session, "owner@example.org"), now=clock.now))
    saved = inside.post(form.get("action"), data=kept)
    assert saved.status_code == 200
    assert plan.read_text(encoding="utf-8") == text


def test_no_password_stands_on_the_page_that_keeps_what_was_written(inside: TestClient, clock: Clock) -> None:
    clock.now += sessions.IDLE
    answer = inside.post("/settings/password", data={"password": "green horse under paper", "current": "old one"})
    assert answer.status_code == 401
    assert "green horse" not in answer.text
    assert "old one" not in answer.text


def test_who_was_never_in_leaves_nothing_here(inside: TestClient, shop: Workspace) -> None:
    inside.cookies.clear()
    before = sorted(shop.folder.rglob("*"))
    assert inside.post("/plans/plan.toml", data={"text": "x" * 400_000}).status_code == 401
    assert inside.post(UPLOAD, files={"file": ("a.csv", b"a,b\n1,2\n")}).status_code == 401
    assert sorted(shop.folder.rglob("*")) == before


def memory() -> int:
    """The bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def peak() -> Iterator[list[int]]:
    """By how much memory grew at most in the block."""
    begun, grown, over = memory(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            grown[0] = max(grown[0], memory() - begun)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("path", [UPLOAD, f"{API}/load"])
def test_a_file_that_is_too_big_is_refused_before_it_is_read(app: FastAPI, shop: Workspace, path: str) -> None:
    with served(app) as address, peak() as grown:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        with socket.create_connection((host, port), 10) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {KEY}\r\n"
            head += f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {MOST_UPLOADED + 1}\r\n\r\n"
            connection.sendall(head.encode() + b"x" * 1000)  # of 200 MB
            answer = connection.recv(4000)
        assert answer.startswith(b"HTTP/1.1 413 ")
    assert grown[0] < 20_000_000
    assert files_of(shop) == []


def test_a_big_file_streams_to_the_disk(app: FastAPI, shop: Workspace) -> None:
    line = b"9,c9,2026-02-03T10:00:00Z,1.00,EUR,paid,%s\n" % (b"x" * 999_950)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n\r\n'
    first, end, lines = b"order_id,customer_id,ordered_at,gross,currency,status,note\n", b"\r\n--b--\r\n", 190

    def body() -> Iterator[bytes]:
        yield head + first
        for _ in range(lines):
            yield line
        yield end

    length = len(head) + len(first) + lines * len(line) + len(end)
    with served(app) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
        headers = {**TOKEN, "Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(length)}
        with peak() as grown:
            connection.request("POST", UPLOAD, body(), headers)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (303, b"")
        connection.close()
    (kept,) = files_of(shop)
    assert kept.stat().st_size == len(first) + lines * len(line) > 189_000_000
    assert grown[0] < 60_000_000


def test_wrong_files_are_told(client: TestClient, shop: Workspace) -> None:
    import io
    import zipfile

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", ORDERS + b"\0" * 400_000_000)
    wide = ",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n"
    mixed = ORDERS + "3,\u00e9,2026-02-03T10:00:00Z,1.00,EUR,paid\n".encode("latin-1")
    for name, content, said in (
        ("bomb.zip", bomb.getvalue(), "It cannot be read"), ("wide.csv", wide, "It cannot be read"),
        ("orders.csv", b"\xef\xbb\xbf" + ORDERS, "This is known"), ("orders.csv", mixed, "This is known"),
        ("orders.csv", ORDERS.replace(b"20.00", b"20\x00.00"), "This is known"),
    ):  # fmt: skip
        page = sent(client, name, content)
        assert (page.status_code, said in page.text) == (200, True), (name, page.text[-2000:])
        client.post(page.url.path, data={"do": "drop"})
    assert files_of(shop) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB; skipped where none can be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all room there is."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return path


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(small_disk: Path) -> None:
    with (
        gk.open(gk.create(small_disk / "shop", name="Shop")) as shop, open_state(shop.folder) as state,
    ):  # fmt: skip
        plan = shop.folder / "plan.toml"
        plan.write_text(GOOD, encoding="utf-8")
        app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY, state=state)
        with TestClient(app, base_url="http://127.0.0.1:8765", headers=TOKEN, raise_server_exceptions=False) as client:
            loaded = done(client, client.post(sent(client, "orders.csv", ORDERS).url.path, data={"do": "load"}))
            assert "rows are loaded" in loaded.text
            begun = mark(client)
            waiting = sent(client, "orders.csv", ORDERS.replace(b"1,c1", b"7,c7"))
            filler = fill(small_disk)
            more = GOOD + "# more words than there is room for\n" * 3000
            late = client.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": more})
            assert (late.status_code, "There is no room left" in late.text) == (507, True), late.text
            assert words(late.text) == more
            assert plan.read_text(encoding="utf-8") == GOOD
            refused = sent(client, "orders.csv", ORDERS * 100)
            assert refused.status_code in (422, 507)
            assert "room" in refused.text
            by_api = client.post(f"{API}/load", files={"file": ("orders.csv", ORDERS * 100)})
            assert by_api.status_code in (422, 507)
            assert "room" in by_api.text
            assert client.get("/data").status_code == 200
            assert client.get("/plans/plan.toml").status_code == 200
            filler.unlink()
            done(client, client.post(waiting.url.path, data={"do": "load"}))
            assert shop.store.one("SELECT count(*) FROM canon.orders") == 3
            assert client.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": more}).status_code == 200
            assert plan.read_text(encoding="utf-8") == more


def test_a_load_that_fills_the_disk_changes_nothing_and_is_done_again(small_disk: Path) -> None:
    rows = b"".join(
        b"%d,c%d,2026-02-03T10:00:00Z,%d.00,EUR,paid\n" % (number, number * 7919 % 100_003, number % 997)
        for number in range(60_000)
    )
    with gk.open(gk.create(small_disk / "shop", name="Shop")) as shop:
        app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        with TestClient(app, base_url="http://127.0.0.1:8765", headers=TOKEN, raise_server_exceptions=False) as client:
            page = sent(client, "orders.csv", ORDERS.splitlines(keepends=True)[0] + rows)
            filler = fill(small_disk)
            failed = done(client, client.post(page.url.path, data={"do": "load"}))
            assert failed.status_code == 422
            assert "room" in failed.text, re.sub("<[^>]+>", " ", failed.text)
            filler.unlink()
            done(client, client.post(page.url.path, data={"do": "load"}))
            assert shop.store.one("SELECT count(*) FROM canon.orders") == 60_000


def test_a_full_disk_at_the_real_write_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("goalkeeper.web.uploads.Uploads.keep", full)
    refused = sent(client, "orders.csv", ORDERS)
    assert refused.status_code == 507
    assert "There is no room left" in refused.text
    told = client.post(f"{API}/load", files={"file": ("orders.csv", ORDERS)})
    assert (told.status_code, told.headers["content-type"]) == (507, "application/problem+json")


@pytest.mark.parametrize("after", ["gone", "replaced"])
def test_a_state_that_is_gone_is_told_and_no_empty_one_takes_its_place(
    inside: TestClient, state: State, shop: Workspace, tmp_path: Path, after: str
) -> None:
    path = Path(str(state.engine.url.database))
    kept = path.read_bytes()
    aside = path.with_name("aside")
    path.rename(aside)
    if after == "replaced":
        path.write_bytes(kept)
    for address in ("/", "/goals.json", "/data"):
        answer = inside.get(address)
        assert answer.status_code == 503, address
        assert "people and sessions" in answer.text
        assert "content-security-policy" in answer.headers
    assert inside.get("/goals.json").headers["content-type"] == "application/problem+json"
    signing_in = inside.post("/signin", data={"email": "owner@example.org", "password": "green horse under paper"})
    assert signing_in.status_code == 503
    assert path.exists() == (after == "replaced")
    aside.replace(path)
    assert inside.get("/data").status_code == 200


def test_a_state_that_does_not_answer_is_told(inside: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def down(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", None, ConnectionError("server closed the connection"))

    with monkeypatch.context() as patch:
        patch.setattr("goalkeeper.web.doors.sessions.current", down)
        answer = inside.get("/data")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "SELECT" not in answer.text
    assert inside.get("/data").status_code == 200


def test_data_that_is_gone_is_told_and_nothing_is_written_into_the_void(client: TestClient, shop: Workspace) -> None:
    done(client, client.post(sent(client, "orders.csv", ORDERS).url.path, data={"do": "load"}))
    waiting = sent(client, "orders.csv", ORDERS.replace(b"1,c1", b"7,c7"))
    aside = shop.store.path.with_name("aside")
    shop.store.path.rename(aside)
    for address in ("/", "/metrics.json", "/data", "/healthz"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "this workspace&#39;s data" in answer.text or "this workspace's data" in answer.text
    assert client.post(waiting.url.path, data={"do": "load"}).status_code == 503
    assert client.post(f"{API}/load", files={"file": ("orders.csv", ORDERS)}).status_code == 503
    with pytest.raises(gk.errors.FileGone):
        shop.load(files_of(shop)[0])
    assert not shop.store.path.exists()
    assert client.get("/static/app.css").status_code == 200
    aside.rename(shop.store.path)
    done(client, client.post(waiting.url.path, data={"do": "load"}))
    assert shop.store.one("SELECT count(*) FROM canon.orders") == 3


def test_fields_have_limits(client: TestClient, shop: Workspace) -> None:
    (shop.folder / "plan.toml").write_text(GOOD, encoding="utf-8")
    long = client.post("/plans/plan.toml", data={"do": "look", "mark": "", "text": "x" * 600_000})
    assert (long.status_code, "It cannot be read" in long.text) == (400, True)
    many: dict[str, Any] = {f"field{number}": "x" for number in range(100)}
    assert client.post("/plans/plan.toml", data=many).status_code == 400
    assert client.post("/plans/plan.toml", content=b"x" * 2_000_001).status_code == 413
    assert client.post("/jobs", data={"job": "x" * 20_000}).status_code == 400
    assert (shop.folder / "plan.toml").read_text(encoding="utf-8") == GOOD
