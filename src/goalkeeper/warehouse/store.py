"""The workspace's database: one file, one owner; its schemas and tables, made from the declared model."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from goalkeeper.errors import UsageError, WorkspaceBusy
from goalkeeper.schema import LINEAGE, TABLES, Table

DATABASE = "goalkeeper.duckdb"
KEY_FILE = "secret.key"

# Ticket keys number the tickets of all sources densely: joins and chunks on a BIGINT, not on two texts.
KEYED = ("tickets", "ticket_events")

META = """
CREATE SCHEMA IF NOT EXISTS canon;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS facts;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.mappings (name VARCHAR, version VARCHAR, text VARCHAR, first_used_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS meta.loads (
    load_id BIGINT, source_id VARCHAR, mapping VARCHAR, mapping_version VARCHAR, rule INTEGER, zone VARCHAR,
    file VARCHAR, member VARCHAR, sha256 VARCHAR, bytes BIGINT, raw_table VARCHAR, columns VARCHAR[], is_json BOOLEAN,
    rows_read BIGINT, rows_loaded BIGINT, rows_unchanged BIGINT, rows_held BIGINT,
    rows_passed_over BIGINT, loaded_at TIMESTAMP, seconds DOUBLE);
CREATE TABLE IF NOT EXISTS meta.quarantine (
    held_id BIGINT, load_id BIGINT, source_id VARCHAR, table_name VARCHAR, position BIGINT, code VARCHAR,
    column_name VARCHAR, found VARCHAR, reason VARCHAR, row VARCHAR, held_at TIMESTAMP, released_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS meta.warnings (
    load_id BIGINT, source_id VARCHAR, table_name VARCHAR, code VARCHAR, reason VARCHAR, rows BIGINT);
CREATE TABLE IF NOT EXISTS meta.ticket_keys (source_id VARCHAR, ticket_id VARCHAR, ticket_key BIGINT);
CREATE TABLE IF NOT EXISTS meta.touched (ticket_key BIGINT);
CREATE TABLE IF NOT EXISTS meta.state (name VARCHAR, value VARCHAR);
"""

# DuckDB 2.0.0 gathers small chunks between operators, and there now and then takes a join's dictionary for another one:
# "dict-surviving cache: … changed identity", which ends the whole connection. Without it a rebuild takes 4 % longer.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"debug_enable_caching_operators": "false"}


class Store:
    """The open database of a workspace folder; a context manager.

    One process owns the file at a time: WorkspaceBusy if another has it. Times in it are UTC without zone.
    """

    def __init__(self, folder: Path, *, memory: str = "", threads: int = 0) -> None:
        self.folder = folder
        self.path = folder / DATABASE
        try:
            self.con = duckdb.connect(str(self.path), config=_SETTINGS)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise WorkspaceBusy(
                    "another process has this workspace open.",
                    where=str(folder),
                    hint="Wait until it is done, or end it.",
                ) from None
            raise UsageError(
                "the workspace's database cannot be opened.",
                where=str(self.path),
                hint=f"DuckDB says: {str(error).splitlines()[0]}",
            ) from None
        self.con.execute("SET TimeZone = 'UTC'")
        self.con.execute("SET enable_progress_bar = false")
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
        """Closes the database; safe to call twice."""
        self.con.close()

    def _make_tables(self) -> None:
        for statement in META.split(";"):
            if statement.strip():
                self.con.execute(statement)
        known = self.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'canon'")
        existing: dict[str, set[str]] = {}
        for name, column in known:
            existing.setdefault(name, set()).add(column)
        for table in TABLES.values():
            columns = stored_columns(table)
            if table.name not in existing:
                listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
                self.con.execute(f"CREATE TABLE canon.{table.name} ({listed})")
                continue
            for name, kind in columns.items():
                if name not in existing[table.name]:
                    self.con.execute(f'ALTER TABLE canon.{table.name} ADD COLUMN "{name}" {kind}')

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
        """All of the block's changes, or none of them."""
        self.con.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.con.execute("ROLLBACK")
            raise
        self.con.execute("COMMIT")

    def state(self, name: str) -> str | None:
        """A remembered value, or None."""
        value: str | None = self.one("SELECT value FROM meta.state WHERE name = ?", [name])
        return value

    def remember(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self.con.execute("DELETE FROM meta.state WHERE name = ?", [name])
        self.con.execute("INSERT INTO meta.state VALUES (?, ?)", [name, value])

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
        return f"CASE WHEN length({clean}) > 4 THEN sha256({outer} || unhex({digest})) END"

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


def stored_columns(table: Table) -> dict[str, str]:
    """The columns of a canonical table in the store, with their SQL types: lineage, the model's, the ticket key."""
    columns = {column.name: column.type.duckdb for column in (*LINEAGE, *table.columns)}
    return columns | ({"ticket_key": "BIGINT"} if table.name in KEYED else {})


def _pads(key: bytes) -> tuple[str, str]:
    """The two padded keys of HMAC (RFC 2104) as SQL blobs."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return f"from_hex('{inner.hex()}')", f"from_hex('{outer.hex()}')"
