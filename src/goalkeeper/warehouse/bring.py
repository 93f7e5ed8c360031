"""Brings the raw rows of loads into the canonical tables: mapped, judged, merged, every row's fate counted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import duckdb

from goalkeeper.connectors.files import Reject, lines
from goalkeeper.connectors.files.plain import shortened
from goalkeeper.connectors.mapping import FileRule, Mapping
from goalkeeper.connectors.mapping.compile import CompiledFile, Trial, compile_file, trials
from goalkeeper.connectors.mapping.model import TableRule
from goalkeeper.connectors.mapping.reads import absent
from goalkeeper.errors import LoadStopped, SourceError, UnknownName, UsageError
from goalkeeper.warehouse.complete import complete
from goalkeeper.warehouse.early import hold_early_events
from goalkeeper.warehouse.forget import forget_again
from goalkeeper.warehouse.holding import hold_rejects, open_holding, reasons, settle
from goalkeeper.warehouse.judge import judge, judge_first
from goalkeeper.warehouse.merge import Merged, Origin, merge
from goalkeeper.warehouse.report import FileReport
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import Change, drop_set_aside, former_rule, set_aside

FEW = 50  # below so many held rows a small file is not stopped


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file whose rows stand in a raw table; ``lines_before`` are those before the first where each row is a line."""

    name: str
    member: str
    sha256: str
    bytes: int
    table: str
    columns: tuple[str, ...]
    is_json: bool
    rejects: Sequence[Reject] = ()
    notes: tuple[str, ...] = ()
    lines_before: int | None = None

    @property
    def has_points(self) -> bool:
        """Whether its numbers were no texts, so that their decimal mark is a point."""
        return self.is_json or re.search(r"\.(parquet|xls[xm])\b", f"{self.name} {self.member}".lower()) is not None


@dataclass(frozen=True, slots=True)
class Way:
    """Which rule of which mapping a file takes, read in which zone."""

    mapping: Mapping
    number: int
    zone: str

    @property
    def rule(self) -> FileRule:
        """The rule, its zone settled."""
        return self.mapping.files[self.number].in_zone(self.zone)

    @property
    def identity(self) -> tuple[str, str]:
        """Equal ways give equal rows: the mapping's version, and the zone where the mapping leaves it open."""
        given = self.mapping.files[self.number]
        return self.mapping.version, "" if self.rule == given else self.zone


@dataclass(frozen=True, slots=True)
class Former:
    """How a file was mapped before: the mapping's version, the rule's number, the zone, and the rows then read."""

    version: str
    number: int
    zone: str
    rows: int


@dataclass(frozen=True, slots=True)
class Task:
    """A load's raw rows and their way; ``former`` where they were mapped before."""

    load_id: int
    file: RawFile
    way: Way
    former: Former | None = None


def bring_in(store: Store, tasks: Sequence[Task], source_id: str, now: datetime, allow: float) -> list[FileReport]:
    """Brings in the rows of several loads of one source, and writes what became of them; needs a transaction.

    LoadStopped where more than the share ``allow`` of a file's rows, and more than a few, fail their contract.
    """
    open_holding(store)
    # Tickets come first, so that they are numbered in their own order; what was loaded before is merged before.
    order = sorted(tasks, key=lambda task: (min(_rank(rule.to) for rule in task.way.rule.tables), task.load_id))
    runs = [_Run(store, task, source_id, now, allow) for task in order]
    # All first: one file's row may stand as another of them completed it.
    set_aside(store, [run.change for run in runs if run.change])
    for run in runs:
        run.run()
    early = hold_early_events(store)
    for run in runs:
        run.count_early(early.get(run.task.load_id, 0))
        run.report.reasons = reasons(store, run.task.load_id)
    complete(store, source_id)
    settle(store, [task.load_id for task in tasks if task.former], now)
    for run in runs:
        run.record()
    forget_again(store, [task.load_id for task in tasks])
    return [run.report for run in runs]


def make_room(store: Store, tasks: Sequence[Task]) -> None:
    """Widens the tables that the tasks fill; before a transaction, which is to add many rows to them.

    What a file cannot tell is left out: a table's columns say what is told.
    """
    for task in tasks:
        for rule in task.way.rule.tables:
            lacks = frozenset() if task.file.is_json else absent(rule, task.file.columns)
            store.widen(rule.to, set(rule.filled) - lacks)


