"""Local times that the clocks show twice or never: none is lost, none is taken without a word."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.warehouse import LoadReport, load, local_hours
from goalkeeper.warehouse.local_hours import changes
from warehouse.desk import MAPPING, Desk, event, ticket

BERLIN = MAPPING.replace("[[file]]", '[[file]]\nzone = "Europe/Berlin"')
TOLD = "; an offset in the file would tell"
TWICE = "{} is a time that the clocks of {} show twice as they go back, taken as the second" + TOLD
NEVER = "{} is a time that the clocks of {} skip as they go forward, taken as that much later" + TOLD


def warnings(report: LoadReport) -> dict[str, int]:
    (file,) = report.files
    assert file.held == 0
    return file.warnings


def test_an_hour_that_comes_twice_is_taken_as_the_second_and_told(desk: Desk) -> None:
    desk.mapping = BERLIN
    texts = ["2024-10-27 01:59:59", "2024-10-27 02:00:00", "2024-10-27 02:59:59", "2024-10-27 03:00:00"]
    report = desk.load("tickets.csv", [ticket(str(n), "", created=text) for n, text in enumerate(texts)])
    assert warnings(report) == {TWICE.format("created_at", "Europe/Berlin"): 2}
    assert desk.tickets("created_at") == [
        (datetime(2024, 10, 26, 23, 59, 59),),
        (datetime(2024, 10, 27, 1),),
        (datetime(2024, 10, 27, 1, 59, 59),),
        (datetime(2024, 10, 27, 2),),
    ]
    assert desk.store.rows("SELECT table_name, code, rows FROM meta.warnings") == [
        ("tickets", "created_at_ambiguous", 2)
    ]


def test_an_hour_that_never_was_moves_on_and_is_told(desk: Desk) -> None:
    desk.mapping = BERLIN
    texts = ["2024-03-31 01:59:59", "2024-03-31 02:00:00", "2024-03-31 02:30:00", "2024-03-31 03:00:00"]
    report = desk.load("tickets.csv", [ticket(str(n), "", created=text) for n, text in enumerate(texts)])
    assert warnings(report) == {NEVER.format("created_at", "Europe/Berlin"): 2}
    assert desk.tickets("created_at") == [
        (datetime(2024, 3, 31, 0, 59, 59),),
        (datetime(2024, 3, 31, 1),),
        (datetime(2024, 3, 31, 1, 30),),
        (datetime(2024, 3, 31, 1),),
    ]
    assert desk.store.rows("SELECT table_name, code, rows FROM meta.warnings") == [("tickets", "created_at_skipped", 2)]


def test_each_column_has_its_own_count(desk: Desk) -> None:
    desk.mapping = BERLIN
    rows = [ticket("1", "2024-10-27 02:30:00"), ticket("2", "2024-10-27 02:45:00", created="2024-03-31 02:30:00")]
    assert warnings(desk.load("tickets.csv", rows)) == {
        TWICE.format("updated_at", "Europe/Berlin"): 2,
        NEVER.format("created_at", "Europe/Berlin"): 1,
    }


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2024-10-27 02:30:00+02:00", '["iso"]'),
        ("2024-10-27T01:30:00Z", '["iso"]'),
        ("1729992600", '["epoch_s"]'),
        ("27.10.2024 02:30 +0100", '["%d.%m.%Y %H:%M %z"]'),
    ],
)
def test_what_has_an_offset_is_sure(desk: Desk, text: str, times: str) -> None:
    desk.mapping = BERLIN.replace('zone = "Europe/Berlin"', f'zone = "Europe/Berlin"\ntimes = {times}')
    assert warnings(desk.load("tickets.csv", [ticket("1", "", created=text)])) == {}


@pytest.mark.parametrize(
    ("text", "times"),
    [("27.10.2024 02:30", '["%d.%m.%Y %H:%M %z", "%d.%m.%Y %H:%M"]'), ("45592.104166667", '["excel"]')],
)
def test_formats_without_an_offset_are_looked_at(desk: Desk, text: str, times: str) -> None:
    desk.mapping = BERLIN.replace('zone = "Europe/Berlin"', f'zone = "Europe/Berlin"\ntimes = {times}')
    report = desk.load("tickets.csv", [ticket("1", "", created=text)])
    assert warnings(report) == {TWICE.format("created_at", "Europe/Berlin"): 1}


def test_a_mapping_in_utc_has_no_such_hour(desk: Desk) -> None:
    assert warnings(desk.load("tickets.csv", [ticket("1", created="2024-10-27 02:30:00", updated="")])) == {}


@pytest.mark.parametrize("again", [False, True])
def test_events_are_told_whether_they_come_first_or_after_others(desk: Desk, again: bool) -> None:
    desk.mapping = BERLIN
    desk.load("tickets.csv", [ticket("1"), ticket("2")])
    if again:
        desk.load("events_before.csv", [event("2", "e0")])
    report = desk.load("events.csv", [event("1", "e1", "2024-10-27 02:30:00"), event("1", "e2", "2024-10-27 04:00:00")])
    assert warnings(report) == {TWICE.format("occurred_at", "Europe/Berlin"): 1}


def test_a_row_that_is_held_back_is_not_counted(desk: Desk) -> None:
    desk.mapping = BERLIN
    rows = [ticket("1", "", created="2024-10-27 02:30:00"), ticket("", "", created="2024-10-27 02:40:00")]
    (file,) = desk.load("tickets.csv", rows).files
    assert (file.held, list(file.warnings.values())) == (1, [1])


def test_an_offset_given_later_takes_the_mark_away(desk: Desk) -> None:
    desk.mapping = BERLIN
    desk.load("tickets.csv", [ticket("1", "", created="2024-10-27 02:30:00")])
    desk.mapping = BERLIN.replace('= "created"', "= \"created || '+02:00'\"")
    assert warnings(desk.load("tickets.csv", [ticket("1", "", created="2024-10-27 02:30:00")])) == {}
    assert desk.tickets("created_at") == [(datetime(2024, 10, 27, 0, 30),)]
    assert desk.store.one("SELECT count(*) FROM meta.warnings") == 0


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"]
)
def test_marks_agree_with_the_clocks_of_every_hour_of_a_year(desk: Desk, zone: str) -> None:
    """By the zone's own clocks, quarter by quarter: one is shown twice, or never, or once."""
    place, quarter = ZoneInfo(zone), timedelta(minutes=15)
    start = datetime(2023, 1, 1, tzinfo=UTC)
    shown: dict[datetime, int] = {}
    for number in range(-96, 366 * 96):
        local = (start + number * quarter).astimezone(place).replace(tzinfo=None)
        shown[local] = shown.get(local, 0) + 1
    texts = [datetime(2023, 1, 1) + number * quarter for number in range(365 * 96)]
    desk.mapping = BERLIN.replace("Europe/Berlin", zone)
    report = desk.load("tickets.csv", [ticket(str(n), "", created=str(text)) for n, text in enumerate(texts)])
    twice = sum(shown.get(text, 0) == 2 for text in texts)
    never = sum(text not in shown for text in texts)
    assert twice
    assert warnings(report) == {TWICE.format("created_at", zone): twice, NEVER.format("created_at", zone): never}


