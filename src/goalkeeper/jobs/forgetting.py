"""Forgetting a person in steps: what would go, doing it, and what is left to do afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from goalkeeper.errors import UsageError
from goalkeeper.reports.notes import DayNote, notes
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED, forget
from goalkeeper.workspace import Workspace

ASKED, FORGOTTEN = "asked to forget a customer", "customer forgotten"
"""Kinds of entries in the audit: before it is done, and once it is."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go of a person: rows by place, and the notes that name them; ``mark`` differs once that does.

    ``found`` tells by source how many customers are they, and how they were found.
    """

    rows: Mapping[str, int]
    found: Sequence[tuple[str, str, int]]
    notes: tuple[DayNote, ...]
    mark: str

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def preview(workspace: Workspace, who: str, source: str, *, now: datetime) -> Preview:
    """Looks and changes nothing; UsageError where there is nobody."""
    store, who = workspace.store, who.strip()
    with store.snapshot():
        found = forget(store, who, source=source, now=now, dry=True)
    names = {who.lower(), *(ticket.lower() for _, ticket in found.tickets)}
    naming = tuple(
        note for note in notes(workspace.folder, workspace.metrics)
        if names & set(note.words.lower().replace(",", " ").replace(".", " ").split())
    )  # fmt: skip
    told = json.dumps([who, source, sorted(found.rows.items()), found.customers, found.tickets])
    return Preview(found.rows, found.found, naming, store.keyed(f"preview {told}"))


def forget_person(
    workspace: Workspace, who: str, source: str, mark: str, *, now: datetime, record: Callable[[str, str], None]
) -> str:
    """Forgets a person as the preview of that mark told, and makes the facts anew; says what went, not of whom.

    ``record`` enters it in the audit once it is done; that it was asked for is entered before. UsageError where it
    would be something else by now, or only the facts could not be made anew.
    """
    with workspace.store.writing("forget"):
        found = preview(workspace, who, source, now=now)
        if found.mark != mark:
            raise UsageError(
                "what is there of the person has changed since it was looked at, so nothing was done.",
                hint="Look again at what would go.",
            )
        forget(workspace.store, who, source=source, now=now)
        said = ""
        try:
            record(FORGOTTEN, f"{found.total} rows")
        except Exception as error:
            said = f" That it is done could not be entered in the audit ({type(error).__name__})."
        try:
            finish(workspace)
        except Exception as error:  # what is done already must not be told as undone, and its words may name somebody
            raise UsageError(
                f"the person is forgotten, but the facts could not be made anew ({type(error).__name__}).{said}",
                hint="`goalkeeper forget --finish` tries that again; a server does so by itself.",
            ) from None
    went = ", ".join(f"{place.replace('_', ' ')} {count:,}" for place, count in found.rows.items())
    return f"Took a person out of {found.total:,} rows: {went}. Rows and counts stay.{said}"


def is_broken_off(workspace: Workspace) -> bool:
    """Whether facts may still hold somebody who was forgotten."""
    return workspace.store.state(UNFINISHED) not in (None, OLD_BYTES)


def finish(workspace: Workspace) -> bool:
    """Makes the facts anew where somebody was forgotten; whether old bytes are left in the file."""
    store = workspace.store
    with store.writing("forget"):
        if is_broken_off(workspace):
            workspace.refresh(everything=True)
            with store.transaction():
                store.remember(UNFINISHED, OLD_BYTES)
    return store.state(UNFINISHED) is not None
