"""The record of what people did: a change, a gap and a row put in are found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from goalkeeper.state import State, audit
from state.conftest import NOW


def filled(state: State, many: int = 6) -> None:
    with state.writing() as session:
        for number in range(many):
            audit.record(
                session, "ann@example.org", "did", f"thing {number} ü\x00"[:-1], now=NOW + timedelta(hours=number)
            )


def tampered(state: State, statement: str) -> None:
    """Does something to the rows, as somebody with the database in their hands could."""
    with state.writing() as session:
        if state.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_change ON audit"))
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'eve' WHERE number = 3", "DELETE FROM audit WHERE number = 3"]
)
def test_the_database_itself_refuses_a_change(state: State, statement: str) -> None:
    filled(state)
    with pytest.raises(DatabaseError, match="only added to"), state.writing() as session:
        session.execute(text(statement))
    with state.reading() as session:
        assert audit.broken_at(session) == 0


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE audit SET who = 'eve' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2026-03-01 06:00:01' WHERE number = 1", 1),
        ("UPDATE audit SET about = '' WHERE number = 6", 6),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("INSERT INTO audit SELECT 7, at, who, what, about, before, digest FROM audit WHERE number = 6", 7),
    ],
)
def test_a_change_is_found(state: State, statement: str, first: int) -> None:
    filled(state)
    tampered(state, statement)
    with state.reading() as session:
        assert audit.broken_at(session) == first


@given(
    number=st.integers(1, 6),
    column=st.sampled_from(["who", "what", "about", "before", "digest"]),
    value=st.text("abc", max_size=5),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_of_any_column_is_found(
    tmp_path_factory: pytest.TempPathFactory, number: int, column: str, value: str
) -> None:
    from goalkeeper.state import open_state

    with open_state(tmp_path_factory.mktemp("audit")) as state:
        filled(state)
        tampered(state, f"UPDATE audit SET {column} = '{value}' WHERE number = {number}")
        with state.reading() as session:
            assert audit.broken_at(session) == number


def test_the_newest_come_first(state: State) -> None:
    filled(state)
    with state.reading() as session:
        assert [each.number for each in audit.entries(session, most=2)] == [6, 5]
        assert [each.number for each in audit.entries(session, most=9, before=3)] == [2, 1]


def test_it_is_read_by_kind_and_person(state: State) -> None:
    with state.writing() as session:
        for number in range(6):
            audit.record(session, "ann" if number % 2 else "bob", f"kind {number % 3}", str(number), now=NOW)
    with state.reading() as session:
        assert audit.named(session) == (["kind 0", "kind 1", "kind 2"], ["ann", "bob"])
        assert [each.about for each in audit.entries(session, who="ann")] == ["5", "3", "1"]
        assert [each.about for each in audit.entries(session, what=["kind 0", "kind 1"], most=3)] == ["4", "3", "1"]
        assert [each.number for each in audit.entries(session, what=["kind 0"], before=4)] == [1]
