"""forget: takes a person out of a workspace; what would go is shown first."""

from __future__ import annotations

from goalkeeper.cli.opening import in_owner, workspace_for
from goalkeeper.cli.recording import BY, now
from goalkeeper.cli.show import say
from goalkeeper.errors import UsageError


def forget(workspace: str, who: str, source: str, yes: bool, finish: bool) -> None:
    """Shows what is there of a person, or forgets them; then makes facts and file anew."""
    from goalkeeper.reports.notes import notes
    from goalkeeper.state import audit, open_state
    from goalkeeper.warehouse.forget import UNFINISHED
    from goalkeeper.warehouse.forget import forget as do
    from goalkeeper.warehouse.rewrite import rewrite

    if not who and not finish:
        raise UsageError("nobody is named.", where="PERSON", hint="Write a mail address or a customer's id.")
    moment = now()
    with workspace_for(workspace, writes=True) as opened:
        store = opened.store
        if who:
            with store.writing("forget"):
                found = do(store, who, source=source, now=moment, dry=True)
            for place, count in found.rows.items():
                say(f"{count:>9,} {place.replace('_', ' ')}")
            names = {who.strip().lower(), *(ticket.lower() for _, ticket in found.tickets)}
            for note in notes(opened.folder, opened.metrics):
                if names & set(note.words.lower().replace(",", " ").replace(".", " ").split()):
                    say(f"The note on {note.day} names them or a ticket of theirs; change it by hand.")
            if not yes:
                say("Nothing is changed yet. With --yes their words go, and all counts stay.")
                return
            total = sum(found.rows.values())
            with open_state(opened.folder, opened.settings.state_url) as state, state.writing() as session:
                audit.record(session, BY, "customer forgotten", f"{total} rows", now=moment)
            with store.writing("forget"):
                do(store, who, source=source, now=moment)
        if store.state(UNFINISHED) is None:
            say("Nothing is left to be finished.")
            return
        opened.refresh(everything=True)
        path = store.path
    if in_owner():
        say("Forgotten. Old bytes stay in the file until `goalkeeper forget --finish` runs with no `serve` beside it.")
        return
    rewrite(path)
    say("Forgotten. Facts and file are made anew; backups and the files that were loaded are yours to delete.")
