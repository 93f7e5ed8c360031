"""load, quarantine, refresh."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.recording import record, record_job
from goalkeeper.cli.screen import here
from goalkeeper.cli.show import progress, say, say_json, table
from goalkeeper.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from goalkeeper.engines.spark import Cluster
    from goalkeeper.warehouse import LoadReport


def load(
    workspace: str, files: list[Path], mapping: str, source: str, allow: float, refresh_after: bool, json: bool
) -> None:
    """Loads files and prints what became of every row."""
    with workspace_for(workspace, writes=True) as opened:
        from goalkeeper.connectors.choose import names_file

        files = [here(file) for file in files]
        mapping = str(here(Path(mapping))) if names_file(mapping) else mapping
        record(opened, "load begun", ", ".join(file.name for file in files) + (f" as {source}" if source else ""))
        with progress() as tell:
            report = opened.load(files, mapping=mapping, source=source, allow=allow, progress=tell)
        refreshed = None
        if refresh_after:
            with progress() as tell:
                refreshed = opened.refresh(progress=tell)
        if json:
            totals = {"loaded": report.loaded, "held": report.held}
            say_json({"load": asdict(report) | totals, "refresh": asdict(refreshed) if refreshed else None})
            return
        show_report(report)
        if refreshed:
            say(f"Computed the facts of {refreshed.tickets:,} tickets in {refreshed.seconds:.1f} s.")


def show_report(report: LoadReport) -> None:
    """Prints a load: a line a file, then why rows were held back, then what to look at."""
    rows = []
    for file in report.files:
        state = "already loaded" if file.already else f"{file.loaded:,}"
        fates = (file.unchanged, file.held, file.passed_over)
        rows.append([file.name, f"{file.rows:,}", state, *(f"{count:,}" for count in fates)])
    heads = ["file", "rows", "new or newer", "unchanged", "held back", "passed over"]
    table(heads, rows, right=(1, 2, 3, 4, 5), title=report.source_id)
    for file in report.files:
        if len(file.tables) > 1:
            parts = ", ".join(f"{table} {count:,}" for table, count in file.tables.items())
            say(f"  new or newer in {file.name}: {parts}")
        if file.again:
            say(f"  {file.name} was loaded before: mapped anew, since its mapping changed")
        for reason, count in sorted(file.reasons.items(), key=lambda item: -item[1]):
            say(f"  held back in {file.name}: {count:,} × {reason}")
        for words, count in file.warnings.items():
            say(f"  look at {file.name}: {count:,} × {words}")
        for note in file.notes:
            say(f"  note on {file.name}: {note}")
    for name in report.skipped:
        say(f"  passed over {name}: no rule of the mapping is for it; `goalkeeper map` proposes one")
    for words in report.unread:
        say(f"  passed over {words}")
    if report.held:
        say("See `goalkeeper quarantine list`.")
    say(f"Loaded {report.loaded:,} rows in {report.seconds:.1f} s.")


def quarantine_list(workspace: str, json: bool) -> None:
    """Prints each reason with its rows and an example."""
    with workspace_for(workspace) as opened:
        from goalkeeper.warehouse import listed

        held = listed(opened.store)
    if json:
        say_json([asdict(each) for each in held])
        return
    if not held:
        say("Nothing is held back.")
        return
    rows = [
        [each.code, f"{each.rows:,}", each.table or "–", each.file, each.columns, each.found or "", each.reason]
        for each in held
    ]
    table(["code", "rows", "table", "file", "its column", "found, for example", "what is wrong"], rows, right=(1,))
    say("See the rows with `goalkeeper quarantine show CODE`; try them again with `goalkeeper quarantine replay`.")


def quarantine_show(workspace: str, which: str, limit: int, json: bool) -> None:
    """Prints held rows with all their values."""
    number = int(which) if which.isdigit() else 0
    with workspace_for(workspace) as opened:
        from goalkeeper.warehouse import shown

        rows = shown(opened.store, held_id=number, code="" if number else which, limit=limit)
    if json:
        say_json(rows)
        return
    for row in rows:
        place = f"line {row['line']}" if row["line"] else f"row {row['position']}"
        column = f" in {row['columns']}" if row["columns"] else ""
        say(f"{row['held_id']}  {row['file']}, {place}: {row['reason']} (found{column}: {row['found']})")
        if row["row"]:
            say(f"     {row['row']}")


def quarantine_replay(workspace: str, source: str) -> None:
    """Replays and prints how many rows got through."""
    with workspace_for(workspace, writes=True) as opened:
        record_job(opened, "replay", source)
        done = opened.replay(source=source)
    say(f"Released {done.released:,} rows; {done.still_held:,} are still held back.")


def refresh(workspace: str, everything: bool, engine: str, master: str, remote: str, lake: Path | None) -> None:
    """Refreshes and prints how many tickets that took."""
    cluster = _cluster(engine, master, remote, lake)
    with workspace_for(workspace, writes=True) as opened:
        record_job(opened, "refresh")
        with progress() as tell:
            report = opened.refresh(everything=everything, progress=tell, spark=cluster)
        say(f"Computed the facts of {report.tickets:,} tickets in {report.seconds:.1f} s.")


def _cluster(engine: str, master: str, remote: str, lake: Path | None) -> Cluster | None:
    if engine == "spark":
        from goalkeeper.engines.spark import Cluster

        return Cluster(master, remote, here(lake) if lake else None)
    if engine != "duckdb":
        raise UnknownName("engine", engine, ("duckdb", "spark"), where="--engine")
    if master or remote or lake:
        raise UsageError("--master, --remote and --lake are Spark's.", hint="Add --engine spark.")
    return None
