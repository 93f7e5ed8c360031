"""Tokens: what programs come in with, in a person's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.state.audit import record
from goalkeeper.state.roles import ALLOWED, SCOPES, Permission, Role
from goalkeeper.state.secrets import digest_of, is_token, new_token
from goalkeeper.state.tables import Person, Token

LASTS_DAYS, MOST_DAYS = 90, 730
_USED = timedelta(minutes=1)


def create(
    session: Session,
    person: Person,
    name: str,
    scopes: Sequence[str],
    days: int = LASTS_DAYS,
    *,
    by: str,
    now: datetime,
) -> tuple[Token, str]:
    """A token and its text, which is shown this once; UsageError for what its person may not do."""
    if not name.strip() or len(name) > 200:
        raise UsageError("a name has 1 to 200 characters.", where="name", hint="Say what uses it, such as 'dashboard'.")
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"it is {days:,}.", where="days", hint=f"Write 1 to {MOST_DAYS}.")
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownName("scope", scope, SCOPES, where="scope")
        if Permission(scope) not in ALLOWED[Role(person.role)]:
            raise UsageError(f"{person.email} may not do that.", where=f"scope {scope}", hint="Leave it out.")
    if not scopes:
        raise UsageError("a token without a scope does nothing.", where="scope", hint=f"Valid: {', '.join(SCOPES)}.")
    text = new_token()
    token = Token(
        person_id=person.id, name=name.strip(), digest=digest_of(text), scopes=" ".join(sorted(set(scopes))),
        created_at=now, expires_at=now + timedelta(days=days), used_at=None,
    )  # fmt: skip
    session.add(token)
    session.flush()
    record(session, by, "token made", f"{token.id} for {person.email}: {token.scopes}", now=now)
    return token, text


def whose(session: Session, text: str, *, now: datetime) -> Token | None:
    """The token of a text; None where there is none, its time is over, or its person is disabled."""
    if not is_token(text):
        return None
    found = session.scalars(select(Token).where(Token.digest == digest_of(text))).first()
    return found if found and found.expires_at > now and not found.person.is_disabled else None


def is_stale(found: Token, *, now: datetime) -> bool:
    """Whether it is to be noted that it was used."""
    return found.used_at is None or now - found.used_at >= _USED


def tokens(session: Session, person: Person | None = None) -> Sequence[Token]:
    """All tokens, or those of a person, the newest first."""
    query = select(Token).order_by(Token.id.desc())
    return session.scalars(query if person is None else query.where(Token.person_id == person.id)).all()


def revoke(session: Session, number: int, person: Person | None = None, *, by: str, now: datetime) -> Token:
    """Ends a token; UnknownName where there is none, or it is not the person's."""
    found = session.get(Token, number) if abs(number) < 2**31 else None
    if found is None or (person and found.person_id != person.id):
        raise UnknownName("token", str(number), [str(each.id) for each in tokens(session, person)])
    session.delete(found)
    record(session, by, "token revoked", f"{found.id} of {found.person.email}", now=now)
    return found


def note_use(session: Session, number: int, *, now: datetime) -> None:
    """Notes that a token was used."""
    session.execute(update(Token).where(Token.id == number).values(used_at=now))
