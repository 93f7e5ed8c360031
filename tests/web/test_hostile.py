"""Whatever stands in tickets, names and files stays text on every page, and in every file taken away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import html5lib
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.metrics import METRICS
from goalkeeper.reports.notes import DayNote, add_note
from goalkeeper.state import State, open_state, people, tokens
from goalkeeper.web import create_app
from measure.small import Small, event, mapping, ticket
from web.conftest import GOOD, KEY, NOW, TODAY, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BAD = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}",
    "=HYPERLINK(\"http://evil\")", "+1+1", "-2+3", "@SUM(A1)", "\u202egnp.exe", "a/b?c#d%20e&f", "'; DROP TABLE x; --",
    "\x00\x1b[31m", "x" * 3000,
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = 'name = "<marquee>Desk</marquee> {{ 7 * 7 }}"\ntimezone = "UTC"\n'
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
        add_note(small.workspace.folder, METRICS, DayNote(date(2026, 3, 5), BAD[0] + BAD[3]))
        yield small


@pytest.fixture(scope="module")
def client(hostile: Small) -> Iterator[TestClient]:
    app = create_app(hostile.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
    with TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {KEY}"}) as opened:
        yield opened


@pytest.fixture(scope="module")
def state_of_people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """People whose names, teams, tokens and browsers are markup."""
    with open_state(tmp_path_factory.mktemp("state")) as state:
        with state.writing() as session:
            for number, bad in enumerate(BAD):
                name = "".join(sign for sign in bad[:90] if sign.isprintable()) or "x"
                person = people.add(session, f"p{number}@example.org", name, "lead", name, by="test", now=NOW)
                tokens.create(session, person, name, ["numbers"], by=bad, now=NOW)
            owner = people.add(session, "<b>@example.org", BAD[1], "owner", by=BAD[0], now=NOW)
            people.set_password(session, owner, GOOD, by="test", now=NOW)
        yield state


def of_people(hostile: Small, state: State) -> FastAPI:
    return create_app(hostile.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)


@pytest.fixture(scope="module")
def owner(hostile: Small, state_of_people: State) -> Iterator[TestClient]:
    with TestClient(
        of_people(hostile, state_of_people), base_url="http://127.0.0.1", headers={"User-Agent": BAD[0]}
    ) as opened:
        answer = opened.post("/signin", data={"email": "<b>@example.org", "password": GOOD})
        assert answer.status_code == 200
        upload = opened.post("/data/upload", files={"file": (f"{BAD[0]}.csv", "\n".join((BAD[0], BAD[4])).encode())})
        opened.headers["X-Upload"] = upload.url.path.rpartition("/")[2]
        opened.post("/jobs", data={"job": "replay", "source": BAD[0]})
        yield opened


ROWS = "/metrics/ticket_volume/rows?since=2026-01-01&until=2027-01-01"
PAGES = (
    "/", "/metrics", "/metrics/ticket_volume?by=topic", "/metrics/first_response_time?by=agent", "/tickets",
    "/tickets?id=%3Cscript%3E", "/tickets/desk/T0", "/tickets/desk/T1", "/tickets/desk/a%2Fb%3Fc%23d%20e%26f%3Ci%3E",
    "/metrics/ticket_volume/rows", "/metrics/ticket_volume/rows?by=topic&value=%3Cscript%3E",
    "/data", "/data/quarantine", "/check", "/goals", "/reviews", "/manual", "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/metrics/%3Cscript%3E", "/metrics/csat?where=%3Cscript%3Ealert(1)%3C/script%3E",
)  # fmt: skip


def is_text(answer: Any) -> None:
    """Nothing of it became markup, a script, a link elsewhere, or was computed."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    assert all(str(each.get("src")).startswith("/static/") and not each.text for each in tree.iter("script"))
    assert not list(tree.iter("img"))
    assert not [each for name in ("marquee", "u", "iframe") for each in tree.iter(name)]
    assert not [name for each in tree.iter() for name in each.attrib if str(name).startswith("on")]
    for link in tree.iter("a"):
        assert link.get("href", "").startswith(("/", "#", "?")), link.get("href")
    assert "49" not in tree.findtext(".//title")
    assert "&lt;/marquee&gt; 49" not in answer.text
    for form in tree.iter("form"):
        assert form.get("action", "/").startswith("/")


@pytest.mark.parametrize("page", PAGES)
def test_text_stays_text(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code in (200, 404, 422), answer.text
    is_text(answer)


def addresses(app: FastAPI, upload: str) -> list[str]:
    """Every page that the app has, once with names that are there and once with hostile ones."""
    there = {
        "{id}": "seldom", "{key}": "ticket_volume", "{source}": "desk", "{ticket:path}": "a%2Fb%3Fc%23d%20e%26f%3Ci%3E",
        "{name:path}": "plan.toml", "{token}": upload, "{form}": "svg", "{number}": "14", "{topic}": "name",
    }  # fmt: skip
    found = []
    for address in app.state.pages.declared:
        for value in (None, "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%7B%7B7*7%7D%7D"):
            page = re.sub(r"{[^}]+}", lambda part, value=value: value or there[part[0]], address)  # type: ignore[misc]
            found.append(page)
    return list(dict.fromkeys(found))


def test_text_stays_text_on_every_page(owner: TestClient) -> None:
    pages = addresses(owner.app, owner.headers["X-Upload"])  # type: ignore[arg-type]
    assert len(pages) > 40
    shown = 0
    for page in pages:
        answer = owner.get(page)
        assert answer.status_code in (200, 404, 422), (page, answer.status_code, answer.text[-500:])
        shown += answer.status_code == 200
        if answer.headers["content-type"].startswith("text/html"):
            is_text(answer)
        twin = owner.get(f"{'/home' if page == '/' else page}.json")
        if "json" in twin.headers["content-type"]:
            twin.json()
        elif "svg" in twin.headers["content-type"]:
            assert "<script" not in twin.text, page
    assert shown > 20


@pytest.mark.browser
def test_no_page_runs_what_stands_in_it(
    owner: TestClient, hostile: Small, state_of_people: State, browser: Browser
) -> None:
    app = of_people(hostile, state_of_people)  # one of its own: the other's jobs run already
    with served(app) as address:
        context = browser.new_context()
        context.add_init_script("window.ran = 0; window.alert = () => { window.ran += 1 }")
        for cookie in owner.cookies.jar:
            context.add_cookies([{"name": cookie.name, "value": str(cookie.value), "url": address}])
        page, problems = context.new_page(), list[str]()
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        for path in addresses(app, owner.headers["X-Upload"]):
            if owner.get(path).status_code == 200 and not re.search(r"/chart\.|\.csv$", path):
                page.goto(address + path)
                assert page.evaluate("window.ran") == 0, path
                assert problems == [], path
        context.close()


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
    listed = list(csv.reader(io.StringIO(client.get(f"{ROWS}&as=csv").content.decode("utf-8-sig"))))
    assert len(listed) == client.get(f"{ROWS.replace('?', '.json?')}").json()["total"] + 1 > 70
    assert not [cell for row in listed for cell in row if cell[:1] in tuple("=+-@")]
    for place in ("/metrics/ticket_volume?as=xlsx", f"{ROWS}&as=xlsx"):
        book = ZipFile(io.BytesIO(client.get(place).content))
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
