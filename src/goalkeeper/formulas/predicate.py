"""Formula text: SQL over a dataset's declared columns, parsed once, refused if it is anything else."""

from __future__ import annotations

from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from goalkeeper.errors import UnknownName, UsageError

_REFUSED = (exp.Query, exp.Subquery, exp.Window, exp.AggFunc, exp.Placeholder, exp.Parameter, exp.Star, exp.Anonymous)


class Predicate:
    """One expression over the columns ``names``; UsageError with ``where`` for unknown columns or other SQL."""

    def __init__(self, text: str, names: Iterable[str], where: str = "") -> None:
        self.text = text
        known = set(names)
        try:
            self.tree = sqlglot.parse_one(text, dialect="duckdb")
        except (ParseError, TokenError) as error:
            message = str(error).splitlines()[0]
            raise UsageError(
                f"'{text}' is not a condition: {message}", where=where, hint="Example: channel = 'email'"
            ) from None
        for node in self.tree.walk():
            if isinstance(node, _REFUSED):
                raise UsageError(
                    f"'{text}' holds {node.sql(dialect='duckdb')}.", where=where, hint="Valid: a condition on columns."
                )
            if isinstance(node, exp.Column) and node.name not in known:
                raise UnknownName("column", node.name, known, where=where)

    @property
    def columns(self) -> frozenset[str]:
        """The columns it reads."""
        return frozenset(column.name for column in self.tree.find_all(exp.Column))

    def sql(self, dialect: str = "duckdb") -> str:
        """Its text in a dialect."""
        return str(self.tree.sql(dialect=dialect))
