"""The state comes up to date by itself, keeps what was there, and lets one writer in at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from goalkeeper.errors import UsageError
from goalkeeper.state import State, audit, open_state, people
from goalkeeper.state.database import FILE, migrations
from goalkeeper.state.tables import Base
from state.conftest import NOW


def test_the_migrations_make_what_the_tables_say(state: State) -> None:
    with state.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opened_again_it_is_as_it_was(state: State, url: str, tmp_path: Path) -> None:
    with state.writing() as session:
        audit.record(session, "ann", "did", now=NOW)
    with open_state(tmp_path, url) as again, again.reading() as session:
        assert audit.count(session) == 1


def test_it_is_copied_before_it_is_changed_and_a_newer_one_is_refused(tmp_path: Path) -> None:
    with open_state(tmp_path) as state, state.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'v0'"))
    with pytest.raises(UsageError, match="newer version"):
        open_state(tmp_path)
    assert [path.name for path in tmp_path.glob("*.before-*")] == [f"{FILE}.before-v3"]


def test_what_a_version_before_left_is_kept(url: str, tmp_path: Path) -> None:
    """At v1: a person, a session, an entry; then opened by what runs now."""
    engine = create_engine(url or f"sqlite:///{tmp_path / FILE}")
    config = migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v1")
        for statement in (
            "INSERT INTO people VALUES (1, 'ann@example.org', 'Ann', 'owner', '', 'kept', '2026-01-01 00:00:00')",
            "INSERT INTO sessions VALUES ('d', 1, '2026-03-01 06:00:00', '2026-03-01 06:00:00')",
        ):
            connection.execute(text(statement))
    engine.dispose()
    with open_state(tmp_path, url) as state, state.reading() as session:
        person = people.find(session, "ann@example.org")
        assert (person.name, person.password, person.signed_in_at, person.is_disabled) == ("Ann", "kept", None, False)
        assert [(each.digest, each.device) for each in person.sessions] == [("d", "")]


def test_nobody_else_reads_the_file(tmp_path: Path) -> None:
    with open_state(tmp_path):
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_what_fails_half_way_leaves_nothing(state: State) -> None:
    def fails() -> None:
        with state.writing() as session:
            audit.record(session, "ann", "did", now=NOW)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    with state.reading() as session:
        assert audit.count(session) == 0


def test_many_writers_make_one_chain(state: State) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            with state.writing() as session:
                audit.record(session, f"writer {number}", "did", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with state.reading() as session:
        assert (audit.count(session), audit.broken_at(session)) == (20, 0)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_none_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="state"):
        open_state(tmp_path, url)
