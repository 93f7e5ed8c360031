"""How a call of the API is declared: its address, its method, and the permission it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query

from goalkeeper.jobs import Jobs
from goalkeeper.state.roles import Permission
from goalkeeper.web.api.models import Listed, Problem
from goalkeeper.web.pages import Pages
from goalkeeper.web.plan_files import PlanFiles
from goalkeeper.web.security import API
from goalkeeper.web.uploads import Uploads

MOST = 1000
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
    for status, words in {
        400: "It cannot be read", 401: "Nobody, or a token whose time is over", 403: "Not for this role or token",
        404: "There is no such thing", 409: "Somebody else changed it meanwhile", 422: "It is not valid",
    }.items()
}  # fmt: skip
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Text = Annotated[str, Query(max_length=2000)]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the API shares with the pages: the same locks and the same queue."""

    files: PlanFiles
    uploads: Uploads
    jobs: Jobs


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of an app's API; ``now`` is UTC without zone."""

    pages: Pages
    parts: Parts
    now: Callable[[], datetime]
    today: Callable[[], date]

    def add(self, address: str, method: str, do: Callable[..., Any], needs: Permission, **more: Any) -> None:
        """Declares a call and who may make it; ``more`` goes into its description."""
        self.pages.access.declare(API + address, method, needs)
        self.pages.app.add_api_route(API + address, do, methods=[method], responses=PROBLEMS, tags=[needs], **more)


def part(found: Sequence[Each], offset: int, limit: int) -> Listed[Each]:
    """A part of a list."""
    end = offset + limit
    return Listed(items=list(found[offset:end]), total=len(found), next=end if end < len(found) else None)
