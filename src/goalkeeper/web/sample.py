"""The sample company, looked at in place of a workspace without data: made in a folder of its own, and removed again.

Its pages are those of an app of its own, so that nothing made up comes near the numbers of the workspace.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from goalkeeper.errors import UsageError
from goalkeeper.state.roles import Permission
from goalkeeper.web.pages import Pages
from goalkeeper.workspace import Workspace, open_workspace

FOLDER, MARK, ADDRESS = ".sample", "made-by-goalkeeper.txt", "/sample"
TICKETS = 12_000
STEPS = 14
"""How many lines the making of the company says."""
OWN = (ADDRESS, "/data/upload", "/settings", "/api", "/healthz", "/enter", "/signin", "/signout", "/join", "/connect")
"""Where the workspace's own pages answer also while the sample is looked at: what is brought in goes there."""
_LAST = "scorecard.html"  # what the making writes last: a folder without it was not made whole
_log = logging.getLogger("goalkeeper.web")


class Sample:
    """The sample company of a workspace without data: none, being made, or looked at.

    ``make_app`` gives the app over its own workspace. ``what`` and ``share`` are how far the making is, ``wrong`` why
    it failed. It is kept in a marked folder; another of that name is never touched.
    """

    def __init__(self, own: Workspace, make_app: Callable[[Workspace], FastAPI], tickets: int = TICKETS) -> None:
        self._own, self._make_app, self.tickets = own, make_app, tickets
        self._marked = own.folder / FOLDER
        self.folder = self._marked / "company"
        self.app: FastAPI | None = None
        self.what, self.share, self.wrong = "", 0.0, ""
        self._workspace: Workspace | None = None
        self._work: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def is_made(self) -> bool:
        """Whether it is being made, or removed, now."""
        return bool(self.what)

    def shown(self) -> FastAPI | None:
        """Its app, while the workspace has no data of its own."""
        app = self.app
        return None if app is None or self._own.has_facts else app

    def open(self) -> None:
        """Looks at the company that was made before, if there is one."""
        self._is_closed = False
        self._look()

    def _look(self) -> None:
        with self._lock:
            if self._is_closed or self._workspace or not (self.folder / _LAST).exists():
                return
            try:
                self._workspace = open_workspace(self.folder)
            except UsageError as error:
                self.wrong = str(error)
                return
            self.app = self._make_app(self._workspace)

    def close(self) -> None:
        """Looks at it no longer; ends its making and waits for that."""
        with self._lock:
            self._is_closed = True
            if self._work:
                self._work.terminate()
            self.app, workspace, self._workspace = None, self._workspace, None
            if workspace:
                workspace.close()
        if self._thread:
            self._thread.join()

    def start(self) -> None:
        """Makes it behind the scenes; nothing where it is there or being made, or the workspace has data."""
        has_facts = self._own.has_facts
        with self._lock:
            if self.what or self.app or has_facts:
                return
            self.what, self.share, self.wrong, self._is_closed = "Starting", 0.0, "", False
            self._thread = threading.Thread(target=self._make, name="sample", daemon=True)
            self._thread.start()

    def remove(self) -> None:
        """Takes it away with all that was done in it; nothing while it is being made."""
        with self._lock:
            if self.what:
                return
            self.what, self.wrong = "Removing it", ""
        try:
            self.close()
            self._clear()
        except OSError as error:
            self.wrong = f"The sample company could not be removed: {error.strerror}."
        finally:
            self.what = ""

    def _clear(self) -> None:
        """Removes its folder; FileExistsError where a folder of that name is not marked as its own."""
        if not self._marked.exists():
            return
        if any(self._marked.iterdir()) and not (self._marked / MARK).exists():
            raise FileExistsError(errno.EEXIST, f"the folder {FOLDER} in the workspace is not the sample's")
        shutil.rmtree(self._marked)

    def _make(self) -> None:
        try:
            self._clear()
            self._marked.mkdir()
            (self._marked / MARK).write_text("The sample company of Goalkeeper. This folder may be deleted.\n")
            command = [sys.executable, "-m", "goalkeeper", "demo", "--no-serve", "--workspace", str(self.folder)]
            command += ["--tickets", str(self.tickets)]
            with subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            ) as work:
                said = ""
                with self._lock:
                    self._work = work
                    if self._is_closed:
                        work.terminate()
                for number, line in enumerate(work.stdout or ()):
                    said = line.strip() or said
                    if number < STEPS:
                        self.what, self.share = said, number / STEPS
            if work.returncode and not self._is_closed:
                self.wrong = f"The sample company could not be made: {said}"
            else:
                self._look()
        except OSError as error:
            self.wrong = f"The sample company could not be made: {error.strerror}."
        except Exception as error:
            _log.error("the sample company failed: %s", type(error).__name__)
            self.wrong = "The sample company could not be made. See the log of the server."
        finally:
            self.what, self._work = "", None


class InItsPlace:
    """Lets the app of the sample answer while it is looked at, apart from what is the workspace's own."""

    def __init__(self, app: ASGIApp, sample: Sample) -> None:
        self.app, self.sample = app, sample

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_own = any(path == each or path.startswith((f"{each}/", f"{each}.")) for each in OWN)
        shown = None
        if self.sample.app and scope["type"] == "http" and not is_own:
            shown = await run_in_threadpool(self.sample.shown)
        await (shown or self.app)(scope, receive, send)


def declare(pages: Pages, sample: Sample) -> None:
    """Declares what is sent to make the sample and to remove it."""

    async def act(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=2) as form:
            is_over = form.get("do") == "remove"
        await run_in_threadpool(pages.trail.record, "sample removed" if is_over else "sample begun")
        await run_in_threadpool(sample.remove if is_over else sample.start)
        return RedirectResponse("/", 303)

    pages.take(ADDRESS, act, Permission.LOAD)
