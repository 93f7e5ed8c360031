"""The API: typed, in parts, with problems in words; a stranger's requests of every kind find no failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from goalkeeper.state import open_state, people, tokens
from goalkeeper.web import create_app
from goalkeeper.web.security import API as ROOT
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW, TODAY

pytestmark = pytest.mark.slow
HEADERS = {"Authorization": f"Bearer {KEY}", "Host": "127.0.0.1"}


@pytest.fixture
def api(outside: TestClient) -> TestClient:
    outside.headers.update(HEADERS)
    return outside


def test_metrics_come_in_parts(api: TestClient) -> None:
    first = api.get(f"{ROOT}/metrics", params={"limit": 10}).json()
    assert (len(first["items"]), first["next"]) == (10, 10)
    keys, offset = [], 0
    while offset is not None:
        found = api.get(f"{ROOT}/metrics", params={"limit": 25, "offset": offset}).json()
        keys += [each["key"] for each in found["items"]]
        offset = found["next"]
    assert len(keys) == len(set(keys)) == first["total"]
    assert api.get(f"{ROOT}/metrics/csat").json()["unit"] == "share"


def test_values_are_those_of_measure(api: TestClient, desk: Workspace) -> None:
    asked: dict[str, Any] = {"by": "channel", "every": "month", "since": "2026-01-01", "limit": 1000}
    found = api.get(f"{ROOT}/metrics/csat/values", params=asked).json()
    from datetime import date

    cells = desk.measure("csat", by="channel", every="month", since=date(2026, 1, 1)).to_dicts()
    assert [(each["n"], each["value"], each["low"]) for each in found["items"]] == [
        (each["n"], each["value"], each["low"]) for each in cells
    ]
    assert found["total"] == len(cells) > 3


def test_goals_plans_and_what_is_held(api: TestClient) -> None:
    assert {each["id"] for each in api.get(f"{ROOT}/goals").json()["items"]} == {"seldom", "satisfied"}
    assert api.get(f"{ROOT}/goals/seldom").json()["plan"] == "Support <i>2026</i>"
    assert api.get(f"{ROOT}/goals/moon").status_code == 404
    (plan,) = api.get(f"{ROOT}/plans").json()["items"]
    assert plan["file"] == "plan.toml"
    assert plan["check"]["findings"]
    assert api.get(f"{ROOT}/quarantine").json()["total"] == 0
    assert api.post(f"{ROOT}/quarantine/replay").json() == {"released": 0, "still_held": 0}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/metrics/csta", 404, "csat"), ("/nothing", 404, "no such page"), ("/metrics?limit=0", 422, "limit"),
        ("/metrics?offset=-1", 422, "offset"), ("/metrics/csat/values?by=planet", 404, "planet"),
        ("/metrics/csat/values?where=1", 422, "where"), ("/metrics/csat/values?since=soon", 422, "since"),
        ("/metrics/csat/values?level=2", 422, "level"),
    ],
)  # fmt: skip
def test_mistakes_are_problems_in_words(api: TestClient, path: str, status: int, words: str) -> None:
    answer = api.get(ROOT + path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.text


def test_another_method_is_told_those_that_there_are(api: TestClient) -> None:
    answer = api.delete(f"{ROOT}/quarantine/replay")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_nobody_is_told_anything(outside: TestClient) -> None:
    for path in ("/metrics", "/goals", "/openapi.json", "/nothing"):
        answer = outside.get(ROOT + path)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_reaches_what_its_scopes_say(desk: Workspace, tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        with state.writing() as session:
            person = people.add(session, "lead@example.org", "Lead", "lead", "T1", by="test", now=NOW)
            _, text = tokens.create(session, person, "test", ["numbers"], by="test", now=NOW)
        app = create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)
        with TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {text}"}) as client:
            assert client.get(f"{ROOT}/metrics").status_code == 200
            assert client.get(f"{ROOT}/plans").status_code == 403
            assert client.post(f"{ROOT}/quarantine/replay").status_code == 403
            whole = client.get(f"{ROOT}/metrics/reopen_rate/values").json()["items"][0]["n"]
            own = client.get(f"{ROOT}/metrics/reopen_rate/values?by=agent&by=channel").json()["items"]
            assert sum(each["n"] for each in own) < whole  # the people of their own team alone


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> list[Any]:
    schema = schemathesis.openapi.from_asgi(f"{ROOT}/openapi.json", app, headers=HEADERS)
    return [each.ok() for each in schema.get_all_operations()]


def test_schemathesis_finds_nothing(operations: list[Any]) -> None:
    assert len(operations) == 16
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            # No schema says what stands in a file, so random bytes are valid by it and refused all the same.
            excluded = [positive_data_acceptance] if case.path.endswith("/load") else []
            case.call_and_validate(headers=HEADERS, excluded_checks=excluded)

        check()
