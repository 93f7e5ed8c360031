"""Leaves out what a composed query does not need: columns, looks into other tables, tables."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.eliminate_ctes import eliminate_ctes
from sqlglot.optimizer.pushdown_projections import pushdown_projections

# Joined like any table, but each ticket has exactly one row of it.
_ONE_EACH = {"horizon_readings"}


def pruned(tree: exp.Query) -> exp.Query:
    """The query without them; every column must bear its table's name.

    Each LEFT JOIN of the facts' text looks up one row at most, so one that gives nothing can go.
    """
    while True:
        tree = eliminate_ctes(pushdown_projections(tree))
        if not sum(_drop_joins(select) for select in list(tree.find_all(exp.Select))):
            return tree


def _drop_joins(select: exp.Select) -> int:
    dropped = 0
    for join in reversed(select.args.get("joins") or []):
        looks_up = join.side == "LEFT" or (isinstance(join.this, exp.Table) and join.this.name in _ONE_EACH)
        if looks_up and not _is_used(select, join):
            join.pop()
            dropped += 1
    return dropped


def _is_used(select: exp.Select, join: exp.Join) -> bool:
    name, own = join.alias_or_name, set(map(id, join.find_all(exp.Column)))
    return any(column.table == name and id(column) not in own for column in select.find_all(exp.Column))
