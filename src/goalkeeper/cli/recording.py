"""What a command does, entered in the record of what people do, where the workspace keeps one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goalkeeper.workspace import Workspace

BY = "the command line"


def now() -> datetime:
    """This moment, in UTC without zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def record(opened: Workspace, what: str, about: str) -> None:
    """Adds an entry, before what it tells of is done: where the one fails, the other is not done."""
    from goalkeeper.state import audit, has_state, open_state

    url = opened.settings.state_url
    if has_state(opened.folder, url):
        with open_state(opened.folder, url) as state, state.writing() as session:
            audit.record(session, BY, what, about, now=now())


def record_job(opened: Workspace, job: str, source: str = "") -> None:
    """As `record`, for a job of `goalkeeper jobs` or what does the same."""
    from goalkeeper.state.audit import job_words

    record(opened, *job_words(job, source))
