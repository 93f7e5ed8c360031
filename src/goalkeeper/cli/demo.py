"""demo: the whole way, from a sample company's exports to the scorecard."""

from __future__ import annotations

import shutil
import time
import webbrowser
from pathlib import Path

from goalkeeper.cli.show import progress, say
from goalkeeper.errors import UsageError

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
)


def run(folder: Path, tickets: int, open_page: bool) -> None:
    """Makes exports and workspace in the folder, loads, refreshes, prints the scorecard and writes the page."""
    from goalkeeper.sample import make_company
    from goalkeeper.workspace import SETTINGS_FILE, create

    started = time.monotonic()
    if (folder / SETTINGS_FILE).exists():
        if not (folder / "exports" / "truths.json").exists():
            raise UsageError("this workspace is not a demo's.", where=str(folder), hint="Name another folder.")
        shutil.rmtree(folder)
    say(f"Making a sample company with about {tickets:,} tickets …")
    company = make_company(folder / "exports", tickets=tickets)
    create(folder, text=company.settings)
    _load(folder)
    _show(folder, open_page)
    say(f"All of it took {time.monotonic() - started:.0f} s. Look further:")
    for command in (
        "metric first_response_time --by channel --every month",
        "metric nps --by plan --every quarter",
        "quarantine list",
        "doctor",
    ):
        say(f"  goalkeeper {command} --workspace {folder}")


def _load(folder: Path) -> None:
    from goalkeeper.workspace import open_workspace

    with open_workspace(folder) as workspace:
        for part, mapping, source in STEPS:
            with progress() as tell:
                report = workspace.load(folder / "exports" / part, mapping=mapping, source=source, progress=tell)
            rows = sum(file.rows for file in report.files)
            held = f", {report.held:,} held back" if report.held else ""
            say(f"  {part:<11} {rows:>9,} rows read, {report.loaded:>9,} loaded{held} ({report.seconds:.1f} s)")
        with progress() as tell:
            facts = workspace.refresh(progress=tell)
        say(f"  facts of {facts.tickets:,} tickets ({facts.seconds:.1f} s)")


def _show(folder: Path, open_page: bool) -> None:
    from goalkeeper.cli.measuring import terminal_width
    from goalkeeper.documents.scorecard_html import scorecard_html
    from goalkeeper.documents.scorecard_text import scorecard_text
    from goalkeeper.reports.scorecard import scorecard
    from goalkeeper.workspace import open_workspace

    with open_workspace(folder) as workspace:
        card = scorecard(workspace)
    page = folder / "scorecard.html"
    page.write_text(scorecard_html(card), encoding="utf-8")
    say()
    width, color = terminal_width()
    say(scorecard_text(card, width=width, color=color))
    say()
    say(f"The same as a page: {page}")
    if open_page:
        webbrowser.open(page.resolve().as_uri())
