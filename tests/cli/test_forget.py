"""forget: shows what would go, does it once told so, and leaves nothing of the person in the file or the audit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from cli.test_commands import write
from goalkeeper.cli.opening import lasting, owned
from goalkeeper.jobs.forgetting import ASKED, FORGOTTEN, forget_person, preview
from goalkeeper.state import audit, open_state
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED
from measure.small import OFFICE, mapping_text, ticket

pytestmark = pytest.mark.slow


def test_shown_first_then_done(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    (folder / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    monkeypatch.setenv("GOALKEEPER_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "tickets", [
        ticket(1, "03-02 10:00", requester_customer_id="cust-4711", subject="boiler in Lindenweg"),
        ticket(2, "03-02 11:00", subject="stays"),
    ])  # fmt: skip
    assert run("load", "tickets.ndjson", "--mapping", "plain").code == 0
    assert run("note", "Called about T1.", "--on", "2026-03-02").code == 0
    looked = run("forget", "cust-4711")
    assert looked.code == 0, looked.err
    assert "1 tickets" in looked.out
    assert "1 customer of plain, found by id" in looked.out
    assert "The note on 2026-03-02 names them" in looked.out
    assert "Nothing is changed yet" in looked.out
    done = run("forget", "cust-4711", "--yes")
    assert done.code == 0, done.err
    assert "Forgotten." in done.out
    content = (folder / "goalkeeper.duckdb").read_bytes()
    assert b"cust-4711" not in content
    assert b"Lindenweg" not in content
    assert [each.name for each in folder.glob("goalkeeper.duckdb*")] == ["goalkeeper.duckdb"]
    with gk.open(folder) as opened:
        assert opened.store.one("SELECT count(*) FROM canon.tickets") == 2
        with open_state(folder, "") as state, state.reading() as session:
            found = [(each.what, each.about) for each in audit.entries(session, what=[ASKED, FORGOTTEN])]
    assert [what for what, _ in found] == [FORGOTTEN, ASKED]
    assert "4711" not in repr(found)
    assert run("forget", "--finish").out == "Nothing is left to be finished.\n"
    assert run("forget", "nobody").code == 2
    assert run("forget").code == 2


KILLED = """
import os, pathlib, signal, sys
from goalkeeper.cli import main
real = pathlib.Path.replace
def replace(self, to):
    return os.kill(os.getpid(), signal.SIGKILL) if self.name == "goalkeeper.duckdb.new" else real(self, to)
pathlib.Path.replace = replace
sys.argv[1:] = ["forget", "cust-4711", "--yes"]
main()
"""


def test_killed_while_the_file_is_made_anew_it_is_told_and_finished(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    (folder / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    monkeypatch.setenv("GOALKEEPER_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "tickets", [ticket(1, "03-02 10:00", requester_customer_id="cust-4711"), ticket(2, "03-02 11:00")])
    assert run("load", "tickets.ndjson", "--mapping", "plain").code == 0
    assert "forget" not in run("doctor").out
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (folder / "goalkeeper.duckdb.new").exists()
    assert "goalkeeper forget --finish" in run("doctor").out
    assert run("forget", "--finish").code == 0
    assert [each.name for each in folder.glob("goalkeeper.duckdb*")] == ["goalkeeper.duckdb"]
    assert b"cust-4711" not in (folder / "goalkeeper.duckdb").read_bytes()
    assert "forget" not in run("doctor").out
    with gk.open(folder) as opened:
        assert opened.store.one("SELECT count(*) FROM canon.tickets") == 2


def test_old_bytes_go_when_it_is_served_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    (folder / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "tickets", [ticket(1, "03-02 10:00", requester_customer_id="cust-4711"), ticket(2, "03-02 11:00")])
    with gk.open(folder) as opened:
        opened.load("tickets.ndjson", mapping=folder / "mappings" / "plain.toml")
        opened.refresh()
        found = preview(opened, "cust-4711", "", now=datetime(2026, 3, 4))
        forget_person(
            opened, "cust-4711", "", found.mark, now=datetime(2026, 3, 4), record=lambda *_: None
        )  # fmt: skip
    old = (folder / "goalkeeper.duckdb").stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with lasting(str(folder)) as served:  # serves all the same
            assert served.store.one("SELECT count(*) FROM canon.tickets") == 2
            assert served.store.state(UNFINISHED) == OLD_BYTES
    assert (folder / "goalkeeper.duckdb").stat().st_ino == old
    with lasting(str(folder)) as served:
        assert served.store.state(UNFINISHED) is None
        assert served.store.one("SELECT count(*) FROM canon.tickets") == 2
    assert (folder / "goalkeeper.duckdb").stat().st_ino != old  # a file made anew
    assert b"cust-4711" not in (folder / "goalkeeper.duckdb").read_bytes()


def full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_the_owners_note_does_not_name_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    monkeypatch.setattr(sys, "argv", ["goalkeeper", "forget", "ann@example.org", "--yes"])
    with owned(gk.open(folder)):
        note = (folder / "owner.json").read_text(encoding="utf-8")
    assert "goalkeeper forget" in note
    assert "ann@" not in note
