"""Forgetting a person in steps: what would go, doing it, and what is left to do afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from goalkeeper.errors import UsageError
from goalkeeper.reports.notes import DayNote, notes
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED, forget
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go of a person: rows by place, and the notes that name them; ``mark`` differs once that does."""

    rows: Mapping[str, int]
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
    told = json.dumps([who, source, sorted(found.rows.items()), found.tickets])
    return Preview(found.rows, naming, store.keyed(f"preview {told}"))


def forget_person(workspace: Workspace, who: str, source: str, mark: str, *, now: datetime) -> str:
    """Forgets a person as the preview of that mark told, and makes the facts anew; says what went, not of whom.

    UsageError where it would be something else by now, or only the facts could not be made anew.
    """
    with workspace.store.writing("forget"):
        found = preview(workspace, who, source, now=now)
        if found.mark != mark:
            raise UsageError(
                "what is there of the person has changed since it was looked at, so nothing was done.",
                hint="Look again at what would go.",
            )
        forget(workspace.store, who, source=source, now=now)
        try:
            finish(workspace)
        except (duckdb.Error, OSError) as error:  # a full disk: what is done already must not be told as undone
            raise UsageError(
                f"the person is forgotten, but the facts could not be made anew: {str(error).splitlines()[0]}.",
                hint="`goalkeeper forget --finish`, or serving again, tries that again.",
            ) from None
    went = ", ".join(f"{place.replace('_', ' ')} {count:,}" for place, count in found.rows.items())
    return f"Took a person out of {found.total:,} rows: {went}. No number changed."


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
