"""How much a page of the sample company weighs, and a first visit with all that it loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.metrics import METRICS
from web.conftest import KEY
from web.walk import ADDRESSES, MOST_ON_A_PAGE

MOST_AT_FIRST = 120_000
"""The bytes that a first visit loads, as they are sent."""
DAILY = ("first_response_time", "csat", "ticket_volume", "resolved_in_target")
PAGES = (
    *(each for each in ADDRESSES if "{" not in each), "/plans/plan.toml", "/plans/plan.toml?goal=",
    "/plans/plan.toml?goal=quick-answers", "/goals/quick-answers", "/metrics/first_response_time/rows",
    *(f"/metrics?group={group}" for group in ("operational", "people", "quality", "strategic")),
    *(f"/metrics/{key}" for key in METRICS),
    *(f"/metrics/{key}?range=2y&every=day" for key in DAILY),
    *(f"/metrics/{key}/numbers?range=2y&every=day&page=2" for key in DAILY),
)  # fmt: skip


@pytest.fixture(scope="module")
def client(company_app: FastAPI) -> Iterator[TestClient]:
    key = {"Authorization": f"Bearer {KEY}"}
    with TestClient(company_app, base_url="http://127.0.0.1:8765", headers=key) as opened:
        yield opened


def test_no_page_is_heavy(client: TestClient) -> None:
    sizes = {}
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.text)
        sizes[page] = len(answer.content)
    assert {page: size for page, size in sizes.items() if size > MOST_ON_A_PAGE} == {}


@pytest.mark.parametrize("page", ["/", "/metrics", "/metrics/first_response_time", "/plans/plan.toml?goal="])
def test_the_first_visit_is_small(client: TestClient, page: str) -> None:
    def sent(address: str) -> int:
        with client.stream("GET", address) as answer:
            return sum(map(len, answer.iter_raw()))

    text = client.get(page).text
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    loaded |= {"/static/" + name for name in re.findall(r"url\(([^)]+)\)", client.get("/static/app.css").text)}
    assert {"/static/app.js", "/static/serif.woff2", "/static/theme.css"} <= loaded
    assert sent(page) < len(text.encode())  # it is sent smaller than it is
    assert sent(page) + sum(map(sent, loaded)) <= MOST_AT_FIRST


def test_a_goals_preview_draws_where_it_lands(client: TestClient) -> None:
    fields = {"name": "Quick", "metric": "first_response_time", "shape": "to", "target": "40 min", "by": "2026-12-31"}
    same = {"sec-fetch-site": "same-origin"}
    page = client.post("/plans/plan.toml", data={"do": "look", "mark": "", "goal": ""} | fields, headers=same).text
    preview = page.partition('id="preview"')[2]
    drawing = preview[preview.index("<svg") : preview.index("</svg>")]
    for part in ("band", "line", "target", "fan", "ahead"):
        assert f'class="{part}"' in preview, part
    assert "where it lands as things go" in drawing
    assert "where it lands if nothing changes (80 %)" in preview


def test_no_forecast_goes_beyond_a_due_day_that_has_come(client: TestClient) -> None:
    page = client.get("/plans/plan.toml?goal=quick-answers").text
    assert "Its due day has come" in page
    assert 'class="fan"' not in page
    assert "Best quarter" in page


def test_every_number_is_kept_where_a_page_shows_fewer(client: TestClient) -> None:
    """A chart of many marks has them all on pages of their own, and in the twin."""
    page = client.get("/metrics/first_response_time?range=2y&every=day").text
    link = re.search(r'class="more-numbers" href="([^"]+)">All (\d+) numbers', page)
    assert link is not None
    address, count = link[1].replace("&amp;", "&"), int(link[2])
    first = client.get(address).text
    pages = int(re.search(r"Page 1 of (\d+)", first)[1])  # type: ignore[index]
    rows: list[str] = []
    for number in range(1, pages + 1):
        rows += re.findall(r'<tr><th scope="row">(?:<a[^>]*>)?([^<]+)', client.get(f"{address}&page={number}").text)
    path, _, query = address.partition("?")
    twin = [each["cells"][0] for each in client.get(f"{path}.json?{query}").json()["rows"]]
    assert len(twin) == count > 700
    assert rows == twin[::-1]
