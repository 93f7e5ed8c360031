"""What a person's program does, as a process of its own that a test may kill at any moment."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import goalkeeper


def load_and_refresh(workspace: Path, files: Path, tell: Connection) -> None:
    """Loads a folder's files and computes the facts, and tells each step."""
    with goalkeeper.open(workspace) as opened:
        tell.send("ready")
        opened.load(files, mapping="desk")
        tell.send("loaded")
        opened.refresh()
        tell.send("refreshed")


def start(workspace: Path, files: Path) -> tuple[ForkServerProcess, Connection]:
    """The process, about to load, and what it tells."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["warehouse.program", "goalkeeper.workspace", "sqlglot", "pyarrow"])
    heard, tell = context.Pipe(duplex=False)
    process = context.Process(target=load_and_refresh, args=(workspace, files, tell))
    process.start()
    tell.close()
    assert heard.recv() == "ready"
    return process, heard
