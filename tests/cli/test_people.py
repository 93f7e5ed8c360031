"""people, token, audit and serve with people, on the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from cli.test_serve import serving
from goalkeeper.state import identities, open_state
from goalkeeper.state.database import FILE, URL
from measure.small import mapping_text, ticket

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = gk.create(tmp_path / "desk")
    monkeypatch.setenv("GOALKEEPER_HOME", str(folder))
    return folder


def test_people_and_tokens(run: Runner, home: Path) -> None:
    assert "Nobody was added" in run("people", "list").out
    added = run("people", "add", "ann@example.org", "--name", "Ann", "--role", "owner")
    assert added.code == 0
    assert "/join?code=" in added.out
    assert run("people", "add", "bob@example.org", "--role", "agent", "--team", "Berlin").code == 0
    assert run("people", "add", "bob@example.org").code == 2
    assert run("people", "role", "bob@example.org", "lead").code == 0
    assert run("people", "role", "ann@example.org", "viewer").code == 2
    found = run("people", "list", "--json").json
    assert [(each["email"], each["role"], each["team"]) for each in found] == [
        ("ann@example.org", "owner", ""), ("bob@example.org", "lead", "Berlin"),
    ]  # fmt: skip
    made = run("token", "create", "bob@example.org", "--name", "dashboard", "--scope", "numbers")
    assert made.out.splitlines()[-1].strip().startswith("gk_")
    assert run("token", "create", "bob@example.org", "--name", "x", "--scope", "load").code == 2
    (token,) = run("token", "list", "--json").json
    assert (token["of"], token["scopes"], token["used_at"]) == ("bob@example.org", ["numbers"], None)
    assert "dashboard" in run("token", "list").out
    assert run("token", "revoke", token["number"]).code == 0
    assert run("token", "revoke", token["number"]).code == 2
    assert "/join?code=" in run("people", "link", "bob@example.org").out
    assert run("people", "remove", "bob@example.org").code == 0
    assert run("people", "remove", "nobody@example.org").code == 2
    assert "ann@example.org" in run("people", "list").out
    told = [each["what"] for each in run("audit", "list", "--json").json]
    assert told[:3] == ["person removed", "link made", "token revoked"]
    assert "person removed" in run("audit", "list", "--limit", 1).out


def test_what_commands_do_to_data_is_in_the_audit(
    run: Runner, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    file = tmp_path / "tickets.ndjson"
    file.write_text(json.dumps(ticket(1, "03-02 10:00")) + "\n", encoding="utf-8")
    load = ("load", file, "-m", "plain", "--no-refresh")
    assert run(*load).code == 0
    assert not (home / FILE).exists()  # without people there is no record, and a load makes none
    run("people", "add", "ann@example.org", "--role", "owner")
    assert run(*load, "--source", "north").code == 0
    for words in (
        ("refresh",),
        ("quarantine", "replay", "--source", "north"),
        ("quarantine", "replay"),
        ("jobs", "--run", "evaluate"),
        ("note", "New help centre", "--on", "2026-03-02"),
    ):
        assert run(*words).code == 0
    assert run("jobs", "--run", "nothing").code == 2
    told = run("audit", "list", "--limit", 6, "--json").json
    assert {each["who"] for each in told} == {"the command line"}
    assert [(each["what"], each["about"]) for each in reversed(told)] == [
        ("load begun", "tickets.ndjson as north"),
        ("job begun", "refresh"),
        ("rows tried again", "north"),
        ("rows tried again", "all sources"),
        ("job begun", "evaluate"),
        ("note added", "2026-03-02 all metrics: New help centre"),
    ]
    assert "All 8 entries are as they were written." in run("audit", "verify").out
    monkeypatch.setenv(URL, "postgresql://nobody@127.0.0.1:1/none")
    assert run(*load, "--source", "south").code == 2  # what cannot be entered is not done
    monkeypatch.delenv(URL)
    assert "south" not in run("audit", "list").out
    with gk.open(home) as opened:
        assert opened.store.rows("SELECT source_id FROM meta.loads ORDER BY load_id") == [("plain",), ("north",)]


def test_single_sign_on_is_shown_and_ended(run: Runner, home: Path) -> None:
    run("people", "add", "ann@example.org", "--role", "owner")
    claims = {"iss": "https://login.example.org", "sub": "1", "email": "ann@example.org", "email_verified": True}
    with open_state(home) as state, state.writing() as session:
        identities.admit(session, claims, domains=(), now=datetime(2026, 3, 1))
    assert "single sign-on" in run("people", "list").out
    refused = run("people", "link", "ann@example.org")
    assert (refused.code, "goalkeeper people unlink" in refused.err) == (2, True)
    assert "/join?code=" in run("people", "unlink", "ann@example.org").out
    assert run("people", "unlink", "ann@example.org").code == 2
    assert run("people", "link", "ann@example.org").code == 0


def test_a_changed_row_is_found(run: Runner, home: Path) -> None:
    run("people", "add", "ann@example.org", "--role", "owner")
    assert run("audit", "verify").out.startswith("All 2 entries are as they were written.")
    with closing(sqlite3.connect(home / "state.db")) as direct, direct:
        direct.execute("DROP TRIGGER audit_no_update")
        direct.execute("UPDATE audit SET about = 'eve@example.org as owner' WHERE number = 1")
    done = run("audit", "verify")
    assert done.code == 1
    assert "Entry 1 is not as it was written" in done.out


def test_a_state_that_cannot_be_had_is_told(run: Runner, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOALKEEPER_STATE_URL", "nosuch://x")
    assert run("people", "list").code == 2
    monkeypatch.delenv("GOALKEEPER_STATE_URL")
    settings = home / "goalkeeper.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[state]\nurl = "nosuch://x"\n', encoding="utf-8")
    done = run("people", "list")
    assert done.code == 2
    assert "state.url" in done.err


def test_serve_with_people(run: Runner, home: Path) -> None:
    with serving(home) as (_, link):
        assert "/enter?key=" in link
    with serving(home, "--people") as (_, link):
        assert "/join?code=" in link
        assert run("people", "add", "ann@example.org", "--role", "owner").code == 0  # the server does it
    with serving(home) as (_, link):
        assert link.count("/") == 2  # people sign in from now on
