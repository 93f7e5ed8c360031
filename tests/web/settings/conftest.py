"""An app that people sign in to, one of each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.state import State
from goalkeeper.web import create_app
from goalkeeper.workspace import Workspace
from measure.small import Small
from web.conftest import KEY, TODAY, Clock, sign_in


@pytest.fixture
def app(desk: Workspace, state: State, clock: Clock) -> FastAPI:
    return create_app(desk, key=KEY, now=clock, today=lambda: TODAY, people_of=state)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Small]:
    """A workspace with the SETTINGS of the test's module."""
    with Small(tmp_path / "desk", request.module.SETTINGS) as opened:
        yield opened


@pytest.fixture
def inside(client: TestClient) -> TestClient:
    """A client that an analyst has signed in with."""
    sign_in(client, "analyst")
    return client
