"""demo: the whole way, from a sample company's exports to the scorecard and its goals."""

from __future__ import annotations

import shutil
import time
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import owned
from goalkeeper.cli.screen import screen
from goalkeeper.cli.show import progress, say
from goalkeeper.errors import UsageError

if TYPE_CHECKING:
    from goalkeeper.sample import Company
    from goalkeeper.workspace import Workspace

# What is loaded, in the order people would: the folder, its mapping, and the source where it is another's. The team's
# lists speak of the help desk's agents and groups by its ids, so they belong to that source.
STEPS = (
    ("helpdesk", "zendesk-export", ""),
    ("team", "agents", "zendesk-export"),
    ("workplace", "canonical", "zendesk-export"),
    ("phone", "call-log", ""),
    ("surveys", "survey-answers", ""),
    ("shop", "orders", ""),
    ("billing", "subscriptions", ""),
    ("reviews", "reviews", ""),
    ("helpcentre", "helpcentre-sessions", ""),
    ("marketing", "canonical", "marketing"),
)


def run(folder: Path, tickets: int, open_page: bool, serve: bool | None) -> None:
    """Makes exports and workspace, loads, agrees on the plan, prints the scorecard, writes the page, and serves.

    Where nothing is said of serving it does so if somebody sits at the terminal: a script's demo ends.
    """
    from goalkeeper.sample import make_company
    from goalkeeper.workspace import SETTINGS_FILE, create, open_workspace

    started = time.monotonic()
    if (folder / SETTINGS_FILE).exists():
        if not (folder / "exports" / "truths.json").exists():
            raise UsageError("this workspace is not a demo's.", where=str(folder), hint="Name another folder.")
        open_workspace(folder).close()  # nobody else has it open
        shutil.rmtree(folder)
    say(f"Making a sample company with about {tickets:,} tickets …")
    company = make_company(folder / "exports", tickets=tickets)
    create(folder, text=company.settings)
    with owned(open_workspace(folder)) as workspace:
        _load(workspace)
        _agree(workspace, company)
        _show(workspace, open_page)
    say(f"All of it took {time.monotonic() - started:.0f} s. Look further:")
    for command in (
        "goals",
        "goal quick-answers",
        _why_nps(company),
        "metric first_response_time --by channel --every month",
        "quarantine list",
        "doctor",
    ):
        say(f"  goalkeeper {command} --workspace {folder}")
    if serve if serve is not None else screen().live:
        from goalkeeper.cli.serving import serve as serve_pages

        say()
        serve_pages(str(folder), 0, open_page, False)
    else:
        say(f"  goalkeeper serve --workspace {folder}")


def _load(workspace: Workspace) -> None:
    for part, mapping, source in STEPS:
        with progress() as tell:
            exports = workspace.folder / "exports" / part
            report = workspace.load(exports, mapping=mapping, source=source, progress=tell)
        rows = sum(file.rows for file in report.files)
        held = f", {report.held:,} held back" if report.held else ""
        say(f"  {part:<11} {rows:>9,} rows read, {report.loaded:>9,} loaded{held} ({report.seconds:.1f} s)")
    with progress() as tell:
        facts = workspace.refresh(progress=tell)
    say(f"  facts of {facts.tickets:,} tickets ({facts.seconds:.1f} s)")


def _agree(workspace: Workspace, company: Company) -> None:
    """Agrees on the company's plan at the start of its second year, and evaluates each evening since."""
    from goalkeeper.errors import Findings
    from goalkeeper.goals import read_plan
    from goalkeeper.goals.agree import agree
    from goalkeeper.goals.evenings import evaluate_due
    from goalkeeper.goals.history import History

    path, started = workspace.folder / "plan.toml", time.monotonic()
    path.write_text(company.plan, encoding="utf-8")
    plan = read_plan(path, metrics=workspace.metrics)
    history = History(workspace, until=plan.since)
    try:
        agreed, _ = agree(history, plan, now=company.plan_agreed_at)
    except Findings as missing:
        say(f"  no plan: there are too few tickets. {missing.findings[0]}")
        return
    path.write_text(agreed.text, encoding="utf-8")
    done = evaluate_due(workspace, now=datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    spent = time.monotonic() - started
    say(f"  {len(agreed.goals)} goals agreed on, and evaluated {done.added:,} times since ({spent:.1f} s)")


def _why_nps(company: Company) -> str:
    """The question whose answer is planted: the score falls while that of every plan rises."""
    first, *_, last = company.truths["planted"]["mix_shift"]["half_years"]
    since, until = last["from"], last["until"]
    return f"why nps --by plan --since {since} --until {until} --against {first['from']}..{first['until']}"


def _show(workspace: Workspace, open_page: bool) -> None:
    from goalkeeper.documents.scorecard_html import scorecard_html
    from goalkeeper.documents.scorecard_text import scorecard_text
    from goalkeeper.reports.scorecard import scorecard

    card = scorecard(workspace)
    page = workspace.folder / "scorecard.html"
    page.write_text(scorecard_html(card), encoding="utf-8")
    say()
    say(scorecard_text(card, width=screen().picture_width, color=screen().color))
    say()
    say(f"The same as a page: {page}")
    if open_page:
        webbrowser.open(page.resolve().as_uri())
