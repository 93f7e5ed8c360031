"""What each job does: each may be done twice without harm, and says in a sentence what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from goalkeeper.documents.document_html import document_html
from goalkeeper.documents.document_pdf import document_pdf
from goalkeeper.documents.review import review_document
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals.agreed import versions
from goalkeeper.jobs.forgetting import finish
from goalkeeper.reports.goals import progress
from goalkeeper.reports.review import review
from goalkeeper.workspace import Workspace

REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Work:
    """One job: its title, what it is for, and what it does; ``about`` is a source for a replay, else empty.

    Those without a button on the page of jobs have a page of their own.
    """

    title: str
    tells: str
    do: Callable[[Workspace, datetime, str], str]
    has_button: bool = True


def _refresh(workspace: Workspace, _: datetime, __: str) -> str:
    report = workspace.refresh()
    return f"Computed the facts of {report.tickets:,} tickets."


def _evaluate(workspace: Workspace, now: datetime, _: str) -> str:
    view = progress(workspace, now=now)
    return f"{view.met} of {len(view.rows)} goals met on the evening of {view.as_of}."


def _report(workspace: Workspace, now: datetime, _: str) -> str:
    """A review of every agreed plan, as PDF and as a page; a second one of a day replaces the first."""
    names = list(dict.fromkeys(each.name for each in versions(workspace.store)))
    if not names:
        return "No plan is agreed, so there is nothing to report."
    folder = workspace.folder / REPORTS
    for name in names:
        document = review_document(review(workspace, name, now=now))
        stem = f"review-{re.sub(r'[^0-9A-Za-z]+', '-', name).strip('-').lower() or 'plan'}-{now:%Y-%m-%d}"
        for end, content in (("pdf", document_pdf(document)), ("html", document_html(document).encode())):
            try:
                folder.mkdir(exist_ok=True)
                beside = folder / f".{stem}.{end}.new"
                beside.write_bytes(content)
                beside.replace(folder / f"{stem}.{end}")
            except OSError as error:
                raise UsageError(f"it cannot be written: {error.strerror}.", where=str(folder)) from None
    return f"Wrote the review of {len(names)} plan{'' if len(names) == 1 else 's'} to the folder {REPORTS}."


def _replay(workspace: Workspace, _: datetime, source: str) -> str:
    done = workspace.replay(source=source)
    of = f" of {source}" if source else ""
    return f"Released {done.released:,} rows{of}; {done.still_held:,} are still held back."


def _forget(workspace: Workspace, _: datetime, __: str) -> str:
    try:
        is_done = finish(workspace)
    except Exception as error:
        raise UsageError(
            f"somebody is forgotten, but the facts could not be made anew ({type(error).__name__}).",
            hint="A server tries that again by itself.",
        ) from None
    return "The facts hold nothing of whoever was forgotten." if is_done else "Nothing is left to be finished."


WORK: Mapping[str, Work] = {
    "refresh": Work("Refresh", "Brings the facts up to date with what was loaded.", _refresh),
    "evaluate": Work("Evening", "Evaluates every goal that runs; evenings that were missed are caught up.", _evaluate),
    "report": Work("Report", "Writes the review of each plan as PDF and page into a folder.", _report),
    "replay": Work("Replay", "Tries the rows held back again, with the mappings in force now.", _replay, False),
    "forget": Work("Forget", "Makes the facts anew where somebody was forgotten and that broke off.", _forget, False),
}


def find_work(job: str) -> Work:
    """The work of a job; UnknownName for none."""
    if job not in WORK:
        raise UnknownName("job", job, WORK)
    return WORK[job]
