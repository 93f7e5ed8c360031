"""Which columns of a file a rule reads, told from its text alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.connectors.mapping.model import FileRule


@cache
def reads(rule: FileRule) -> frozenset[str]:
    """The top-level columns of all expressions, those that a file may lack included."""
    texts = [text for table in rule.tables for _, value in table.columns for text in (value.expression, *value.others)]
    texts += [table.condition for table in rule.tables]
    if rule.log is not None:
        texts += [rule.log.case, rule.log.time, *rule.log.order]
    return frozenset(path[0] for text in texts if text for path in Expression(text, rule.where).paths())


def unread(rule: FileRule, columns: Iterable[str]) -> tuple[str, ...]:
    """The file's columns that the rule does not read."""
    known = {name.lower() for name in reads(rule)}
    return tuple(column for column in columns if column.lower() not in known)
