"""The routes of the API, each with the permission it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import JSONResponse, Response

from goalkeeper.documents.as_json import plain, row_json
from goalkeeper.errors import UnknownName
from goalkeeper.metrics import Metric
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.goals import progress
from goalkeeper.state.roles import Permission
from goalkeeper.warehouse.quarantine import listed
from goalkeeper.web.access import asks_people, narrowed
from goalkeeper.web.api import jobs, load, plans
from goalkeeper.web.api.calls import Calls, Limit, Offset, Parts, Text, part
from goalkeeper.web.api.models import CellOut, GoalOut, HeldOut, Listed, MetricOut, ReplayedOut
from goalkeeper.web.jobs import begun_words
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.web.security import API
from goalkeeper.workspace import Workspace


def declare(pages: Pages, parts: Parts, *, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Declares the API, its description and the page that tells of it."""
    workspace, app = pages.workspace, pages.app
    calls = Calls(pages, parts, now, today)

    def metrics(offset: Offset = 0, limit: Limit = 100) -> Listed[MetricOut]:
        """All metrics, a company's own too."""
        return part([_metric(each) for each in workspace.metrics.values()], offset, limit)

    def one_metric(key: str) -> MetricOut:
        """One metric."""
        return _metric(find_metric(key, workspace.metrics))

    def measured(
        key: str, by: Annotated[list[str], Query(max_length=4)] = [],  # noqa: B006 - FastAPI copies it
        where: Text = "", since: date | None = None, until: date | None = None, every: Text = "", clock: Text = "",
        statistic: Text = "", variant: Text = "", level: Annotated[float, Query(gt=0, lt=1)] = 0.95,
        offset: Offset = 0, limit: Limit = 100,
    ) -> Listed[CellOut]:  # fmt: skip
        """A metric's numbers by period and split; `until` is the day after the last one."""
        metric = find_metric(key, workspace.metrics)
        names = metric.dataset(variant).names
        seen = narrowed(where, by, names)
        found = workspace.measure(
            metric, by=by, where=seen, since=since, until=until, every=every, clock=clock, statistic=statistic,
            variant=variant, level=level,
        )  # fmt: skip
        if asks_people(where, by):
            pages.trail.record("looked at agents", f"{API}/metrics/{key}/values by {', '.join(by)} where {where}")
        return part([CellOut.model_validate(plain(cell)) for cell in found.to_dicts()], offset, limit)

    def goals(offset: Offset = 0, limit: Limit = 100) -> Listed[GoalOut]:
        """The goals that were agreed to, each with its last evaluation."""
        rows = [GoalOut.model_validate(plain(row_json(row))) for row in progress(workspace, now=now()).rows]
        return part(rows, offset, limit)

    def one_goal(id: str) -> GoalOut:
        """One goal that was agreed to, with its last evaluation."""
        rows = {row.goal.id: row for row in progress(workspace, now=now()).rows}
        if id not in rows:
            raise UnknownName("goal", id, rows)
        return GoalOut.model_validate(plain(row_json(rows[id])))

    def quarantine(offset: Offset = 0, limit: Limit = 100) -> Listed[HeldOut]:
        """Why rows are held back."""
        return part([HeldOut.model_validate(asdict(each)) for each in listed(workspace.store)], offset, limit)

    def replay(source: Text = "") -> ReplayedOut:
        """Tries held rows again, of all sources or one, by the mappings in force now."""
        pages.trail.record(*begun_words("replay", source))
        done = workspace.replay(source=source)
        pages.kept.forget()
        return ReplayedOut(released=done.released, still_held=done.still_held)

    def described(_: Request) -> Response:
        return JSONResponse(app.openapi())

    def told(_: Workspace, __: Request) -> Made:
        document = app.openapi()
        operations = [
            {"method": method.upper(), "path": path, "words": told["description"], "needs": told["tags"][0],
             "parameters": [each["name"] for each in told.get("parameters", ())] + _fields(document, told)}
            for path, methods in document["paths"].items() for method, told in methods.items()
        ]  # fmt: skip
        return View("api.html", "API", {"operations": operations, "root": API}, lambda: operations, place="api")

    calls.add("/metrics", "GET", metrics, Permission.NUMBERS)
    calls.add("/metrics/{key}", "GET", one_metric, Permission.NUMBERS)
    calls.add("/metrics/{key}/values", "GET", measured, Permission.NUMBERS)
    calls.add("/goals", "GET", goals, Permission.NUMBERS)
    calls.add("/goals/{id}", "GET", one_goal, Permission.NUMBERS)
    plans.declare(calls)
    load.declare(calls)
    calls.add("/quarantine", "GET", quarantine, Permission.DATA)
    calls.add("/quarantine/replay", "POST", replay, Permission.LOAD)
    jobs.declare(calls)
    pages.access.declare(f"{API}/openapi.json", "GET", Permission.IN)
    app.add_api_route(f"{API}/openapi.json", described, methods=["GET"], include_in_schema=False)
    pages.add("/api", told, Permission.IN)


def _metric(metric: Metric) -> MetricOut:
    return MetricOut(
        key=metric.key, name=metric.name, asks=metric.asks, about=metric.about, group=metric.group.value,
        unit=metric.unit.value, better=metric.better.value, definition_version=metric.version(""),
        variants=list(metric.variants), splits=list(metric.dataset("").splits),
    )  # fmt: skip


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """The fields of a call's body."""
    found = []
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        found += list(schema["properties"])
    return found
