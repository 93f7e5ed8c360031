"""Databases that printed queries really run on: PostgreSQL from Debian's package, ClickHouse within this process."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chdb.session import Session

from goalkeeper.measure.printed.fivetran import base_tables
from goalkeeper.schema import TABLES
from goalkeeper.warehouse.kept import stored_columns
from goalkeeper.warehouse.store import Store

BIN = Path("/usr/lib/postgresql/15/bin")
Row = tuple[Any, ...]
READ = ("tickets", "ticket_events", "interactions", "survey_responses", "agents", "teams", "brands", "customers")


@contextmanager
def postgres() -> Iterator[psycopg.Connection[Row]]:
    """A server of its own on a socket in a temporary folder; absent, the test is skipped, and fails where CI is set."""
    if not BIN.exists():
        message = f"{BIN} is absent; install the package postgresql-15 to run the queries there"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="gk-pg-"))
    user: dict[str, Any] = {}
    if os.getuid() == 0:  # the server refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(*command: str | Path) -> None:
        subprocess.run([str(each) for each in command], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)

    data = folder / "data"
    try:
        run(BIN / "initdb", "-D", data, "-A", "trust", "-U", "desk", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c timezone=UTC"
        run(BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            with psycopg.connect(host=str(folder), user="desk", dbname="postgres", autocommit=True) as connection:
                yield connection
        finally:
            run(BIN / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _columns(table: str) -> dict[str, str]:
    """The columns that can be copied, with DuckDB's types."""
    return {name: kind for name, kind in stored_columns(TABLES[table]).items() if "[]" not in kind}


def copy_to_postgres(store: Store, connection: psycopg.Connection[Row]) -> None:
    """Copies the canonical tables that queries read into the schema ``canon``."""
    kinds = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE PRECISION"}
    connection.execute("CREATE SCHEMA canon")
    for table in READ:
        columns = _columns(table)
        listed = ", ".join(f'"{name}" {kinds.get(kind, kind)}' for name, kind in columns.items())
        connection.execute(f"CREATE TABLE canon.{table} ({listed})")  # type: ignore[arg-type]
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor().copy(f"COPY canon.{table} ({names}) FROM STDIN") as copy:  # type: ignore[arg-type]
            for row in store.rows(f"SELECT {names} FROM canon.{table}"):
                copy.write_row(row)


def copy_to_clickhouse(store: Store, session: Session, folder: Path) -> None:
    """The same for ClickHouse, through Parquet."""
    session.query("CREATE DATABASE canon")
    for table in READ:
        path = folder / f"{table}.parquet"
        names = ", ".join(f'"{name}"' for name in _columns(table))
        store.con.execute(f"COPY (SELECT {names} FROM canon.{table}) TO '{path}'")
        session.query(
            f"CREATE TABLE canon.{table} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM file('{path}', Parquet)"
        )


def fivetran_to_postgres(tables: dict[str, list[dict[str, Any]]], connection: psycopg.Connection[Row]) -> None:
    """The rows in tables as Fivetran makes them: numbers, times and flags in columns of their own types."""
    connection.execute("CREATE SCHEMA zendesk")
    for table, columns in base_tables().items():
        names = [name for name in columns if table not in tables or name in tables[table][0]]
        kinds = {name: _kind(name, columns[name]) for name in names}
        listed = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        connection.execute(f'CREATE TABLE zendesk."{table}" ({listed})')  # type: ignore[call-overload]
        for row in tables.get(table, []):
            marks = ", ".join(["%s"] * len(names))
            connection.execute(
                f'INSERT INTO zendesk."{table}" VALUES ({marks})',  # type: ignore[arg-type]
                [None if row[name] is None else str(row[name]) for name in names],
            )


def _kind(name: str, kind: str) -> str:
    if kind == "VARCHAR":
        return "BIGINT" if name == "id" or name.endswith("_id") else "TEXT"
    return "TIMESTAMP" if name == "updated" else kind
