"""The keys of a plan file, declared once: the reader, the editors' schema and the documents follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.goals.plan import Stage

OWNER_KINDS = ("team", "agent", "person")
OF_ONE_PERSON = ("agent", "owner")  # splits that no goal's segment may name: a plan is no list of people's numbers
REVIEWS = ("weekly", "monthly", "quarterly")
TRENDS = ("rising", "falling")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key may hold: in words, as JSON schema, and a test of the parsed value."""

    words: str
    schema: dict[str, Any]
    fits: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it holds, what it means, an example as TOML."""

    name: str
    kind: Kind
    about: str
    example: str
    is_needed: bool = False


Keys = dict[str, Key]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and bool(value) and all(map(fits, value))


def _choice(*options: str) -> Kind:
    listed = ", ".join(f'"{option}"' for option in options)
    return Kind(f"one of {listed}", {"enum": list(options)}, lambda value: value in options)


def _of_keys(keys: Keys) -> dict[str, Any]:
    """The JSON schema of a table with these keys."""
    properties = {key.name: key.kind.schema | {"description": key.about} for key in keys.values()}
    needed = [key.name for key in keys.values() if key.is_needed]
    made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": needed} if needed else {})


def _tables(keys: Keys) -> Kind:
    schema = {"type": "array", "items": _of_keys(keys)}
    return Kind("a list of tables", schema, lambda value: isinstance(value, list))


_STRING = {"type": "string", "minLength": 1}
TEXT = Kind("a text", _STRING, _is_text)
FLAG = Kind("true or false", {"type": "boolean"}, lambda value: isinstance(value, bool))
DAY = Kind("a day, such as 2027-03-31", {"type": "string", "format": "date"}, _is_day)
PRIORITY = Kind(
    "a whole number from 1",
    {"type": "integer", "minimum": 1},
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 1,
)
VALUE = Kind(
    'a value in the metric\'s unit, such as 0.75, "75 %" or "4h"',
    {"type": ["number", "string"]},
    lambda value: _is_number(value) or _is_text(value),
)
BAND = Kind(
    "two values, the lower one first",
    {"type": "array", "items": VALUE.schema, "minItems": 2, "maxItems": 2},
    lambda value: isinstance(value, list) and len(value) == 2 and all(map(VALUE.fits, value)),
)
TEXTS = Kind(
    "a text or a list of texts",
    {"anyOf": [_STRING, {"type": "array", "items": _STRING, "minItems": 1}]},
    lambda value: _is_text(value) or _is_list(value, _is_text),
)
SEGMENT = Kind(
    'splits and their values, such as { topic = "billing" }',
    {"type": "object", "additionalProperties": TEXTS.schema},
    lambda value: isinstance(value, dict) and all(map(TEXTS.fits, value.values())),
)
REVIEW = Kind(
    f"{', '.join(REVIEWS)}, or a list of days",
    {"anyOf": [{"enum": list(REVIEWS)}, {"type": "array", "items": DAY.schema, "minItems": 1}]},
    lambda value: _is_text(value) or _is_list(value, _is_day),
)


def _keys(*keys: Key) -> Keys:
    return {key.name: key for key in keys}


ALLOW_KEYS = _keys(
    Key("rule", TEXT, "The rule's code", '"GK201"', is_needed=True),
    Key("because", TEXT, "Why it may be broken here", '"a trial of two weeks"', is_needed=True),
)
ALLOW = Kind(
    'a list of rules, such as ["GK201"], with `because` beside it',
    {"type": "array", "items": {"anyOf": [_STRING, _of_keys(ALLOW_KEYS)]}},
    lambda value: isinstance(value, list),
)
_READING = (
    Key("variant", TEXT, "A named variant of the metric", '"7d"'),
    Key("statistic", TEXT, "Another statistic than the metric's own", '"p90"'),
    Key("clock", _choice(WORKING, CALENDAR), "Which hours count, for times", '"calendar"'),
    Key("where", SEGMENT, "The segment that counts: splits and their values", '{ topic = "billing" }'),
)
COUNTERWEIGHT_KEYS = _keys(
    Key("metric", TEXT, "The metric's key", '"csat"', is_needed=True),
    Key(
        "limit", VALUE, "How bad it may get: a value, or a change from its start with its sign", '"-2 pts"',
        is_needed=True,
    ),
    Key("from", VALUE, "Its start, for limits that are changes; measured when the plan is agreed", "0.84"),
    *_READING,
)  # fmt: skip
MILESTONE_KEYS = _keys(
    Key("by", DAY, "The day", "2027-02-15", is_needed=True),
    Key("to", VALUE, "The value to have been reached", "0.70", is_needed=True),
)
PLAN_KEYS = _keys(
    Key("name", TEXT, "What the plan is called", '"Support, Q1 2027"', is_needed=True),
    Key("period", TEXT, "The first and the last day", '"2027-01-01..2027-03-31"'),
    Key("quarter", TEXT, "A quarter, instead of the period", '"2027Q1"'),
    Key("stage", _choice(*Stage), "Recurring revenue a month: how far the company is", '"50k-500k"'),
    Key("industry", TEXT, "The industry, for benchmarks", '"retail"'),
    Key("subscription_business", FLAG, "Whether customers pay again and again", "true"),
    Key("review", REVIEW, "How often the plan is reviewed, or on which days", '"monthly"'),
    Key("allow", ALLOW, "Rules that the whole plan may break", '["GK103"]'),
    Key("because", TEXT, "Why it may break them", '"the board set these goals"'),
)
GOAL_KEYS = _keys(
    Key("id", TEXT, "A short name for commands; made from the name where it is absent", '"billing-fcr"'),
    Key("name", TEXT, "What the goal is called", '"Billing questions solved the first time"'),
    Key("metric", TEXT, "The metric's key", '"first_contact_resolution"', is_needed=True),
    *_READING,
    Key("from", VALUE, 'The start; "measure" takes it from the data when the plan is agreed', '"measure"'),
    Key("to", VALUE, "Reach this value by the due day", "0.75"),
    Key("hold", VALUE, "Stay at this value or better", "0.85"),
    Key("range", BAND, "Stay between two values", "[0.20, 0.40]"),
    Key("trend", _choice(*TRENDS), "Move in one direction over the period", '"rising"'),
    Key("by", DAY, "The due day; the plan's last day where it is absent", "2027-03-31"),
    Key("owner", TEXTS, "Who answers for it: team:, agent: or person: and a name", '"team:billing"'),
    Key("priority", PRIORITY, "Which goal wins where two pull against each other; 1 is the first", "1"),
    Key("because", TEXT, "Why it matters to the business", '"repeat contacts come before 4 in 10 cancellations"'),
    Key(
        "must_not_get_worse", _tables(COUNTERWEIGHT_KEYS), "Counterweights and their limits",
        '[ { metric = "csat", limit = "-2 pts" } ]',
    ),
    Key("milestones", _tables(MILESTONE_KEYS), "Values on the way", "[ { by = 2027-02-15, to = 0.70 } ]"),
    Key("reward", TEXT, "What people get for reaching it", '"a team dinner"'),
    Key("watch_gaming", FLAG, "Whether the ways in which the metric is gamed are watched for", "true"),
    Key("allow", ALLOW, "Rules that this goal may break", '["GK201"]'),
)  # fmt: skip
FILE_KEYS = _keys(
    Key("plan", Kind("a table", _of_keys(PLAN_KEYS), lambda value: isinstance(value, dict)), "The plan itself", "",
        is_needed=True),
    Key("goal", _tables(GOAL_KEYS), "One table for each goal", ""),
)  # fmt: skip


def plan_schema() -> dict[str, Any]:
    """The JSON schema of plan files, for editors."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A goalkeeper plan"}
    return head | _of_keys(FILE_KEYS)
