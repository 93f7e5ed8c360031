"""People: who is here, in which role, and the links by which they choose a password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.state import passwords
from goalkeeper.state.audit import record
from goalkeeper.state.roles import Role
from goalkeeper.state.secrets import digest_of, new_secret
from goalkeeper.state.tables import Invitation, Person, SignIn

INVITED = timedelta(days=7)
RESET = timedelta(minutes=30)


def people(session: Session) -> Sequence[Person]:
    """All people by name, each with their identity."""
    query = select(Person).options(joinedload(Person.identity)).order_by(Person.name, Person.id)
    return session.scalars(query).all()


def has_people(session: Session) -> bool:
    """Whether anybody is here."""
    return bool(session.scalar(select(func.count()).select_from(Person)))


def find_number(session: Session, number: str) -> Person:
    """The person of a number; UnknownName if there is none."""
    found = session.get(Person, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if found is None:
        raise UnknownName("person", number, [str(each) for each in session.scalars(select(Person.id))])
    return found


def find(session: Session, email: str) -> Person:
    """The person of an address; UnknownName if there is none."""
    found = session.scalars(select(Person).where(Person.email == _plain(email))).first()
    if found is None:
        raise UnknownName("person", email, session.scalars(select(Person.email)).all())
    return found


def add(session: Session, email: str, name: str, role: str, team: str = "", *, by: str, now: datetime) -> Person:
    """Adds somebody, who has no password yet; UsageError for one that is here, or a name or role that is none."""
    plain = _plain(email)
    local, at, host = plain.partition("@")
    if not (local and at and host) or len(plain) > 254 or any(sign.isspace() or ord(sign) < 32 for sign in plain):
        raise UsageError(f"'{email[:80]}' is no mail address.", where="email", hint="Write it as ann@example.org.")
    known = role_of(role)
    if not name.strip() or len(name) > 200 or len(team) > 200:
        raise UsageError("a name has 1 to 200 characters.", where="name" if len(team) <= 200 else "team")
    if known is Role.AGENT and not team.strip():
        raise UsageError("an agent sees the tickets of a team.", where="team", hint="Say which, as tickets name it.")
    if session.scalars(select(Person).where(Person.email == plain)).first():
        raise UsageError(f"{plain} is here already.", where="email", hint="Change their role instead.")
    person = Person(email=plain, name=name.strip(), role=known, team=team.strip(), password="", created_at=now)
    session.add(person)
    session.flush()
    record(session, by, "person added", f"{plain} as {known}", now=now)
    return person


def change_role(
    session: Session, person: Person, role: str, team: str | None = None, *, by: str, now: datetime
) -> None:
    """Gives somebody another role, or team, and ends their sessions; UsageError where no owner would be left."""
    known = role_of(role)
    team = person.team if team is None else team.strip()
    if known is Role.AGENT and not team:
        raise UsageError("an agent sees the tickets of a team.", where="team", hint="Say which, as tickets name it.")
    if known is not Role.OWNER:
        _keep_an_owner(session, person)
    person.role, person.team = known, team[:200]
    end_sessions(session, person)
    record(session, by, "role changed", f"{person.email} is {known}" + (f" of {team}" if team else ""), now=now)


def disable(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Lets somebody in no more, by password, link or token, until enabled; UsageError where no owner would be left."""
    _keep_an_owner(session, person)
    person.disabled_at = now
    end_sessions(session, person)
    end_invitations(session, person)
    record(session, by, "person disabled", person.email, now=now)


def enable(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Lets somebody in again, with their password and tokens as before."""
    person.disabled_at = None
    record(session, by, "person enabled", person.email, now=now)


def remove(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Takes somebody away with their sessions and tokens; UsageError where no owner would be left."""
    _keep_an_owner(session, person)
    session.delete(person)
    record(session, by, "person removed", person.email, now=now)


def invite(session: Session, person: Person | None, *, by: str, now: datetime) -> str:
    """A secret for a link by which somebody chooses a password once; those before it are void.

    Without a person it makes the first owner. UsageError for somebody who is disabled, or has single sign-on.
    """
    if person and person.is_disabled:
        raise UsageError(f"{person.email} is disabled.", where="person", hint="Enable them first.")
    if person:
        _keep_single_sign_on(person)
    which = Invitation.person_id.is_(None) if person is None else Invitation.person_id == person.id
    session.execute(delete(Invitation).where(which))
    secret, lasts = new_secret(), RESET if person and person.password else INVITED
    session.add(Invitation(digest=digest_of(secret), person_id=person.id if person else None, expires_at=now + lasts))
    record(session, by, "link made", person.email if person else "the first owner", now=now)
    return secret


def invitation(session: Session, secret: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link that may still be used; one for a first owner only while nobody is here."""
    found = session.get(Invitation, digest_of(secret))
    if found is None or found.expires_at <= now or (found.person_id is None and has_people(session)):
        return None
    return found


def set_password(session: Session, person: Person, password: str, *, by: str, now: datetime) -> None:
    """Gives somebody a password, and ends their sessions and links.

    UsageError for one that is easily guessed, and for whoever has single sign-on.
    """
    _keep_single_sign_on(person)
    person.password = passwords.hashed(password, of=(person.email, person.name, person.email.partition("@")[0]))
    end_sessions(session, person)
    end_invitations(session, person)
    record(session, by, "password set", person.email, now=now)


def end_sessions(session: Session, person: Person) -> None:
    """Signs somebody out everywhere."""
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def end_invitations(session: Session, person: Person) -> None:
    """Makes somebody's links void."""
    session.execute(delete(Invitation).where(Invitation.person_id == person.id))


def role_of(text: str) -> Role:
    """The role of a name; UnknownName if there is none."""
    if text not in list(Role):
        raise UnknownName("role", text, Role, where="role")
    return Role(text)


def _keep_an_owner(session: Session, person: Person) -> None:
    others = select(func.count()).where(
        Person.role == Role.OWNER, Person.disabled_at.is_(None), Person.id != person.id
    )  # fmt: skip
    if person.is_owner and not person.is_disabled and not session.scalar(others):
        raise UsageError(f"{person.email} is the last owner.", where="role", hint="Make somebody else one first.")


def _keep_single_sign_on(person: Person) -> None:
    """Else whoever was sent away at the provider could still come in by a password."""
    if person.identity is not None:
        raise UsageError(
            f"{person.email} comes in by single sign-on and has no password.", where="password",
            hint="Sign in with the provider, or end it by `goalkeeper people unlink`.",
        )  # fmt: skip


def _plain(email: str) -> str:
    return email.strip().casefold()
