"""How the terminal shows things: tables, progress, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from goalkeeper.cli.screen import here, screen
from goalkeeper.errors import Findings, UsageError


def terminal() -> Any:
    """The console for people."""
    from rich.console import Console

    shown = screen()
    return Console(
        file=shown.out,
        width=shown.width,
        force_terminal=shown.color,
        color_system="standard" if shown.color else None,
        highlight=False,
        soft_wrap=False,
    )


def say(text: str = "") -> None:
    """Prints a line as it is."""
    print(text, file=screen().out)


def say_json(value: object) -> None:
    """Prints JSON for programs; an open side of an interval is null, a moment ISO text."""
    from goalkeeper.documents.as_json import written

    say(written(value))


def write(path: Path, content: str | bytes) -> None:
    """Writes a file, text as UTF-8; UsageError where it cannot be."""
    try:
        here(path).write_bytes(content.encode() if isinstance(content, str) else content)
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
            print(finding, file=screen().err)
        return
    place = f"{error.where}: " if error.where else ""
    hint = f"\n  {error.hint}" if error.hint else ""
    print(f"{place}{error.message}{hint}", file=screen().err)


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
    shown = screen()
    if not shown.live:
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
    console = Console(file=shown.err, width=shown.width, force_terminal=True)
    # Rich would send all that this process prints, other commands' words too, through this bar.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("", total=1.0)

        def tell(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share)

        yield tell
