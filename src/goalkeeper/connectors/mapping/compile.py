"""Compiles a file rule to SQL over its raw table: canonical values, and which rows fail their contract and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from goalkeeper.connectors.mapping.expressions import Expression, Walk, same_names
from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.times import time_sql
from goalkeeper.connectors.mapping.values import failure, renamed_sql, typed_sql
from goalkeeper.engines.text import literal, quoted
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.schema import Column, Severity, Type
from goalkeeper.schema.contract import Check, checks

KeyHash = Callable[[str, str], str]
DERIVED = {("ticket_events", "event_id")}  # the loader makes it from the event's content where it is not mapped


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one rule. ``rows`` gives ``_position``, each filled column and its text as ``_text_<column>``."""

    rule: TableRule
    rows: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A file rule bound to a raw table; ``prepare`` makes the temporary table that the rules read."""

    prepare: tuple[str, ...]
    rules: tuple[Compiled, ...]


def compile_file(
    file: FileRule,
    raw: str,
    columns: tuple[str, ...],
    *,
    is_json: bool,
    name: str,
    key: KeyHash,
) -> CompiledFile:
    """Binds a file rule to the raw table ``raw``; UsageError where it names columns the file lacks.

    ``columns`` are the header names (for JSON the top-level keys seen, which are not complete). ``name`` is a free
    prefix for temporary tables.
    """
    compiler = _Compiler(file, raw, columns, is_json, name, key)
    return compiler.compile()


class _Compiler:
    def __init__(
        self, file: FileRule, raw: str, columns: tuple[str, ...], is_json: bool, name: str, key: KeyHash
    ) -> None:
        self.file, self.raw, self.is_json, self.name, self.key = file, raw, is_json, name, key
        self.exact = {column: column for column in columns}
        self.lower = same_names(columns)
        self.columns = columns
        self.walk = Walk()

    def compile(self) -> CompiledFile:
        self.file = replace(self.file, tables=tuple(filter(None, map(self.bound, self.file.tables))))
        prepare: list[str] = []
        source: dict[str, str] = {}
        groups: dict[str, list[TableRule]] = {}
        for rule in self.file.tables:
            groups.setdefault(rule.explode, []).append(rule)
        for number, (explode, members) in enumerate(groups.items()):
            # A table where its making costs more than its writing: JSON for several rules, or looks along a case.
            if (self.is_json and len(members) > 1) or self.file.log is not None:
                source[explode] = f"temp.{self.name}_{number}"
            else:
                source[explode] = f"({self.base(explode, members)})"
        rules = [self.rule(rule, source[rule.explode]) for rule in self.file.tables]
        for explode, members in groups.items():  # after the rules, which say what looks along a case they take
            if not source[explode].startswith("("):
                table = source[explode].removeprefix("temp.")
                prepare.append(f"CREATE OR REPLACE TEMP TABLE {table} AS {self.base(explode, members)}")
        return CompiledFile(tuple(prepare), tuple(rules))

    def base(self, explode: str, rules: Iterable[TableRule]) -> str:
        """The columns that the rules read, null markers applied, looks along the case worked out."""
        paths = self.paths(rules)
        rows = self.json_rows(paths, explode) if self.is_json else self.flat_rows(paths, explode)
        return self.walked(rows) if self.file.log is not None else rows

    def paths(self, rules: Iterable[TableRule]) -> tuple[tuple[str, ...], ...]:
        found: dict[tuple[str, ...], None] = {}
        log = self.file.log
        texts = [(self.file.where, text) for text in ((log.case, log.time, *log.order) if log else ())]
        for rule in rules:
            texts += [(value.where, value.expression) for _, value in rule.columns if value.expression]
            texts += [(rule.where, rule.condition)] if rule.condition else []
        for where, text in texts:
            found.update(dict.fromkeys(self.resolve(path, where) for path in Expression(text, where).paths()))
        return tuple(found)

    def bound(self, rule: TableRule) -> TableRule | None:
        """The rule as far as the file has its columns; None for an optional one that lacks some."""
        columns = [(name, value) for name, each in rule.columns if (value := self.bound_value(each)) is not None]
        needed = [value.expression for _, value in columns if value.expression]
        needed += [rule.condition] if rule.condition else []
        if rule.optional and not all(map(self.has, needed)):
            return None
        return replace(rule, columns=tuple(columns))

    def bound_value(self, value: Value) -> Value | None:
        """The value with the first of its expressions that the file has the columns for."""
        if not value.others and not value.optional:
            return value
        found = next(filter(self.has, (value.expression, *value.others)), None)
        if found is None:
            return None if value.optional else value
        return replace(value, expression=found)

    def has(self, text: str) -> bool:
        """Whether the file has the columns of an expression; of JSON rows that is not known, so they count as there."""
        return self.is_json or all(self.found(path) for path in Expression(text, "").paths())

    def found(self, path: tuple[str, ...]) -> str | None:
        name = ".".join(path)
        return self.exact.get(name) or self.lower.get(name.lower())

    def resolve(self, path: tuple[str, ...], where: str) -> tuple[str, ...]:
        if self.is_json:
            return path
        exact = self.found(path)
        if not exact:
            raise UnknownName("column", ".".join(path), self.columns, where=where)
        return (exact,)

    def flat_rows(self, paths: Iterable[tuple[str, ...]], explode: str) -> str:
        exploded = self.resolve((explode,), self.file.where) if explode else ()
        columns = ""
        for path in paths:
            value = self.known(quoted(path[0]))
            columns += f", {_elements(value) if path == exploded else value} AS {inner(path)}"
        return f"SELECT {position_sql(self.columns)} AS _position{columns} FROM {self.raw}"

    def json_rows(self, paths: Iterable[tuple[str, ...]], explode: str) -> str:
        tree: dict[str, Any] = {}
        child: dict[str, Any] = {}
        picked = ""
        for path in paths:
            inside = bool(explode) and path[0] == explode and len(path) > 1
            steps = path[1:] if inside else path
            _plant(child if inside else tree, steps)
            value = ".".join(["_child" if inside else "_row", *map(quoted, steps)])
            picked += f", {self.known(value)} AS {inner(path)}"
        if explode:
            tree[explode] = ["JSON"]
        rows = f"SELECT _position, from_json(_line, {literal(json.dumps(tree))}) AS _row FROM {self.raw}"
        if explode:
            part = f"from_json(_part, {literal(json.dumps(child))})" if child else "NULL"
            parts = f"SELECT _position, _row, unnest(_row.{quoted(explode)}) AS _part FROM ({rows})"
            rows = f"SELECT _position, _row, {part} AS _child FROM ({parts})"
        return f"SELECT _position{picked} FROM ({rows})"

    def known(self, column: str) -> str:
        markers = self.file.null
        if not markers:
            return column
        if markers == ("",):
            return f"nullif({column}, '')"
        return f"CASE WHEN {column} IN ({', '.join(map(literal, markers))}) THEN NULL ELSE {column} END"

    def walked(self, rows: str) -> str:
        """Adds, per row of an event log, whether it is the case's first or last and each value before it."""
        log = self.file.log
        assert log is not None
        keys: list[str] = []
        for order in log.order:
            text = self.expression(order, self.file.where)
            time = time_sql(text, self.file.times, self.file.zone)
            keys += [time, text] if order == log.time else [f"TRY_CAST({text} AS DOUBLE)", time, text]
        case = self.expression(log.case, self.file.where)
        window = f"WINDOW _case AS (PARTITION BY {case} ORDER BY {', '.join(keys)}, _position)"
        looks = "".join(
            f", lag({sql}) OVER _case AS _previous_{number}" for number, sql in enumerate(self.walk.previous)
        )
        return (
            f"SELECT *, lag(_position) OVER _case IS NULL AS _is_first, "
            f"lead(_position) OVER _case IS NULL AS _is_last, "
            f"row_number() OVER _case AS _step{looks} FROM ({rows}) {window}"
        )

    def expression(self, text: str, where: str) -> str:
        expression = Expression(text, where)
        if expression.walks and self.file.log is None:
            raise UsageError(f"'{text}' looks along a case.", where=where, hint="Name the case in [file.log].")
        return expression.sql(lambda path: inner(self.resolve(path, where)), self.walk, self.key)

    def text(self, value: Value, column: Column) -> str:
        if value.const is not None:
            return literal(value.const)
        text = f"CAST({self.expression(value.expression, value.where)} AS VARCHAR)"
        return renamed_sql(text, value, column)

    def rule(self, rule: TableRule, source: str) -> Compiled:
        target = rule.table
        condition = f" WHERE {self.expression(rule.condition, rule.where)}" if rule.condition else ""
        texts, typed, found = [], [], []
        for name, value in rule.columns:
            column = target.column(name)
            texts.append(f"{self.text(value, column)} AS {quoted('_text_' + name)}")
            cast = typed_sql(quoted("_text_" + name), value, self.file, column)
            typed.append(f"{cast} AS {quoted(name)}")
            if column.type not in (Type.TEXT, Type.JSON):
                found.append(_unreadable(column, value, self.file))
        step = "_step" if self.file.log is not None else "_position"
        inner = f"SELECT _position, {step} AS _step, {', '.join(texts)} FROM {source}{condition}"
        rows = f"SELECT *, {', '.join(typed)} FROM ({inner})"
        return Compiled(rule, rows, (*found, *_contract(rule)))


