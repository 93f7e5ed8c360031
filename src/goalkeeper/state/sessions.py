"""Signing in and staying signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from goalkeeper.errors import UnknownName
from goalkeeper.state import limits, passwords
from goalkeeper.state.audit import record
from goalkeeper.state.secrets import digest_of, new_secret
from goalkeeper.state.tables import Person, SignIn

IDLE, WHOLE = timedelta(hours=12), timedelta(days=14)
_SEEN = timedelta(minutes=1)  # how exactly it is kept when somebody was last here


def may_try(session: Session, email: str, place: str, *, now: datetime) -> bool:
    """Whether one more sign-in may be tried by this name from this place; counts it.

    A place that tries too often takes nothing from the name.
    """
    by_place = limits.take(session, f"from {place}", limits.PLACE, now=now)
    return by_place and limits.take(session, f"as {email.strip().casefold()}", limits.PERSON, now=now)


def whose(session: Session, email: str, password: str) -> Person | None:
    """The person of a name and a password; takes as long whether the name is here or not."""
    found = session.scalars(select(Person).where(Person.email == email.strip().casefold())).first()
    is_theirs = passwords.matches(found.password if found else "", password)
    return found if is_theirs and found and not found.is_disabled else None


def begin(session: Session, person: Person, password: str = "", *, device: str = "", now: datetime) -> str:
    """A new session's id; with the ``password`` it is kept in today's way where it was kept in an older one."""
    if password and passwords.is_outdated(person.password):
        person.password = passwords.hashed(password)
    limits.forgive(session, f"as {person.email}")
    limits.forget(session, now=now)
    session.execute(delete(SignIn).where(SignIn.began_at <= now - WHOLE))
    secret = new_secret()
    session.add(SignIn(digest=digest_of(secret), person_id=person.id, began_at=now, seen_at=now, device=device[:100]))
    person.signed_in_at = now
    record(session, person.email, "signed in", now=now)
    return secret


def current(session: Session, secret: str, *, now: datetime) -> SignIn | None:
    """The session of an id; None where it is none, was idle for too long, or lasted its whole time."""
    found = session.get(SignIn, digest_of(secret))
    return found if found and _lasts(found, now) and not found.person.is_disabled else None


def _lasts(found: SignIn, now: datetime) -> bool:
    return now - found.seen_at < IDLE and now - found.began_at < WHOLE


def number_of(found: SignIn) -> str:
    """By which a session is named; nobody comes in by it."""
    return found.digest[:12]


def sessions(session: Session, person: Person, *, now: datetime) -> Sequence[SignIn]:
    """A person's sessions that last, the one used last first."""
    query = select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.seen_at.desc(), SignIn.digest)
    return [each for each in session.scalars(query) if _lasts(each, now)]


def revoke(session: Session, person: Person, number: str, *, by: str, now: datetime) -> None:
    """Ends one of a person's sessions; UnknownName where it is none of theirs."""
    known = {number_of(each): each for each in sessions(session, person, now=now)}
    if number not in known:
        raise UnknownName("session", number, known)
    session.delete(known[number])
    record(session, by, "session ended", f"{known[number].device or 'a session'} of {person.email}", now=now)


def revoke_others(session: Session, person: Person, secret: str, *, by: str, now: datetime) -> int:
    """Ends all of a person's sessions but that of an id; how many there were."""
    others = select(SignIn).where(SignIn.person_id == person.id, SignIn.digest != digest_of(secret))
    found = session.scalars(others).all()
    for each in found:
        session.delete(each)
    record(session, by, "session ended", f"{len(found)} others of {person.email}", now=now)
    return len(found)


def is_stale(found: SignIn, *, now: datetime) -> bool:
    """Whether it is to be noted that somebody is here."""
    return now - found.seen_at >= _SEEN


def end(session: Session, secret: str) -> None:
    """Ends a session."""
    session.execute(delete(SignIn).where(SignIn.digest == digest_of(secret)))


def note_seen(session: Session, secret: str, *, now: datetime) -> None:
    """Notes that somebody is here."""
    session.execute(update(SignIn).where(SignIn.digest == digest_of(secret)).values(seen_at=now))
