"""Answers a question from the kept sums, in the columns that the query over the rows gives."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pyarrow.compute as pc

from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import TimeTo
from goalkeeper.sums.cube import VERSION, Cube
from goalkeeper.sums.definitions import COUNTED, VALUED, Definition, key_of
from goalkeeper.sums.entries import Cells, entries_in_periods, merged
from goalkeeper.tickets.refresh import SUMS
from goalkeeper.warehouse.store import Store

EXACT_UP_TO = 1_000_000  # rows whose values are told exactly, from the rows


@dataclass(frozen=True, slots=True)
class Kept:
    """The queries of a question over kept sums.

    Its sums, what is left out, the first and last day, and how many rows each day and cell has. Of values there are
    entries instead of sums, of weeks and of days; they are ``rounded`` to those of log buckets.
    """

    asked: Asked
    sums: str
    entries: tuple[str, str]
    left_out: str
    days: str
    cells: str
    rounded: bool

    def values(self, store: Store) -> Cells | None:
        """The values of each period and split; None where few of them can be told exactly, from the rows."""
        found = entries_in_periods(store, *self.entries)
        counts = [name for name in ("n", "finished", "unfinished", "pending") if name in found.column_names]
        if sum(pc.sum(found[name]).as_py() or 0 for name in counts) <= EXACT_UP_TO:
            return None
        return merged(found, self.asked.splits, counts) if found.num_rows else {}


def kept_splits(store: Store) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    """By dataset and day column: the splits that counts are kept by, and those that values are."""
    return {
        (dataset, at): (tuple(splits), tuple(value_splits))
        for dataset, at, splits, value_splits in json.loads(store.state(SUMS) or "[]")
    }


def kept_sums(store: Store, asked: Asked, dataset: str, columns: frozenset[str]) -> Kept | None:
    """The queries over the sums; None where they do not hold the formula, a split, or a column of the condition.

    Needs the table ``periods``, as the queries over rows do.
    """
    formula = asked.formula
    if not isinstance(formula, (*COUNTED, *VALUED)):
        return None
    kept = kept_splits(store)
    if (dataset, formula.at) not in kept:
        return None
    splits, value_splits = kept[dataset, formula.at]
    is_counted = isinstance(formula, COUNTED)
    if not {*asked.splits, *columns} <= set(splits if is_counted else value_splits):
        return None
    definition = Definition(key_of(asked), asked)
    cube = Cube(dataset, asked.source, formula.at, (definition,), splits, value_splits)
    version = store.state("sums_version") or ""
    if not version.startswith(f"({VERSION}, ") or definition.key not in version:
        return None
    cells = _cells(cube, definition, asked, is_counted)
    return Kept(
        asked,
        _counts(cube, definition, asked) if is_counted else "",
        (_entries(cube, "weeks", definition, asked), _entries(cube, "values", definition, asked)),
        _left(cube, definition, asked),
        _days(cube, definition, asked, cells),
        cells,
        not is_counted,
    )


def _counts(cube: Cube, definition: Definition, asked: Asked) -> str:
    names = {name: f"{name}_{definition.key}" for name in definition.counts}
    sums = ", ".join(f"CAST(sum({column}) AS BIGINT) AS {name}" for name, column in names.items())
    return (
        f"SELECT {asked.keys}, {sums}, CAST(sum(pending_{definition.key}) AS BIGINT) AS pending "
        f"FROM {cube.table('counts')} JOIN periods USING (day) WHERE {asked.where} "
        f"GROUP BY {asked.keys} HAVING sum(rows_{definition.key}) > 0 ORDER BY {asked.keys}"
    )


def _entries(cube: Cube, kind: str, definition: Definition, asked: Asked) -> str:
    """The query of the entries of all weeks or of all days."""
    counts = "finished, unfinished" if isinstance(asked.formula, TimeTo) else "finished AS n"
    columns = ", ".join(("day", *asked.splits, "coalesce(bucket, 0) AS bucket", "total", counts, "pending"))
    return f"SELECT {columns} FROM {cube.table(kind)} WHERE {_of(definition, asked)}"


def _left(cube: Cube, definition: Definition, asked: Asked) -> str:
    keys = f"{asked.keys}, reason"
    return (
        f"SELECT {keys}, CAST(sum(n) AS BIGINT) AS n FROM {cube.table('left')} JOIN periods USING (day) "
        f"WHERE {_of(definition, asked)} GROUP BY {keys} HAVING sum(n) > 0"
    )


def _cells(cube: Cube, definition: Definition, asked: Asked, is_counted: bool) -> str:
    columns = ", ".join(("day", *asked.splits))
    if is_counted:
        return f"SELECT {columns}, rows_{definition.key} AS rows FROM {cube.table('counts')} WHERE {asked.where}"
    rows = "finished + unfinished + pending AS rows"
    return f"SELECT {columns}, {rows} FROM {cube.table('values')} WHERE {_of(definition, asked)}"


def _days(cube: Cube, definition: Definition, asked: Asked, cells: str) -> str:
    """The first and the last day that rows fall on, left out or not."""
    left = f"SELECT day, n AS rows FROM {cube.table('left')} WHERE {_of(definition, asked)}"
    rows = f"SELECT day, rows FROM ({cells})"
    return (
        f"SELECT min(day), max(day) FROM (SELECT day FROM ({rows} UNION ALL {left}) GROUP BY day HAVING sum(rows) > 0)"
    )


def _of(definition: Definition, asked: Asked) -> str:
    return f"definition = '{definition.key}' AND ({asked.where})"
