"""Reads entries of values and adds up those of one period, split and bucket: in numpy, where each has a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalkeeper.warehouse.store import Store

Cells = dict[tuple[int, tuple[str | None, ...]], dict[str, NDArray[Any]]]
_PIECE = 8192  # entries; arrays so short need no new memory, which would take most of the time
_MOST_CELLS = 1 << 40  # numbers that leave room for a bucket's


def entries_in_periods(store: Store, weeks: str, days: str) -> pa.Table:
    """The entries of the table ``periods``: of weeks that are whole within a period, and of the other days.

    The queries, of entries with a ``day``, end with a condition; what is found has a ``period`` too.
    """
    asked = store.con.execute("SELECT day, period FROM periods").fetchnumpy()
    day, period = asked["day"], asked["period"]
    monday = day - (day + 3) % 7
    _, week, days_in_week = np.unique(np.stack([monday, period]), axis=1, return_inverse=True, return_counts=True)
    is_whole = days_in_week[week] == 7
    parts = ((weeks, is_whole & (day == monday)), (days, ~is_whole))
    return pa.concat_tables([
        entries for query, some in parts if some.any() for entries in _dated(store, query, day[some], period[some])
    ])  # fmt: skip


def _dated(store: Store, query: str, day: NDArray[np.int32], period: NDArray[np.int32]) -> Iterator[pa.Table]:
    """The entries of some days, once for each of a day's periods."""
    every = np.unique(day)
    first, last = every[0], every[-1]
    test = f"day BETWEEN {first} AND {last}"
    if np.unique(np.diff(every)).size > 1:
        test += f" AND day IN (SELECT unnest({every.tolist()}))"
    entries = store.con.sql(f"{query} AND {test}").to_arrow_table()
    order = np.argsort(day, kind="stable")
    day, period = day[order], period[order]
    nth = np.arange(len(day)) - np.searchsorted(day, day)
    for number in range(nth.max() + 1):
        periods = np.full(last - first + 1, -1, dtype=np.int64)
        periods[day[nth == number] - first] = period[nth == number]
        found = periods[entries["day"].to_numpy() - first]
        part, is_asked = entries.append_column("period", pa.array(found)), found >= 0
        yield part if is_asked.all() else part.filter(is_asked)


def merged(entries: pa.Table, splits: Sequence[str], counts: Sequence[str]) -> Cells:
    """By period and split: the mean value of each bucket, ascending, and its counts."""
    coded = [entries[name].combine_chunks().dictionary_encode() for name in splits]
    columns = {name: entries[name].to_numpy() for name in ("period", "bucket", "total", *counts)}
    names = [[*each.dictionary.to_pylist(), None] for each in coded]
    codes = [each.indices.fill_null(len(each.dictionary)).to_numpy() for each in coded]
    cell = columns["period"]
    for name, code in zip(names, codes, strict=True):
        cell = cell * len(name) + code
        if cell.max() > _MOST_CELLS:
            cell = np.unique(cell, return_inverse=True)[1]
    order = np.argsort(columns["period"], kind="stable")  # takes little time where most is in order, as weeks are
    ends = np.flatnonzero(np.diff(columns["period"][order])) + 1
    found: Cells = {}
    for piece in np.split(order, ends[np.diff(ends // _PIECE, prepend=0) > 0]):
        order, breaks, added = _added(cell[piece], {name: column[piece] for name, column in columns.items()}, counts)
        first = piece[order[breaks[:-1]]]
        places = zip(columns["period"][first].tolist(), *(code[first].tolist() for code in codes), strict=True)
        rows = np.add.reduceat(sum(added[name] for name in counts), breaks[:-1]).tolist()
        for n, (start, end), (period, *of) in zip(rows, pairwise(breaks.tolist()), places, strict=True):
            if n:  # of what was subtracted nothing is left
                by = tuple(name[code] for name, code in zip(names, of, strict=True))
                found[period, by] = {name: column[start:end] for name, column in added.items()}
    return found


def _added(
    cell: NDArray[Any], columns: Mapping[str, NDArray[Any]], counts: Sequence[str]
) -> tuple[NDArray[Any], NDArray[Any], dict[str, NDArray[Any]]]:
    """An entry of each cell and bucket, in order; where the cells begin, and end; the sums."""
    bucket = columns["bucket"]
    place = cell * (np.ptp(bucket) + 1) + (bucket - bucket.min())
    order = np.argsort(place, kind="stable")
    place = place[order]
    is_first = np.concatenate(([True], place[1:] != place[:-1]))
    number = np.cumsum(is_first) - 1
    # Sums of whole numbers are exact up to 2^53.
    added: dict[str, NDArray[Any]] = {name: np.bincount(number, columns[name][order]) for name in ("total", *counts)}
    rows = sum(added[name] for name in counts if name != "pending")
    added["value"] = added.pop("total") / np.maximum(rows, 1)
    order = order[is_first]
    cell = cell[order]
    breaks = np.concatenate(([0], np.flatnonzero(np.diff(cell)) + 1, [len(cell)]))
    return order, breaks, added
