"""Local days of one zone in the engine: one equi-join on the UTC day, and no zones there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from goalkeeper.calendars.spans import DAY_MS
from goalkeeper.calendars.zones import zone_offsets


def zone_day_table(tz: str, first_ms: int, last_ms: int) -> pa.Table:
    """One row for each UTC day from that of first_ms to that of last_ms.

    Columns: utc_day, offset_before_ms (local minus UTC from the day's midnight on), switch_ms (when in the
    day the offset changes; 86,400,000 where it does not) and offset_after_ms.
    """
    first_day, last_day = first_ms // DAY_MS, last_ms // DAY_MS
    days = np.arange(first_day, last_day + 1, dtype=np.int64)
    zone = zone_offsets(tz, first_day * DAY_MS, (last_day + 1) * DAY_MS - 1)
    at_midnight = np.searchsorted(zone.starts_ms, days * DAY_MS, side="right") - 1
    at_end = np.searchsorted(zone.starts_ms, (days + 1) * DAY_MS - 1, side="right") - 1
    assert int((at_end - at_midnight).max(initial=0)) <= 1, f"{tz} changes its offset twice in a UTC day"
    switch = np.where(at_end > at_midnight, zone.starts_ms[at_end] - days * DAY_MS, DAY_MS)
    return pa.table(
        {
            "utc_day": days.astype(np.int32),
            "offset_before_ms": zone.offsets_ms[at_midnight].astype(np.int32),
            "switch_ms": switch.astype(np.int32),
            "offset_after_ms": zone.offsets_ms[at_end].astype(np.int32),
        }
    )


def local_ms_sql(t: str, row: str) -> str:
    """The wall clock at moment `t`, as milliseconds since 1970-01-01 00:00 on that clock."""
    return f"({t} + {_offset_sql(t, row)})"


def local_day_sql(t: str, row: str) -> str:
    """The local day of moment `t`, as days since 1970-01-01, given its zone row under the alias `row`."""
    clock = f"{_in_day_sql(t, row)} + {_offset_sql(t, row)}"
    return f"({row}.utc_day + CASE WHEN {clock} < 0 THEN -1 WHEN {clock} >= {DAY_MS} THEN 1 ELSE 0 END)"


def _in_day_sql(t: str, row: str) -> str:
    return f"({t} - CAST({row}.utc_day AS BIGINT) * {DAY_MS})"


def _offset_sql(t: str, row: str) -> str:
    after = f"{_in_day_sql(t, row)} >= {row}.switch_ms"
    return f"CASE WHEN {after} THEN {row}.offset_after_ms ELSE {row}.offset_before_ms END"
