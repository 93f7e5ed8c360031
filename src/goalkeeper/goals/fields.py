"""A goal as the fields of a form, and a plan's text with those fields written back; all else in it stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals.edit import TextEdit, apply, put, take_out
from goalkeeper.goals.plan import TARGET_KEYS
from goalkeeper.goals.values import exact_value
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.tomlfile import TomlFile, parse_toml, written, written_key

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLAIN = ("name", "metric", "statistic", "clock", "from", "by", "owner", "because")
_OR = " or "
SHAPES = tuple(TARGET_KEYS.values())


@dataclass(frozen=True, slots=True)
class GoalFields:
    """What a form says of a goal, as people write it; empty where nothing is said.

    ``shape`` is the key of the target: to, hold, range ("20 % to 30 %"), or trend. ``guards`` are counterweights, each
    a metric and its limit; ``segment`` is splits and their values, several joined by "or"; ``milestones`` are days and
    values.
    """

    id: str = ""
    name: str = ""
    metric: str = ""
    statistic: str = ""
    clock: str = ""
    start: str = "measure"
    shape: str = "hold"
    target: str = ""
    by: str = ""
    owner: str = ""
    because: str = ""
    guards: tuple[tuple[str, str], ...] = ()
    segment: tuple[tuple[str, str], ...] = ()
    milestones: tuple[tuple[str, str], ...] = ()

    def text(self, key: str) -> str:
        """The field of a key of the file."""
        return str(self.start if key == "from" else getattr(self, key))


def goal_fields(toml: TomlFile, id: str, metrics: Mapping[str, Metric] = METRICS) -> GoalFields:
    """The fields of a goal of a plan's text; UnknownName if there is none.

    Seconds of a duration are shown as words, which say the same.
    """
    own = _goals(toml)[_place(toml, id)]

    def valued(value: object, metric: object) -> str:
        known = metrics.get(metric) if isinstance(metric, str) else None
        if known is None or isinstance(value, bool) or not isinstance(value, int | float):
            return _shown(value)
        return exact_value(value, known.unit)

    metric = own.get("metric", "")
    shape = next((key for key in SHAPES if key in own), "hold")
    target = own.get(shape, "")
    guards = own.get("must_not_get_worse", [])
    return GoalFields(
        id=id,
        **{key: _shown(own.get(key, "")) for key in _PLAIN if key != "from"},
        start=valued(own.get("from", ""), metric),
        shape=shape,
        target=" to ".join(valued(each, metric) for each in target)
        if isinstance(target, list)
        else valued(target, metric),
        guards=tuple(
            (_shown(each.get("metric", "")), valued(each.get("limit", ""), each.get("metric", "")))
            for each in _tables(guards)
        ),
        segment=tuple((split, _values(values)) for split, values in _table(own.get("where", {})).items()),
        milestones=tuple(
            (_shown(each.get("by", "")), valued(each.get("to", ""), metric))
            for each in _tables(own.get("milestones", []))
        ),
    )


def with_goal(toml: TomlFile, fields: GoalFields, metrics: Mapping[str, Metric] = METRICS) -> str:
    """The plan's text with the goal of those fields changed, or added where its id is empty.

    UsageError where the text is written in a way that fields cannot change; then it has to be edited as text.
    """
    if fields.shape not in SHAPES:
        raise UnknownName("kind of target", fields.shape, SHAPES, where="shape")
    return _changed(toml, _place(toml, fields.id), fields, metrics) if fields.id else _added(toml, fields)


def _added(toml: TomlFile, fields: GoalFields) -> str:
    taken = {each.get("id") for each in _goals(toml)}
    stem = re.sub(r"[^a-z0-9]+", "-", (fields.name or fields.metric).lower()).strip("-") or "goal"
    number, id = 1, stem
    while id in taken:
        number += 1
        id = f"{stem}-{number}"
    pairs: dict[str, Any] = {"id": id} | {key: _value(key, fields.text(key)) for key in _PLAIN if fields.text(key)}
    pairs |= {fields.shape: _target(fields)} if fields.target else {}
    pairs |= {"where": _where(fields)} if fields.segment else {}
    pairs |= {"must_not_get_worse": _guards(fields, [])} if fields.guards else {}
    pairs |= {"milestones": _milestones(fields)} if fields.milestones else {}
    lines = [f"{written_key(key)} = {written(value)}" for key, value in pairs.items()]
    return toml.text.rstrip("\n") + "\n\n[[goal]]\n" + "\n".join(lines) + "\n"


def _changed(toml: TomlFile, place: int, fields: GoalFields, metrics: Mapping[str, Metric]) -> str:
    before, own, path = goal_fields(toml, fields.id, metrics), _goals(toml)[place], ("goal", place)
    # In another unit the file's seconds would be another number: what was shown is written, and the check refuses it.
    is_other = len({known.unit if (known := metrics.get(each.metric)) else None for each in (before, fields)}) > 1
    changed: dict[str, Any] = {
        key: _value(key, fields.text(key)) if fields.text(key) else None
        for key in _PLAIN if fields.text(key) != before.text(key) or (is_other and key == "from" and fields.start)
    }  # fmt: skip
    if (fields.shape, fields.target) != (before.shape, before.target) or (is_other and fields.target):
        changed |= {key: None for key in SHAPES if key in own and key != fields.shape}
        changed[fields.shape] = _target(fields) if fields.target else None
    if fields.guards != before.guards:
        changed["must_not_get_worse"] = _guards(fields, _tables(own.get("must_not_get_worse", []))) or None
    if fields.segment != before.segment:
        changed["where"] = _where(fields) or None
    if fields.milestones != before.milestones or (is_other and fields.milestones):
        changed["milestones"] = _milestones(fields) or None
    for key, value in changed.items():  # one after the other: the place of each is that in the text before it
        tables = (toml.containers.get(each) for each in ((*path, key), (*path, key, 0)))
        if any(each and each.kind == "table" for each in tables):  # [goal.where], [[goal.must_not_get_worse]]
            raise UsageError(f"`{key}` is written as a table of its own.", where=fields.id, hint="Change it as text.")
        edit: TextEdit | None
        if value is not None:
            edit = put(toml, path, key, value)
        else:
            edit = take_out(toml, (*path, key)) if key in own else None
        if edit:
            toml = parse_toml(apply(toml.text, [edit]), toml.name)
            own = _goals(toml)[place]
    return toml.text


def _goals(toml: TomlFile) -> list[dict[str, Any]]:
    return _tables(toml.data.get("goal", []))


def _tables(value: object) -> list[dict[str, Any]]:
    """A list of tables; UsageError for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise UsageError("goals and counterweights are tables.", hint="Mend it as text first.")
    return value


