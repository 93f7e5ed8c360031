"""A desk whose every load changes all of its tickets, so that a mix of two states would show at once."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import goalkeeper as gk
from cli.serving import python
from goalkeeper.owner import Request, hand_over
from measure.small import OFFICE, mapping_text, ticket


def tickets_of(version: int) -> int:
    """How many tickets there are."""
    return 200 + 10 * version


def moment_of(version: int) -> str:
    """Up to when the data is known."""
    return f"2026-03-03T10:00:{version:02}"


def file_of(home: Path, version: int) -> Path:
    """The file whose load makes that version."""
    return home.parent / f"v{version}" / "tickets.ndjson"


def make(folder: Path, versions: int) -> Path:
    """The workspace, with the first version in it, and a file beside it for each version."""
    home = gk.create(folder / "desk", text=OFFICE)
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    for version in range(versions):
        rows = [
            ticket(number, "03-02 10:00", reason=f"v{version}", updated_at=f"{moment_of(version)}Z")
            for number in range(tickets_of(version))
        ]
        rows[-1]["created_at"] = f"{moment_of(version)}Z"
        rows[0]["solved_at"] = "2026-03-02T12:00:00Z"  # and is open again, so that the desk tells of solving
        file_of(home, version).parent.mkdir()
        file_of(home, version).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with gk.open(home) as workspace:
        workspace.load(file_of(home, 0), mapping="plain")
        workspace.refresh()
    return home


def version_in(counts: Sequence[tuple[str | None, int]]) -> int:
    """The version whose tickets, counted by reason, these are; a failure where they are of none."""
    ((reason, count),) = counts
    assert reason
    version = int(reason.removeprefix("v"))
    assert count == tickets_of(version)
    return version


def ask(home: Path, command: str = "metric") -> int:
    """The version that a workspace's owner shows on a command handed over, whose answer takes several queries."""
    if command == "metric":
        cells = _handed(home, "metric", "backlog", "--by", "topic", "--json")
        version = version_in([(cell["by"]["topic"], cell["n"]) for cell in cells])
        assert cells[0]["as_of"] == f"{moment_of(version)}Z"
        return version
    card = _handed(home, "scorecard", "--since", "2026-03-01", "--until", "2026-03-31", "--json")
    counts = {row["key"]: row["reading"]["n"] for section in card["sections"] for row in section["rows"]}
    assert counts["ticket_volume"] == counts["backlog"] == counts["backlog_over_48h"]
    version = (counts["backlog"] - tickets_of(0)) // 10
    assert datetime.fromisoformat(card["as_of"]) == datetime.fromisoformat(f"{moment_of(version)}Z")
    return version


def _handed(home: Path, *words: str) -> Any:
    out, err = io.StringIO(), io.StringIO()
    screen = {"width": 100, "color": False, "live": False, "home": ""}
    code = hand_over(home, Request(list(words), False, str(home), screen), out, err)
    assert code == 0, (code, err.getvalue())
    return json.loads(out.getvalue())


def read_on(home: str, command: str) -> None:
    """Asks until there is a file "stop", and prints each version."""
    while not (Path(home).parent / "stop").exists():
        print(ask(Path(home), command), flush=True)


def reader(home: Path, command: str) -> subprocess.Popen[str]:
    """A process that does so."""
    code = "import sys; from cli.versions import read_on; read_on(*sys.argv[1:])"
    return python(code, home, command, stdout=subprocess.PIPE)


def load(home: Path, version: int) -> subprocess.Popen[str]:
    """A process that loads a version."""
    words = ["load", str(file_of(home, version)), "-m", "plain", "-w", str(home)]
    code = "from goalkeeper.cli import main; main()"
    return python(code, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
