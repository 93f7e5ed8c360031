"""The record of what people did: only added to, each entry sealed with the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from goalkeeper.state.tables import Entry

FIRST = "0" * 64


def record(session: Session, who: str, what: str, about: str = "", *, now: datetime) -> Entry:
    """Adds an entry; to be kept in the same transaction as what it tells of."""
    last = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).first()
    number, before = (last.number + 1, last.digest) if last else (1, FIRST)
    entry = Entry(number=number, at=now, who=who[:254], what=what[:60], about=about[:2000], before=before, digest="")
    entry.digest = seal(entry)
    session.add(entry)
    session.flush()  # the next one of this session follows it
    return entry


def job_words(job: str, source: str = "") -> tuple[str, str]:
    """What an entry says of a job that somebody begins, and what about."""
    if job == "replay":
        return "rows tried again", source or "all sources"
    return "job begun", f"{job} of {source}" if source else job


def seal(entry: Entry | Row[Any]) -> str:
    """The digest of an entry."""
    told = [entry.number, entry.at.isoformat(), entry.who, entry.what, entry.about, entry.before]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def broken_at(session: Session) -> int:
    """The number of the first entry that was changed, put in, or comes after one that is gone; 0 where none was.

    Entries gone from the end leave no trace here: compare number and digest of the last one with those noted before.
    """
    before = FIRST
    told = select(*Entry.__table__.columns).order_by(Entry.number).execution_options(yield_per=1000)
    with closing(session.execute(told)) as found:
        for number, entry in enumerate(found, 1):
            if entry.number != number or entry.before != before or entry.digest != seal(entry):
                return number
            before = entry.digest
    return 0


def entries(
    session: Session, *, most: int = 0, before: int = 0, what: Iterable[str] = (), who: str = ""
) -> Sequence[Entry]:
    """The newest entries first: those of a number lower than ``before``, of the kinds and the person that are named."""
    query = select(Entry).order_by(Entry.number.desc())
    query = query.limit(most) if most else query
    query = query.where(Entry.number < before) if before else query
    kinds = list(what)
    query = query.where(Entry.what.in_(kinds)) if kinds else query
    return session.scalars(query.where(Entry.who == who) if who else query).all()


def named(session: Session) -> tuple[Sequence[str], Sequence[str]]:
    """The kinds that there are, and who did something."""
    kinds, people = (session.scalars(select(each).distinct().order_by(each)).all() for each in (Entry.what, Entry.who))
    return kinds, people


def count(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Entry)) or 0
