"""Who asks, and whether they may: every route declares what it needs, and one place looks at it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from goalkeeper.formulas.predicate import Predicate
from goalkeeper.state.roles import ALLOWED, Permission, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks; ``scopes`` are those of a token, which does no more than its person may."""

    name: str
    role: Role
    team: str = ""
    person_id: int = 0
    scopes: frozenset[Permission] = frozenset(Permission)

    def may(self, needed: str) -> bool:
        """Whether they may do what needs this permission."""
        wanted = Permission(needed)
        return wanted is Permission.OPEN or (wanted in ALLOWED[self.role] and wanted in self.scopes)

    @property
    def sight(self) -> str:
        """What tells apart those who are shown different pages; part of the name under which an answer is kept."""
        return f"{self.role} {self.team} {' '.join(sorted(self.scopes))}"


HERE = Actor("this machine", Role.OWNER)
"""Whoever opened the link of `goalkeeper serve`: the workspace lies open on their machine."""

ACTOR: ContextVar[Actor | None] = ContextVar("who asks", default=None)


def asker() -> Actor:
    """Whoever asks, once they were let in; 401 for nobody."""
    actor = ACTOR.get()
    if actor is None:
        raise HTTPException(401)
    return actor


class Access:
    """What every route of an app needs; a route that says nothing is refused at start, and to everybody."""

    def __init__(self) -> None:
        self.needs: dict[tuple[str, str], Permission] = {}

    def declare(self, address: str, method: str, needs: Permission) -> None:
        """Says what a method of an address needs."""
        self.needs[address, method] = needs

    def opens(self, path: str) -> bool:
        """Whether whoever asks may look at a page without parts in its address."""
        actor, needed = ACTOR.get(), self.needs.get((path.partition("?")[0], "GET"))
        return actor is not None and needed is not None and actor.may(needed)

    def is_open(self, path: str) -> bool:
        """Whether some method of an address needs nothing."""
        return Permission.OPEN in (self.needs.get((path, "GET")), self.needs.get((path, "POST")))

    def require_all(self, app: FastAPI) -> None:
        """ValueError where a route of the app does not say what it needs."""
        routes = [route for route in app.routes if isinstance(route, APIRoute)]
        lost = [f"{method} {route.path}" for route in routes for method in route.methods or ()
                if (route.path, method) not in self.needs]  # fmt: skip
        if lost:
            raise ValueError(f"these routes do not say what they need: {', '.join(sorted(lost))}")

    async def check(self, request: Request) -> None:
        """Stops a request that its asker may not make; a dependency of the whole app."""
        needed = self.needs[request.scope["route"].path, request.method]
        if needed is Permission.OPEN:
            return
        actor = ACTOR.get()
        if actor is None:
            raise HTTPException(401)
        if not actor.may(needed):
            raise HTTPException(403, f"Your role, {actor.role}, may not do this." if needed in actor.scopes
                                else f"This token is not made for '{needed}'.")  # fmt: skip


def asks_people(where: str, by: Sequence[str]) -> bool:
    """Whether numbers of single agents are asked for; a condition that only could name them counts too."""
    named = re.sub(r"'(?:[^']|'')*'", "", where)
    return any("agent" in text.lower() for text in (named, *by))


def may_split(by: str) -> bool:
    """Whether whoever asks may see numbers split by this column."""
    actor = ACTOR.get()
    return actor is None or not _refusal(actor, {by})


def _refusal(actor: Actor, columns: Collection[str]) -> str:
    """Why somebody may not see numbers by these columns; empty where they may."""
    if actor.role in (Role.OWNER, Role.ANALYST):
        return ""
    if any("agent" in name for name in columns) and (actor.role is not Role.LEAD or not actor.team):
        return "Numbers of single people are for their own lead."
    if actor.role is Role.AGENT and "team" in columns:
        return "Numbers of other teams are for their own people."
    return ""


def narrowed(where: str, by: Sequence[str], names: tuple[str, ...]) -> str:
    """A condition as far as its asker may look: agents at their team, leads at the people of their team alone.

    ``names`` are the dataset's columns. 403 for others who ask for single people, and for an agent who asks for
    other teams.
    """
    actor = ACTOR.get()
    if actor is None or actor.role in (Role.OWNER, Role.ANALYST):
        return where
    own = "team = '" + actor.team.replace("'", "''") + "'"
    # An address that was made of a narrowed condition is narrowed once, not again and again.
    if where == own:
        where = ""
    elif where.startswith("(") and where.endswith(f") AND {own}"):
        where = where[1 : -len(f") AND {own}")]
    named = Predicate(where, names).columns if where else frozenset[str]()
    refused = _refusal(actor, {*by, *named})
    if refused:
        raise HTTPException(403, refused)
    asks_people = any("agent" in name for name in (*by, *named))
    if "team" not in names or not (asks_people or actor.role is Role.AGENT):
        return where
    return f"({Predicate(where, names).sql()}) AND {own}" if where else own
