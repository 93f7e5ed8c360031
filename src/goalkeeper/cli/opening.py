"""Opens the workspace of a command: here, serving others meanwhile, or in the process that has it open already."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.interruption import heard_by
from goalkeeper.cli.screen import client_screen, here, named, screen_facts
from goalkeeper.errors import UsageError, WorkspaceBusy
from goalkeeper.owner import Job, Note, Owner, Request, hand_over

if TYPE_CHECKING:
    from goalkeeper.warehouse import Store
    from goalkeeper.workspace import Workspace

WAIT = "GOALKEEPER_WAIT_S"
_WRITER_WAIT_S = 600.0  # while another command has the workspace and says so
_SETTLE_S = 30.0  # while a process has it open that serves nobody: it may be about to begin or to end
_TELL_S = 1.0
_HINT = "Nothing was changed; try again when it is done."

_SERVED: ContextVar[Store] = ContextVar("store of the owner")


@contextmanager
def workspace_for(workspace: str, *, writes: bool = False) -> Iterator[Workspace]:
    """The workspace for one command.

    Where another process owns it, that one does the whole command, and this one ends with its exit code. Otherwise
    this process owns it for the block. In the owner itself it is the owner's.
    """
    folder = here(Path(named(workspace) or "."))
    store = _SERVED.get(None)
    if store is None:
        with owned(_await_turn(folder, writes)) as own:
            yield own
    else:
        from goalkeeper.workspace import SETTINGS_FILE, Workspace, read_settings

        yield Workspace(folder, read_settings(folder / SETTINGS_FILE), store)


def in_owner() -> bool:
    """Whether this command runs in a process that goes on having the workspace open."""
    return _SERVED.get(None) is not None


@contextmanager
def lasting(workspace: str) -> Iterator[Workspace]:
    """The workspace, owned for as long as the block lasts: what writes is handed over to this process too.

    UsageError from within an owner: it serves already.
    """
    folder = here(Path(named(workspace) or "."))
    if _SERVED.get(None) is not None:
        raise UsageError("it is being served already.", where=str(folder), hint="Stop the other `goalkeeper serve`.")
    with owned(_without_old_bytes(folder), lasting=True) as own:
        yield own


def _without_old_bytes(folder: Path) -> Workspace:
    """The workspace, its file made anew first where it holds old bytes of who was forgotten; where not, it is told."""
    from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED
    from goalkeeper.warehouse.rewrite import rewrite

    found = _await_turn(folder, writes=True)
    if found.store.state(UNFINISHED) == OLD_BYTES:
        found.close()
        try:
            rewrite(found.store.path)
        except UsageError as error:
            print(f"Old bytes of whoever was forgotten stay: {error}", file=sys.stderr)
        found = _await_turn(folder, writes=True)
    return found


def folder_named(workspace: str) -> Path | None:
    """The workspace folder that is named, or this one where it is a workspace; None where it is not."""
    from goalkeeper.workspace import SETTINGS_FILE

    name = named(workspace)
    return here(Path(name or ".")) if name or here(Path(SETTINGS_FILE)).exists() else None


@contextmanager
def owned(workspace: Workspace, *, lasting: bool = False) -> Iterator[Workspace]:
    """Serves other processes with the open workspace for the block, then closes it."""
    words = sys.argv[1:2] if sys.argv[1:2] == ["forget"] else sys.argv[1:]  # whom is not to be left in a file
    command = shlex.join(["goalkeeper", *words])
    owner = Owner(workspace.folder, runner(workspace.store), command=command, lasting=lasting)
    with workspace, heard_by(workspace.store.session):
        owner.start()
        try:
            yield workspace
        finally:
            owner.stop(lambda jobs: print(f"Waiting: other commands still run here ({jobs}).", file=sys.stderr))


def runner(store: Store) -> Callable[[Job], int]:
    """Does the commands handed over to the process that has the store open."""
    from goalkeeper.cli import run
    from goalkeeper.cli.app import app

    # Typer sets and deletes this variable around every command's options, and two threads would delete it twice.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

    def do(job: Job) -> int:
        job.on_cancel(store.session.stop)
        token = _SERVED.set(store)
        try:
            with client_screen(job):
                return run(lambda: app(args=job.request.words, prog_name="goalkeeper"))
        finally:
            _SERVED.reset(token)
            store.leave()

    return do


def _await_turn(folder: Path, writes: bool) -> Workspace:
    """Opens the workspace once nobody else has it open; does not return where its owner did the command."""
    request = Request(sys.argv[1:], writes, str(Path.cwd()), screen_facts())
    started = changed = time.monotonic()
    last, told = "", False
    while True:
        answer = hand_over(folder, request, sys.stdout, sys.stderr)
        if isinstance(answer, int):
            raise SystemExit(answer)
        if isinstance(answer, Note):
            busy, most = WorkspaceBusy(f"{answer} is at work here.", where=str(folder), hint=_HINT), _WRITER_WAIT_S
        else:
            from goalkeeper.workspace import open_workspace

            try:
                return open_workspace(folder)
            except WorkspaceBusy as error:
                busy, most = error, _SETTLE_S
        now = time.monotonic()
        if busy.message != last:
            last, changed = busy.message, now
        if now - changed >= _wait_s(most):
            raise busy
        if not told and now - started > _TELL_S:
            print(f"Waiting: {busy.message}", file=sys.stderr)
            told = True
        time.sleep(0.1)


def _wait_s(most: float) -> float:
    given = os.environ.get(WAIT, "")
    try:
        return float(given or most)
    except ValueError:
        raise UsageError(f"it is {given!r}.", where=WAIT, hint="Write a number of seconds, such as 60.") from None
