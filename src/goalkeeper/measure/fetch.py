"""Runs the queries of a question and cuts their answers into the rows of each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalkeeper.engines.spans import spans_sql
from goalkeeper.engines.sql import Asked, sums_sql
from goalkeeper.engines.worth import worth_sql
from goalkeeper.errors import UsageError
from goalkeeper.formulas import Formula, PredictedWorth, Spans, Worth
from goalkeeper.measure.cover import Cover
from goalkeeper.measure.periods import Period, day_number
from goalkeeper.measure.statistics import Rows
from goalkeeper.warehouse.store import Store

MOST_CELLS = 200_000
Split = tuple[str | None, ...]
Key = tuple[int, Split]


def give_times(store: Store, formula: Formula, spans: list[Period], zone: str, cover: Cover | None) -> None:
    """The temporary tables of the periods that a formula's queries join."""
    give_periods(store, spans)
    if isinstance(formula, Spans):
        _give_instants(store, spans, zone, cover)


def give_periods(store: Store, spans: list[Period]) -> None:
    """The temporary table that queries over days join: local day → periods."""
    days = [day for span in spans for day in range(day_number(span.since), day_number(span.until))]
    numbers = [number for number, span in enumerate(spans) for _ in range(span.days)]
    columns = "unnest(?::INTEGER[]) AS day, unnest(?::INTEGER[]) AS period"
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE periods AS SELECT {columns}", [days, numbers])


def _give_instants(store: Store, spans: list[Period], zone: str, cover: Cover | None) -> None:
    """The temporary table that queries over spans join: each period's first instant, and its last one known."""
    known = [(number, span) for number, span in enumerate(spans) if cover and cover.days(span)]
    instants = pa.table(
        {
            "start_t": pa.array([span.start_ms(zone) for _, span in known], pa.int64()),
            "t": pa.array([min(span.end_ms(zone) - 1, cover.until_ms) for _, span in known if cover], pa.int64()),
            "period": pa.array([number for number, _ in known], pa.int32()),
        }
    )
    store.con.register("instants_arrow", instants)
    store.con.execute("CREATE OR REPLACE TEMP TABLE instants AS FROM instants_arrow")
    store.con.unregister("instants_arrow")


@contextmanager
def blamed(where: str) -> Iterator[None]:
    """Tells a failure of the database as one of the user's condition, where there is one."""
    try:
        yield
    except duckdb.Error as error:
        if not where or isinstance(error, duckdb.InterruptException):
            raise
        raise UsageError(
            f"'{where}' cannot be computed: {str(error).splitlines()[0]}",
            where="--where",
            hint="Compare texts with texts and numbers with numbers; texts stand in single quotes.",
        ) from None


def check_condition(store: Store, source: str, where: str, text: str) -> None:
    """UsageError for an expression (``where``, as SQL) that is not true or false of a row."""
    kind = store.rows(f"DESCRIBE SELECT ({where}) AS it FROM {source} d")[0][1]
    if kind != "BOOLEAN":
        raise UsageError(
            f"'{text}' is not true or false, but {kind}.", where="--where", hint="Example: channel = 'email'"
        )


def query_of(asked: Asked) -> str:
    """The query of what is asked, by its shape."""
    queries = ((Worth, worth_sql), (PredictedWorth, worth_sql), (Spans, spans_sql), (Formula, sums_sql))
    return next(query for shape, query in queries if isinstance(asked.formula, shape))(asked)


def answer(store: Store, query: str) -> pa.Table:
    """What a query of sums gives."""
    return store.con.sql(query).to_arrow_table()


def groups(found: pa.Table, splits: Sequence[str]) -> dict[Key, Rows]:
    """The columns of sums, which are sorted by period and splits, one group per cell."""
    if not found.num_rows:
        return {}
    numbers = {name: found[name].to_numpy(zero_copy_only=False) for name in found.column_names if name not in splits}
    codes = [found[name].combine_chunks().dictionary_encode() for name in splits]
    names = [code.dictionary.to_pylist() for code in codes]
    indices = [code.indices.fill_null(-1).to_numpy(zero_copy_only=False) for code in codes]
    breaks = _breaks([numbers["period"], *indices])
    refuse_too_many(len(breaks) - 1)
    cells: dict[Key, Rows] = {}
    for start, end in pairwise(breaks):
        by = tuple(None if index[start] < 0 else name[index[start]] for name, index in zip(names, indices, strict=True))
        cells[int(numbers["period"][start]), by] = {name: column[start:end] for name, column in numbers.items()}
    return cells


def parts(found: dict[Key, Rows]) -> dict[Key, Rows]:
    """The same groups, each with its rows as ``k`` and those of its whole period as ``n``."""
    whole: dict[int, int] = {}
    for (period, _), rows in found.items():
        whole[period] = whole.get(period, 0) + int(rows["n"].sum())
    return {
        key: {**rows, "k": rows["n"].sum(keepdims=True), "n": np.array([whole[key[0]]])} for key, rows in found.items()
    }


def left_out(store: Store, query: str) -> dict[Key, dict[str, int]]:
    """How many rows are left out of each cell, by reason."""
    found: dict[Key, dict[str, int]] = {}
    for period, *by, reason, n in store.rows(query):
        found.setdefault((period, tuple(by)), {})[reason] = n
    return found


def refuse_too_many(cells: int) -> None:
    """UsageError for more cells than memory and people can take."""
    if cells > MOST_CELLS:
        raise UsageError(
            f"that is {cells:,} cells.",
            hint=f"At most {MOST_CELLS:,}; take fewer splits, a shorter range, or longer periods.",
        )


def _breaks(keys: list[NDArray[Any]]) -> list[int]:
    changes = np.zeros(len(keys[0]) - 1, dtype=bool)
    for key in keys:
        changes |= key[1:] != key[:-1]
    return [0, *(np.flatnonzero(changes) + 1).tolist(), len(keys[0])]
