"""The addresses of every page, with names that are there."""

from __future__ import annotations

MOST_ON_A_PAGE = 40_000
"""The bytes of any page."""
PARTS = {"{id}": "seldom", "{key}": "csat", "{source}": "desk", "{ticket:path}": "T7", "{name:path}": "plan.toml"}
ADDRESSES = (
    "/", "/goals", "/goals/{id}", "/metrics", "/metrics/{key}", "/metrics/{key}/rows", "/metrics/{key}/numbers",
    "/tickets",
    "/tickets/{source}/{ticket:path}",
    "/check", "/plans/{name:path}", "/data", "/data/quarantine", "/data/upload", "/jobs", "/reviews",
    "/reviews/numbers", "/manual", "/api", "/connect",
    "/settings", "/settings/schedules", "/settings/targets", "/settings/privacy",
    "/settings/schedules/form", "/settings/schedules/which", "/settings/targets/form",
)  # fmt: skip
MORE = (
    "/metrics/first_response_time?range=13w&every=month&by=channel&clock=calendar",
    "/metrics/csat?where=channel+%3D+%27chat%27&range=2y", "/metrics/backlog", "/metrics/churn_rate", "/tickets?id=T7",
    "/tickets?id=nobody", "/goals/satisfied",
    "/metrics/first_response_time/rows?by=channel&value=chat&stands=hit&page=2",
    "/metrics/csat?range=2y&every=day", "/metrics/csat/numbers?range=2y&every=day&page=2",
    "/metrics/ticket_volume/rows?since=2026-01-05&until=2026-01-12", "/metrics?group=quality",
    "/plans/plan.toml?goal=seldom", "/plans/plan.toml?goal=",
)  # fmt: skip


def filled(address: str) -> str:
    for part, value in PARTS.items():
        address = address.replace(part, value)
    return address


PAGES = (*map(filled, ADDRESSES), *MORE)
