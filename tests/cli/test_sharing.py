"""The commands that write documents for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.run import Runner
from goalkeeper.goals.tried import tried
from goalkeeper.state.database import URL
from goalkeeper.workspace import create, open_workspace
from goals.agreed_plans import agree_on
from goals.plans import PLAN


@pytest.fixture
def agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty desk with an agreed plan, named by the environment."""
    folder = create(tmp_path / "desk", name="Desk")
    with open_workspace(folder) as opened:
        agree_on(opened.store, PLAN)
    monkeypatch.setenv("GOALKEEPER_HOME", str(folder))
    return tmp_path


def test_manual_is_printed(run: Runner, agreed: Path) -> None:
    done = run("manual")
    assert done.code == 0
    assert done.out.startswith("# How we serve our customers: Support, Q1 2027\n")


def test_manual_is_written_in_each_form(run: Runner, agreed: Path) -> None:
    page, pdf, text = (agreed / f"manual.{kind}" for kind in ("html", "pdf", "md"))
    done = run("manual", "Support, Q1 2027", "--html", page, "--pdf", pdf, "--markdown", text)
    assert (done.code, done.out) == (0, f"Wrote {page}, {text}, {pdf}.\n")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert text.read_text(encoding="utf-8") == run("manual").out


def test_manual_of_a_plan_that_is_not(run: Runner, agreed: Path) -> None:
    done = run("manual", "Suport, Q1 2027")
    assert done.code == 2
    assert "Did you mean 'Support, Q1 2027'?" in done.err
    assert run("manual", "--version", 3).code == 2
    unwritable = run("manual", "--pdf", agreed / "missing" / "x.pdf")
    assert unwritable.code == 2
    assert "it cannot be written" in unwritable.err


def test_notes_are_for_goals_that_were_agreed(run: Runner, agreed: Path) -> None:
    done = run("plan", "note", "billing-questions-solved-the-first-time", "New macros", "--on", "2027-01-11")
    assert done.out == ("Noted for 'billing-questions-solved-the-first-time' of 'Support, Q1 2027' on 2027-01-11.\n")
    assert run("plan", "note", "biling", "New macros").code == 2
    assert run("plan", "note", "billing-questions-solved-the-first-time", " ").code == 2


def test_a_note_is_in_the_audit_and_without_its_entry_it_is_not_kept(
    run: Runner, agreed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("people", "add", "ann@example.org", "--role", "owner")
    words = ("plan", "note", "billing-questions-solved-the-first-time", "New macros", "--on", "2027-01-11")
    assert run(*words).code == 0
    assert run(*words[:3], " ").code == 2
    monkeypatch.setenv(URL, "postgresql://nobody@127.0.0.1:1/none")
    assert run(*words[:3], "Never entered").code == 2
    monkeypatch.delenv(URL)
    told = run("audit", "list", "--limit", 1, "--json").json
    assert [(each["what"], each["about"]) for each in told] == [
        ("plan note added", "Support, Q1 2027: billing-questions-solved-the-first-time on 2027-01-11")
    ]
    with open_workspace(agreed / "desk") as opened:
        assert [each.words for each in tried(opened.store, "Support, Q1 2027")] == ["New macros"]


def test_review_says_what_it_lacks(run: Runner, agreed: Path) -> None:
    done = run("review")
    assert done.code == 2
    assert "nothing has been loaded yet" in done.err
    assert "Write it as 2027Q1." in run("review", "--quarter", "Q1").err
    assert "no agreed plan 'Other'" in run("review", "Other").err
