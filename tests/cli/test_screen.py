"""Commands write to the screen of whoever gave them, and read paths from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import goalkeeper.cli
from goalkeeper.cli.screen import client_screen, here, named, screen, screen_facts
from goalkeeper.owner import Job, Request

MODULES = sorted(Path(goalkeeper.cli.__file__).parent.glob("*.py"))
OWN_PROCESS = re.compile(r"sys\.std|(?<![.\w])print\((?!.*file=)|open_workspace|Path\.cwd|isatty|get_terminal_size")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_command_looks_past_it(path: Path) -> None:
    """The process that does a command need not be the one that was asked."""
    if path.stem not in ("__init__", "demo", "opening", "screen"):
        assert not OWN_PROCESS.findall(path.read_text(encoding="utf-8"))


def test_this_process(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    print("out", file=screen().out)
    print("err", file=screen().err)
    assert capsys.readouterr() == ("out\n", "err\n")
    assert (screen().width, screen().color, screen().live) == (77, False, False)
    assert here(Path("x")) == Path("x")
    monkeypatch.setenv("GOALKEEPER_HOME", "home")
    assert (named("desk"), named("")) == ("desk", "home")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert screen().color
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as environment:
            environment.setenv(name, value)
            assert not screen().color


def test_a_clients() -> None:
    sent: list[tuple[str, str]] = []
    request = Request([], False, "/desk", {**screen_facts(), "width": 50, "live": True, "home": "theirs"})
    job = Job(request, lambda name, text: sent.append((name, text)), lambda: None)
    with client_screen(job):
        print("one", end="", file=screen().out)
        print("two", file=screen().err)
        assert (screen().width, screen().live) == (50, True)
        assert (named("desk"), named("")) == ("desk", "theirs")
        assert here(Path("x")) == Path("/desk/x")
        assert here(Path("/x")) == Path("/x")
    assert sent == [("err", "two\n")]
    job.out.flush()
    assert sent[1:] == [("out", "one")]
