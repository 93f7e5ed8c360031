"""Kill -9 at any moment of a load or a refresh: the store holds all of it or none, and a second run completes it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import goalkeeper
from goalkeeper.errors import WorkspaceBusy
from goalkeeper.workspace import Workspace
from warehouse.desk import ACTIVITY, EVENTS, MAPPING, TICKETS, activity, event, text_of, ticket
from warehouse.program import start

Prints = dict[str, tuple[int, int]]
KILLS = 26
DAYS = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]

# The parts of meta that tell of the time of the run itself.
PASSING = {"loads": "loaded_at, seconds", "mappings": "first_used_at", "quarantine": "held_at, released_at"}


def write_files(folder: Path, numbers: range, seed: int) -> None:
    """Some tickets with about a hundred events for three of them, over three files; a few rows are bad."""
    draw = random.Random(seed)
    folder.mkdir()
    ids = [str(number) for number in numbers]
    tickets = [
        ticket(
            id,
            f"{draw.choice(DAYS[100:])} 09:00:00",
            created=f"{draw.choice(DAYS[:90])} 09:00:00",
            customer=f"c{id}"[:4],
        )
        for id in ids
    ]
    tickets += [ticket(f"bad{number}", created="?") for number in range(20)]
    events = [
        event(
            draw.choice(ids),
            str(number),
            f"{draw.choice(DAYS)} {draw.randrange(10, 24)}:00:00",
            type=draw.choice(["reply", "note"]),
        )
        for number in range(len(ids) * 20)
    ]
    acts = [
        activity(draw.choice(ids), f"{draw.choice(DAYS)} {draw.randrange(10, 24)}:00:00", by=draw.choice(["a1", "a2"]))
        for _ in range(len(ids) * 12)
    ]
    (folder / "tickets.csv").write_text(text_of(TICKETS, tickets))
    (folder / "events.csv").write_text(text_of(EVENTS, events))
    (folder / "activity.csv").write_text(text_of(ACTIVITY, acts))


def prints(workspace: Workspace) -> Prints:
    """Each table's rows and a hash of them all, whatever their order."""
    store = workspace.store
    found = {}
    for schema, name in store.rows(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary UNION "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE schema_name = 'canon' ORDER BY ALL"
    ):
        passing = PASSING.get(name) if schema == "meta" else None
        columns = f"* EXCLUDE ({passing})" if passing else "*"
        (row,) = store.rows(
            f"SELECT count(*), coalesce(sum(hash(t)), 0) FROM (SELECT {columns} FROM {schema}.{name}) t"
        )
        found[f"{schema}.{name}"] = row
    return found


def parts(state: Prints, *schemas: str) -> Prints:
    return {name: row for name, row in state.items() if name.partition(".")[0] in schemas}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one load in it, and the files of the next."""
    folder = tmp_path_factory.mktemp("kill")
    workspace = goalkeeper.create(folder / "before", timezone="Europe/Berlin")
    (workspace / "mappings" / "desk.toml").write_text(MAPPING)
    write_files(folder / "first", range(400), 1)
    write_files(folder / "second", range(200, 3200), 2)
    with goalkeeper.open(workspace) as opened:
        opened.load(folder / "first", mapping="desk")
        opened.refresh()
    return folder


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_all_or_none_and_a_second_run_completes(base: Path, tmp_path: Path) -> None:
    with goalkeeper.open(base / "before") as workspace:
        before = prints(workspace)
    full = shutil.copytree(base / "before", tmp_path / "full")
    process, heard = start(full, base / "second")
    began = time.monotonic()
    steps = [heard.recv() and time.monotonic() - began for _ in range(2)]
    process.join()
    assert process.exitcode == 0
    with goalkeeper.open(full) as workspace:
        complete = prints(workspace)
    assert complete["canon.ticket_events"][0] > 90_000

    draw = random.Random(20240607)
    seen = {"none": 0, "loaded": 0, "all": 0}
    for number in range(KILLS):
        killed = shutil.copytree(base / "before", tmp_path / f"killed{number}")
        process, heard = start(killed, base / "second")
        if number % 3:  # two in three kills while the load runs, one in three while the facts are computed
            time.sleep(draw.uniform(0, steps[0]))
        elif heard.recv() == "loaded":
            time.sleep(draw.uniform(0, steps[1] - steps[0]))
        process.kill()
        process.join()
        with goalkeeper.open(killed) as workspace:
            state = which(prints(workspace), before, complete)
            seen[state] += 1
            if state != "all":
                workspace.load(base / "second", mapping="desk")
                workspace.refresh()
                assert prints(workspace) == complete
        shutil.rmtree(killed)
    assert seen["none"] >= 5, seen
    assert seen["loaded"] >= 3, seen


def which(found: Prints, before: Prints, complete: Prints) -> str:
    """How far the killed run had come; any state between is a failure."""
    if parts(found, "canon", "meta", "facts") == parts(before, "canon", "meta", "facts"):
        return "none"
    if found == complete:
        return "all"
    assert parts(found, "canon", "raw") == parts(complete, "canon", "raw")
    assert parts(found, "facts") == parts(before, "facts")
    return "loaded"


def test_a_second_process_is_told_that_the_workspace_is_busy(base: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(base / "before", tmp_path / "mine")
    with goalkeeper.open(mine):
        run = subprocess.run(
            [sys.executable, "-c", "import sys, goalkeeper; goalkeeper.open(sys.argv[1])", str(mine)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": ""},
        )
        assert run.returncode == 1
        assert "WorkspaceBusy" in run.stderr
        assert f"process {os.getpid()} has this workspace open. Wait until it is done, or end it." in run.stderr
    goalkeeper.open(mine).close()
    assert issubclass(WorkspaceBusy, goalkeeper.UsageError)
