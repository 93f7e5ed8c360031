"""One size of workspace: facts and sums of all tickets, a refresh of what is new, and answers, in one process."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import goalkeeper as gk
from goalkeeper.bench.data import add_replies, fill
from goalkeeper.bench.facts import SCHEDULES, scan
from goalkeeper.bench.measuring import timed
from goalkeeper.measure.measure import Question, measure
from goalkeeper.metrics import METRICS
from goalkeeper.reports.metric_page import Asked, metric_page
from goalkeeper.workspace import Workspace

ZONE = "Europe/Berlin"
NEW_EVENTS = 10_000
MEMORY = "3GB"
ASKED = ("resolved_in_target", "first_response_time")
YEAR = Question(every="week", by=("channel",), since=date(2024, 9, 2), until=date(2025, 9, 1))


def main(tickets: int) -> None:
    """Prints the seconds of each piece of work, and the process's peak memory after the build, as JSON."""
    found: dict[str, Any] = {"tickets": tickets}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        gk.create(folder, text=f'name = "Bench"\ntimezone = "{ZONE}"\nmemory_limit = "{MEMORY}"\n{SCHEDULES}')
        with gk.open(folder) as workspace:
            store = workspace.store
            store.con.execute("SET threads = 2")
            fill(store, tickets)
            found["scan_s"] = min(timed(lambda: scan(store)) for _ in range(3))
            found["build_s"] = timed(lambda: workspace.refresh(everything=True))
            found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            store.con.execute("CHECKPOINT")
            new = min(NEW_EVENTS, tickets // 10)
            for way in ("recent", "anywhere"):
                add_replies(store, new, recent=way == "recent")
                os.sync()  # or the refresh waits for what the build left the disk to write
                found[f"refresh_{way}_s"] = timed(workspace.refresh)
                store.con.execute("CHECKPOINT")
            for key in ASKED:
                found[f"{key}_s"] = min(timed(_asking(workspace, key, YEAR)) for _ in range(3))
                whole = replace(YEAR, by=())
                found[f"{key}_whole_s"] = min(timed(_asking(workspace, key, whole)) for _ in range(3))
            found["page_s"] = min(timed(lambda: metric_page(workspace, Asked(key=ASKED[0]))) for _ in range(2))
    print(json.dumps(found))


def _asking(workspace: Workspace, key: str, question: Question) -> Callable[[], object]:
    return lambda: measure(workspace.store, METRICS[key], question, zone=ZONE)


if __name__ == "__main__":
    main(int(sys.argv[1]))
