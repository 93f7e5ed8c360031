"""Published figures: those kept here, compared with what is computed and with the shared vectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from shared import shared_file

Entry = tuple[Any, Any, float]
"""Input, expected, tolerance (half of the last printed digit)."""


def shared_entries() -> dict[str, dict[str, Any]]:
    """All shared vectors of methods."""
    entries: dict[str, dict[str, Any]] = json.loads(
        shared_file("vectors", "method_goldens.json").read_text(encoding="utf-8")
    )
    return entries


def assert_close(found: Any, expected: Any, tolerance: float) -> None:
    """Every number of `expected`, plain or under its name, is met within the tolerance."""
    if not isinstance(expected, Mapping):
        found, expected = {"": found}, {"": expected}
    for part, value in expected.items():
        assert np.allclose(found[part], value, rtol=0, atol=tolerance * (1 + 1e-9)), (part, found[part], value)