@pytest.mark.parametrize("many", [2, 20_000])
def test_many_rows_about_a_change_count_alike(desk: Desk, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(local_hours, "_MANY", many)
    desk.mapping = BERLIN
    desk.load("tickets.csv", [ticket("0")])
    rows = [ticket(str(n), "", created=f"2024-10-27 0{1 + n % 3}:30:00") for n in range(1, 31)]
    assert warnings(desk.load("tickets_more.csv", rows)) == {TWICE.format("created_at", "Europe/Berlin"): 10}


GROUPED = """
name = "shop"
[[file]]
match = ["*"]
needs = ["Invoice"]
zone = "Europe/Berlin"
[[file.table]]
to = "orders"
group = "Invoice"
columns.order_id = "Invoice"
columns.customer_id = "Invoice"
columns.ordered_at = "first(At)"
columns.currency = { const = "EUR" }
columns.status = { const = "paid" }
columns.gross = { const = "1" }
"""
LINES = [("1", "2024-10-27 02:30:00"), ("1", "2024-10-27 05:00:00"), ("2", "2024-10-27 04:00:00"), ("3", ""), ("", "x")]


def test_the_time_of_a_group_counts_once(desk: Desk) -> None:
    path = desk.files / "lines.csv"
    path.write_text("Invoice,At\n" + "".join(f"{invoice},{at}\n" for invoice, at in LINES), encoding="utf-8")
    (file,) = load(desk.store, [path], read_mapping(GROUPED, "shop.toml")).files
    assert (file.held, file.warnings) == (2, {TWICE.format("ordered_at", "Europe/Berlin"): 1})
    assert "_text_ordered_at" not in desk.store.columns("orders")


@pytest.mark.parametrize("tables", [1, 2])
def test_elements_of_json_count_each(desk: Desk, tables: int) -> None:
    path = desk.files / "lines.ndjson"
    at = ["2024-10-27 02:30:00", "2024-10-27 02:30:00+02:00", "2024-10-27 02:10:00", "2024-03-31 02:30:00", "no time"]
    events = [{"id": str(n), "at": text} for n, text in enumerate(at)]
    path.write_text(json.dumps({"Invoice": "1", "events": events}) + "\n", encoding="utf-8")
    rule = GROUPED[GROUPED.index("[[file.table]]") :].replace('group = "Invoice"', 'explode = "events"')
    rule = rule.replace('order_id = "Invoice"', 'order_id = "events.id"').replace("first(At)", "events.at")
    mapping = GROUPED[: GROUPED.index("[[file.table]]")] + rule * tables
    (file,) = load(desk.store, [path], read_mapping(mapping, "shop.toml")).files
    assert file.warnings == {
        TWICE.format("ordered_at", "Europe/Berlin"): 2 * tables,
        NEVER.format("ordered_at", "Europe/Berlin"): tables,
    }


def test_only_changes_within_the_times_loaded_are_looked_for() -> None:
    summer = datetime(2024, 5, 1), datetime(2024, 9, 1)
    assert changes("Europe/Berlin", *summer) == ([], [])
    assert changes("Asia/Tokyo", datetime(2000, 1, 1), datetime(2024, 1, 1)) == ([], [])
    twice, never = changes("Pacific/Apia", datetime(2011, 12, 1), datetime(2011, 12, 31))
    assert (twice, never) == ([], [(datetime(2011, 12, 30, 10), datetime(2011, 12, 31, 10))])