class _Run:
    """One load's way from raw rows to canonical ones."""

    def __init__(self, store: Store, task: Task, source_id: str, now: datetime, allow: float) -> None:
        self.store, self.task, self.source_id, self.now, self.allow = store, task, source_id, now, allow
        self.report = FileReport(task.file.name, task.way.mapping.name, notes=task.file.notes)
        self.report.again = task.former is not None
        self.change = self.changed()
        self.later = 0  # rows that stand as later files made them
        self.seconds = 0.0

    def run(self) -> None:
        started = time.monotonic()
        task, file, report = self.task, self.task.file, self.report
        rows = int(self.store.one(f'SELECT count(*) FROM raw."{file.table}"'))
        report.held = task.former.rows - rows if task.former else len(file.rejects)
        report.rows = rows + report.held
        hold_rejects(self.store, file.rejects, task.load_id, self.source_id)
        self.stop_if_many(report.rows, len(file.rejects))
        origin = Origin(task.load_id, self.source_id, self.now, anew=self.change is not None)
        table = f'raw."{file.table}"'
        with self.failing_expressions(), self.naming_file():
            compiled = compile_file(
                task.way.rule,
                lines(self.store.con, table) if file.is_json else table,
                file.columns,
                is_json=file.is_json,
                has_points=file.has_points,
                name="mapped",
                key=self.store.key_hash,
                rows=self.store.rows,
            )
        self.report.notes += compiled.notes
        report.passed_over = rows - self.rules(compiled, origin, rows)
        if self.change:
            self.tell_of_others(drop_set_aside(self.store, task.load_id))
        self.seconds = time.monotonic() - started

    def tell_of_others(self, gone: int) -> None:
        """Notes where other files of the source have a say in what this one makes: they are not mapped anew with it."""
        notes = []
        if self.later:
            notes.append(f"{self.later:,} rows stand as later files of the source made them; load those again too")
        if gone and self.store.one("SELECT count(*) FROM meta.loads WHERE source_id = ?", [self.source_id]) > 1:
            notes.append(
                f"{gone:,} rows are made no more and were taken out; what other files of the source make of them comes "
                "back once those are loaded again"
            )
        self.report.notes += tuple(notes)

    def tell_of_rules(self, rule: TableRule, merged: Merged) -> None:
        """Notes where the mapping makes one row twice, and differently."""
        if merged.differ:
            most = max(count for _, count in merged.differ)
            names = ", ".join(name for name, _ in merged.differ)
            self.report.notes += (
                f"{most:,} rows of {rule.to} are made twice, with different {names}; what the rule at {rule.where} "
                "says stands",
            )

    def changed(self) -> Change | None:
        """By which rules the load was and is mapped, where it is mapped otherwise than before."""
        former, way = self.task.former, self.task.way
        if former is None or (former.version, former.zone) == way.identity:
            return None
        earlier = former_rule(self.store, way.mapping.name, former.version, former.number)
        return Change(self.task.load_id, earlier, way.rule)

    def rules(self, compiled: CompiledFile, origin: Origin, rows: int) -> int:
        """Runs the rules; returns how many raw rows they take."""
        run = self.store.con.execute
        run("DELETE FROM meta.warnings WHERE load_id = ?", [origin.load_id])
        with self.failing_expressions():
            for statement in compiled.prepare:
                run(statement)
        takes_all = any(not each.rule.condition and not each.rule.explode for each in compiled.rules)
        run("CREATE OR REPLACE TEMP TABLE taken (position BIGINT)")
        before: dict[str, set[str]] = {}
        for number, each in enumerate(sorted(compiled.rules, key=lambda each: _rank(each.rule.to))):
            table = f"judged_{number}"
            with self.failing_expressions():
                if not takes_all:
                    run(f"INSERT INTO taken SELECT DISTINCT _position FROM ({each.taken})")
                # JSON and groups cost too much to be mapped more than once.
                simple = not (self.task.file.is_json or each.rule.group or each.rule.condition or each.rule.explode)
                first = judge_first(self.store, each, f"first_{number}", rows, origin) if simple else None
                judged = first or judge(self.store, each, table, origin)
            self.stop_if_many(judged.rows, judged.held)
            merged = (
                Merged(rows, 0, 0)
                if first
                else merge(self.store, each.rule, table, origin, before.get(each.rule.to, ()))
            )
            before.setdefault(each.rule.to, set()).update(each.rule.filled)
            self.later += merged.later
            self.tell_of_rules(each.rule, merged)
            self.stop_if_many(judged.rows, judged.held + merged.conflicts)
            self.count(each.rule.to, merged.loaded, merged.unchanged, judged.held + merged.conflicts)
            for code, words, found in judged.warnings:
                self.report.warnings[words] = self.report.warnings.get(words, 0) + found
                run(
                    "INSERT INTO meta.warnings VALUES (?, ?, ?, ?, ?, ?)",
                    [origin.load_id, origin.source_id, each.rule.to, code, words, found],
                )
            run(f"DROP TABLE IF EXISTS {table}")
        return rows if takes_all else int(self.store.one("SELECT count(DISTINCT position) FROM taken"))

    @contextmanager
    def naming_file(self) -> Iterator[None]:
        """Tells of a column that is not there in which file, and which rule that takes."""
        try:
            yield
        except UnknownName as error:
            rule = self.task.way.rule
            raise UsageError(
                error.message,
                where=error.where,
                hint=f"{error.hint} It is looked for in {self.report.name}, which the [[file]] for "
                f"{', '.join(rule.match)} at {rule.where} takes.",
            ) from error

    @contextmanager
    def failing_expressions(self) -> Iterator[None]:
        """Tells in words where an expression of the mapping fails: on its types, or on a value it meets."""
        try:
            yield
        except (duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError) as error:
            found = self.failing()
            if found is None:
                raise SourceError(
                    f"an expression of the mapping '{self.report.mapping}' fails on the file's rows ({_said(error)}).",
                    where=self.report.name,
                    hint="Nothing was loaded.",
                ) from error
            trial, said, helps = found
            raise SourceError(
                f"the expression of {trial.what}, {shortened(trial.text, 100)}, fails on the rows of "
                f"{self.report.name} ({said}).",
                where=trial.where,
                hint=("TRY(…) around it gives an empty value where it fails. " if helps else "")
                + "Nothing was loaded.",
            ) from error

    def failing(self) -> tuple[Trial, str, bool] | None:
        """The first expression that fails by itself, what is said of it, and whether TRY(…) would help.

        On a connection of its own, since the failure ended what this one may ask.
        """
        file, table = self.task.file, f'raw."{self.task.file.table}"'
        with self.store.con.cursor() as con, suppress(UsageError):
            source = lines(con, table) if file.is_json else table
            tries = trials(self.task.way.rule, source, file.columns, is_json=file.is_json, key=self.store.key_hash)
            for each in tries:
                if failed := _failure(con, each.sql):
                    return each, failed, bool(each.caught) and not _failure(con, each.caught)
        return None

    def count(self, table: str, loaded: int, unchanged: int, held: int) -> None:
        report = self.report
        report.loaded += loaded
        report.unchanged += unchanged
        report.held += held
        report.tables[table] = report.tables.get(table, 0) + loaded

    def count_early(self, events: int) -> None:
        """Events that went in, or stood there, and were then taken out as too early."""
        if events:
            fresh = min(events, self.report.tables.get("ticket_events", 0))
            self.count("ticket_events", -fresh, fresh - events, events)

    def stop_if_many(self, rows: int, held: int) -> None:
        if self.allow >= 1 or (held <= max(FEW, self.allow * rows) and not held == rows > 0):
            return
        found = self.store.rows(
            "SELECT reason, any_value(found), count(*) FROM holding WHERE load_id = ? GROUP BY reason "
            "ORDER BY count(*) DESC LIMIT 5",
            [self.task.load_id],
        )
        listed = "; ".join(f"{count:,} × {reason} (found: {example})" for reason, example, count in found)
        raise LoadStopped(
            f"{held:,} of {rows:,} rows fail their contract, so nothing was loaded: {listed}.",
            where=self.report.name,
            hint="Correct the mapping (`goalkeeper map FILE` proposes one) or the file"
            + ("; --allow 0.5 lets up to half of the rows be held back." if held <= rows / 2 else "."),
        )

    def record(self) -> None:
        """Writes the load's line, in the place of an earlier one."""
        task, file, report = self.task, self.task.file, self.report
        version, zone = task.way.identity
        self.store.con.execute("DELETE FROM meta.loads WHERE load_id = ?", [task.load_id])
        self.store.con.execute(
            "INSERT INTO meta.loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                task.load_id, self.source_id, task.way.mapping.name, version, task.way.number, zone, file.name,
                file.member, file.sha256, file.bytes, file.table, list(file.columns), file.is_json, report.rows,
                report.loaded, report.unchanged, report.held, report.passed_over, self.now, self.seconds,
                file.lines_before,
            ],
        )  # fmt: skip


def _rank(table: str) -> int:
    return 0 if table == "tickets" else 1


def _said(error: duckdb.Error) -> str:
    return str(error).splitlines()[0][:300]


def _failure(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """What the database says against a query; empty where it runs."""
    try:
        con.execute(sql).fetchall()
    except duckdb.Error as error:
        return _said(error)
    return ""
