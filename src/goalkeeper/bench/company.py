"""The sample company served in this process, to measure and to picture its pages."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from goalkeeper.warehouse.known import newest_moment
from goalkeeper.web import create_app
from goalkeeper.workspace import open_workspace

KEY = "only-for-this-run-of-a-measurement-0123456789abcdef"


@contextmanager
def sample_app(tickets: int) -> Iterator[FastAPI]:
    """The app over a new sample company, as of the morning after its last day; KEY lets in."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        command = [sys.executable, "-m", "goalkeeper", "demo", "--workspace", str(demo), "--tickets", str(tickets)]
        subprocess.run([*command, "--no-serve"], check=True, capture_output=True)
        with open_workspace(demo) as workspace:
            now = newest_moment(workspace.store).replace(tzinfo=UTC) + timedelta(hours=6)
            moment: datetime = now.replace(tzinfo=None)
            yield create_app(workspace, key=KEY, now=lambda: moment, today=moment.date)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Where an app is served to real browsers."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
