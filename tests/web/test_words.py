"""What pages say in words: each number with its period, and nothing that two pages could be read to contradict."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.goals.evaluation import Holding, Status
from goalkeeper.reports.metric_page import Asked, metric_page
from goalkeeper.web import create_app
from goalkeeper.web.goals import tone_of
from goalkeeper.workspace import Workspace
from measure.small import Small, ticket
from web.conftest import KEY, NOW, TODAY


def test_each_headline_names_the_periods_that_it_compares(client: TestClient) -> None:
    """Home and the list compare months, a metric's page weeks: unnamed they would contradict each other."""
    card = client.get("/metrics").text
    period, before = re.findall(r'class="top"><span>(.+), compared with (.+)</span>', card)[0]
    for page in (client.get("/").text, card):
        assert f"{period} against {before}; only what chance cannot explain" in page
    assert re.search(f"<h1>({period} against {before}: |None of .* moved from {before} to {period} )", card)
    for key in ("csat", "first_response_time"):
        (headline,) = re.findall("<h1>(.+)</h1>", client.get(f"/metrics/{key}").text)
        assert ", last 13 weeks: " in headline
        assert headline.endswith("against the 13 weeks before.") or "better" not in headline


def test_every_page_tells_times_in_the_zone_of_the_workspace_and_names_it_once(
    company: Workspace, company_app: FastAPI
) -> None:
    client = TestClient(company_app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"})
    newest = {
        f"/{page}": company.store.one(f"SELECT max({column}) FROM {table}")
        for page, table, column in (("data", "meta.loads", "loaded_at"), ("tickets", "canon.tickets", "created_at"))
    }
    for address in newest:
        page = client.get(address).text
        assert page.count("Times of Europe/Berlin") == 1
        assert newest[address].replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).strftime(", %H:%M<") in page
        assert not re.search(r"\d UTC|CES?T", page)
    ticket = re.search('href="(/tickets/[^"?]+)"', page)
    assert ticket
    assert client.get(ticket[1]).text.count("Times of Europe/Berlin") == 1


def test_a_goal_says_the_days_it_is_judged_by_the_same_everywhere(client: TestClient) -> None:
    for address in ("/goals", "/goals/seldom", "/reviews"):
        assert "24 January to 20 February 2026" in client.get(address).text, address


def test_a_week_that_is_not_over_is_drawn_so(client: TestClient) -> None:
    told = client.get("/goals/satisfied.json").json()
    *whole, last = told["weeks"]
    is_cut = date.fromisoformat(told["as_of"]) < date.fromisoformat(last["start"]) + timedelta(days=6)
    assert is_cut
    assert last["reading"]["so_far"]
    assert not any(week["reading"]["so_far"] for week in whole)
    for page in ("/goals", "/goals/satisfied"):
        assert 'class="ahead"' in client.get(page).text


ANSWERS = [
    {
        "response_id": f"r{number}", "survey_id": "s", "kind": "nps", "score": 9, "scale_min": 0, "scale_max": 10,
        "responded_at": f"2026-03-{1 + number % 28:02}T13:00:00Z",
    }
    for number in range(60)
]  # fmt: skip


@pytest.mark.parametrize("has_tickets", [False, True])
def test_pages_without_rows_of_theirs_say_what_they_need(tmp_path: Path, has_tickets: bool) -> None:
    rows = {"tickets": [ticket(n, f"03-{1 + n % 28:02} 10:00", "solved") for n in range(60)]} if has_tickets else {}
    with Small(tmp_path).load(survey_responses=ANSWERS, **rows) as small:
        app = create_app(small.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        client = TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"})
        tickets = client.get("/tickets").text
        assert ("<h1>No tickets are loaded yet.</h1>" in tickets) is not has_tickets
        assert ('href="/data/upload">Bring a file in' in tickets) is not has_tickets
        calls = client.get("/metrics/speed_of_answer").text
        assert "It needs calls, and none were loaded; they come from interactions" in calls
        assert 'href="/data/upload">Bring a file in' in calls
        assert "It needs" not in client.get("/metrics/nps").text
        home = client.get("/").text
        assert 'href="/check">Start a plan' in home
        assert "<code>goalkeeper plan" not in home


def test_a_split_that_nobody_tells_is_not_shown_first(tmp_path: Path) -> None:
    with Small(tmp_path).load(survey_responses=ANSWERS) as small:
        assert metric_page(small.workspace, Asked(key="nps")).asked.by == "source"
        assert metric_page(small.workspace, Asked(key="nps", by="channel")).asked.by == "channel"


def test_on_a_phone_each_number_of_a_move_is_named(client: TestClient) -> None:
    page = client.get("/metrics/csat?by=channel").text
    assert '<table class="split fold">' in page
    for head in ("Before", "Now", "Adds within", "Adds by mix"):
        assert f'data-head="{head}"' in page


def test_a_goal_reached_at_the_expense_of_another_has_the_colour_of_one_not_met() -> None:
    guard = SimpleNamespace(holding=Holding.BROKEN, name="Reopened")
    reached: Any = SimpleNamespace(status=Status.REACHED, expense=())
    broken: Any = SimpleNamespace(status=Status.REACHED, expense=(guard,))
    assert (tone_of(reached), tone_of(broken), tone_of(None)) == ("good", "bad", "flat")
