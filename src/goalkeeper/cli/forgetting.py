"""forget: takes a person out of a workspace; what would go is shown first."""

from __future__ import annotations

from goalkeeper.cli.opening import in_owner, workspace_for
from goalkeeper.cli.recording import BY, now
from goalkeeper.cli.show import say
from goalkeeper.errors import UsageError


def forget(workspace: str, who: str, source: str, yes: bool, finish: bool) -> None:
    """Shows what is there of a person, or forgets them; then makes facts and file anew."""
    from goalkeeper.jobs.forgetting import ASKED, forget_person, preview
    from goalkeeper.jobs.forgetting import finish as make_facts
    from goalkeeper.state import audit, open_state
    from goalkeeper.warehouse.rewrite import rewrite

    if not who and not finish:
        raise UsageError("nobody is named.", where="PERSON", hint="Write a mail address or a customer's id.")
    moment = now()
    with workspace_for(workspace, writes=True) as opened:
        if who:
            found = preview(opened, who, source, now=moment)
            for of, how, count in found.found:
                say(f"{count:>9,} customer{'' if count == 1 else 's'} of {of}, found by {how}")
            for place, count in found.rows.items():
                say(f"{count:>9,} {place.replace('_', ' ')}")
            for note in found.notes:
                say(f"The note on {note.day} names them or a ticket of theirs; change it by hand.")
            if not yes:
                say("Nothing is changed yet. With --yes their words go, and all counts stay.")
                return

            def record(what: str, about: str) -> None:
                with open_state(opened.folder, opened.settings.state_url) as state, state.writing() as session:
                    audit.record(session, BY, what, about, now=now())

            record(ASKED, f"{found.total} rows")
            forget_person(opened, who, source, found.mark, now=moment, record=record)
        if not make_facts(opened):
            say("Nothing is left to be finished.")
            return
        path = opened.store.path
    if in_owner():
        say("Forgotten. Old bytes stay in the file until `goalkeeper serve` is stopped and started again.")
        return
    rewrite(path)
    say("Forgotten. Facts and file are made anew; backups and the files that were loaded are yours to delete.")
