"""Loads files: raw rows kept, mapped, judged, merged, all of it or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from goalkeeper.connectors.files import PlainFile, Reject, open_files, stage
from goalkeeper.connectors.mapping import FileRule, Mapping
from goalkeeper.connectors.mapping.compile import CompiledFile, compile_file
from goalkeeper.connectors.mapping.expressions import literal
from goalkeeper.errors import LoadStopped, SourceError, UsageError
from goalkeeper.warehouse.early import hold_early_events
from goalkeeper.warehouse.judge import Judged, hold, judge, next_held
from goalkeeper.warehouse.merge import Origin, merge
from goalkeeper.warehouse.store import Store

Progress = Callable[[str, float], None]  # what is being done, and the share of the work that is done
MAX_HELD_SHARE = 0.20
FEW = 50  # below so many held rows a small file is not stopped


@dataclass(slots=True)
class FileReport:
    """What became of one file: rows by fate, and why rows were held back."""

    name: str
    mapping: str
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    held: int = 0
    tables: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    already: bool = False


@dataclass(slots=True)
class LoadReport:
    """What a load did; ``skipped`` are members that no rule of the mapping is for."""

    source_id: str
    files: list[FileReport] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def loaded(self) -> int:
        """Canonical rows that are new or newer."""
        return sum(file.loaded for file in self.files)

    @property
    def held(self) -> int:
        """Rows held back in quarantine."""
        return sum(file.held for file in self.files)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file to load, the rule for it, and where its raw rows stand."""

    file: PlainFile
    rule: FileRule
    number: int
    load_id: int
    raw: str
    rejects: list[Reject]


def load(
    store: Store,
    paths: Sequence[Path],
    mapping: Mapping,
    *,
    source_id: str = "",
    allow: float = MAX_HELD_SHARE,
    progress: Progress | None = None,
) -> LoadReport:
    """Loads files through a mapping, in one transaction: a kill at any moment leaves all of it or none.

    A file loaded before with the same mapping changes nothing. Where more than the share ``allow`` of a file's rows
    fail their contract (and more than 50 do), LoadStopped is raised and nothing has changed.
    """
    started = time.monotonic()
    tell = progress or (lambda _what, _share: None)
    report = LoadReport(source_id or mapping.name)
    store.drop_orphans()
    scratch = store.scratch()
    members = list(_members(store, paths, mapping, report, scratch, tell))
    if not members and not report.files:
        wanted = ", ".join(glob for rule in mapping.files for glob in rule.match)
        raise SourceError(
            f"no file here is one that the mapping '{mapping.name}' is for.",
            where=", ".join(path.name for path in paths),
            hint=f"It takes: {wanted}. `goalkeeper map FILE` proposes a mapping for a new kind of file.",
        )
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with store.transaction():
        _remember_mapping(store, mapping, now)
        order = sorted(members, key=lambda member: min(_rank(rule.to) for rule in member.rule.tables))
        for done, member in enumerate(order):
            tell(f"checking {member.file.name}", 0.5 + 0.5 * done / len(order))
            report.files.append(_bring_in(store, member, mapping, report.source_id, now, allow))
        hold_early_events(store, now)
    tell("done", 1.0)
    for path in sorted(scratch.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    report.seconds = time.monotonic() - started
    return report


def _members(
    store: Store, paths: Sequence[Path], mapping: Mapping, report: LoadReport, scratch: Path, tell: Progress
) -> Iterator[_Member]:
    """Stages each member that a rule is for as a raw table; outside the transaction, so orphans may remain."""
    files = [file for number, path in enumerate(paths) for file in _open(path, scratch / str(number))]
    next_id = int(store.one("SELECT coalesce(max(load_id), 0) FROM meta.loads")) + 1
    for done, file in enumerate(files):
        tell(f"reading {file.name}", 0.5 * done / len(files))
        number = choose(mapping, file)
        if number is None:
            report.skipped.append(file.name)
            continue
        rule = mapping.files[number]
        if rule.ask:
            raise UsageError(rule.ask, where=rule.where, hint="Answer it in the mapping and take the `ask` line out.")
        if _known(store, file, mapping, number, report.source_id):
            report.files.append(FileReport(file.name, mapping.name, already=True))
            continue
        raw = f"load_{next_id:06d}"
        rejects = stage(store.con, file, f'raw."{raw}"')
        yield _Member(file, rule, number, next_id, raw, rejects)
        next_id += 1


def _open(path: Path, scratch: Path) -> list[PlainFile]:
    scratch.mkdir(parents=True, exist_ok=True)
    return open_files(path, scratch)


def choose(mapping: Mapping, file: PlainFile) -> int | None:
    """The place of the mapping's rule for a file, by name and needed columns; None if there is none.

    A file whose name fits but that lacks needed columns is a SourceError that names them.
    """
    fitting = [number for number, rule in enumerate(mapping.files) if rule.fits_name(file.member)]
    for number in fitting:
        if not mapping.files[number].missing(file.columns):
            return number
    if not fitting:
        by_columns = [
            number for number, rule in enumerate(mapping.files) if rule.needs and not rule.missing(file.columns)
        ]
        return by_columns[0] if len(by_columns) == 1 else None
    if file.kind == "ndjson" and not file.columns:
        return fitting[0]
    missing = mapping.files[fitting[0]].missing(file.columns)
    found = ", ".join(file.columns[:12]) + (", …" if len(file.columns) > 12 else "")
    raise SourceError(
        f"the file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; it has {found}.",
        where=file.name,
        hint=f"The mapping '{mapping.name}' needs them; `goalkeeper map FILE` proposes one for this file.",
    )


def _known(store: Store, file: PlainFile, mapping: Mapping, number: int, source_id: str) -> bool:
    return bool(
        store.one(
            "SELECT count(*) FROM meta.loads WHERE sha256 = ? AND member = ? AND source_id = ? AND mapping = ? "
            "AND mapping_version = ? AND rule = ?",
            [file.sha256, file.member, source_id, mapping.name, mapping.version, number],
        )
    )


def _rank(table: str) -> int:
    """Tickets come before what happened to them, so that events can be checked against their ticket."""
    return 0 if table == "tickets" else 1


def _remember_mapping(store: Store, mapping: Mapping, now: datetime) -> None:
    store.con.execute(
        "INSERT INTO meta.mappings SELECT ?, ?, ?, ? WHERE NOT EXISTS "
        "(SELECT 1 FROM meta.mappings WHERE name = ? AND version = ?)",
        [mapping.name, mapping.version, mapping.text, now, mapping.name, mapping.version],
    )


def _bring_in(
    store: Store, member: _Member, mapping: Mapping, source_id: str, now: datetime, allow: float
) -> FileReport:
    started = time.monotonic()
    file = member.file
    report = FileReport(file.name, mapping.name, notes=file.notes)
    report.rows = int(store.one(f'SELECT count(*) FROM raw."{member.raw}"')) + len(member.rejects)
    for reject in member.rejects:
        report.reasons[reject.reason] = report.reasons.get(reject.reason, 0) + 1
    report.held = len(member.rejects)
    _hold_rejects(store, member, source_id, now)
    origin = Origin(member.load_id, source_id, f"{mapping.name}@{mapping.version}", now)
    compiled = compile_file(
        member.rule,
        f'raw."{member.raw}"',
        file.columns,
        is_json=file.kind == "ndjson",
        name="mapped",
        key=store.key_hash,
    )
    bring_in_rows(store, compiled, origin, report, allow)
    store.con.execute(
        "INSERT INTO meta.loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            member.load_id, source_id, mapping.name, mapping.version, member.number, file.name, file.member,
            file.sha256, file.bytes, member.raw, list(file.columns), file.kind == "ndjson", report.rows,
            report.loaded, report.unchanged, report.held, now, time.monotonic() - started,
        ],
    )  # fmt: skip
    return report


