"""An app over a desk whose truth is known, with a plan that was agreed there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.history import History
from goalkeeper.web import create_app
from goalkeeper.workspace import Workspace
from goals.world import world

KEY = "a-key-of-a-run-which-nobody-can-guess-0123456789"
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


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Where an app is served to real browsers."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as found:
        yield found
