"""The calendar table: working time in the engine by one equi-join on the UTC day and arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goalkeeper.calendars.schedule import Schedule, open_spans
from goalkeeper.calendars.spans import DAY_MS, NOTHING, Instants, Spans

KEY_COLUMNS = ("schedule_key", "utc_day", "before_ms")
DAYS_BEFORE_EPOCH = 100_000  # keeps the dividend of utc_day_sql positive back to 1696: `//` truncates


def calendar_table(schedules: Sequence[Schedule], first_ms: int, last_ms: int) -> pa.Table:
    """One row for each schedule and UTC day from that of first_ms to that of last_ms.

    Columns: schedule_key (place in the sequence), utc_day (days since 1970-01-01), before_ms (working time
    from the table's first midnight to this day's), then open_1_ms, close_1_ms … open_K_ms, close_K_ms: the
    day's working spans as milliseconds from its midnight, unused ones 0, 0. K is what the fullest day of any
    schedule needs, at least 1.
    """
    first_day, last_day = first_ms // DAY_MS, last_ms // DAY_MS
    days = np.arange(first_day, last_day + 1, dtype=np.int64)
    pieces = [_by_day(open_spans(schedule, first_day * DAY_MS, (last_day + 1) * DAY_MS)) for schedule in schedules]
    count = max((int(slot.max(initial=0)) + 1 for _, slot, _, _ in pieces), default=1)
    edges = np.zeros((len(schedules), len(days), 2 * count), np.int32)
    before = np.zeros((len(schedules), len(days)), np.int64)
    for key, (day, slot, opens, closes) in enumerate(pieces):
        edges[key, day - first_day, 2 * slot] = opens
        edges[key, day - first_day, 2 * slot + 1] = closes
        worked = np.bincount(day - first_day, weights=closes - opens, minlength=len(days)).astype(np.int64)
        before[key] = np.cumsum(worked) - worked
    columns: dict[str, npt.NDArray[np.int32] | Instants] = {
        "schedule_key": np.repeat(np.arange(len(schedules), dtype=np.int32), len(days)),
        "utc_day": np.tile(days.astype(np.int32), len(schedules)),
        "before_ms": before.ravel(),
    }
    for number in range(count):
        columns[f"open_{number + 1}_ms"] = edges[:, :, 2 * number].ravel()
        columns[f"close_{number + 1}_ms"] = edges[:, :, 2 * number + 1].ravel()
    return pa.table(columns)


def span_count(table: pa.Table) -> int:
    """How many spans a row of a calendar table holds: the `spans` of working_ms_sql."""
    return (len(table.column_names) - len(KEY_COLUMNS)) // 2


def utc_day_sql(t: str) -> str:
    """The UTC day of moment `t` (BIGINT milliseconds): the key of the join to a table by UTC day."""
    return f"(({t} + {DAYS_BEFORE_EPOCH * DAY_MS}) // {DAY_MS} - {DAYS_BEFORE_EPOCH})"


def working_ms_sql(t: str, row: str, spans: int) -> str:
    """W at moment `t`, given the calendar row of its schedule and UTC day under the alias `row`.

    Only differences of W mean anything: working time from a to b is W(b) − W(a). NULL where `row` is.
    """
    moment = f"({t} - CAST({row}.utc_day AS BIGINT) * {DAY_MS})"
    parts = [f"{row}.before_ms"]
    for number in range(1, spans + 1):
        opens, closes = f"{row}.open_{number}_ms", f"{row}.close_{number}_ms"
        # A third cheaper than LEAST and GREATEST over millions of moments.
        clamped = f"WHEN {moment} >= {closes} THEN {closes} - {opens} ELSE {moment} - {opens}"
        parts.append(f"CASE WHEN {moment} <= {opens} THEN 0 {clamped} END")
    return "(" + " + ".join(parts) + ")"


def _by_day(spans: Spans) -> tuple[Instants, Instants, Instants, Instants]:
    """Spans cut at UTC midnights: day, number in the day, and both edges from the day's midnight."""
    if not len(spans.opens):
        return NOTHING, NOTHING, NOTHING, NOTHING
    first, last = spans.opens // DAY_MS, (spans.closes - 1) // DAY_MS
    pieces = last - first + 1
    at = np.repeat(np.arange(len(first)), pieces)
    day = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    opens = np.maximum(spans.opens[at], day * DAY_MS) - day * DAY_MS
    closes = np.minimum(spans.closes[at], (day + 1) * DAY_MS) - day * DAY_MS
    slot = np.arange(len(day)) - np.searchsorted(day, day, side="left")
    return day, slot, opens, closes
