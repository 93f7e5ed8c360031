"""The checks of a rule's rows: what could not be read, then its table's contract as far as the rule fills it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import sqlglot
from sqlglot import exp

from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.numbers import has_mark
from goalkeeper.connectors.mapping.values import failure
from goalkeeper.engines.text import quoted
from goalkeeper.errors import UsageError
from goalkeeper.schema import Column, Severity, Type
from goalkeeper.schema.contract import Check, checks

DERIVED = {("ticket_events", "event_id")}  # the loader makes it from the event's content where it is not mapped


def text_name(name: str) -> str:
    """The SQL name of the text that a value is read from."""
    return quoted("_text_" + name)


def rule_checks(rule: TableRule, file: FileRule) -> tuple[Check, ...]:
    """All checks of the rows that a rule makes; UsageError where it leaves out a required column."""
    found = [
        check
        for name, value in rule.columns
        if rule.table.column(name).type not in (Type.TEXT, Type.JSON)
        for check in unreadable(rule.table.column(name), value, file)
    ]
    return (*found, *_contract(rule))


def unreadable(column: Column, value: Value, file: FileRule) -> list[Check]:
    """That a value's text is there but cannot be read as its type; that its decimal mark is in doubt comes first."""
    text = text_name(column.name)
    predicate = f"{text} IS NOT NULL AND {quoted(column.name)} IS NULL"
    valid = f"{column.name} cannot be read; {failure(column, value, file)}"
    found = [(valid, predicate)]
    if value.doubt:
        found.insert(0, (f"{valid}; {value.doubt}", f"{predicate} AND {has_mark(text)}"))
    return [Check(f"{column.name}_unreadable", column.name, words, Severity.REJECT, test) for words, test in found]


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
            check = replace(check, predicate=f"{text_name(check.column)} IS NULL")
        found.append(check)
    return found


@cache
def _reads(predicate: str) -> frozenset[str]:
    tree = sqlglot.parse_one(predicate.replace("{now}", "now()"), dialect="duckdb")
    return frozenset(column.name for column in tree.find_all(exp.Column))
