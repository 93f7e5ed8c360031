"""Who somebody is to an OpenID provider, and whether they may come in by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from goalkeeper.errors import UsageError
from goalkeeper.state import people
from goalkeeper.state.audit import record
from goalkeeper.state.roles import Role
from goalkeeper.state.tables import Identity, Invitation, Person

_BY = "single sign-on"


def admit(
    session: Session, claims: Mapping[str, Any], *, domains: Sequence[str], invitation: str = "", now: datetime
) -> Person:
    """The person of a checked ID token; UsageError where they may not come in.

    Known by issuer and subject alone. Who is not known yet must hold an invitation, or have a verified address that is
    here already or of one of the ``domains``; a person is linked once, and has no password from then on. An invitation
    counts for nothing where the verified address is that of somebody else here, and nobody is added before the first
    owner.
    """
    known = session.get(Identity, (claims["iss"], claims["sub"]))
    if known is None:
        person = _admitted(session, claims, domains, invitation, now)
        _link(session, person, claims["iss"], claims["sub"], now=now)
    else:
        person = known.person
    if person.is_disabled:
        raise UsageError("you may not come in any more.", hint="Ask an owner.")
    return person


def unlink(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Ends somebody's single sign-on and sessions, so that a link may give them a password; UsageError without one."""
    if person.identity is None:
        raise UsageError(f"{person.email} does not come in by single sign-on.", where="email")
    session.delete(person.identity)
    session.flush()
    session.refresh(person)
    people.end_sessions(session, person)
    record(session, by, "single sign-on ended", person.email, now=now)


def _invited(session: Session, secret: str, now: datetime) -> Person | None:
    found: Invitation | None = people.invitation(session, secret, now=now) if secret else None
    return found.person if found else None


def _admitted(
    session: Session, claims: Mapping[str, Any], domains: Sequence[str], invitation: str, now: datetime
) -> Person:
    email, invited = _verified(claims), _invited(session, invitation, now)
    here = session.scalars(select(Person).where(Person.email == email)).first() if email else None
    if invited and here and here is not invited:  # else a link sent to somebody would make them another person
        raise UsageError(
            "this link is for somebody else, and your own address is here already.",
            hint="Go to /signin and sign in without the link.",
        )
    if found := invited or here:
        return found
    if not email:
        raise UsageError("your provider does not vouch for your address.", hint="Ask an owner for a link to join by.")
    if email.rpartition("@")[2] not in domains:
        raise UsageError("nobody has invited you.", hint="Ask an owner to add you.")
    if not people.has_people(session):  # else the link for the first owner would be void
        raise UsageError("there is no owner here yet.", hint="Come back once the first owner has joined.")
    name = claims.get("name")
    return people.add(session, email, name[:200] if isinstance(name, str) else email, Role.VIEWER, by=_BY, now=now)


def _verified(claims: Mapping[str, Any]) -> str:
    """The address as we keep it; empty where the provider does not vouch for one."""
    email = claims.get("email")
    return email.strip().casefold() if isinstance(email, str) and claims.get("email_verified") is True else ""


def _link(session: Session, person: Person, issuer: str, subject: str, *, now: datetime) -> None:
    if person.identity is not None:
        raise UsageError("your address belongs to somebody who signs in differently.", hint="Ask an owner.")
    person.identity = Identity(issuer=issuer, subject=subject, linked_at=now)
    person.password = ""
    people.end_sessions(session, person)
    people.end_invitations(session, person)
    record(session, _BY, "single sign-on linked", f"{person.email} is {subject} of {issuer}", now=now)