def inner(path: tuple[str, ...]) -> str:
    """The name under which rules read a file's column: apart from all names of ours, whatever the file calls it."""
    return quoted("in_" + ".".join(path))


def _elements(text: str) -> str:
    """One row for each element of a list written as JSON, or with commas between."""
    listed = f"json_valid({text}) AND json_type({text}) = 'ARRAY'"
    return f"unnest(CASE WHEN {listed} THEN from_json({text}, '[\"VARCHAR\"]') ELSE string_split({text}, ',') END)"


def position_sql(columns: Iterable[str]) -> str:
    """The place of a row in a raw table of these columns, from 1."""
    names = {column.lower() for column in columns}
    return "rowid + 1" if "rowid" not in names else "row_number() OVER ()"


def _unreadable(column: Column, value: Value, file: FileRule) -> Check:
    words = f"{column.name} cannot be read; {failure(column, value, file)}"
    predicate = f"{quoted('_text_' + column.name)} IS NOT NULL AND {quoted(column.name)} IS NULL"
    return Check(f"{column.name}_unreadable", column.name, words, Severity.REJECT, predicate)


def _contract(rule: TableRule) -> list[Check]:
    """The table's contract, as far as the rule fills the columns it speaks of."""
    filled = set(rule.filled)
    for column in rule.table.columns:
        if column.required and column.name not in filled and (rule.to, column.name) not in DERIVED:
            raise UsageError(
                f"the rule for {rule.to} fills no {column.name}, which is required.",
                where=rule.where,
                hint="Add it under `columns`.",
            )
    found = []
    for check in checks(rule.table):
        if not _reads(check.predicate) <= filled:
            continue
        if check.predicate == f"{check.column} IS NULL":  # a value that cannot be read is not also missing
            text = quoted("_text_" + check.column)
            check = replace(check, predicate=f"{text} IS NULL")
        found.append(check)
    return found


@cache
def _reads(predicate: str) -> frozenset[str]:
    tree = sqlglot.parse_one(predicate.replace("{now}", "now()"), dialect="duckdb")
    return frozenset(column.name for column in tree.find_all(exp.Column))


def _plant(tree: dict[str, Any], path: tuple[str, ...]) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            branch = tree[part] = {}
        tree = branch
    tree.setdefault(path[-1], "VARCHAR")
