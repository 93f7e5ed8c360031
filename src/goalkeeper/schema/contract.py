"""Every check a table's rows must pass, as SQL: from its columns' declarations, then its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goalkeeper.schema.table import Column, Severity, Table, Type
from goalkeeper.schema.words import none_of

EARLIEST = "1995-01-01"
EARLIEST_DAY = "1900-01-01"
AHEAD_DAYS = 2  # wrong clocks and zones make real events look up to a day or so early
AHEAD_YEARS = 50  # for plans; 9999-12-31 stands for "no end" in many exports


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a row is bad where `predicate` is TRUE; `{now}` in it stands for the load's time, UTC.

    `column` is the column to quote the found value of; `words` says what was found and what is valid.
    """

    code: str
    column: str
    words: str
    severity: Severity
    predicate: str


def contract_sql(table: Table) -> list[tuple[str, str, Severity, str]]:
    """The checks as (code, words, severity, predicate); see `Check` for the predicate's `{now}`."""
    return [(check.code, check.words, check.severity, check.predicate) for check in checks(table)]


def checks(table: Table) -> tuple[Check, ...]:
    """All checks of the table: columns in their order, then rules. Codes are unique in the table."""
    derived = [check for column in table.columns for check in _of_column(column)]
    rules = [
        Check(rule.key, _first_column(table, rule.predicate), rule.about, rule.severity, rule.predicate)
        for rule in table.rules
    ]
    return (*derived, *rules)


def _of_column(column: Column) -> Iterator[Check]:
    yield from _presence(column)
    if column.values:
        words = f"{column.name} is none of its values; valid: {', '.join(column.values)}"
        yield _check(column, "unknown", words, none_of(column.name, column.values))
    if column.type is Type.DOUBLE:
        words = f"{column.name} is not a finite number"
        yield _check(column, "not_finite", words, f"isnan({column.name}) OR isinf({column.name})")
    if column.low is not None or column.high is not None:
        yield _range(column)
    if column.type in (Type.TIMESTAMP, Type.DATE):
        yield from _times(column)


def _presence(column: Column) -> Iterator[Check]:
    name = column.name
    # Only what begins with a blank is worth a trim: those of ASCII sort before '!', the others after '~'.
    blank = f"(({name} < '!' OR {name} > '~') AND trim({name}) = '')"
    if column.required:
        empty = f"{name} IS NULL"
        predicate = f"{empty} OR {blank}" if column.type is Type.TEXT else empty
        yield _check(column, "missing", f"{name} is missing", predicate)
    elif name.endswith("_id"):
        # Blank ids would join with one another and make strangers one customer.
        words = f"{name} is blank; leave it empty or list the blank text under null in the mapping"
        yield _check(column, "blank", words, blank)


def _range(column: Column) -> Check:
    name, low, high = column.name, column.low, column.high
    bounds = []
    if low is not None:
        bounds.append((f"{name} < {low:.15g}", f"at least {low:.15g}"))
    if high is not None:
        bounds.append((f"{name} > {high:.15g}", f"at most {high:.15g}"))
    words = f"{name} is out of range; valid: " + " and ".join(valid for _, valid in bounds)
    return _check(column, "range", words, " OR ".join(test for test, _ in bounds))


def _times(column: Column) -> Iterator[Check]:
    name = column.name
    if column.type is Type.DATE:
        low, early = f"DATE '{EARLIEST_DAY}'", EARLIEST_DAY[:4]
    else:
        low, early = f"TIMESTAMP '{EARLIEST}'", EARLIEST[:4]
    words = f"{name} is before {early}; such a time mostly means 'not set', so list it under null in the mapping"
    yield _check(column, "too_early", words, f"{name} < {low}")
    if column.future:
        words = f"{name} is over {AHEAD_YEARS} years ahead; leave it empty where there is no end"
        yield _check(column, "too_late", words, f"{name} > {{now}} + INTERVAL '{AHEAD_YEARS}' YEAR")
    else:
        words = f"{name} is over {AHEAD_DAYS} days ahead of now; check its time format and zone"
        yield _check(column, "too_late", words, f"{name} > {{now}} + INTERVAL '{AHEAD_DAYS}' DAY")


def _check(column: Column, what: str, words: str, predicate: str) -> Check:
    return Check(f"{column.name}_{what}", column.name, words, Severity.REJECT, predicate)


def _first_column(table: Table, predicate: str) -> str:
    """The first of the table's columns that the predicate names."""
    names = {column.name for column in table.columns}
    words: list[str] = re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", predicate))
    return next(word for word in words if word in names)
