"""The declared keys: their examples fit, and the editors' schema accepts what the reader accepts."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

import pytest

from goalkeeper.goals.keys import ALLOW_KEYS, COUNTERWEIGHT_KEYS, GOAL_KEYS, MILESTONE_KEYS, PLAN_KEYS, Key, plan_schema
from goals.plans import HEAD, PLAN

KEYS = [key for keys in (PLAN_KEYS, GOAL_KEYS, COUNTERWEIGHT_KEYS, MILESTONE_KEYS, ALLOW_KEYS) for key in keys.values()]


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits a JSON schema, as far as our own schema goes."""
    if "anyOf" in schema:
        return any(fits(value, each) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {
        "string": isinstance(value, str | date), "number": isinstance(value, int | float) and value is not True,
        "boolean": isinstance(value, bool), "integer": isinstance(value, int) and not isinstance(value, bool),
        "array": isinstance(value, list), "object": isinstance(value, dict),
    }  # fmt: skip
    allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(kinds[kind] for kind in allowed):
        return False
    if schema.get("format") == "date" and not isinstance(value, date):
        return False
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0)
    if isinstance(value, list):
        count = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return count and all(fits(each, schema["items"]) for each in value)
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema["additionalProperties"]
        return set(schema.get("required", ())) <= set(value) and all(
            fits(each, known.get(name, other)) if name in known or other else False for name, each in value.items()
        )
    return "minimum" not in schema or value >= schema["minimum"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_examples_fit(key: Key) -> None:
    value = tomllib.loads(f"k = {key.example}")["k"]
    assert key.kind.fits(value)
    assert fits(value, key.kind.schema)
    assert key.about[0].isupper()
    assert not key.about.endswith(".")


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        (PLAN, True),
        (HEAD, True),
        (HEAD + "colour = 1", False),
        ("", False),
        (HEAD + "[[goal]]\nto = 1", False),
        (HEAD + '[[goal]]\nmetric = "csat"\npriority = 0', False),
        (HEAD + '[[goal]]\nmetric = "csat"\nrange = [1]', False),
        (HEAD + '[[goal]]\nmetric = "csat"\nallow = ["GK201", { rule = "GK202", because = "x" }]', True),
        (HEAD + '[[goal]]\nmetric = "csat"\nmust_not_get_worse = [{ metric = "nps" }]', False),
    ],
)
def test_the_schema(text: str, is_fine: bool) -> None:
    schema = plan_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert fits(tomllib.loads(text), schema) == is_fine
