"""people, token, audit: who may come in, and what they did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.recording import BY, now
from goalkeeper.cli.show import say, say_json, table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from goalkeeper.state import State


@contextmanager
def _state(workspace: str) -> Iterator[State]:
    from goalkeeper.state import open_state

    with workspace_for(workspace) as opened, open_state(opened.folder, opened.settings.state_url) as state:
        yield state


@contextmanager
def _writing(workspace: str) -> Iterator[Session]:
    with _state(workspace) as state, state.writing() as session:
        yield session


def add(workspace: str, email: str, name: str, role: str, team: str) -> None:
    """Adds a person and prints their link."""
    with _writing(workspace) as session:
        from goalkeeper.state import people

        person = people.add(session, email, name or email, role, team, by=BY, now=now())
        _say_link(people.invite(session, person, by=BY, now=now()), person.email)


def link(workspace: str, email: str) -> None:
    """Prints a new link."""
    with _writing(workspace) as session:
        from goalkeeper.state import people

        person = people.find(session, email)
        _say_link(people.invite(session, person, by=BY, now=now()), person.email)


def _say_link(code: str, email: str) -> None:
    say(f"Give {email} this link, which works once; before it stands the address of your `goalkeeper serve`:")
    say(f"  /join?code={code}")


def listed(workspace: str, json: bool) -> None:
    """Prints all people."""
    with _state(workspace) as state, state.reading() as session:
        from goalkeeper.state import people

        found = [
            {"email": each.email, "name": each.name, "role": each.role, "team": each.team,
             "has_password": bool(each.password), "has_single_sign_on": each.identity is not None}
            for each in people.people(session)
        ]  # fmt: skip
    if json:
        say_json(found)
    elif found:
        rows = [[str(each["email"]), str(each["name"]), str(each["role"]), str(each["team"]) or "–",
                 "single sign-on" if each["has_single_sign_on"] else "yes" if each["has_password"] else "not yet"]
                for each in found]  # fmt: skip
        table(["address", "name", "role", "team", "password"], rows)
    else:
        say("Nobody was added yet. `goalkeeper people add ADDRESS --role owner` adds the first.")


def change_role(workspace: str, email: str, role: str, team: str | None) -> None:
    """Changes a role."""
    with _writing(workspace) as session:
        from goalkeeper.state import people

        person = people.find(session, email)
        people.change_role(session, person, role, team, by=BY, now=now())
        say(f"{person.email} is {person.role} now, and signed out everywhere.")


def unlink(workspace: str, email: str) -> None:
    """Ends somebody's single sign-on and prints a link."""
    with _writing(workspace) as session:
        from goalkeeper.state import identities, people

        person = people.find(session, email)
        identities.unlink(session, person, by=BY, now=now())
        _say_link(people.invite(session, person, by=BY, now=now()), person.email)


def remove(workspace: str, email: str) -> None:
    """Removes a person."""
    with _writing(workspace) as session:
        from goalkeeper.state import people

        person = people.find(session, email)
        people.remove(session, person, by=BY, now=now())
        say(f"{person.email} is removed, with all sessions and tokens.")


def token_create(workspace: str, email: str, name: str, scopes: list[str], days: int) -> None:
    """Makes a token and prints it."""
    with _writing(workspace) as session:
        from goalkeeper.state import people, tokens

        made, text = tokens.create(session, people.find(session, email), name, scopes, days, by=BY, now=now())
        say(f"Token {made.id}, until {made.expires_at:%Y-%m-%d}; it is shown this once:")
        say(f"  {text}")


def token_list(workspace: str, json: bool) -> None:
    """Prints all tokens."""
    with _state(workspace) as state, state.reading() as session:
        from goalkeeper.state import tokens

        found = [
            {"number": each.id, "of": each.person.email, "name": each.name, "scopes": each.scopes.split(),
             "expires_at": each.expires_at, "used_at": each.used_at} for each in tokens.tokens(session)
        ]  # fmt: skip
        rows = [
            [str(each.id), each.person.email, each.name, each.scopes, f"{each.expires_at:%Y-%m-%d}",
             f"{each.used_at:%Y-%m-%d}" if each.used_at else "never"] for each in tokens.tokens(session)
        ]  # fmt: skip
    if json:
        say_json(found)
    elif rows:
        table(["number", "of", "name", "may", "until", "last used"], rows)
    else:
        say("There is no token.")


def token_revoke(workspace: str, number: int) -> None:
    """Ends a token."""
    with _writing(workspace) as session:
        from goalkeeper.state import tokens

        tokens.revoke(session, number, by=BY, now=now())
        say(f"Token {number} does nothing any more.")


def audit_list(workspace: str, limit: int, json: bool) -> None:
    """Prints the newest entries."""
    with _state(workspace) as state, state.reading() as session:
        from goalkeeper.state import audit

        found = [
            {"number": each.number, "at": each.at, "who": each.who, "what": each.what, "about": each.about}
            for each in audit.entries(session, most=max(1, limit))
        ]
    if json:
        say_json(found)
        return
    rows = [
        [str(each["number"]), f"{each['at']:%Y-%m-%d %H:%M}", str(each["who"]), str(each["what"]), str(each["about"])]
        for each in found
    ]
    table(["number", "when, UTC", "who", "what", "about"], rows, right=(0,))


def audit_verify(workspace: str) -> None:
    """Looks at all entries; ends with 1 where one does not follow from the one before."""
    with _state(workspace) as state, state.reading() as session:
        from goalkeeper.state import audit

        number, many = audit.broken_at(session), audit.count(session)
        last = next(iter(audit.entries(session, most=1)), None)
    if number:
        say(f"Entry {number:,} is not as it was written, or the one before it is gone.")
        raise SystemExit(1)
    seal = (
        f" The last has the seal {last.digest[:16]}; note it to see later that none is gone from the end."
        if last
        else ""
    )
    say(f"All {many:,} entries are as they were written.{seal}")
