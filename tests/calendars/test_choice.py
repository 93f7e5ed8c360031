from __future__ import annotations

import duckdb
import pytest

from goalkeeper.calendars import Schedules, parse_schedules
from goalkeeper.errors import UnknownName

DOCUMENT = {
    "schedule": [{"id": name, "tz": "UTC", "hours": "24x7"} for name in ("support", "brewer's")],
    "schedule_for": [
        {"channel": "phone", "brand": ["a", "b'c"], "schedule": "24x7"},
        {"channel": ["phone", "chat"], "schedule": "brewer's"},
        {"team": "night", "schedule": "24x7"},
    ],
}
RECORDS = [
    {"brand": "a", "channel": "phone", "team": None},
    {"brand": "b'c", "channel": "phone", "team": "night"},
    {"brand": "d", "channel": "phone", "team": "night"},
    {"brand": None, "channel": "chat", "team": None},
    {"brand": None, "channel": None, "team": "night"},
    {"brand": None, "channel": None, "team": None},
]


def test_the_first_rule_that_matches_wins_in_python_and_in_the_engine() -> None:
    schedules = parse_schedules(DOCUMENT, "test")
    assert [schedule.id for schedule in schedules.schedules] == ["support", "brewer's", "24x7"]
    keys = [schedules.key_for(record) for record in RECORDS]
    assert keys == [2, 2, 1, 1, 2, 0]
    expression = schedules.key_sql({"brand": "r.brand", "channel": "r.channel", "team": "r.team"})
    for record, key in zip(RECORDS, keys, strict=True):
        query = f"SELECT {expression} FROM (SELECT $brand AS brand, $channel AS channel, $team AS team) r"
        assert duckdb.execute(query, record).fetchall() == [(key,)]


def test_a_rule_about_a_field_without_a_column_never_applies() -> None:
    expression = parse_schedules(DOCUMENT, "test").key_sql({"team": "'night'"})
    assert duckdb.execute(f"SELECT {expression}").fetchall() == [(2,)]
    assert Schedules().key_sql({"team": "t"}) == "0"


def test_keys_go_by_place_and_unknown_ids_are_told() -> None:
    schedules = parse_schedules(DOCUMENT, "test")
    assert schedules.key("24x7") == 2
    with pytest.raises(UnknownName, match="no schedule 'suport'"):
        schedules.key("suport")
