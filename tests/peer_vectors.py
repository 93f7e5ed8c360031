"""The peers' vectors: numbers of other help desks on known inputs, and their schedules as a settings file has them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from shared import shared_file


def all_vectors() -> list[dict[str, Any]]:
    """Every vector of the file."""
    found: list[dict[str, Any]] = json.loads(shared_file("vectors", "peer_vectors.json").read_text(encoding="utf-8"))[
        "vectors"
    ]
    return found


def vectors(*kinds: str) -> list[dict[str, Any]]:
    """Those of some kinds."""
    return [vector for vector in all_vectors() if vector["kind"] in kinds]


def by_id(vector_id: str) -> dict[str, Any]:
    """The one of that id."""
    return next(vector for vector in all_vectors() if vector["id"] == vector_id)


def ms(text: str) -> int:
    """Milliseconds since 1970 of an ISO text."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def shown(t: int) -> str:
    """The ISO text of a moment."""
    return datetime.fromtimestamp(t / 1000, UTC).isoformat().replace("+00:00", "Z")


def schedule_table(found: dict[str, Any], schedule_id: str = "peer") -> dict[str, Any]:
    """A vector's schedule as a table of the settings file."""

    def texts(spans: list[list[str]]) -> list[str]:
        return [f"{opens}-{closes}" for opens, closes in spans]

    return {
        "id": schedule_id,
        "tz": found["tz"],
        "hours": {day: texts(spans) for day, spans in found["hours"].items()},
        "closed": [day if isinstance(day, str) else "..".join(day) for day in found.get("holidays", [])],
        "on": {day: texts(spans) for day, spans in found.get("shifts", {}).items()},
        "breaks": {day: texts(spans) for day, spans in found.get("breaks", {}).items()},
    }
