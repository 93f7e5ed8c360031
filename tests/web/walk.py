"""The addresses of every page, with names that are there."""

from __future__ import annotations

PARTS = {"{id}": "seldom", "{key}": "csat", "{source}": "desk", "{ticket:path}": "T7", "{name:path}": "plan.toml"}
ADDRESSES = (
    "/", "/goals", "/goals/{id}", "/metrics", "/metrics/{key}", "/tickets", "/tickets/{source}/{ticket:path}",
    "/check", "/plans/{name:path}", "/data", "/data/quarantine", "/data/upload", "/reviews", "/manual",
)  # fmt: skip
MORE = (
    "/metrics/first_response_time?range=13w&every=month&by=channel&clock=calendar",
    "/metrics/csat?where=channel+%3D+%27chat%27&range=2y", "/metrics/backlog", "/metrics/churn_rate", "/tickets?id=T7",
    "/tickets?id=nobody", "/goals/satisfied",
)  # fmt: skip


def filled(address: str) -> str:
    for part, value in PARTS.items():
        address = address.replace(part, value)
    return address


PAGES = (*map(filled, ADDRESSES), *MORE)
