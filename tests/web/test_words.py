"""What pages say in words: each number with its period, and nothing that two pages could be read to contradict."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.workspace import Workspace
from web.conftest import KEY


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