def bring_in_rows(store: Store, compiled: CompiledFile, origin: Origin, report: FileReport, allow: float) -> None:
    """Maps, judges and merges the raw rows that ``compiled`` is bound to, and counts their fates."""
    for statement in compiled.prepare:
        store.con.execute(statement)
    rules = sorted(compiled.rules, key=lambda each: _rank(each.rule.to))
    for number, each in enumerate(rules):
        judged = judge(store, each, f"judged_{number}", origin.now)
        hold(store, each, judged, origin.load_id, origin.source_id, origin.now)
        _stop_if_many(store, judged, report, origin, allow)
        merged = merge(store, each.rule, judged.table, origin)
        report.loaded += merged.loaded
        report.unchanged += merged.unchanged
        report.held += judged.held + merged.conflicts
        report.tables[each.rule.to] = report.tables.get(each.rule.to, 0) + merged.loaded
        for code, words, rows in judged.warnings:
            report.warnings[words] = report.warnings.get(words, 0) + rows
            store.con.execute(
                "INSERT INTO meta.warnings VALUES (?, ?, ?, ?, ?, ?)",
                [origin.load_id, origin.source_id, each.rule.to, code, words, rows],
            )
        store.con.execute(f"DROP TABLE {judged.table}")
    for reason, rows in store.rows(
        "SELECT reason, count(*) FROM meta.quarantine WHERE load_id = ? AND row IS NOT NULL AND held_at = ? "
        "GROUP BY reason",
        [origin.load_id, origin.now],
    ):
        report.reasons[reason] = rows


def _stop_if_many(store: Store, judged: Judged, report: FileReport, origin: Origin, allow: float) -> None:
    if judged.held <= max(FEW, allow * judged.rows) and not (judged.held == judged.rows > 0):
        return
    reasons = store.rows(
        "SELECT reason, any_value(found), count(*) FROM meta.quarantine WHERE load_id = ? GROUP BY reason "
        "ORDER BY count(*) DESC LIMIT 5",
        [origin.load_id],
    )
    listed = "; ".join(f"{rows:,} × {reason} (found: {found})" for reason, found, rows in reasons)
    raise LoadStopped(
        f"{judged.held:,} of {judged.rows:,} rows fail their contract, so nothing was loaded: {listed}.",
        where=report.name,
        hint="Correct the mapping or the file; --allow 0.5 lets up to half of the rows be held back.",
    )


def _hold_rejects(store: Store, member: _Member, source_id: str, now: datetime) -> None:
    first = next_held(store)
    for number, reject in enumerate(member.rejects, start=1):
        store.con.execute(
            "INSERT INTO meta.quarantine VALUES (?, ?, ?, '', ?, 'unreadable_row', NULL, ?, ?, NULL, ?, NULL)",
            [first + number, member.load_id, source_id, reject.position, reject.text, reject.reason, now],
        )


def raw_name(load_id: int) -> str:
    """The raw table of a load, as a quoted SQL name."""
    return f"raw.{literal(f'load_{load_id:06d}')}"
