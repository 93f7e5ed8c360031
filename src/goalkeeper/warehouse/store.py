"""The workspace's database: one file, one process; many threads read it while one writes."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import duckdb

from goalkeeper.engines.text import literal
from goalkeeper.errors import UsageError, WorkspaceBusy
from goalkeeper.opened import OpenedFile
from goalkeeper.warehouse.kept import make_tables, plain_columns, widen

DATABASE = "goalkeeper.duckdb"
KEY_FILE = "secret.key"
FORGOTTEN = "forgotten-"
INVALID = "@invalid"  # a pseudonym as a mail address ends so; no mail ever goes there
LONG_LOG = 16_000_000  # bytes; DuckDB's own limit
WRITER_WAIT_S = 600.0  # how long a load or refresh waits for the one before it

META = """
CREATE SCHEMA IF NOT EXISTS canon;
CREATE SCHEMA IF NOT EXISTS kept;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS facts;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.mappings (name VARCHAR, version VARCHAR, text VARCHAR, first_used_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS meta.loads (
    load_id BIGINT, source_id VARCHAR, mapping VARCHAR, mapping_version VARCHAR, rule INTEGER, zone VARCHAR,
    file VARCHAR, member VARCHAR, sha256 VARCHAR, bytes BIGINT, raw_table VARCHAR, columns VARCHAR[], is_json BOOLEAN,
    rows_read BIGINT, rows_loaded BIGINT, rows_unchanged BIGINT, rows_held BIGINT,
    rows_passed_over BIGINT, loaded_at TIMESTAMP, seconds DOUBLE);
ALTER TABLE meta.loads ADD COLUMN IF NOT EXISTS lines_before BIGINT;
CREATE TABLE IF NOT EXISTS meta.quarantine (
    held_id BIGINT, load_id BIGINT, source_id VARCHAR, table_name VARCHAR, position BIGINT, code VARCHAR,
    column_name VARCHAR, found VARCHAR, reason VARCHAR, row VARCHAR, held_at TIMESTAMP, released_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS meta.warnings (
    load_id BIGINT, source_id VARCHAR, table_name VARCHAR, code VARCHAR, reason VARCHAR, rows BIGINT);
CREATE TABLE IF NOT EXISTS meta.ticket_keys (source_id VARCHAR, ticket_id VARCHAR, ticket_key BIGINT);
CREATE TABLE IF NOT EXISTS meta.told (source_id VARCHAR, name VARCHAR);
CREATE TABLE IF NOT EXISTS meta.touched (ticket_key BIGINT);
ALTER TABLE meta.touched ADD COLUMN IF NOT EXISTS of_row BOOLEAN DEFAULT true;
CREATE TABLE IF NOT EXISTS meta.state (name VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS meta.forgotten (digest VARCHAR, forgotten_at TIMESTAMP);
"""

# DuckDB 2.0.0 gathers small chunks between operators, and there now and then takes a join's dictionary for another one:
# "dict-surviving cache: … changed identity", which ends the whole connection. Without it a rebuild takes 4 % longer.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"debug_enable_caching_operators": "false"}


class Session:
    """One thread's connection: its temporary tables and its transaction are its own."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.con.execute("SET enable_progress_bar = false")  # DuckDB has no global setting for it
        self.ends_with = ""  # what the transaction at work ends with
        self.stopped = False

    def stop(self) -> None:
        """Ends the statement at work, and every later one, with KeyboardInterrupt; called from another thread.

        A stop between two statements misses both, so it is said again until the thread is done.
        """
        self.stopped = True
        with suppress(duckdb.ConnectionException):  # it is done and closed
            self.con.interrupt()

    @contextmanager
    def transaction(self, end: str) -> Iterator[None]:
        self.con.execute("BEGIN")
        self.ends_with = end
        try:
            yield
            self.con.execute(end)
        except BaseException:
            with suppress(duckdb.Error):  # the first error is the one to tell
                self.con.execute("ROLLBACK")
            raise
        finally:
            self.ends_with = ""


class Store:
    """The open database of a workspace folder; a context manager.

    One process has the file open at a time: WorkspaceBusy if another has it. In that process any thread may use the
    store, each with a connection of its own. Times in it are UTC without zone.
    """

    def __init__(self, folder: Path, *, memory: str = "", threads: int = 0) -> None:
        self.folder = folder
        self.path = folder / DATABASE
        self._root = _connect(self.path)
        self._file = OpenedFile(self.path, "this workspace's data")
        self._mine = threading.local()
        self._mine.session = Session(self._root)
        self._writer = threading.RLock()
        self._writing: tuple[str, float] = ("", 0.0)
        self.con.execute("SET GLOBAL TimeZone = 'UTC'")  # for the connections of all threads
        if memory:
            self.con.execute(f"SET memory_limit = '{memory}'")
        if threads:
            self.con.execute(f"SET threads = {int(threads)}")
        self._make_tables()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database with the connections of all threads; safe to call twice."""
        self._root.close()

    def require_file(self) -> None:
        """FileGone where the file that was opened is no longer there."""
        self._file.require()

    def _shorten_log(self) -> None:
        """Writes a long log into the database file.

        DuckDB does so at the end of a transaction, but not while another reads what that one replaced or dropped; those
        that read now began after the last one.
        """
        log = self.path.with_name(f"{DATABASE}.wal")
        if log.exists() and log.stat().st_size > LONG_LOG:
            with suppress(duckdb.TransactionException):
                self.con.execute("CHECKPOINT")

    @property
    def session(self) -> Session:
        """This thread's session, begun on first use."""
        found: Session | None = getattr(self._mine, "session", None)
        if found is None:
            found = self._mine.session = Session(self._root.cursor())
        return found

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """This thread's connection; KeyboardInterrupt where the thread's session was stopped."""
        session = self.session
        if session.stopped:
            raise KeyboardInterrupt
        return session.con

    def leave(self) -> None:
        """Ends this thread's session; what it had begun is rolled back."""
        self.session.con.close()
        del self._mine.session

    @contextmanager
    def writing(self, what: str, tell: Callable[[str, float], None] | None = None) -> Iterator[None]:
        """The block is the only one that writes; another thread's waits until it is done.

        WorkspaceBusy if the one before is not done within WRITER_WAIT_S. ``tell`` hears what is being waited for.
        """
        deadline = time.monotonic() + WRITER_WAIT_S
        while not self._writer.acquire(timeout=0.1):
            other, since = self._writing
            if tell:
                tell(f"waiting until another {other} is done", 0.0)
            if time.monotonic() > deadline:
                raise WorkspaceBusy(
                    f"another {other} has been at work for {time.monotonic() - since:.0f} s.",
                    where=str(self.folder),
                    hint="Nothing was changed; try again when it is done.",
                )
            _ = self.con  # lets a stopped thread go
        outer, self._writing = self._writing, (what, time.monotonic())
        try:
            self.require_file()
            self._shorten_log()
            yield
        finally:
            self._writing = outer
            self._writer.release()

    def _make_tables(self) -> None:
        for statement in META.split(";"):
            if statement.strip():
                self.con.execute(statement)
        with self.transaction():
            self._plain = make_tables(self.rows)

    def place(self, table: str) -> str:
        """Where the rows of a canonical table are written; it has the columns that `widen` gave it."""
        return f"canon.{table}" if table in self._plain else f"kept.{table}"

    def columns(self, table: str) -> set[str]:
        """The columns of a canonical table that may hold something."""
        return plain_columns(self.rows, *self.place(table).split("."))

    def filled(self) -> set[str]:
        """The canonical tables that hold rows, or did; not those that the open transaction is the first to fill."""
        found = self.rows(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name IN ('canon', 'kept') AND estimated_size > 0"
        )
        return {name for (name,) in found}

    def widen(self, table: str, columns: Iterable[str]) -> None:
        """Makes room for columns of a canonical table, before rows are written that fill them."""
        if table not in self._plain:
            with self.transaction():
                widen(self.rows, table, columns)

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self.con.execute(sql, parameters).fetchall()
        return found

    def one(self, sql: str, parameters: list[Any] | None = None) -> Any:
        """The first value of the first row, or None."""
        found = self.rows(sql, parameters)  # all of them: a half-read result blocks the connection
        return found[0][0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block's changes, or none of them; inside another transaction, with all of that one's."""
        session = self.session
        if session.ends_with == "COMMIT":
            yield
            return
        with session.transaction("COMMIT"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that the block reads is of one state, whatever others write meanwhile; its temporary tables end with it.

        Inside another snapshot or a transaction it is that one's state.
        """
        session = self.session
        if session.ends_with:
            yield
            return
        with session.transaction("ROLLBACK"):
            yield

    @contextmanager
    def passing_tables(self) -> Iterator[None]:
        """The temporary tables and views that the block makes are gone after it, with the memory and disk they take."""
        before = self._temporary()
        yield
        for kind, name in self._temporary() - before:
            self.con.execute(f'DROP {kind} temp."{name}"')

    def _temporary(self) -> set[tuple[str, str]]:
        return set(self.rows(
            "SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary "
            "UNION ALL SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal"
        ))  # fmt: skip

    def state(self, name: str) -> str | None:
        """A remembered value, or None."""
        value: str | None = self.one("SELECT value FROM meta.state WHERE name = ?", [name])
        return value

    def states(self, start: str) -> dict[str, str]:
        """The remembered values whose names begin so, by the rest of their names."""
        found = self.rows("SELECT name, value FROM meta.state WHERE starts_with(name, ?)", [start])
        return {name.removeprefix(start): value for name, value in found}

    def remember(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self.con.execute("DELETE FROM meta.state WHERE name = ?", [name])
        self.con.execute("INSERT INTO meta.state VALUES (?, ?)", [name, value])

    def number(self, name: str) -> int:
        """A remembered number, 0 where none is."""
        return int(self.state(name) or 0)

    def count_up(self, name: str) -> None:
        """Makes a remembered number greater by one."""
        self.remember(name, str(self.number(name) + 1))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder inside the workspace for files of passage; it is gone after the block."""
        folder = self.folder / "scratch"
        shutil.rmtree(folder, ignore_errors=True)  # a killed load may have left it
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def drop_orphans(self) -> None:
        """Drops raw tables that a load killed half-way left behind: no load speaks of them."""
        orphans = self.rows(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' "
            "AND table_name NOT IN (SELECT raw_table FROM meta.loads)"
        )
        for (name,) in orphans:
            self.con.execute(f'DROP TABLE raw."{name}"')

    def key_hash(self, function: str, text: str) -> str:
        """SQL of the keyed hash (HMAC-SHA-256, hex) of a person's e-mail address or phone number, normalised.

        Equal people get equal keys, and without the workspace's key file nobody can try addresses out.
        """
        clean = f"regexp_extract(lower(trim(nfc_normalize({text}))), '[^\\s<>]+@[^\\s<>]+')"
        if function == "phone_key":
            clean = f"regexp_replace({text}, '[^0-9+]', '', 'g')"
        inner, outer = _pads(self._key())
        digest = f"sha256({inner} || encode({clean}))"
        again = ""
        if function == "email_key":  # who was forgotten keeps the pseudonym when raw rows are mapped anew
            again = f"WHEN starts_with({clean}, '{FORGOTTEN}') AND ends_with({clean}, '{INVALID}') "
            again += f"THEN replace({clean}, '{INVALID}', '') "
        return f"CASE {again}WHEN length({clean}) > 4 THEN sha256({outer} || unhex({digest})) END"

    def mail_key(self, mail: str) -> str | None:
        """The key of a mail address as mappings make it; None for what is none."""
        key = self.one(f"SELECT {self.key_hash('email_key', literal(mail))}")
        return str(key) if key else None

    def keyed(self, text: str) -> str:
        """The keyed hash (HMAC-SHA-256, hex) of a text."""
        return hmac.new(self._key(), text.encode(), hashlib.sha256).hexdigest()

    def pseudonym(self, value: str) -> str:
        """What stands in place of an id that was forgotten; the same for the same id, and for a pseudonym itself."""
        return value if value.startswith(FORGOTTEN) else FORGOTTEN + self.keyed(f"forgotten {value}")[:24]

    def _key(self) -> bytes:
        path = self.folder / KEY_FILE
        if not path.exists():
            whole = path.with_suffix(".new")  # a kill while it is written must not leave a shorter key
            whole.unlink(missing_ok=True)
            descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(os.urandom(32))
                stream.flush()
                os.fsync(stream.fileno())
            whole.replace(path)
        return path.read_bytes()


class HasStore(Protocol):
    """What is done on a store, such as a workspace."""

    store: Store


S = TypeVar("S", bound=Store | HasStore)
P = ParamSpec("P")
T = TypeVar("T")


def of_one_state(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Lets a function that only reads see one state of its first argument's store from its start to its end."""

    @wraps(function)
    def reading(place: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with (place if isinstance(place, Store) else place.store).snapshot():
            return function(place, *args, **kwargs)

    return reading


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=_SETTINGS)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise UsageError(
                "the workspace's database cannot be opened.",
                where=str(path),
                hint=f"DuckDB says: {str(error).splitlines()[0]}",
            ) from None
        holder = re.search(r"\(PID (\d+)\)", str(error))
        who = f"process {holder[1]}" if holder else "another process"
        raise WorkspaceBusy(
            f"{who} has this workspace open.", where=str(path.parent), hint="Wait until it is done, or end it."
        ) from None


def _pads(key: bytes) -> tuple[str, str]:
    """The two padded keys of HMAC (RFC 2104) as SQL blobs."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return f"from_hex('{inner.hex()}')", f"from_hex('{outer.hex()}')"
