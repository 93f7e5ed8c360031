"""Values in a condition that no row has: mostly misspelt, and then a count of nothing is no answer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from goalkeeper.datasets import Dataset
from goalkeeper.errors import UnknownName
from goalkeeper.formulas.predicate import Predicate
from goalkeeper.schema import TABLES
from goalkeeper.warehouse import Store

_MOST = 10_000  # different values of a column that are looked at


def unseen(store: Store, data: Dataset, where: str) -> list[str]:
    """What to say of values that the condition asks for and no row has, each with the nearest one that some row has.

    UnknownName for a value that is none of its column's closed list.
    """
    said = []
    for column, value in dict.fromkeys(_asked_for(Predicate(where, data.names, where="--where").tree)):
        if column not in data.splits:
            continue
        found = store.rows(f"SELECT DISTINCT CAST({column} AS VARCHAR) FROM {data.source} d LIMIT {_MOST}")
        seen = [name for (name,) in found if name is not None]
        if not seen or len(found) == _MOST or value in seen:
            continue
        reads = data.reads or ("tickets",)  # what is made of the ticket facts names no table
        lists = [each.values for table in reads for each in TABLES[table].columns if each.name == column]
        if lists and all(lists) and not any(value in closed for closed in lists):
            raise UnknownName(column, value, {*seen, *(word for closed in lists for word in closed)}, where="--where")
        said.append(f"No row has {column} = '{value}'. {UnknownName(column, value, seen).hint}")
    return said


def _asked_for(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    """Each column with a text that it is to be equal to."""
    for node in tree.find_all(exp.EQ, exp.In):
        sides = [node.this, *(node.expressions if isinstance(node, exp.In) else [node.expression])]
        names = [side.name for side in sides if isinstance(side, exp.Column)]
        texts = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
        yield from ((name, text) for name in names for text in texts)
