"""A user's mistake ends with 2 and words that say what is valid; never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import goalkeeper as gk
from cli.run import Runner
from goalkeeper.cli.app import app


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("metric", "cast"), "no metric 'cast'.\n  Did you mean 'csat'? Run \"goalkeeper metrics\" for all."),
        (("metric", "CSAT"), "no metric 'CSAT'.\n  Did you mean 'csat'? Run \"goalkeeper metrics\" for all."),
        (("metric", "csat", "--by", "chanel"), "no split 'chanel'.\n  Did you mean 'channel'?"),
        (("metric", "csat", "--by", "channel", "--by", "channel"), "named twice"),
        (("metric", "resolution_time", "--clock", "office"), "no clock 'office'.\n  Valid: calendar, working."),
        (("metric", "csat", "--clock", "working"), "the same on both clocks"),
        (("metric", "csat", "--statistic", "p90"), "no statistic 'p90'.\n  Valid: share."),
        (("metric", "csat", "--variant", "x"), "no variant 'x'"),
        (("metric", "csat", "--every", "hour"), "no period 'hour'"),
        (("metric", "csat", "--profile", "zendes"), "no profile 'zendes'.\n  Did you mean 'zendesk'?"),
        (
            ("metric", "nps", "--profile", "zammad"),
            "--profile: zammad has no nps: no definition of it is known.\n  It has",
        ),
        (("explain", "T1", "--profiles", "zendesk"), "zendesk alone has nothing to differ from."),
        (("metric", "csat", "--level", "95"), "a level of 95"),
        (("metric", "csat", "--since", "1.3.2026"), "--since: '1.3.2026' is not a day.\n  Write it as 2026-01-31."),
        (("metric", "csat", "--until", "2026-02-30"), "--until: '2026-02-30' is not a day."),
        (("metric", "csat", "--until", "9999-12-31"), "out of range"),
        (("metric", "csat", "--since", "0001-01-01"), "out of range"),
        (
            ("metric", "csat", "--since", "2026-04-02", "--until", "2026-04-01"),
            "the range from 2026-04-02 to 2026-04-01 holds no day",
        ),
        (("metric", "csat", "--since", "2026-04-02", "--until", "2026-03-01"), "from 2026-04-02 to 2026-03-01 holds"),
        (("metric", "csat", "--since", "1950-01-01", "--until", "2026-01-01", "--every", "day"), "over 5,000 periods"),
        (("metric", "csat", "--where", "colour = 'red'"), "no column 'colour'"),
        (("metric", "ticket_volume", "--where", "channel = 'emial'"), "no channel 'emial'.\n  Did you mean 'email'?"),
        (("scorecard", "--where", "channel IN ('email', 'fone')"), "no channel 'fone'"),
        (("metric", "csat", "--where", "channel = 'a'; DROP TABLE facts.tickets"), "may not stand in a condition"),
        (("metric", "csat", "--where", "true) OR (SELECT 1"), "is not a condition"),
        (("metric", "csat", "--where", "read_text('/etc/passwd') = 'x'"), "may not stand in a condition"),
        (("metric", "csat", "--where", "channel = 5"), "cannot be computed"),
        (("metric", "csat", "--where", "channel"), "is not true or false"),
        (("scorecard", "--where", "colour = 'red'"), "no column 'colour'"),
        (("scorecard", "--since", "yesterday"), "--since: 'yesterday' is not a day."),
        (("scorecard", "--since", "2030-01-01"), "the data ends on "),
        (("scorecard", "--clock", "office"), "no clock 'office'"),
        (("scorecard", "--level", "0"), "a level of 0"),
        (("scorecard", "--html", "/no/such/folder/card.html"), "it cannot be written"),
        (("explain", "T999"), "there is no ticket 'T999'"),
        (("explain", "T1", "--source", "phone"), "no source 'phone'.\n  Valid: desk."),
        (("explain", "T999", "--source", "desk"), "there is no ticket 'T999'"),
        (("quarantine", "replay", "--source", "phone"), "no source 'phone'.\n  Valid: desk."),
        (("load", "no.csv"), "no.csv: there is no such file."),
        (("load", "/dev/null", "--mapping", "nothing"), "nothing"),
        (("map", "no.csv"), "no.csv: there is no such file, and no ready mapping of that name."),
        (("quarantine", "show", "999"), "no row is held back as '999'"),
        (("metric",), "Missing argument"),
        (("metric", "csat", "--bye", "channel"), "--bye"),
        (("nonsense",), "nonsense"),
    ],
    ids=lambda each: " ".join(each[:4]) if isinstance(each, tuple) else "",
)
def test_mistakes(run: Runner, desk: Path, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
    assert run("metric", "csat").code == 0


@pytest.mark.parametrize(
    "words", [("metric", "csat"), ("scorecard",), ("doctor",), ("explain", "T1"), ("refresh",), ("quarantine", "list")]
)
def test_no_workspace(run: Runner, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, "--workspace", tmp_path)
    assert done.code == 2
    assert "there is no goalkeeper.toml here, so this is no workspace." in done.err
    assert f"`goalkeeper init {tmp_path}` makes one" in done.err


@pytest.mark.parametrize("words", [("metric", "csat"), ("scorecard",)])
def test_an_empty_workspace(run: Runner, tmp_path: Path, words: tuple[str, ...]) -> None:
    gk.create(tmp_path)
    done = run(*words, "--workspace", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "nothing has been loaded yet" in done.err
    assert run("doctor", "--workspace", tmp_path).code == 0


def test_settings_with_mistakes(run: Runner, tmp_path: Path) -> None:
    gk.create(tmp_path)
    (tmp_path / "goalkeeper.toml").write_text('timezone = "Mars"\ncolour = 1\n', encoding="utf-8")
    done = run("doctor", "--workspace", tmp_path)
    assert done.code == 2
    assert [line.split(" ")[0] for line in done.err.splitlines()] == ["goalkeeper.toml:2:", "goalkeeper.toml:1:"]


def test_init_twice_or_in_a_file(run: Runner, tmp_path: Path) -> None:
    assert run("init", tmp_path / "x").code == 0
    assert "this is a workspace already" in run("init", tmp_path / "x").err
    (tmp_path / "file").write_text("")
    assert "cannot be made" in run("init", tmp_path / "file").err
    assert "no time zone 'Berlin'" in run("init", tmp_path / "y", "--timezone", "Berlin").err
    assert not (tmp_path / "y").exists()


def test_a_terminal_without_unicode(desk: Path) -> None:
    code = "import sys; sys.argv = ['goalkeeper', 'doctor']; from goalkeeper.cli import main; main()"
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ascii_only, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"loads" in done.stdout


def test_help_is_quick() -> None:
    """The best of five takes under 0.6 s; on a busy machine one of them is let through."""
    code = "import sys; sys.argv = ['goalkeeper', '--help']; from goalkeeper.cli import main; main()"
    times = []
    for _ in range(5):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - started)
        assert "scorecard" in done.stdout
        if times[-1] < 0.6:
            return
    assert min(times) < 0.6


def commands(group: Any, *words: str) -> Iterator[tuple[str, ...]]:
    """All commands of a group and its groups, as their words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *words, name)
        else:
            yield (*words, name)


def test_every_command_has_help(run: Runner) -> None:
    found = list(commands(typer.main.get_command(app)))
    assert {("check",), ("plan", "agree"), ("quarantine", "list")} <= set(found)
    for words in found:
        done = run(*words, "--help")
        assert done.code == 0
        assert "Usage: " in done.out
