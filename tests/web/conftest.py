"""An app over a desk whose truth is known, with a plan that was agreed there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import goalkeeper as gk
from goalkeeper.bench.company import served
from goalkeeper.cli.demo import run as demo
from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.history import History
from goalkeeper.state import State, open_state, people
from goalkeeper.state.roles import Role
from goalkeeper.web import create_app
from goalkeeper.workspace import Workspace
from goals.world import world

KEY = "a-key-of-a-run-which-nobody-can-guess-0123456789"
GOOD = "green horse under paper"
NOW, TODAY = datetime(2026, 3, 1, 6), date(2026, 3, 1)
PLAN = """\
[plan]
name = "Support <i>2026</i>"
quarter = "2026Q1"

[[goal]]
id = "seldom"
name = "Seldom <script>alert(1)</script> reopened"
metric = "reopen_rate"
from = "measure"
hold = "30 %"
by = 2026-02-20
because = "customers who write twice wait twice"

[[goal]]
id = "satisfied"
name = "Satisfied"
metric = "csat"
from = 0.7
to = 0.85
must_not_get_worse = [{ metric = "survey_response_rate", limit = "-5 pts" }]
"""


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with world(tmp_path_factory.mktemp("web")) as small:
        history = History(small.workspace, until=date(2026, 1, 20))
        agree(history, read_plan(PLAN), now=datetime(2026, 1, 20, 9))
        (small.workspace.folder / "plan.toml").write_text(PLAN, encoding="utf-8")
        yield small.workspace


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample company of the demo with fewer tickets: two years, every source, an agreed plan."""
    folder = tmp_path_factory.mktemp("company") / "demo"
    demo(folder, 4_000, open_page=False, serve=False)
    with gk.open(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def company_app(company: Workspace) -> FastAPI:
    return create_app(company, key=KEY, now=lambda: datetime(2026, 7, 1, 6), today=lambda: date(2026, 7, 1))


@pytest.fixture(scope="session")
def app(desk: Workspace) -> FastAPI:
    return create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY)


@pytest.fixture
def outside(app: FastAPI) -> Iterator[TestClient]:
    """A client that nobody let in."""
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(outside: TestClient) -> TestClient:
    """A client that has opened the link."""
    assert outside.get("/enter", params={"key": KEY}).status_code == 303
    return outside


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of the test's own, with nothing in it."""
    with gk.open(gk.create(tmp_path / "shop", name="Shop")) as opened:
        yield opened


@pytest.fixture
def shop_client(shop: Workspace) -> Iterator[TestClient]:
    """A client of that workspace, let in by the key."""
    app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY)
    with TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"}) as opened:
        yield opened


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as found:
        yield found


class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path) as opened:
        with opened.writing() as session:
            for role in Role:
                team = "T1" if role in (Role.AGENT, Role.LEAD) else ""
                person = people.add(session, f"{role}@example.org", role.title(), role, team, by="test", now=NOW)
                people.set_password(session, person, GOOD, by="test", now=NOW)
        yield opened


def sign_in(client: TestClient, role: str = "owner", password: str = GOOD, to: str = "/") -> Any:
    return client.post("/signin", data={"email": f"{role}@example.org", "password": password, "to": to})
