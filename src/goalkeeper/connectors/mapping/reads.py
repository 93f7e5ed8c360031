"""Which columns of a file a rule reads, told from its text alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value

Read = tuple[tuple[str, ...], str]  # a column's path, and where in the mapping it is read


def table_reads(rule: TableRule, *, others: bool = False) -> Iterator[Read]:
    """The columns that a table's rule reads; with `others` also those that stand in for absent ones."""
    own = {line.name for line, _ in rule.lines}  # values of a line are no columns of the file
    for _, value in rule.columns:
        for text in (value.expression, *(value.others if others else ())):
            found = Expression(text, value.where, groups=bool(rule.group)).paths() if text else ()
            yield from ((path, value.where) for path in found if path[0] not in own)
    texts = [(value.expression, value.where) for _, value in rule.lines]
    texts += [(text, rule.where) for text in (rule.condition, *rule.group)]
    for text, where in texts:
        yield from ((path, where) for path in (Expression(text, where).paths() if text else ()))


def log_reads(file: FileRule) -> Iterator[Read]:
    """The columns that put the rows of an event log in order."""
    for text in (file.log.case, file.log.time, *file.log.order) if file.log else ():
        yield from ((path, file.where) for path in Expression(text, file.where).paths())


@cache
def reads(rule: FileRule) -> frozenset[str]:
    """The top-level columns of all expressions, those that a file may lack included."""
    found = [each for table in rule.tables for each in table_reads(table, others=True)]
    return frozenset(path[0] for path, _ in (*found, *log_reads(rule)))


def absent(rule: TableRule, columns: Iterable[str]) -> frozenset[str]:
    """The canonical columns that a rule may leave out and that none of a flat file's ``columns`` tells as they stand.

    What a form asks is among them: which column that is shows later.
    """
    there = {name.lower() for name in columns} | {line.name.lower() for line, _ in rule.lines}

    def tells(value: Value, text: str) -> bool:
        paths = Expression(text, value.where, groups=bool(rule.group)).paths()
        return all(".".join(path).lower() in there for path in paths) and "asks(" not in text

    may = ((name, value) for name, value in rule.columns if value.optional)
    return frozenset(
        name for name, value in may if not any(tells(value, text) for text in (value.expression, *value.others))
    )


def unread(rule: FileRule, columns: Iterable[str]) -> tuple[str, ...]:
    """The file's columns that the rule does not read."""
    known = {name.lower() for name in reads(rule)}
    return tuple(column for column in columns if column.lower() not in known)
