"""Whatever stands in tickets, names and files stays text on every page, and in every file taken away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import html5lib
import pytest
from starlette.testclient import TestClient

from goalkeeper.web import create_app
from measure.small import Small, event, mapping, ticket
from web.conftest import KEY, NOW, TODAY

BAD = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}",
    "=HYPERLINK(\"http://evil\")", "+1+1", "-2+3", "@SUM(A1)", "\u202egnp.exe", "a/b?c#d%20e&f", "'; DROP TABLE x; --",
    "\x00\x1b[31m", "x" * 3000,
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = 'name = "<b>Desk</b> {{ 7 * 7 }}"\ntimezone = "UTC"\n'
    with Small(folder, settings) as small:
        tickets, events = [], []
        for number, bad in enumerate(BAD):
            row = ticket(
                number, f"03-{1 + number:02} 10:00", "solved", subject=bad, priority="normal", reason=bad[:200]
            )
            row["requester_customer_id"] = bad[:200] or "c"
            for copy in range(6):
                own = {**row, "ticket_id": f"T{number}{'' if copy == 0 else f'-{copy}'}"}
                tickets.append(own)
            events.append(event(number, f"03-{1 + number:02} 10:30", "reply", bad[:100]))
        tickets.append({**ticket(900, "03-20 10:00", "solved", subject="odd"), "ticket_id": "a/b?c#d e&f<i>"})
        small.load(tickets=tickets, ticket_events=events)
        rows = ({"ticket_id": "<u>held</u>", "created_at": "<b>no day</b>", "status": "open"}, ticket(1, "03-01 10:00"))
        (folder / "tickets.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        assert small.workspace.load(folder / "tickets.ndjson", mapping=mapping(), source="<desk>", allow=0.9).held == 1
        (small.workspace.folder / "plan.toml").write_text('[plan]\nname = "<s>"\nquarter = "2026Q1"\n[[goal]\n')
        app = create_app(small.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        with TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {KEY}"}) as opened:
            yield opened


PAGES = (
    "/", "/metrics", "/metrics/ticket_volume?by=topic", "/metrics/first_response_time?by=agent", "/tickets",
    "/tickets?id=%3Cscript%3E", "/tickets/desk/T0", "/tickets/desk/T1", "/tickets/desk/a%2Fb%3Fc%23d%20e%26f%3Ci%3E",
    "/data", "/data/quarantine", "/check", "/goals", "/reviews", "/manual", "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/metrics/%3Cscript%3E", "/metrics/csat?where=%3Cscript%3Ealert(1)%3C/script%3E",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_text_stays_text(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code in (200, 404, 422), answer.text
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    assert {each.get("src") for each in tree.iter("script")} <= {"/static/app.js"}
    assert not list(tree.iter("img"))
    assert not [name for each in tree.iter() for name in each.attrib if str(name).startswith("on")]
    for link in tree.iter("a"):
        assert link.get("href", "").startswith(("/", "#", "?")), link.get("href")
    assert "49" not in tree.findtext(".//title")


def test_links_lead_to_tickets_with_odd_names(client: TestClient) -> None:
    tree = html5lib.parse(client.get("/tickets").text, namespaceHTMLElements=False)
    links = [each.get("href") for each in tree.iter("a") if each.get("href", "").startswith("/tickets/")]
    assert len(links) == 12
    for link in links:
        assert client.get(link).status_code == 200, link


def test_held_rows_are_shown_as_they_came(client: TestClient) -> None:
    reasons = client.get("/data/quarantine.json").json()["reasons"]
    page = client.get("/data/quarantine", params={"code": reasons[0]["code"]}).text
    assert "&lt;b&gt;no day&lt;/b&gt;" in page
    assert "<b>no day" not in page


def test_no_cell_of_a_file_is_a_formula(client: TestClient) -> None:
    answer = client.get("/metrics/ticket_volume?by=topic&as=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="ticket_volume.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) > 5
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]
    book = ZipFile(io.BytesIO(client.get("/metrics/ticket_volume?as=xlsx").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
