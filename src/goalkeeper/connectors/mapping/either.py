"""Formats of which a whole file uses one: told by what reads, then by times that rise from row to row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from goalkeeper.connectors.mapping.times import time_sql
from goalkeeper.errors import UsageError


def the_one(
    formats: Sequence[str], texts: str, column: str, where: str, rows: Callable[[str], list[tuple[Any, ...]]]
) -> str:
    """The format among ``formats`` that a file's times are in.

    ``texts`` is SQL of `_position` and the time as text `t`. The one that reads the most wins; of several that read
    alike the one under which no time is before that of the row above. UsageError where that leaves more than one:
    a date such as 3/4/2025 does not tell which is the month.
    """
    times = [time_sql("t", (form,), "UTC") for form in formats]
    unread = ", ".join(f"count(*) FILTER ({time} IS NULL)" for time in times)
    found = rows(f"SELECT {unread}, count(*) FROM ({texts}) WHERE t IS NOT NULL")
    least = min(found[0][:-1]) if found else 0
    if not found or least == found[0][-1]:  # none of them reads a thing
        return formats[0]
    fits = [number for number in range(len(formats)) if found[0][number] == least]
    if len(fits) > 1:
        marks = ", ".join(
            f"{time} < lag({time}) OVER (ORDER BY _position) AS falls_{n}" for n, time in enumerate(times)
        )
        counts = ", ".join(f"count(*) FILTER (falls_{n})" for n in range(len(times)))
        falls = rows(f"SELECT {counts} FROM (SELECT {marks} FROM ({texts}) WHERE t IS NOT NULL)")[0]
        rising = [number for number in fits if not falls[number]]
        fits = rising if len(rising) == 1 else fits
    if len(fits) > 1:
        raise UsageError(
            f"the times of '{column}' read as {' and as '.join(formats[number] for number in fits)}.",
            where=where,
            hint="Copy the mapping to the workspace's folder `mappings` and leave the right one under `either`.",
        )
    return formats[fits[0]]
