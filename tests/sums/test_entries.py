"""Entries of values added up: against adding them one by one."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from goalkeeper.sums import entries
from goalkeeper.sums.entries import entries_in_periods, merged
from goalkeeper.warehouse import Store

COUNTS = ("finished", "unfinished", "pending")
NAMES = ("period", "channel", "team", "bucket", "total", *COUNTS)


def some_entries(random: Random, number: int) -> list[tuple[Any, ...]]:
    return [
        (random.randrange(3, 9), random.choice(["email", "web", None]), random.choice("ABC"),
         random.choice([-7, 0, 90]), float(random.randrange(100)), *(random.choice([0, 1, 2]) for _ in COUNTS))
        for _ in range(number)
    ]  # fmt: skip


def added_one_by_one(rows: list[tuple[Any, ...]]) -> dict[Any, dict[int, list[float]]]:
    cells: dict[Any, dict[int, list[float]]] = defaultdict(dict)
    for period, channel, team, bucket, *sums in rows:
        before = cells[period, (channel, team)].setdefault(bucket, [0.0] * 4)
        cells[period, (channel, team)][bucket] = [one + other for one, other in zip(before, sums, strict=True)]
    return cells


@pytest.mark.parametrize(("piece", "most"), [(8192, 1 << 40), (10, 1 << 40), (10, 3)])
def test_entries_of_one_bucket_are_added(monkeypatch: pytest.MonkeyPatch, piece: int, most: int) -> None:
    monkeypatch.setattr(entries, "_PIECE", piece)
    monkeypatch.setattr(entries, "_MOST_CELLS", most)
    rows = some_entries(Random(1), 300)
    rows += [(20, "email", "A", 90, 5.0, 1, 0, 0), (20, "email", "A", 90, -5.0, -1, 0, 0)]  # added and subtracted
    table = pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
    found = merged(table, ("channel", "team"), COUNTS)
    wanted = added_one_by_one(rows)
    assert found.keys() == wanted.keys() - {(20, ("email", "A"))}
    for key, columns in found.items():
        for place, (bucket, (total, *counts)) in enumerate(sorted(wanted[key].items())):
            assert [columns[name][place] for name in COUNTS] == counts, (key, bucket)
            n = counts[0] + counts[1]
            assert columns["value"][place] == total / max(n, 1)
        assert len(columns["value"]) == len(wanted[key])


def test_a_day_of_two_periods_counts_in_both(tmp_path: Any) -> None:
    """Days from a Monday on: a whole week and a part of one, with a week of its own within."""
    with Store(tmp_path) as store:
        store.con.execute("CREATE TABLE days AS SELECT CAST(i AS INTEGER) AS day, 1 AS n FROM range(4, 40) r(i)")
        store.con.execute("CREATE TABLE weeks AS SELECT CAST(i AS INTEGER) AS day, 7 AS n FROM range(4, 40, 7) r(i)")
        spans = {0: range(4, 14), 1: range(11, 18), 2: range(5, 7), 3: range(20, 34), 4: [38]}
        pairs = [(day, period) for period, days in spans.items() for day in days]
        store.con.execute("CREATE TEMP TABLE periods (day INTEGER, period INTEGER)")
        store.con.executemany("INSERT INTO periods VALUES (?, ?)", pairs)
        found = entries_in_periods(store, *(f"SELECT day, n FROM {name} WHERE true" for name in ("weeks", "days")))
        got = defaultdict(list)
        for row in found.to_pylist():
            got[row["period"]] += [row["day"]] if row["n"] == 1 else [*range(row["day"], row["day"] + 7)]
            assert row["n"] == 1 or row["day"] in (4, 11, 25)
        assert {period: sorted(days) for period, days in got.items()} == {n: [*days] for n, days in spans.items()}


@pytest.mark.parametrize("days", [[5], [5, 9], [5, 7, 9], [5, 6, 9]])
def test_days_between_are_not_counted(tmp_path: Any, days: list[int]) -> None:
    with Store(tmp_path) as store:
        store.con.execute("CREATE TABLE days AS SELECT CAST(i AS INTEGER) AS day FROM range(40) r(i)")
        store.con.execute("CREATE TEMP TABLE periods AS SELECT unnest(?::INTEGER[]) AS day, 3 AS period", [days])
        found = entries_in_periods(store, "SELECT 1 WHERE false", "SELECT day FROM days WHERE true")
        assert found.to_pylist() == [{"day": day, "period": 3} for day in days]
