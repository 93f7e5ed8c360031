"""Loads files: raw rows kept, mapped, judged, merged, all of it or none."""

from __future__ import annotations

import contextlib
import difflib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from goalkeeper.connectors.files import PlainFile, Reject, open_files, stage
from goalkeeper.connectors.mapping import FileRule, Mapping
from goalkeeper.connectors.mapping.reads import reads, unread
from goalkeeper.errors import SourceError, UsageError
from goalkeeper.warehouse.bring import Former, RawFile, Task, Way, bring_in, make_room
from goalkeeper.warehouse.report import FileReport, LoadReport
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import former_rule

Progress = Callable[[str, float], None]  # what is being done, and the share of the work that is done
MAX_HELD_SHARE = 0.20


def load(
    store: Store,
    paths: Sequence[Path],
    mapping: Mapping,
    *,
    source_id: str = "",
    allow: float = MAX_HELD_SHARE,
    zone: str = "UTC",
    progress: Progress | None = None,
) -> LoadReport:
    """Loads files through a mapping, in one transaction: a kill at any moment leaves all of it or none.

    A file loaded before with the same mapping changes nothing; with a changed mapping, what it made before gives way
    to what it makes now. Where more than the share ``allow`` of a file's rows fail their contract (and more than 50
    do), LoadStopped is raised and nothing has changed. ``zone`` is the workspace's, for mappings that leave the zone
    to it.
    """
    if not 0 <= allow <= 1:
        raise UsageError(f"{allow} is no share of a file's rows.", hint="It goes from 0 to 1: 0.05 is 5 %.")
    started = time.monotonic()
    tell = progress or (lambda _what, _share: None)
    report = LoadReport(source_id or mapping.name)
    store.drop_orphans()
    try:
        with store.scratch() as scratch:
            tasks = list(_tasks(store, paths, Way(mapping, 0, zone), report, scratch, tell))
        if not tasks and not report.files:
            raise _nothing_fits(paths, mapping)
        tell("checking and merging", 0.5)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        make_room(store, tasks)
        with store.transaction(), store.passing_tables():
            remember_mapping(store, mapping, now)
            report.files += bring_in(store, tasks, report.source_id, now, allow)
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # the first error is the one to tell
            store.drop_orphans()
        raise
    tell("done", 1.0)
    report.seconds = time.monotonic() - started
    return report


def _tasks(
    store: Store, paths: Sequence[Path], way: Way, report: LoadReport, scratch: Path, tell: Progress
) -> Iterator[Task]:
    """Stages each member that a rule is for as a raw table; outside the transaction, so orphans may remain."""
    files = [file for number, path in enumerate(paths) for file in open_files(path, scratch / str(number))]
    next_id = int(store.one("SELECT coalesce(max(load_id), 0) FROM meta.loads")) + 1
    met: set[tuple[str, str]] = set()
    for done, file in enumerate(files):
        tell(f"reading {file.name}", 0.5 * done / len(files))
        number = choose(way.mapping, file.member, file.columns, file.name, is_json=file.kind == "ndjson")
        if number is None:
            report.skipped.append(file.name)
            continue
        mine = Way(way.mapping, number, way.zone)
        if mine.rule.ask:
            raise UsageError(
                mine.rule.ask, where=mine.rule.where, hint="Answer it in the mapping and take the `ask` line out."
            )
        earlier = _earlier(store, file, mine, report.source_id)
        if (file.sha256, file.member) in met or (earlier and _same_way(earlier)):
            report.files.append(FileReport(file.name, mine.mapping.name, already=True))
            continue
        met.add((file.sha256, file.member))
        if earlier:
            yield earlier
            continue
        table = f"load_{next_id:06d}"
        rejects = stage(store.con, file, f'raw."{table}"')
        notes = (*_not_read(file, mine.rule), *_counted_before(store, file, mine.rule, report.source_id))
        raw = _raw_file(file, table, rejects, notes)
        yield Task(next_id, replace(raw, lines_before=_lines_before(store, file, raw)), mine)
        next_id += 1


def _raw_file(file: PlainFile, table: str, rejects: Sequence[Reject], notes: Sequence[str]) -> RawFile:
    return RawFile(
        name=file.name,
        member=file.member,
        sha256=file.sha256,
        bytes=file.bytes,
        table=table,
        columns=file.columns,
        is_json=file.kind == "ndjson",
        rejects=rejects,
        notes=(*file.notes, *notes),
    )


