"""What is done day by day in the browser: held rows tried again, jobs at once, and notes on days."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from goalkeeper.reports.notes import NOTES_FILE
from goalkeeper.web import create_app
from measure.small import Small, mapping_text, ticket
from web.conftest import KEY


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    settings = 'name = "Small"\ntimezone = "UTC"\n[jobs]\nrefresh = "05:00"\n'
    with Small(tmp_path, settings) as opened:
        yield opened.load(tickets=[ticket(number, f"03-{number + 1:02} 10:00") for number in range(20)])


@pytest.fixture
def client(small: Small) -> Iterator[TestClient]:
    now, today = datetime(2026, 3, 25, 6), date(2026, 3, 25)
    app = create_app(small.workspace, key=KEY, now=lambda: now, today=lambda: today)
    with TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"}) as opened:
        yield opened


def ended(client: TestClient, count: int) -> list[dict[str, object]]:
    """The runs, once so many have ended."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        runs: list[dict[str, object]] = client.get("/jobs.json").json()["runs"]
        if len(runs) >= count and all(run["state"] != "running" for run in runs):
            return runs
        time.sleep(0.05)
    raise AssertionError(client.get("/jobs.json").text)


def test_held_rows_are_tried_again(client: TestClient, small: Small) -> None:
    """A mapping that reads a word as a status holds the row back; one that knows it lets it through."""
    workspace = small.workspace
    path = workspace.folder / "mappings" / "plain.toml"
    path.write_text(mapping_text(), encoding="utf-8")
    file = small.folder / "tickets.ndjson"
    rows = [ticket(100, "03-05 10:00", "parked"), *(ticket(number, "03-06 10:00") for number in range(101, 140))]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert workspace.load(file, mapping=path, source="desk", allow=0.5).held == 1
    page = client.get("/data/quarantine").text
    assert '<option value="desk">' in page
    ended(client, 1)
    client.post("/jobs", data={"job": "replay", "source": "desk"})
    assert ended(client, 2)[0]["said"] == "Released 0 rows of desk; 1 are still held back."
    text = mapping_text().replace('status = "status"', 'status = { from = "status", values = KNOWN }', 1)
    path.write_text(text.replace("KNOWN", '{ parked = "on_hold", open = "open" }'), encoding="utf-8")
    page = client.post("/jobs", data={"job": "replay", "source": "desk"})
    assert page.url.path == "/jobs"
    assert ended(client, 3)[0]["said"] == "Released 1 rows of desk; 0 are still held back."
    assert "No row is held back" in client.get("/data/quarantine").text
    assert workspace.store.one("SELECT count(*) FROM facts.tickets WHERE ticket_id = 'T100'") == 1


def test_jobs_are_due_and_asked_for(client: TestClient) -> None:
    (caught_up,) = ended(client, 1)
    assert (caught_up["key"], caught_up["state"], caught_up["is_late"]) == ("refresh 2026-03-25", "done", True)
    assert "Every day at 05:00, next 26 March 2026, 05:00 UTC." in client.get("/jobs").text
    client.post("/jobs", data={"job": "report"})
    assert ended(client, 2)[0]["said"] == "No plan is agreed, so there is nothing to report."
    assert client.post("/jobs", data={"job": "sleep"}).status_code == 404


def test_a_note_stands_on_the_chart_of_its_day(client: TestClient, small: Small) -> None:
    key, words = "ticket_volume", 'Outage </i>"quoted"'
    page = client.post(f"/metrics/{key}", data={"day": "2026-03-10", "words": words})
    assert page.url.path == f"/metrics/{key}"
    assert "10 Mar 26: Outage &lt;/i&gt;" in page.text
    assert "</i>" not in page.text.replace("</i></a>", "")
    assert client.get(f"/metrics/{key}.json").json()["notes"] == [{"day": "2026-03-10", "words": words, "metric": key}]
    assert client.get("/metrics/backlog.json").json()["notes"] == []
    client.post(f"/metrics/{key}", data={"day": "2026-03-11", "words": "For all", "all": "1"})
    assert [each["words"] for each in client.get("/metrics/backlog.json").json()["notes"]] == ["For all"]
    assert (small.workspace.folder / NOTES_FILE).read_text(encoding="utf-8").count("[[note]]") == 2
    for bad in ({"day": "soon", "words": "x"}, {"day": "2026-03-10", "words": " "}):
        assert client.post(f"/metrics/{key}", data=bad).status_code == 422
    assert client.post("/metrics/moon", data={"day": "2026-03-10", "words": "x"}).status_code == 404


def test_a_note_is_changed_and_removed_by_whoever_still_sees_it(client: TestClient, small: Small) -> None:
    key, path = "ticket_volume", small.workspace.folder / NOTES_FILE
    path.write_text('# Ours.\n[[note]]\nday = 2026-03-12  # a Thursday\nwords = "A fair"\n', encoding="utf-8")
    page = client.get(f"/metrics/{key}").text
    assert "Change or remove the note" in page
    old = {"old_day": "2026-03-12", "old_words": "A fair", "old_metric": ""}
    changed = {"day": "2026-03-13", "words": "A large fair", "do": "change", **old}
    assert client.post(f"/metrics/{key}", data=changed).url.path == f"/metrics/{key}"
    told = client.get(f"/metrics/{key}.json").json()["notes"]
    assert told == [{"day": "2026-03-13", "words": "A large fair", "metric": key}]
    assert "2026-03-13  # a Thursday" in path.read_text(encoding="utf-8")
    late = client.post(f"/metrics/{key}", data=changed | {"words": "Mine"})
    assert late.status_code == 422
    assert "somebody changed it" in late.text
    now = {"day": "2026-03-13", "words": "x", "old_day": "2026-03-13", "old_words": "A large fair", "old_metric": key}
    assert client.post("/metrics/backlog", data=now | {"do": "remove"}).status_code == 422
    client.post(f"/metrics/{key}", data=now | {"do": "remove"})
    assert client.get(f"/metrics/{key}.json").json()["notes"] == []
    assert path.read_text(encoding="utf-8").startswith("# Ours.")
