"""The record on its page: newest first, in parts, filtered, taken away, and looked over."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from goalkeeper.state import State, audit
from goalkeeper.state.roles import Role
from web.conftest import NOW, sign_in

pytestmark = pytest.mark.slow
PAGE = "/settings/audit"


@pytest.fixture
def filled(state: State) -> None:
    with state.writing() as session:
        for number in range(120):
            audit.record(session, f"p{number % 2}@example.org", f"kind {number % 3}", f"=thing <{number}>", now=NOW)


def test_newest_first_and_in_parts(client: TestClient, filled: None) -> None:
    sign_in(client)
    found, before = [], ""
    while True:
        part = client.get(f"{PAGE}.json?who=p1@example.org&before={before}").json()
        found += part["entries"]
        if part["next"] is None:
            break
        before = str(part["next"])
    assert [each["about"] for each in found] == [f"=thing <{number}>" for number in range(119, -1, -2)]
    page = client.get(f"{PAGE}?who=p1@example.org").text
    assert "&lt;119&gt;" in page
    assert "Older" in page
    assert "Newest" not in page


def test_of_one_kind(client: TestClient, filled: None) -> None:
    sign_in(client)
    found = client.get(f"{PAGE}.json?what=kind+2").json()["entries"]
    assert {each["what"] for each in found} == {"kind 2"}
    assert len(found) == 40
    assert client.get(f"{PAGE}.json?what=none").json()["entries"] == []
    assert "No entry is of this kind" in client.get(f"{PAGE}?what=none").text
    assert client.get(f"{PAGE}?before=x").status_code == 422


def test_as_csv_without_formulas(client: TestClient, filled: None) -> None:
    sign_in(client)
    answer = client.get(f"{PAGE}.csv?what=kind+0")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 40
    assert rows[0]["about"] == "'=thing <117>"
    assert len(rows[0]["digest"]) == 64


def test_it_says_whether_and_where_it_is_broken(client: TestClient, state: State, filled: None) -> None:
    sign_in(client)
    assert "unbroken" in client.get(PAGE).text
    assert client.get(f"{PAGE}.json").json()["broken_at"] is None
    with state.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET who = 'eve' WHERE number = 77"))
    assert client.get(f"{PAGE}.json").json()["broken_at"] == 77
    page = client.get(PAGE).text
    assert "The record is broken at entry 77." in page
    assert "unbroken" not in page


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_owners_alone_see_it(client: TestClient, role: Role) -> None:
    sign_in(client, role)
    assert {client.get(PAGE + end).status_code for end in ("", ".json", ".csv")} == {403}
    assert "/settings/audit" not in client.get("/settings").text