def _lines_before(store: Store, file: PlainFile, raw: RawFile) -> int | None:
    """How many lines of a delimited file stand before its first row; None where a row's line is not told by that."""
    if file.kind != "csv" or file.content is None or raw.has_points:
        return None
    rows = int(store.one(f'SELECT count(*) FROM raw."{raw.table}"'))
    before = file.skip + file.header_lines
    is_line_each = file.content.breaks + file.content.open_end == before + rows + len(raw.rejects)
    return before if is_line_each and all(each.position > before + rows for each in raw.rejects) else None


def _not_read(file: PlainFile, rule: FileRule) -> list[str]:
    """For a file that should have no others: each column that the rule does not read, and what it may be meant for."""
    known = reads(rule)
    found = []
    for name in unread(rule, file.columns) if rule.strict else ():
        near = difflib.get_close_matches(name.lower(), known, n=1)
        found.append(f"the column '{name}' is not read" + (f"; did you mean '{near[0]}'?" if near else ""))
    return found


def _counted_before(store: Store, file: PlainFile, rule: FileRule, source_id: str) -> list[str]:
    """For a file that was loaded as another source too, into a table that the rule fills: that its rows count twice."""
    rows = store.rows(
        "SELECT source_id, mapping, mapping_version, rule FROM meta.loads WHERE sha256 = ? AND member = ? "
        "AND source_id <> ? AND rows_loaded + rows_unchanged > 0 ORDER BY load_id",
        [file.sha256, file.member, source_id],
    )
    tables = {each.to for each in rule.tables}
    found = []
    for source, *used in rows:
        former = former_rule(store, *used)
        if former is None or tables & {each.to for each in former.tables}:
            found.append(
                f"the same file was loaded before as source '{source}'; its rows now count twice, "
                "unless that one is taken out"
            )
    return found


def _nothing_fits(paths: Sequence[Path], mapping: Mapping) -> SourceError:
    wanted = ", ".join(glob for rule in mapping.files for glob in rule.match)
    return SourceError(
        f"no file here is one that the mapping '{mapping.name}' is for.",
        where=", ".join(path.name for path in paths),
        hint=f"It takes: {wanted}. `goalkeeper map FILE` proposes a mapping for a new kind of file.",
    )


def choose(mapping: Mapping, member: str, columns: tuple[str, ...], name: str, *, is_json: bool) -> int | None:
    """The place of the mapping's rule for a file, by its member name and needed columns; None if there is none.

    A file whose name fits but that lacks needed columns is a SourceError that names them.
    """
    fitting = [number for number, rule in enumerate(mapping.files) if rule.fits_name(member)]
    for number in fitting:
        if not mapping.files[number].missing(columns):
            return number
    if not fitting:
        rules = [(number, rule) for number, rule in enumerate(mapping.files) if rule.needs and not rule.strict]
        by_columns = [number for number, rule in rules if not rule.missing(columns)]
        return by_columns[0] if len(by_columns) == 1 else None
    if is_json and not columns:
        return fitting[0]
    missing = mapping.files[fitting[0]].missing(columns)
    found = ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")
    raise SourceError(
        f"the file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; it has {found}.",
        where=name,
        hint=f"The mapping '{mapping.name}' needs them; `goalkeeper map FILE` proposes one for this file.",
    )


LOADED = (
    "load_id, file, member, sha256, bytes, raw_table, columns, is_json, mapping_version, rule, zone, rows_read, "
    "lines_before"
)


def loaded_task(row: Sequence[Any], way: Way) -> Task:
    """A load of before, from a row of LOADED, to be mapped in a way of now."""
    load_id, file, member, sha256, size, table, columns, is_json, version, rule, zone, rows, before = row
    raw = RawFile(file, member, sha256, size, table, tuple(columns), is_json, lines_before=before)
    return Task(load_id, raw, way, Former(version, rule, zone, rows))


def _earlier(store: Store, file: PlainFile, way: Way, source_id: str) -> Task | None:
    """The load of this very file through this mapping, in whichever version."""
    rows = store.rows(
        f"SELECT {LOADED} FROM meta.loads WHERE sha256 = ? AND member = ? AND source_id = ? AND mapping = ?",
        [file.sha256, file.member, source_id, way.mapping.name],
    )
    return loaded_task(rows[0], way) if rows else None


def _same_way(task: Task) -> bool:
    former = task.former
    return former is not None and (former.version, former.zone) == task.way.identity


def remember_mapping(store: Store, mapping: Mapping, now: datetime) -> None:
    """Keeps the mapping's text, so that a load can always be explained and mapped anew."""
    store.con.execute(
        "INSERT INTO meta.mappings SELECT ?, ?, ?, ? WHERE NOT EXISTS "
        "(SELECT 1 FROM meta.mappings WHERE name = ? AND version = ?)",
        [mapping.name, mapping.version, mapping.text, now, mapping.name, mapping.version],
    )
