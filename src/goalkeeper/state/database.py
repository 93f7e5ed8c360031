"""The database of the state: SQLite in the workspace, or PostgreSQL by its URL; brought up to date when opened."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from goalkeeper.errors import UsageError
from goalkeeper.opened import OpenedFile

FILE, URL = "state.db", "GOALKEEPER_STATE_URL"
_LOCK = 6_148_914_691  # an own number among PostgreSQL's advisory locks
_migrating = threading.Lock()  # Alembic keeps what it works on in a global


class State:
    """An open state; a context manager. Any thread may use it.

    FileGone from a session where its file, if it is in one, was taken away meanwhile.
    """

    def __init__(self, engine: Engine, path: Path | None = None) -> None:
        self.engine, self._file = engine, OpenedFile(path, "people and sessions")
        self._writer = engine.execution_options(writes=True)

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing."""
        self._file.require()
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together when the block ends well; one writer at a time."""
        self._file.require()
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            _alone(session.connection())
            yield session


def has_state(folder: Path, url: str = "") -> bool:
    """Whether a workspace has a state: one that is named, or one in its folder."""
    return bool(os.environ.get(URL, "") or url) or (folder / FILE).exists()


def open_state(folder: Path, url: str = "") -> State:
    """Opens the state of a workspace: that of GOALKEEPER_STATE_URL, of ``url``, or in its folder.

    UsageError where it cannot be.
    """
    url = os.environ.get(URL, "") or url
    path = folder / FILE
    if not url:
        path.touch(mode=0o600)  # whose name is here is nobody else's business
    try:
        engine = create_engine(url.replace("postgres://", "postgresql://", 1) if url else f"sqlite:///{path}")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise UsageError(
            "this is no address of a database.", where="state.url",
            hint="Write postgresql://USER@HOST/NAME, and install goalkeeper[postgres].",
        ) from None  # fmt: skip
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path)
    except CommandError:
        engine.dispose()
        raise UsageError(
            "the state was made by a newer version of Goalkeeper.", where=str(path), hint="Install that version."
        ) from None
    except OperationalError as error:
        engine.dispose()
        raise UsageError(
            f"the state cannot be opened: {str(error.orig).strip().splitlines()[0]}.",
            where="state.url" if url else str(path),
            hint="See that the database is up and may be written.",
        ) from None
    return State(engine, None if url else path)


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin below
    for setting in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}").close()  # the time to wait first: the next one may need it


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _alone(connection: Connection) -> None:
    """One writer at a time, as SQLite has it: else two could each add an entry after the same one."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def migrations() -> Config:
    """Alembic's settings for the steps from one version of the tables to the next."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _migrate(engine: Engine, path: Path) -> None:
    config = migrations()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with _migrating:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == newest:
            return
        if found and engine.dialect.name == "sqlite":
            copy = path.with_name(f"{path.name}.before-{newest}")
            copy.unlink(missing_ok=True)
            with closing(engine.raw_connection()) as raw:  # outside of any transaction
                raw.cursor().execute("VACUUM INTO ?", (str(copy),)).close()
        with engine.execution_options(writes=True).begin() as connection:
            _alone(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
