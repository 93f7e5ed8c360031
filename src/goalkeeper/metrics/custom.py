"""A company's own metrics in TOML, the exact mirror of the declaration: the same names, the same formula text.

What is left out takes the declaration's default. A formula is a table with its `shape`; a source is a key of the
bibliography, or a table of its own.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlglot import exp

from goalkeeper import formulas
from goalkeeper.connectors.mapping.questions import EMPLOYEES
from goalkeeper.errors import Finding, Findings, UnknownName, UsageError
from goalkeeper.formulas import Formula, tests_of
from goalkeeper.metrics import sources as bibliography
from goalkeeper.metrics.metric import Benchmark, Metric, Source
from goalkeeper.tomlfile import Path_, TomlFile, read_toml, written, written_key

T = TypeVar("T")

SHAPES: dict[str, type[Formula]] = {
    name: each
    for name, each in vars(formulas).items()
    if isinstance(each, type) and issubclass(each, Formula) and each.statistics
}
BIBLIOGRAPHY: dict[str, Source] = {each.key: each for each in vars(bibliography).values() if isinstance(each, Source)}


def read_metrics(folder: Path, taken: Mapping[str, Metric]) -> dict[str, Metric]:
    """The metrics of all TOML files of a folder by key; Findings with file, line and column for every mistake.

    A key that is in ``taken``, or twice in the folder, is a mistake.
    """
    found: dict[str, Metric] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            for metric, where in parse_metrics(read_toml(path)):
                if metric.key in taken or metric.key in found:
                    findings.append(
                        Finding(where, f"there is a metric '{metric.key}' already.", "Give it a key of its own.")
                    )
                found[metric.key] = metric
        except Findings as error:
            findings += error.findings
        except UsageError as error:
            findings.append(Finding(error.where, error.message, error.hint))
    if findings:
        raise Findings(findings)
    return found


def parse_metrics(toml: TomlFile) -> list[tuple[Metric, str]]:
    """The metrics of a file, each with its place; Findings for every mistake in it."""
    reader = _Reader(toml)
    listed = toml.data.get("metric", [])
    for key in toml.data.keys() - {"metric"}:
        reader.wrong((key,), f"unknown table '{key}'.", "A metric begins with [[metric]].")
    if not isinstance(listed, list):
        reader.wrong(("metric",), "`metric` is one table.", "A metric begins with [[metric]], in two brackets.")
        listed = []
    made = [(reader.metric(each, ("metric", number)), ("metric", number)) for number, each in enumerate(listed)]
    if reader.findings:
        raise Findings(reader.findings)
    return [(metric, reader.where(path)) for metric, path in made if metric is not None]


def metric_toml(metric: Metric) -> str:
    """A metric as TOML that `parse_metrics` reads back to an equal one."""
    lines = ["[[metric]]"]
    for each, value in _said(metric):
        match value:
            case Formula():
                lines.append(f"formula = {written(_formula_table(value))}")
            case Mapping():
                lines += [
                    f"variants.{written_key(name)} = {written(_formula_table(one))}" for name, one in value.items()
                ]
            case _:
                lines.append(f"{each.name} = {written(_plain(value))}")
    return "\n".join(lines) + "\n"


def _said(made: Any) -> Iterator[tuple[Field[Any], Any]]:
    """The fields that do not stand at their default, with their values."""
    for each in fields(made):
        value = getattr(made, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if value != default:
            yield each, value


def _formula_table(formula: Formula) -> dict[str, Any]:
    return {"shape": type(formula).__name__} | {each.name: _plain(value) for each, value in _said(formula)}


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case Source():
            return value.key if BIBLIOGRAPHY.get(value.key) == value else {"key": value.key, "title": value.title}
        case Benchmark():
            return {each.name: _plain(one) for each, one in _said(value) if one is not None}
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _unnamed(formula: Formula) -> Formula:
    """The formula; of employees, whose small groups are not told, where it counts answers that may be theirs."""
    if formula.dataset != "answers" or formula.people:
        return formula
    leaves_out = any(map(_leaves_employees_out, tests_of(formula.among)))
    return formula if leaves_out else replace(formula, people=True)


def _leaves_employees_out(test: exp.Expr) -> bool:
    """Whether a test is one of the kinds of answers, and lets none of employees pass."""
    is_not = isinstance(test, exp.Not)
    test = test.this.unnest() if is_not else test
    if not (isinstance(test, exp.EQ | exp.In) and isinstance(test.this, exp.Column) and test.this.name == "kind"):
        return False
    kinds = [test.expression] if isinstance(test, exp.EQ) else test.expressions
    named = {kind.this if isinstance(kind, exp.Literal) else "" for kind in kinds}
    return named.issuperset(EMPLOYEES) if is_not else bool(named) and named.isdisjoint({*EMPLOYEES, ""})


class _Reader:
    """Makes declarations of tables, gathering every mistake with its place."""

    def __init__(self, toml: TomlFile) -> None:
        self.toml, self.findings = toml, list[Finding]()

    def where(self, path: Path_) -> str:
        place = self.toml.place(*path)
        return f"{self.toml.name}:{place.line}:{place.column}" if place else self.toml.name

    def wrong(self, path: Path_, found: str, valid: str = "") -> None:
        self.findings.append(Finding(self.where(path), found, valid))

    def metric(self, table: Any, path: Path_) -> Metric | None:
        made = self._made(Metric, table, path)
        for name in ("", *made.variants) if made else ():
            if made and made.dataset(name).on_demand:
                self.wrong(
                    path, f"{made.dataset(name).name} is made for profiles alone.", "Count over another dataset."
                )
        if made is None:
            return None
        variants = {name: _unnamed(each) for name, each in made.variants.items()}
        return replace(made, formula=_unnamed(made.formula), variants=variants)

    def _made(self, kind: type[T], table: Any, path: Path_, passed: frozenset[str] = frozenset()) -> T | None:
        """A declaration of a table's values; None where a mistake was found in it."""
        before = len(self.findings)
        if not isinstance(table, dict):
            self.wrong(path, f"it is {table!r}.", "Write a table.")
            return None
        hints, known = get_type_hints(kind), {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name in passed:
                continue
            if name not in known:
                self._unknown("key", name, (*known, *passed), (*path, name))
                continue
            values[name] = self._value(hints[name], value, (*path, name))
        for name, each in known.items():
            if name in table or each.default is not MISSING or each.default_factory is not MISSING:
                continue
            if types.NoneType in get_args(hints[name]):  # an open side of a benchmark is simply not written
                values[name] = None
            else:
                self.wrong(path, f"`{name}` is missing.", _NEEDED.get(name, ""))
        if len(self.findings) > before:
            return None
        try:
            return kind(**values)
        except UsageError as error:
            self._told(error, path)
            return None

    def _value(self, kind: Any, value: Any, path: Path_) -> Any:
        match get_origin(kind) or kind:
            case types.UnionType() | types.NoneType:
                return value
            case origin if origin in (Union, types.UnionType):
                return self._value(next(each for each in get_args(kind) if each is not types.NoneType), value, path)
            case origin if origin is tuple:
                return self._tuple(get_args(kind), value, path)
            case origin if isinstance(origin, type) and issubclass(origin, Mapping):
                return self._mapping(get_args(kind)[1], value, path)
            case one if one is Formula:
                return self._formula(value, path)
            case one if one is Source and isinstance(value, str):
                if value not in BIBLIOGRAPHY:
                    self._unknown("source", value, BIBLIOGRAPHY, path)
                return BIBLIOGRAPHY.get(value)
            case one if one in (Source, Benchmark):
                return self._made(one, value, path)
            case one if isinstance(one, type) and issubclass(one, StrEnum):
                if value not in {each.value for each in one}:
                    self._unknown(one.__name__.lower(), str(value), [each.value for each in one], path)
                    return None
                return one(value)
            case one:
                return self._scalar(one, value, path)

    def _scalar(self, kind: type, value: Any, path: Path_) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = {str: isinstance(value, str), bool: isinstance(value, bool), float: is_number,
                int: is_number and isinstance(value, int)}[kind]  # fmt: skip
        if not fits:
            self.wrong(path, f"it is {value!r}.", f"Write {_KINDS[kind]}.")
        return value

    def _tuple(self, kinds: tuple[Any, ...], value: Any, path: Path_) -> tuple[Any, ...]:
        length = None if kinds[-1] is Ellipsis else len(kinds)
        if not isinstance(value, list) or (length is not None and len(value) != length):
            self.wrong(path, f"it is {value!r}.", f"Write a list{f' of {length}' if length else ''}, in brackets.")
            return ()
        return tuple(self._value(kinds[0], each, (*path, number)) for number, each in enumerate(value))

    def _mapping(self, kind: Any, value: Any, path: Path_) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(path, f"it is {value!r}.", "Write a table.")
            return {}
        return {name: self._value(kind, each, (*path, name)) for name, each in value.items()}

    def _formula(self, value: Any, path: Path_) -> Formula | None:
        shape = value.get("shape") if isinstance(value, dict) else None
        if not isinstance(shape, str):
            self.wrong(path, "a formula needs its `shape`.", f"Valid: {', '.join(SHAPES)}.")
            return None
        if shape not in SHAPES:
            self._unknown("shape", shape, SHAPES, (*path, "shape"))
            return None
        return self._made(SHAPES[shape], value, path, frozenset({"shape"}))

    def _unknown(self, kind: str, name: str, valid: Any, path: Path_) -> None:
        self._told(UnknownName(kind, name, valid), path)

    def _told(self, error: UsageError, path: Path_) -> None:
        """A mistake that a declaration found itself; one of a formula's text is told at the formula that holds it."""
        self.wrong(path, error.message, error.hint)


_KINDS: dict[type, str] = {str: "a text", bool: "true or false", float: "a number", int: "a whole number"}
_NEEDED = {
    "key": 'Example: key = "vip_first_response"',
    "asks": 'The question that it answers, such as asks = "How long do our best customers wait?"',
    "about": "What it counts and what it leaves out, in words.",
    "formula": 'Example: formula = { shape = "Share", dataset = "tickets", at = "created_day", hits = "escalated" }',
    "dataset": "What it counts over, such as tickets, calls or answers.",
    "at": "The day on which a row falls, such as created_day.",
    "group": "Valid: operational, quality, strategic, people.",
}
