"""What all pages have in common: they are warmed, and kept until somebody changed something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.web import create_app, metrics
from goalkeeper.web.pages import Pages
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW


@pytest.fixture
def counted(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the scorecard was made since."""
    made: list[Any] = []
    real = metrics.scorecard

    def counting(*given: Any) -> Any:
        made.append(given)
        return real(*given)

    monkeypatch.setattr(metrics, "scorecard", counting)
    pages: Pages = app.state.pages
    pages.kept.forget()
    return lambda: len(made)


def test_the_first_pages_are_made_ahead(app: FastAPI, client: TestClient, counted: Callable[[], int]) -> None:
    app.state.pages.warm()
    assert counted() == 1
    assert client.get("/metrics").status_code == 200
    assert counted() == 1


def test_pages_of_groups_share_a_scorecard(client: TestClient, counted: Callable[[], int]) -> None:
    for group in ("", "?group=quality", "?group=operational", "?group=quality"):
        assert client.get(f"/metrics{group}").status_code == 200
    assert counted() == 1


def test_what_changes_nothing_lets_go_of_nothing(client: TestClient, counted: Callable[[], int]) -> None:
    client.get("/metrics")
    same = {"sec-fetch-site": "same-origin"}
    looked = client.post("/plans/plan.toml", data={"do": "look", "text": "[plan]", "mark": ""}, headers=same)
    refused = client.post("/metrics/csat", data={"text": ""}, headers=same)
    assert (looked.status_code, refused.status_code) == (200, 422)
    client.get("/metrics?group=quality")
    assert counted() == 1


def test_what_was_told_yesterday_is_told_anew(desk: Workspace, counted: Callable[[], int]) -> None:
    day = date(2026, 1, 31)
    app = create_app(desk, key=KEY, now=lambda: NOW, today=lambda: day)
    app.state.pages.kept.close()  # what is old is made at once, not behind the scenes
    client = TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"})
    client.get("/metrics")
    client.get("/metrics")
    assert counted() == 1
    day = date(2026, 2, 1)
    client.get("/metrics")
    assert counted() == 2
