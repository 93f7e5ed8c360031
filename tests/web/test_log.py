"""The log of requests: a line each, by route, and nothing of what was asked about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from starlette.testclient import TestClient

from goalkeeper.web.log import JsonLines
from web.conftest import KEY


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the log writes during a test."""
    stream, logger = StringIO(), logging.getLogger("goalkeeper")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("address", "route", "status"),
    [
        ("/metrics/csat?where=channel = 'ann@example.org'", "/metrics/{key}", 200),
        ("/metrics/csat.json", "/metrics/{key}", 200),
        ("/tickets/desk/ann@example.org", "/tickets/{source}/{ticket:path}", 404),
        ("/ann@example.org", "", 404),
        ("/static/app.css", "/static", 200),
        ("/api/v1/metrics", "/api/v1/metrics", 200),
    ],
)
def test_a_request_is_a_line_by_its_route(
    client: TestClient, written: StringIO, address: str, route: str, status: int
) -> None:
    answer = client.get(address)
    (line,) = lines(written)
    assert answer.status_code == line["status"] == status
    assert line["route"] == route
    assert line["method"] == "GET"
    assert line["role"] == "owner"
    assert set(line) == {"at", "level", "what", "method", "route", "status", "bytes", "took_ms", "role"}
    assert "ann" not in written.getvalue()
    assert KEY not in written.getvalue()


def test_what_is_turned_away_is_told_too(client: TestClient, written: StringIO) -> None:
    client.get("/", headers={"host": "elsewhere.example.org"})
    client.post("/check", headers={"sec-fetch-site": "cross-site"})
    assert [(line["what"], line["status"], line["level"]) for line in lines(written)] == [
        ("refused", 421, "warning"),
        ("refused", 403, "warning"),
    ]
    assert "elsewhere" not in written.getvalue()
