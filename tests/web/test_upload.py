"""A file through the browser: sent, looked at, loaded, and nothing lost on the way."""

from __future__ import annotations

import errno
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from goalkeeper.web.uploads import safe_name
from goalkeeper.workspace import Workspace

ODD = (
    b"Ticket no.;Opened;Closed;State;Channel\n101;13/02/2026 10:00;13/02/2026 12:00;closed;E-mail\n"
    b"102;14/02/2026 10:00;;open;Chat\n103;15/02/2026 11:00;16/02/2026 12:00;closed;E-mail\n"
)
ORDERS = (
    b"order_id,customer_id,ordered_at,gross,currency,status\n1,c1,2026-02-01T10:00:00Z,20.00,EUR,paid\n"
    b"2,c2,2026-02-02T10:00:00Z,30.00,EUR,paid\n"
)


@pytest.fixture
def client(shop_client: TestClient) -> TestClient:
    return shop_client


def sent(client: TestClient, name: str, content: bytes) -> Any:
    """The page of a file that was sent."""
    return client.post("/data/upload", files={"file": (name, content)})


def done(client: TestClient, answer: Any) -> Any:
    """The page of a load once it has ended."""
    for _ in range(300):
        if "refresh" not in answer.headers:
            return answer
        time.sleep(0.05)
        answer = client.get(answer.url.path)
    raise AssertionError("it never ended")


def files_of(shop: Workspace) -> list[Path]:
    return [path for path in (shop.folder / "uploads").rglob("*") if path.is_file()]


def test_a_file_that_is_known_is_loaded_as_it_came(client: TestClient, shop: Workspace) -> None:
    page = sent(client, "orders.csv", ORDERS)
    assert page.status_code == 200
    assert "This is known" in page.text
    assert "[[file.table]]" in page.text  # the mapping itself, before anything is loaded
    assert shop.store.one("SELECT count(*) FROM canon.orders") == 0
    assert [path.read_bytes() for path in files_of(shop)] == [ORDERS]
    assert "orders.csv" in client.get("/data/upload").text
    html5lib.HTMLParser(strict=True).parse(page.text)
    loaded = done(client, client.post(page.url.path, data={"do": "load", "source": "till"}))
    assert "rows are loaded." in loaded.text
    html5lib.HTMLParser(strict=True).parse(loaded.text)
    assert shop.store.rows("SELECT source_id, order_id FROM canon.orders ORDER BY 2") == [("till", "1"), ("till", "2")]
    assert files_of(shop) == []
    assert client.get(f"{page.url.path}.json").json()["is_done"] is True
    assert client.get("/").status_code == 200
    assert "orders.csv" in client.get("/data").text


def test_a_proposed_mapping_is_changed_loaded_and_known_from_then_on(client: TestClient, shop: Workspace) -> None:
    page = sent(client, "odd.csv", ODD)
    assert "This is how it would be read" in page.text
    text = client.get(f"{page.url.path}.json").json()["proposed"]
    broken = client.post(page.url.path, data={"do": "load", "mapping": text.replace("[[file]]", "[[fiel]]", 1)})
    assert broken.status_code == 422
    assert "fiel" in broken.text
    assert "mistake" in broken.text
    assert files_of(shop)
    loaded = done(client, client.post(page.url.path, data={"do": "load", "mapping": text.replace("\n", "\r\n")}))
    assert "rows are loaded" in loaded.text
    tickets = "SELECT ticket_id, channel, created_at FROM canon.tickets WHERE closed_at IS NULL"
    assert shop.store.rows(tickets) == [("102", "chat", datetime(2026, 2, 14, 10))]
    assert len(list((shop.folder / "mappings").glob("*.toml"))) == 1
    assert "This is known" in sent(client, "odd.csv", ODD + b"104;17/02/2026 10:00;;open;Chat\n").text


def test_a_proposal_is_told_column_by_column(client: TestClient) -> None:
    page = sent(client, "odd.csv", ODD).text
    assert ">Fills tickets</h2>" in page
    assert '<tr><th scope="row">ticket id</th><td><code>&#34;Ticket no.&#34;</code></td></tr>' in page


def test_a_file_of_no_known_shape_says_what_to_do_next(client: TestClient) -> None:
    page = sent(client, "strange.csv", b"Aa,Bb\n1,x\n2,y\n3,z\n").text
    assert "Its columns fit no table" in page
    assert "Add a table with its columns to it" in page
    assert 'href="/connect"' in page


def test_a_file_whose_rows_all_fail_stays_and_says_why(client: TestClient, shop: Workspace) -> None:
    page = sent(client, "orders.csv", ORDERS.replace(b"2026-02", b"2026-99"))
    client.post(page.url.path, data={"do": "load"})
    failed = done(client, client.get(page.url.path))
    assert failed.status_code == 422
    assert "ordered_at cannot be read" in failed.text
    assert len(files_of(shop)) == 1
    assert client.post(page.url.path, data={"do": "drop"}).url.path == "/data/upload"
    assert files_of(shop) == []
    assert client.get(page.url.path).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"MZ\x00\x01\x02" * 50), ("empty.csv", b""), ("x.zip", b"PK\x03\x04 no zip"), ("a.csv", b"\x00" * 64)],
)
def test_what_is_nothing_of_ours_is_told(client: TestClient, shop: Workspace, name: str, content: bytes) -> None:
    page = sent(client, name, content)
    assert page.status_code == 200
    assert "It cannot be read" in page.text
    assert "Load it" not in page.text
    assert "Traceback" not in page.text
    assert len(files_of(shop)) == 1


def test_nothing_but_a_file_is_taken(client: TestClient, shop: Workspace) -> None:
    assert client.post("/data/upload", data={"file": "text"}).status_code == 422
    assert client.post("/data/upload").status_code == 422
    two = client.post("/data/upload", files=[("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))])
    assert two.status_code == 400
    assert client.post("/data/upload/0123456789abcdef", data={"do": "load"}).status_code == 404
    assert client.get("/data/upload/..%2f..").status_code == 404
    assert files_of(shop) == []


def test_a_full_disk_leaves_nothing_half_kept(
    client: TestClient, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, target: Any) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    page = sent(client, "orders.csv", ORDERS)
    assert page.status_code == 422
    assert "No space left on device" in page.text
    assert files_of(shop) == []


def test_another_site_sends_no_file(client: TestClient, shop: Workspace) -> None:
    refused = client.post(
        "/data/upload", files={"file": ("orders.csv", ORDERS)}, headers={"Origin": "https://evil.example"}
    )
    assert refused.status_code == 403
    del client.headers["Authorization"]
    assert sent(client, "orders.csv", ORDERS).status_code == 401
    assert files_of(shop) == []


@given(st.text(max_size=300))
def test_a_name_leads_nowhere(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert Path(safe).name == safe
    assert not safe.startswith(".")
    assert len(safe) <= 130
    assert not set(safe) & set('/\\\x00\n<>"')


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\orders.csv", "orders.csv"), ("..", "upload"), ("a<b>.csv", "a_b_.csv")],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.slow
def test_two_hundred_megabytes_come_in_without_filling_memory(client: TestClient, shop: Workspace) -> None:
    import resource

    line = b"9,c9,2026-02-03T10:00:00Z,1.00,EUR,paid,%s\n" % (b"x" * 900)
    content = b"order_id,customer_id,ordered_at,gross,currency,status,note\n" + line * (195_000_000 // len(line))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page = sent(client, "orders.csv", content)
    assert page.status_code == 200
    assert files_of(shop)[0].stat().st_size == len(content)
    # The client of the test holds the body twice; the server adds no more than a look at the file.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_200_000
