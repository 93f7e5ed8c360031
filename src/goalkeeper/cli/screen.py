"""Where a command writes and how: this process's terminal, or that of the client who handed the command over."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from goalkeeper.owner import Job


@dataclass(frozen=True, slots=True)
class Screen:
    """Two streams; how wide ``out`` is, whether it shows colours, and whether ``err`` is a terminal, for progress.

    ``home`` is the workspace that the environment names. Relative paths begin at ``folder``; without one, at this
    process's.
    """

    out: TextIO
    err: TextIO
    width: int
    color: bool
    live: bool
    home: str
    folder: Path | None = None

    @property
    def picture_width(self) -> int:
        """How wide charts are drawn: as the terminal, within reason."""
        return max(40, min(self.width, 160))


_CLIENT: ContextVar[Screen] = ContextVar("screen of a client")


def screen() -> Screen:
    """The screen of the command at work."""
    return _CLIENT.get(None) or Screen(sys.stdout, sys.stderr, **screen_facts())


def screen_facts() -> dict[str, Any]:
    """What is to be known of this process's terminal and environment."""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return {
        "width": shutil.get_terminal_size((120, 40)).columns,
        "color": sys.stdout.isatty() and not plain,
        "live": sys.stderr.isatty(),
        "home": os.environ.get("GOALKEEPER_HOME", ""),
    }


@contextmanager
def client_screen(job: Job) -> Iterator[None]:
    """Lets the block write to the client's screen."""
    request = job.request
    made = Screen(cast(TextIO, job.out), cast(TextIO, job.err), **request.screen, folder=Path(request.folder))
    token = _CLIENT.set(made)
    try:
        yield
    finally:
        _CLIENT.reset(token)


def here(path: Path) -> Path:
    """A path that the user gave, as this process finds it."""
    folder = screen().folder
    return folder / path if folder else path


def named(workspace: str) -> str:
    """The workspace folder that an option or the environment names; empty where neither does."""
    return workspace or screen().home
