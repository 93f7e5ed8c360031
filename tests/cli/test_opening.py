"""A command does the same whether it opens the workspace itself or another process, which owns it, does it."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

import goalkeeper as gk
from cli.run import Done, Runner
from cli.serving import python, served, serving_process
from cli.test_commands import write
from cli.test_planning import LONE
from goalkeeper.cli.app import app
from goalkeeper.owner import NOTE, Request, hand_over
from goalkeeper.reports import doctor
from goalkeeper.warehouse import Store
from measure.small import OFFICE, mapping_text, ticket

pytestmark = pytest.mark.slow
FOREVER = "SELECT count(*) FROM range(100_000_000_000) t(a) WHERE a % 7 = 3"
COMMANDS = [
    ("metric", "first_response_time", "--by", "channel", "--every", "week"),
    ("metric", "nps", "--json"),
    ("metrics",),
    ("scorecard",),
    ("explain", "T3"),
    ("doctor",),
    ("quarantine", "list"),
    ("quarantine", "show", "no_such_reason"),
    ("quarantine", "replay"),
    ("refresh", "--all"),
    ("load", "/dev/null", "-m", "agents"),
    ("load", "no.csv"),
    ("metric", "cast"),
    ("metric", "csat", "--where", "colour = 'red'"),
    ("metric", "csat", "--level", "95"),
    ("metric", "csat", "--since", "yesterday"),
    ("metric", "csat", "--bye", "channel"),
    ("check", "plan.toml"),
    ("check", "no.toml"),
    ("goal", "no-such-goal"),
    ("goals",),
    ("manual",),
    ("review",),
    ("plan", "note", "no-such-goal", "words"),
    ("plan", "new", "--stage", "50k-500k"),
    ("plan", "suggest", "csat"),
    ("plan", "agree", "plan.toml"),
    ("plan", "versions"),
    ("plan", "show", "Support"),
    ("why", "csat", "--by", "channel"),
    ("changes", "ticket_volume"),
    ("explain", "T999"),
    ("scorecard", "--html", "/no/such/folder/card.html"),
    ("sql", "ticket_volume", "--dialect", "duckdb", "--since", "2026-03-01", "--until", "2026-03-08"),
    ("note",),
    ("note", "New form", "--on", "2026-03-02", "--metric", "cast"),
    ("jobs",),
    ("jobs", "--run", "lunch"),
    ("forget", "nobody@example.com"),
    ("people", "list"),
    ("people", "add", "nobody"),
    ("people", "role", "nobody@example.com", "lead"),
    ("people", "link", "nobody@example.com"),
    ("people", "unlink", "nobody@example.com"),
    ("people", "remove", "nobody@example.com"),
    ("token", "list"),
    ("token", "create", "nobody@example.com", "--name", "cron", "--scope", "numbers"),
    ("token", "revoke", "99"),
    ("audit", "list"),
    ("audit", "verify"),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace with a mapping, named by the environment."""
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    (folder / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    monkeypatch.setenv("GOALKEEPER_HOME", str(folder))
    return folder


def timeless(done: Done, folder: Path) -> tuple[int, str, str]:
    """A command's end without the seconds that it took, and without the folder that its paths begin at."""
    return done.code, *(re.sub(r"\d+\.\d s", "", text).replace(f"{folder}/", "") for text in (done.out, done.err))


def test_every_command_of_a_workspace_is_tried() -> None:
    def paths(command: Any, *words: str) -> Iterator[str]:
        if hasattr(command, "commands"):
            for name, each in command.commands.items():
                yield from paths(each, *words, name)
        elif any(parameter.name == "workspace" for parameter in command.params):
            yield " ".join(words)

    tried = [" ".join(words) for words in COMMANDS]
    for path in {*paths(typer.main.get_command(app))} - {"demo", "serve"}:
        assert any(words.startswith(path) for words in tried), path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_handed_over_is_the_same(
    run: Runner, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.toml").write_text(LONE, encoding="utf-8")
    here = timeless(run(*words), Path.cwd())
    with served(desk) as workspace:
        before = workspace.store.one("SELECT count(*) FROM meta.loads")
        assert timeless(run(*words), Path.cwd()) == here
        assert workspace.store.one("SELECT count(*) FROM meta.loads") == before
    assert not (desk / NOTE).exists()


def test_relative_paths_are_the_clients(
    run: Runner, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "tickets", [ticket(1, "03-02 10:00")])
    (tmp_path / "own.toml").write_text(mapping_text())
    with serving_process(home):
        assert "Loaded 1 rows" in run("load", "tickets.ndjson", "--mapping", "own.toml", "-w", "desk").out
        monkeypatch.setenv("GOALKEEPER_HOME", "desk")
        assert run("scorecard", "--html", "card.html").out == "Wrote card.html.\n"
    assert (tmp_path / "card.html").exists()


def test_two_commands_read_their_options_at_once(desk: Path) -> None:
    """Typer changes the environment while it does so; one command must not take away what the other set."""
    screen = {"width": 100, "color": False, "live": False, "home": ""}
    request = Request(["metric", "ticket_volume", "--json", "--workspace", str(desk)], False, str(desk), screen)
    with served(desk), ThreadPoolExecutor(6) as pool:
        assert "PYDANTIC_DISABLE_PLUGINS" in os.environ
        codes = pool.map(lambda _: hand_over(desk, request, io.StringIO(), io.StringIO()), range(18))
        assert set(codes) == {0}


def test_settings_are_read_anew(run: Runner, home: Path) -> None:
    with served(home):
        assert run("doctor").code == 0
        (home / "goalkeeper.toml").write_text("colour = 1\n")
        assert (run("doctor").code, run("doctor").err.split(":")[0]) == (2, "goalkeeper.toml")


def test_width_and_colours_are_the_clients(run: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(desk):
        wide = run("doctor").out
        monkeypatch.setenv("COLUMNS", "60")
        narrow = run("doctor").out
        assert max(map(len, narrow.splitlines())) <= 60 < max(map(len, wide.splitlines()))
        assert "\x1b" not in narrow
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert "\x1b[32m" in run("doctor").out


class TestWaiting:
    def test_for_a_process_that_serves_nobody(self, run: Runner, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        code = "import sys, goalkeeper; ws = goalkeeper.open(sys.argv[1]); print(flush=True); sys.stdin.read()"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout
            assert holder.stdin
            holder.stdout.readline()
            monkeypatch.setenv("GOALKEEPER_WAIT_S", "0")
            told = f"{home}: process {holder.pid} has this workspace open.\n  Wait until it is done, or end it.\n"
            assert run("doctor") == Done(2, "", told)
            monkeypatch.setenv("GOALKEEPER_WAIT_S", "1.2")
            waiting = f"Waiting: process {holder.pid} has this workspace open.\n"
            assert run("doctor") == Done(2, "", waiting + told)
            monkeypatch.setenv("GOALKEEPER_WAIT_S", "soon")
            assert "GOALKEEPER_WAIT_S: it is 'soon'" in run("doctor").err
            monkeypatch.delenv("GOALKEEPER_WAIT_S")
            holder.stdin.close()
            assert run("doctor").code == 0

    def test_a_load_serves_readers_and_lets_writers_wait(
        self, run: Runner, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A load that stops, in its transaction, until it hears that it may go on."""
        first = write(tmp_path, "tickets", [ticket(1, "03-02 10:00")])
        assert run("load", first, "-m", "plain").code == 0
        second = tmp_path / "second" / "tickets.ndjson"
        second.parent.mkdir()
        second.write_text(first.read_text().replace("T1", "T2"))
        with paused(home, "load", file=second) as process:
            volume = ("metric", "ticket_volume", "--json")
            assert [cell["n"] for cell in run(*volume).json] == [1]
            monkeypatch.setenv("GOALKEEPER_WAIT_S", "0")
            stopped = run("refresh")
            assert stopped.code == 2
            command = re.escape(
                f"`goalkeeper load {second} -m plain -w {home}` (process {process.pid}) is at work here."
            )
            assert re.search(command, stopped.err)
            assert "Nothing was changed; try again when it is done." in stopped.err
            monkeypatch.delenv("GOALKEEPER_WAIT_S")
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
            assert run("refresh").out.startswith("Computed the facts of 0 tickets")
            assert process.wait(20) == 0
            assert [cell["n"] for cell in run(*volume).json] == [2]

    def test_the_demo_leaves_a_workspace_in_use_alone(self, run: Runner, home: Path) -> None:
        (home / "exports").mkdir()
        (home / "exports" / "truths.json").write_text("{}")
        with paused(home, "doctor"):
            done = run("demo", "--workspace", home)
        assert (done.code, done.out) == (2, "")
        assert "has this workspace open" in done.err
        assert (home / "exports" / "truths.json").exists()


class TestInterruption:
    @pytest.mark.parametrize("command", ["doctor", "load"])
    def test_of_a_command_that_does_its_work_itself(self, home: Path, tmp_path: Path, command: str) -> None:
        with paused(
            home, command, file=write(tmp_path, "tickets", [ticket(1, "03-02 10:00")]), then=FOREVER
        ) as process:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        with gk.open(home) as workspace:
            assert workspace.store.one("SELECT count(*) FROM canon.tickets") == 0

    @pytest.mark.parametrize("command", ["doctor", "load"])
    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
    def test_of_a_command_handed_over(
        self, home: Path, tmp_path: Path, command: str, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The owner stops the work and undoes it, and goes on with others."""
        file = write(tmp_path, "tickets", [ticket(1, "03-02 10:00")])
        begun = threading.Event()

        def forever(store: Store) -> None:
            begun.set()
            store.con.execute(FOREVER).fetchall()

        with served(home) as workspace:
            patch(monkeypatch, command, forever)
            words = [sys.executable, "-m", "goalkeeper", *words_of(command, file)]
            with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
                assert begun.wait(20)
                client.send_signal(how)
                assert client.communicate(timeout=20) == ("", "")
                assert client.returncode == (130 if how == signal.SIGINT else -how)
            monkeypatch.undo()
            with workspace.store.writing("nothing"):  # whoever wrote has ended
                assert workspace.store.one("SELECT count(*) FROM canon.tickets") == 0
            assert workspace.load(file, mapping="plain").loaded == 1


def words_of(command: str, file: Path | None) -> list[str]:
    return ["load", str(file), "-m", "plain"] if command == "load" else [command]


def patch(monkeypatch: pytest.MonkeyPatch, command: str, then: Callable[[Store], None]) -> None:
    """Lets a command do something else at its end: a load inside of its transaction."""
    if command == "load":
        module = import_module("goalkeeper.warehouse.load")  # the package's `load` is the function
        bring_in = module.bring_in

        def brought(store: Store, *words: Any) -> Any:
            done = bring_in(store, *words)
            then(store)
            return done

        monkeypatch.setattr(module, "bring_in", brought)
    else:
        monkeypatch.setattr(doctor, "doctor", lambda workspace: then(workspace.store) or ())


PROGRAM = """
import sys
import pytest
from goalkeeper.cli import main
from cli.test_opening import patch
def then(store):
    print("begun", flush=True)
    {then}
with pytest.MonkeyPatch.context() as monkeypatch:
    patch(monkeypatch, {command!r}, then)
    sys.argv = ["goalkeeper", *{words}]
    main()
"""


@contextmanager
def paused(home: Path, command: str, *, file: Path | None = None, then: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that does a command and, shortly before its end, SQL; without any, it waits to hear a line."""
    todo = f"store.con.execute({then!r}).fetchall()" if then else "sys.stdin.readline()"
    code = PROGRAM.format(command=command, words=[*words_of(command, file), "-w", str(home)], then=todo)
    pipe = subprocess.PIPE
    with python(code, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "begun\n"
        yield process
        process.stdin.close()
        assert "Traceback" not in process.stderr.read()
