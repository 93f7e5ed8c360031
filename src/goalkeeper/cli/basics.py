"""init, map, doctor."""

from __future__ import annotations

import re
import shlex
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import folder_named, workspace_for
from goalkeeper.cli.show import say, say_json, terminal, write

if TYPE_CHECKING:
    from goalkeeper.connectors.files import PlainFile


def init(folder: Path, name: str, timezone: str) -> None:
    """Makes a workspace and says what comes next."""
    from goalkeeper.workspace import SETTINGS_FILE, create

    create(folder, name=name, timezone=timezone)
    say(f"Made the workspace {folder}. Its settings stand in {folder / SETTINGS_FILE}.")
    say(f"For a file that no ready mapping knows: goalkeeper map FILE --output {folder}/mappings/NAME.toml")
    say(f"Next: goalkeeper load FILE --workspace {folder}")


def propose(file: Path, output: Path | None) -> None:
    """Prints or writes the proposed mappings of a file, or the text of a ready mapping, to be made one's own."""
    from goalkeeper.connectors.files import open_files
    from goalkeeper.connectors.presets import presets
    from goalkeeper.connectors.propose import propose_opened
    from goalkeeper.errors import UsageError

    ready = presets().get(str(file))
    if ready is None and not file.exists():
        raise UsageError(
            "there is no such file, and no ready mapping of that name.",
            where=str(file),
            hint=f"Ready mappings: {', '.join(presets())}.",
        )
    if ready is not None:
        text = ready.text
    else:
        with tempfile.TemporaryDirectory() as scratch:
            files = open_files(file, Path(scratch))
            text = _taken_anyway(files) + propose_opened(files)
    if output is None:
        say(text.rstrip("\n"))
        return
    if output.exists():
        raise UsageError("the file exists already.", where=str(output), hint="Give another name.")
    write(output, text)
    if ready is not None:
        say(f"Wrote {output}. In a workspace's folder `mappings` it stands before the ready one.")
        return
    asks = " answer what it asks," if re.search(r"^ask = ", text, re.MULTILINE) else ""
    command = shlex.join(["goalkeeper", "load", str(file), "--mapping", str(output)])
    command += "" if folder_named("") else " --workspace FOLDER"
    say(f"Wrote {output}. Read it,{asks} then: {command}")


def _taken_anyway(files: list[PlainFile]) -> str:
    """A comment that names the ready mapping which a load takes for a file's tables, where there is one."""
    from goalkeeper.connectors.choose import fitting
    from goalkeeper.errors import SourceError

    try:
        ready = fitting(files, {})
    except SourceError:
        return ""
    return f"# A load without --mapping takes the ready mapping '{ready.name}' for this file: {ready.title}.\n"


def doctor(workspace: str, json: bool) -> None:
    """Prints every check with its sign."""
    with workspace_for(workspace) as opened:
        from goalkeeper.reports.doctor import Sign
        from goalkeeper.reports.doctor import doctor as look

        checks = look(opened)
    if json:
        say_json([asdict(check) for check in checks])
        return
    from rich.text import Text

    signs = {Sign.GOOD: ("✓", "green"), Sign.LOOK: ("!", "yellow"), Sign.WRONG: ("✕", "red")}
    for check in checks:
        mark, color = signs[check.sign]
        line = Text.assemble((mark, color), f" {check.about:<11}", check.found)
        terminal().print(line)
        if check.next_step:
            terminal().print(Text(f"  {'':<11}{check.next_step}", style="dim"))
