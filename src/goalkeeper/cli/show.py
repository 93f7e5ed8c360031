"""How the terminal shows things: tables, progress, errors."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from goalkeeper.errors import Findings, UsageError


def terminal() -> Any:
    """The console for people."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
    return Console(highlight=False, soft_wrap=False, width=width)


def say(text: str = "") -> None:
    """Prints a line as it is."""
    print(text)


def say_json(value: object) -> None:
    """Prints JSON for programs; an open side of an interval is null, a moment ISO text."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False, default=str, allow_nan=False))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date too


def write(path: Path, content: str | bytes) -> None:
    """Writes a file, text as UTF-8; UsageError where it cannot be."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise UsageError(
            f"it cannot be written: {error.strerror}.", where=str(path), hint="Name another file."
        ) from None


def day_option(text: str, option: str) -> date | None:
    """The day that an option names; None where it is not given."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a day.", where=option, hint="Write it as 2026-01-31.") from None


def fail(error: UsageError) -> None:
    """Tells a mistake on the error stream."""
    if isinstance(error, Findings):
        for finding in error.findings:
            print(finding, file=sys.stderr)
        return
    place = f"{error.where}: " if error.where else ""
    hint = f"\n  {error.hint}" if error.hint else ""
    print(f"{place}{error.message}{hint}", file=sys.stderr)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), title: str = "") -> None:
    """Prints a plain table; ``right`` are the columns set flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for number, name in enumerate(head):
        made.add_column(name, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))  # Text: brackets in data are no markup
    terminal().print(made)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None] | None]:
    """A progress bar on the error stream, when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def tell(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share)

        yield tell