def _table(value: object) -> dict[str, Any]:
    """A table; UsageError for anything else."""
    if not isinstance(value, dict):
        raise UsageError("a segment is a table of splits.", hint="Mend it as text first.")
    return value


def _place(toml: TomlFile, id: str) -> int:
    ids = [str(each.get("id", "")) for each in _goals(toml)]
    if not id or id not in ids:
        raise UnknownName("goal", id, ids, where=toml.name)
    return ids.index(id)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else ", ".join(map(_shown, value)) if isinstance(value, list) \
        else written(value)  # fmt: skip


def _value(key: str, text: str) -> object:
    """A field as the file says it: a number, a day, several owners, or text."""
    if _NUMBER.fullmatch(text) and key in ("from", *SHAPES, "limit"):
        return float(text) if "." in text else int(text)
    if key == "by" and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return [part.strip() for part in text.split(",")] if key == "owner" and "," in text else text


def _target(fields: GoalFields) -> object:
    if fields.shape == "range":
        return [_value("range", part.strip()) for part in fields.target.split(" to ")]
    return _value(fields.shape, fields.target)


def _values(value: object) -> str:
    """The values of a split: "email or web"."""
    return _OR.join(map(_shown, value)) if isinstance(value, list) else _shown(value)


def _where(fields: GoalFields) -> dict[str, object]:
    """The segment as the file says it: one value, or a list of several."""
    found: dict[str, object] = {}
    for split, words in fields.segment:
        values = [part.strip() for part in words.split(_OR)]
        found[split] = values if len(values) > 1 else values[0]
    return found


def _milestones(fields: GoalFields) -> list[dict[str, object]]:
    return [{"by": _value("by", day), "to": _value("to", value)} for day, value in fields.milestones]


def _guards(fields: GoalFields, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The counterweights, each with what else the file says of one on the same metric."""
    known = {str(each.get("metric")): each for each in before}
    return [
        {**known.get(metric, {}), "metric": metric, **({"limit": _value("limit", limit)} if limit else {})}
        for metric, limit in fields.guards
    ]  # fmt: skip
