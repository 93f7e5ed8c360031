from __future__ import annotations

from datetime import UTC, datetime

from goalkeeper.calendars import ALWAYS, Schedule, calendar_table, parse_schedules, span_count

DAY_MS, HOUR_MS = 86_400_000, 3_600_000


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def schedule(tz: str, hours: object) -> Schedule:
    return parse_schedules({"schedule": [{"id": "s", "tz": tz, "hours": hours}]}, "test").schedules[0]


def test_rows_are_dense_and_hold_the_spans_of_their_utc_day() -> None:
    split = schedule("Asia/Tokyo", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
    table = calendar_table([split, ALWAYS], epoch_ms("2024-01-07T05:00"), epoch_ms("2024-01-09T01:00"))
    assert table.column_names == [
        "schedule_key",
        "utc_day",
        "before_ms",
        "open_1_ms",
        "close_1_ms",
        "open_2_ms",
        "close_2_ms",
    ]
    assert span_count(table) == 2
    day, hours = epoch_ms("2024-01-07") // DAY_MS, HOUR_MS
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert rows == [
        (0, day, 0, 0, 0, 0, 0),
        (0, day + 1, 0, 0, 3 * hours, 4 * hours, 9 * hours),
        (0, day + 2, 8 * hours, 0, 3 * hours, 4 * hours, 9 * hours),
        (1, day, 0, 0, DAY_MS, 0, 0),
        (1, day + 1, DAY_MS, 0, DAY_MS, 0, 0),
        (1, day + 2, 2 * DAY_MS, 0, DAY_MS, 0, 0),
    ]


def test_a_shift_over_utc_midnight_is_cut_there() -> None:
    evening = schedule("America/New_York", {"sun": ["18:00-22:00"]})
    table = calendar_table([evening], epoch_ms("2024-01-07"), epoch_ms("2024-01-08"))
    rows = table.select(["before_ms", "open_1_ms", "close_1_ms"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [(0, 23 * HOUR_MS, DAY_MS), (HOUR_MS, 0, 3 * HOUR_MS)]


def test_never_open_still_has_rows_and_one_pair_of_columns() -> None:
    table = calendar_table([schedule("UTC", {})], 0, DAY_MS)
    assert span_count(table) == 1
    assert table["close_1_ms"].to_pylist() == [0, 0]
    assert calendar_table([], 0, DAY_MS).num_rows == 0
