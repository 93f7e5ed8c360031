"""Formula text: SQL over a dataset's declared columns, parsed once, refused if it is anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from goalkeeper.errors import UnknownName, UsageError

MOST_CHARACTERS = 10_000

# What a condition may be made of: all of it gives the same answer at each reading, and reads nothing but the row.
_LEAVES = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.DataType)
_LOGIC = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Case, exp.If, exp.Coalesce, exp.Nullif)
_COMPARED = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In,
    exp.Like, exp.ILike, exp.Escape,
)  # fmt: skip
_COMPUTED = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Abs, exp.Lower, exp.Upper, exp.Trim,
    exp.Length, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Cast, exp.TryCast,
)  # fmt: skip
_VALID = frozenset((*_LEAVES, *_LOGIC, *_COMPARED, *_COMPUTED))
_HINT = "Example: channel = 'email'"


class Predicate:
    """One expression over the columns ``names``; UsageError with ``where`` for unknown columns or other SQL."""

    def __init__(self, text: str, names: Iterable[str], where: str = "") -> None:
        self.text = text
        self.tree = _parsed(text, where)
        known = set(names)
        for node in self.tree.walk():
            if type(node) not in _VALID:
                raise UsageError(
                    f"'{_short(node.sql(dialect='duckdb'))}' may not stand in a condition.",
                    where=where,
                    hint="Valid: columns, values, comparisons, and, or, not, in, like, between, case, arithmetic.",
                )
            if isinstance(node, exp.Column):
                _check(node, known, where)

    @property
    def columns(self) -> frozenset[str]:
        """The columns it reads."""
        return frozenset(column.name for column in self.tree.find_all(exp.Column))

    def sql(self, dialect: str = "duckdb") -> str:
        """Its text in a dialect."""
        return str(self.tree.sql(dialect=dialect, comments=False))


def tests_of(sql: str) -> tuple[exp.Expr, ...]:
    """The tests that all must hold of a condition that is SQL already, without their brackets."""
    tree = sqlglot.parse_one(sql, dialect="duckdb").unnest()
    return tuple(test.unnest() for test in (tree.flatten() if isinstance(tree, exp.And) else (tree,)))


def _parsed(text: str, where: str) -> exp.Expr:
    if len(text) > MOST_CHARACTERS:
        raise UsageError(f"it has {len(text):,} characters.", where=where, hint=f"At most {MOST_CHARACTERS:,}.")
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
        tree.sql(dialect="duckdb")
    except SqlglotError as error:
        reason = re.sub(r"<class '.*\.(\w+)'>", r"\1", str(error).splitlines()[0])
        raise UsageError(f"'{_short(text)}' is not a condition: {reason}", where=where, hint=_HINT) from None
    except RecursionError:
        raise UsageError("the condition is nested too deeply.", where=where, hint=_HINT) from None
    return tree


def _check(column: exp.Column, known: set[str], where: str) -> None:
    if column.table:
        raise UsageError(
            f"'{column.sql(dialect='duckdb')}' names a table.", where=where, hint=f"Write {column.name} alone."
        )
    if column.name not in known:
        quoted = isinstance(column.this, exp.Identifier) and column.this.quoted
        is_value = isinstance(column.parent, exp.Binary) and column.parent.expression is column
        see = f"Texts stand in single quotes: '{_short(column.name)}'." if quoted or is_value else ""
        raise UnknownName("column", column.name, known, where=where, see=see)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
