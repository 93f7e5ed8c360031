"""Owners for tests: in this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import goalkeeper as gk
from goalkeeper.cli.opening import runner
from goalkeeper.owner import Owner

PROGRAM = """
import sys
from cli.serving import served
with served(sys.argv[1]) as workspace:
    print("ready", flush=True)
    sys.stdin.read()
"""


def python(code: str, *words: object, **options: Any) -> subprocess.Popen[str]:
    """A Python process that finds the tests' modules; nothing of the environment names a workspace."""
    environment = {name: value for name, value in os.environ.items() if name != "GOALKEEPER_HOME"}
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], env=environment, text=True, **options)


@contextmanager
def served(folder: str | Path) -> Iterator[gk.Workspace]:
    """The workspace, open in this process, which does the commands of others."""
    workspace = gk.open(folder)
    owner = Owner(workspace.folder, runner(workspace.store), command="goalkeeper serve", lasting=True)
    with workspace, owner:
        yield workspace


@contextmanager
def serving_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that does the same, in another folder, until the block ends or it is killed."""
    with python(PROGRAM, folder.resolve(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            assert process.stdin
            process.stdin.close()
