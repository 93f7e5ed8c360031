"""Compiles a file rule to SQL over its raw table: canonical values, and which rows fail their contract and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from goalkeeper.connectors.mapping.checks import rule_checks, text_name
from goalkeeper.connectors.mapping.either import the_one
from goalkeeper.connectors.mapping.expressions import Expression, Walk, same_names
from goalkeeper.connectors.mapping.forms import Form
from goalkeeper.connectors.mapping.grouping import Grouping
from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.numbers import NUMBERS, doubts
from goalkeeper.connectors.mapping.reads import log_reads, table_reads
from goalkeeper.connectors.mapping.times import local_sql, time_sql
from goalkeeper.connectors.mapping.values import renamed_sql, typed_sql
from goalkeeper.engines.text import literal, quoted
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.schema import Type
from goalkeeper.schema.contract import Check

KeyHash = Callable[[str, str], str]
Rows = Callable[[str], list[tuple[Any, ...]]]
_DIFFERENT = 200  # different answers that are looked at; a score has fewer


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A column whose times may be those of a zone's clocks; ``local`` is SQL of what they show, over the texts."""

    column: str
    zone: str
    local: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one rule. ``rows`` gives ``_position``, each filled column and its text as ``_text_<column>``.

    ``texts`` names all such texts, which a held row is kept with; ``taken`` gives the ``_position`` of every row of the
    file that the rule takes.
    """

    rule: TableRule
    rows: str
    checks: tuple[Check, ...]
    texts: tuple[str, ...]
    taken: str
    local: tuple[LocalTime, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A file rule bound to a raw table; ``prepare`` makes the temporary table that the rules read.

    ``notes`` say what was told from the rows themselves.
    """

    prepare: tuple[str, ...]
    rules: tuple[Compiled, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One expression of a mapping by itself: where it stands, what it is of, its text, and how to run it.

    ``sql`` runs it on all rows of the file; ``caught`` does so within TRY(…), and is empty where that has no place.
    """

    where: str
    what: str
    text: str
    sql: str
    caught: str = ""


def trials(file: FileRule, raw: str, columns: tuple[str, ...], *, is_json: bool, key: KeyHash) -> Iterator[Trial]:
    """Each expression of a file rule by itself, to find the one that fails; of a form only what is no question."""
    for rule in file.tables:
        compiler = _Compiler(file, raw, columns, is_json, "tried", key, lambda _: [])
        if bound := compiler.bound(replace(rule, questions=None)):
            yield from compiler.trials(bound)


def compile_file(
    file: FileRule,
    raw: str,
    columns: tuple[str, ...],
    *,
    is_json: bool,
    name: str,
    key: KeyHash,
    rows: Rows | None = None,
    has_points: bool = False,
) -> CompiledFile:
    """Binds a file rule to the raw table ``raw`` (for JSON of `_position` and `_line`); UsageError where it names
    columns the file lacks.

    ``columns`` are the header names (for JSON the top-level keys seen, which are not complete). ``name`` is a free
    prefix for temporary tables. ``rows`` runs a query, for forms: their scales are told from the answers.
    Of numbers that ``has_points`` none is in doubt.
    """
    compiler = _Compiler(file, raw, columns, is_json, name, key, rows or (lambda _: []))
    return compiler.compile(has_points=has_points)


class _Compiler:
    def __init__(
        self, file: FileRule, raw: str, columns: tuple[str, ...], is_json: bool, name: str, key: KeyHash, rows: Rows
    ) -> None:
        self.rows = rows
        self.file, self.raw, self.is_json, self.name, self.key = file, raw, is_json, name, key
        self.exact = {column: column for column in columns}
        self.lower = same_names(columns)
        self.columns = columns
        self.walk = Walk()

    def compile(self, *, has_points: bool) -> CompiledFile:
        rules = self.file.tables
        form = self.form()
        if form is not None:
            rules = tuple(each for rule in rules for each in form.rules(rule))
        self.file = replace(self.file, tables=tuple(filter(None, map(self.bound, rules))))
        if self.file.either:
            self.file = replace(self.file, times=(self.the_one_format(), *self.file.times))
        if not has_points:
            self.file = replace(self.file, tables=tuple(map(self.doubted, self.file.tables)))
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
        compiled = [self.rule(rule, source[rule.explode]) for rule in self.file.tables]
        for explode, members in groups.items():  # after the rules, which say what looks along a case they take
            if not source[explode].startswith("("):
                table = source[explode].removeprefix("temp.")
                prepare.append(f"CREATE OR REPLACE TEMP TABLE {table} AS {self.base(explode, members)}")
        return CompiledFile(tuple(prepare), tuple(compiled), tuple(form.notes) if form else ())

    def trials(self, rule: TableRule) -> Iterator[Trial]:
        """The rule's expressions, its condition first: only rows that it lets through count for the others."""
        if rule.group:
            yield from self.group_trials(rule)
            return
        kept = ""
        if rule.condition:
            condition = self.expression(rule.condition, rule.where)
            kept = f" WHERE {condition}"
            # The base comes after the expression, which says what looks along a case it takes.
            count = f"SELECT count(*) FROM ({self.base(rule.explode, [rule])}) WHERE "
            yield Trial(rule.where, f"{rule.to}.where", rule.condition, count + condition, f"{count}TRY({condition})")
        for name, value in rule.columns:
            if value.expression:
                sql = self.expression(value.expression, value.where)
                rows = f"FROM ({self.base(rule.explode, [rule])}){kept}"
                whole, caught = f"SELECT count({sql}) {rows}", f"SELECT count(TRY({sql})) {rows}"
                yield Trial(value.where, f"{rule.to}.{name}", value.expression, whole, caught)

    def group_trials(self, rule: TableRule) -> Iterator[Trial]:
        """What is of its lines first, then one column after another."""
        for name, value in ((None, None), *rule.columns):
            one = replace(rule, columns=((name, value),) if name and value else ())
            grouping = Grouping(
                one, self.file, f"({self.base(one.explode, [one])})", self.expression,
                lambda path: inner(self.resolve(path, rule.where)), self.key,
            )  # fmt: skip
            sql = f"SELECT count(COLUMNS(*)) FROM ({grouping.rows(self.texts(one, grouping.text))})"
            if name and value:
                yield Trial(value.where, f"{rule.to}.{name}", value.expression, sql)
            else:
                yield Trial(rule.where, rule.to, ", ".join(rule.group), sql)

    def the_one_format(self) -> str:
        """The format that the first time of the file's rules is in."""
        for rule in self.file.tables:
            for name, value in rule.columns:
                if value.expression and not value.times and rule.table.column(name).type is Type.TIMESTAMP:
                    text = f"CAST({self.expression(value.expression, value.where)} AS VARCHAR)"
                    texts = f"SELECT _position, {text} AS t FROM ({self.base(rule.explode, [rule])})"
                    return the_one(self.file.either, texts, value.expression, self.file.where, self.rows)
        return self.file.either[0]

    def doubted(self, rule: TableRule) -> TableRule:
        """The rule with what leaves its numbers in doubt, where the mapping does not say their decimal mark."""
        values = [(name, rule.table.column(name).type, value, False) for name, value in rule.columns]
        values += [(f"line {column.name}", column.type, value, True) for column, value in rule.lines]
        texts = {}
        for name, kind, value, is_line in values:
            said = value.decimal or self.file.decimal or value.const is not None
            if kind in NUMBERS and not said and (text := self.row_text(rule, value, is_line=is_line)):
                texts[name] = text
        if not texts:
            return rule
        condition = ""
        if rule.condition and not Expression(rule.condition, rule.where).walks:  # it may keep out what would fail
            condition = f" WHERE {self.expression(rule.condition, rule.where)}"
        rows = f"(SELECT * FROM ({self.flat_rows(self.paths([rule]), rule.explode)}){condition})"
        found = doubts(texts, rows, self.rows)
        return replace(
            rule,
            columns=tuple((name, replace(value, doubt=found.get(name, ""))) for name, value in rule.columns),
            lines=tuple(
                (column, replace(value, doubt=found.get(f"line {column.name}", ""))) for column, value in rule.lines
            ),
        )

    def row_text(self, rule: TableRule, value: Value, *, is_line: bool) -> str:
        """SQL of a value over one row of the file; empty where it looks further, or settles the marks of numbers."""
        expression: Expression | None = Expression(value.expression, value.where, groups=bool(rule.group))
        if rule.group and not is_line and expression is not None:
            own = {column.name for column, _ in rule.lines}  # are numbers already
            expression = None if any(path[0] in own for path in expression.paths()) else expression.of_a_row()
        if expression is None or expression.walks or expression.tells_marks:
            return ""
        return expression.sql(lambda path: inner(self.resolve(path, value.where)), self.walk, self.key)

    def form(self) -> Form | None:
        """The file's questions, where a rule of it is for them."""
        if all(rule.questions is None for rule in self.file.tables):
            return None
        return Form(self.file, self.columns, self.answers)

    def answers(self, column: str) -> list[tuple[str, int]]:
        known = self.known(quoted(column))
        return self.rows(
            f"SELECT v, count(*) FROM (SELECT {known} AS v FROM {self.raw}) WHERE trim(v) <> '' "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_DIFFERENT}"
        )

    def base(self, explode: str, rules: Iterable[TableRule]) -> str:
        """The columns that the rules read, null markers applied, looks along the case worked out."""
        paths = self.paths(rules)
        rows = self.json_rows(paths, explode) if self.is_json else self.flat_rows(paths, explode)
        return self.walked(rows) if self.file.log is not None else rows

    def paths(self, rules: Iterable[TableRule]) -> tuple[tuple[str, ...], ...]:
        read = [*log_reads(self.file), *(each for rule in rules for each in table_reads(rule))]
        return tuple(dict.fromkeys(self.resolve(path, where) for path, where in read))

    def bound(self, rule: TableRule) -> TableRule | None:
        """The rule as far as the file has its columns; None for an optional one that lacks some."""
        if self.is_json:  # which columns its rows have is not known, so all count as there
            return rule
        columns = []
        for name, value in rule.columns:
            tries = [replace(value, expression=text, others=()) for text in (value.expression, *value.others)]
            fit = next((each for each in tries if self.has(replace(rule, columns=((name, each),)))), None)
            if fit is not None or not value.optional:
                columns.append((name, fit or value))
        rule = replace(rule, columns=tuple(columns))
        return None if rule.optional and not self.has(rule) else rule

    def has(self, rule: TableRule) -> bool:
        """Whether the file has the columns that a rule reads."""
        return all(self.found(path) for path, _ in table_reads(rule))

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
        line = ", _line" if explode else ""
        rows = f"SELECT _position, from_json(_line, {literal(json.dumps(tree))}) AS _row{line} FROM {self.raw}"
        if explode:
            part = f"from_json(_part, {literal(json.dumps(child))})" if child else "NULL"
            place = literal("/" + explode.replace("~", "~0").replace("/", "~1"))
            there = self.known(f"json_extract_string(_line, {place})")
            # Looked at only where the first reading found no list: some write one element without its brackets.
            alone = f"CASE WHEN {there} IS NOT NULL THEN [json_extract(_line, {place})] END"
            parts = f"unnest(coalesce(_row.{quoted(explode)}, {alone})) AS _part"
            parts = f"SELECT _position, _row, {parts} FROM ({rows})"
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

    def rule(self, rule: TableRule, source: str) -> Compiled:
        if rule.group:
            return self.grouped(rule, source)
        condition = f" WHERE {self.expression(rule.condition, rule.where)}" if rule.condition else ""
        texts = self.texts(rule, lambda value: self.expression(value.expression, value.where))
        step = "_step" if self.file.log is not None else "_position"
        rows = f"SELECT _position, {step} AS _step, {', '.join(texts)} FROM {source}{condition}"
        return Compiled(
            rule, self.typed(rule, rows), rule_checks(rule, self.file), rule.filled,
            f"SELECT _position FROM {source}{condition}", self.local_times(rule),
        )  # fmt: skip

    def grouped(self, rule: TableRule, source: str) -> Compiled:
        def name(path: tuple[str, ...]) -> str:
            return inner(self.resolve(path, rule.where))

        grouping = Grouping(rule, self.file, source, self.expression, name, self.key)
        rows = grouping.rows(self.texts(rule, grouping.text))
        return Compiled(
            rule, self.typed(rule, rows), (*grouping.checks(), *rule_checks(rule, self.file)),
            (*grouping.texts, *rule.filled), f"SELECT _position FROM ({grouping.lines})", self.local_times(rule),
        )  # fmt: skip

    def local_times(self, rule: TableRule) -> tuple[LocalTime, ...]:
        """The rule's times that may have no offset, but for those of UTC, whose clocks never change."""
        found = []
        for name, value in rule.columns:
            zone = value.zone or self.file.zone
            if zone != "UTC" and value.const is None and rule.table.column(name).type is Type.TIMESTAMP:
                local = local_sql(text_name(name), value.times or self.file.times)
                found += [LocalTime(name, zone, local)] if local else []
        return tuple(found)

    def texts(self, rule: TableRule, sql: Callable[[Value], str]) -> list[str]:
        """SQL of each filled column's text; ``sql`` gives that of its expression."""
        found = []
        for name, value in rule.columns:
            text = f"CAST({sql(value)} AS VARCHAR)" if value.const is None else ""
            column = rule.table.column(name)
            text = renamed_sql(text, value, column, as_spelled=self.is_json) if text else literal(value.const or "")
            found.append(f"{text} AS {text_name(name)}")
        return found

    def typed(self, rule: TableRule, rows: str) -> str:
        """SQL that adds the values as their types to rows of texts."""
        columns = (
            f"{typed_sql(text_name(name), value, self.file, rule.table.column(name))} AS {quoted(name)}"
            for name, value in rule.columns
        )
        return f"SELECT *, {', '.join(columns)} FROM ({rows})"


def inner(path: tuple[str, ...]) -> str:
    """The name under which rules read a file's column: apart from all names of ours, whatever the file calls it."""
    return quoted("in_" + ".".join(path))


def _elements(text: str) -> str:
    """One row for each element of a list written as JSON, or with commas between; a JSON object is one."""
    kind = f"CASE WHEN json_valid({text}) THEN json_type({text}) END"
    listed = f"from_json({text}, '[\"VARCHAR\"]')"
    return (
        f"unnest(CASE {kind} WHEN 'ARRAY' THEN {listed} WHEN 'OBJECT' THEN [{text}] ELSE string_split({text}, ',') END)"
    )


def position_sql(columns: Iterable[str]) -> str:
    """The place of a row in a raw table of these columns, from 1."""
    names = {column.lower() for column in columns}
    return "rowid + 1" if "rowid" not in names else "row_number() OVER ()"


def _plant(tree: dict[str, Any], path: tuple[str, ...]) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            branch = tree[part] = {}
        tree = branch
    tree.setdefault(path[-1], "VARCHAR")
