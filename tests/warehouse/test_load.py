"""Loading: what a second load changes, what it does not, and that every row is accounted for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.errors import LoadStopped, SourceError, UsageError
from goalkeeper.warehouse import FileReport, load, merge
from goalkeeper.warehouse.load import choose
from warehouse.desk import Desk, activity, content, event, ticket


def sums(file: FileReport) -> int:
    return file.loaded + file.unchanged + file.held + file.passed_over


def test_loading_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    rows = [ticket("1"), ticket("2")]
    assert desk.load("tickets.csv", rows).loaded == 2
    before = content(desk.store), desk.store.rows("FROM meta.loads")
    report = desk.load("tickets.csv", rows)
    assert report.files[0].already
    assert report.loaded == 0
    assert (content(desk.store), desk.store.rows("FROM meta.loads")) == before
    assert desk.store.one("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'raw'") == 1


def test_the_same_file_named_twice_in_one_load_is_read_once(desk: Desk) -> None:
    path = desk.write("tickets.csv", [ticket("1")])
    report = load(desk.store, [path, path], desk.read)
    assert [file.already for file in sorted(report.files, key=lambda file: file.already)] == [False, True]
    assert desk.store.one("SELECT count(*) FROM meta.loads") == 1


def test_the_same_rows_in_another_file_are_unchanged(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1"), ticket("2")])
    report = desk.load("tickets_copy.csv", [ticket("2"), ticket("1")])
    assert (report.files[0].loaded, report.files[0].unchanged) == (0, 2)
    assert desk.tickets("_load_id") == [(1,), (1,)]


def test_overlapping_exports_add_what_is_new_only(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    desk.load("events_mon.csv", [event("1", "e1"), event("1", "e2")])
    report = desk.load("events_tue.csv", [event("1", "e2"), event("1", "e3")])
    assert (report.files[0].loaded, report.files[0].unchanged) == (1, 1)
    assert desk.store.rows("SELECT event_id FROM canon.ticket_events ORDER BY 1") == [("e1",), ("e2",), ("e3",)]


@pytest.mark.parametrize("newer_first", [True, False])
def test_the_newer_version_of_a_ticket_stands_whichever_comes_last(desk: Desk, newer_first: bool) -> None:
    old, new = ticket("1", status="open"), ticket("1", "2024-01-05 09:00:00", status="solved")
    first, second = (new, old) if newer_first else (old, new)
    desk.load("tickets_1.csv", [first])
    report = desk.load("tickets_2.csv", [second])
    assert report.loaded == (0 if newer_first else 1)
    assert desk.tickets("status", "updated_at") == [("solved", datetime(2024, 1, 5, 9))]


def test_of_two_versions_with_one_time_the_later_load_stands(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1", topic="billing")])
    desk.load("tickets_2.csv", [ticket("1", topic="delivery")])
    assert desk.tickets("reason") == [("delivery",)]


def test_a_version_without_a_time_does_not_replace_one_with(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1", topic="billing")])
    desk.load("tickets_2.csv", [ticket("1", updated="", topic="delivery")])
    assert desk.tickets("reason") == [("billing",)]
    desk.load("tickets_3.csv", [ticket("2", updated="", topic="billing")])
    desk.load("tickets_4.csv", [ticket("2", topic="delivery")])
    assert desk.tickets("reason") == [("billing",), ("delivery",)]


def test_older_and_newer_versions_in_one_file_leave_the_newest(desk: Desk) -> None:
    rows = [ticket("1", "2024-01-05 09:00:00", status="solved"), ticket("1"), ticket("1"), ticket("2")]
    report = desk.load("tickets.csv", rows)
    assert desk.tickets("status") == [("solved",), ("open",)]
    assert (report.files[0].loaded, report.files[0].unchanged, report.held) == (2, 2, 0)


def test_a_partial_mapping_leaves_other_columns_as_they_were(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1", topic="billing"), ticket("2")])
    desk.mapping = """
name = "partial"
[[file]]
match = ["tickets*.csv"]
[[file.table]]
to = "tickets"
columns.ticket_id = "id"
columns.created_at = "created"
columns.channel = "channel"
columns.status = "status"
columns.product = "topic"
"""
    desk.load("tickets_part.csv", [ticket("1", topic="lamp", status="solved")], source_id="desk")
    assert desk.tickets("reason", "priority", "status", "product") == [
        ("billing", "normal", "solved", "lamp"),
        ("billing", "normal", "open", None),
    ]


def test_two_rows_that_contradict_each_other_are_both_held_back(desk: Desk) -> None:
    rows = [ticket("1", status="open"), ticket("1", status="solved"), ticket("2")]
    report = desk.load("tickets.csv", rows)
    assert desk.tickets("ticket_id") == [("2",)]
    assert desk.open() == [("contradicts", "ticket_id", "1")] * 2
    held = desk.store.rows("SELECT position, json_extract_string(row, '$.status') FROM meta.quarantine ORDER BY 1")
    assert held == [(1, "open"), (2, "solved")]
    assert (report.files[0].loaded, report.files[0].held) == (1, 2)


def test_a_contradiction_leaves_the_stored_row_alone(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1", status="open")])
    rows = [ticket("1", "2024-02-01 09:00:00", status=status) for status in ("solved", "closed")]
    desk.load("tickets_2.csv", [*rows, ticket("2")])
    assert desk.tickets("status") == [("open",), ("open",)]


@pytest.mark.parametrize("sorted_here", [0, 10_000])
@pytest.mark.parametrize("repeated", range(0, 5000, 999))
def test_a_repeated_key_is_found_wherever_it_stands(
    desk: Desk, repeated: int, sorted_here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "SORTED_HERE", sorted_here)
    newer = ticket(str(repeated), "2024-03-01 09:00:00", status="solved")
    report = desk.load("tickets.csv", [*(ticket(str(number)) for number in range(5000)), newer])
    assert desk.store.rows("SELECT ticket_id FROM canon.tickets WHERE status = 'solved'") == [(str(repeated),)]
    assert (report.files[0].loaded, report.files[0].unchanged, report.held) == (5000, 1, 0)


@pytest.mark.parametrize("looked_at", [0, 100])
def test_only_tickets_of_good_rows_get_a_number(desk: Desk, looked_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "LOOKED_AT", looked_at)  # the bad rows are found after all were written, or before
    rows = [event("1", "e1"), event("2", "e2", at="never"), event("3", "e3"), event("1", "e4", at="never")]
    report = desk.load("events.csv", rows)
    assert (report.files[0].loaded, report.files[0].held) == (2, 2)
    assert desk.store.rows("SELECT ticket_id, ticket_key FROM meta.ticket_keys ORDER BY 2") == [("1", 0), ("3", 1)]
    assert desk.store.rows("SELECT count(*), count(DISTINCT ticket_key) FROM meta.touched") == [(2, 2)]
    desk.load("events_2.csv", [event("2", "e2")])
    named = "SELECT ticket_id FROM canon.ticket_events JOIN meta.ticket_keys USING (ticket_id, ticket_key) ORDER BY 1"
    assert [row[0] for row in desk.store.rows(named)] == ["1", "2", "3"]


def test_events_are_stored_by_ticket_and_named_by_their_load(desk: Desk) -> None:
    rows = [event(str(number % 7), f"e{number}") for number in range(40)]
    desk.load("events.csv", rows)
    stored = desk.store.rows("SELECT ticket_key, ticket_id, event_id, source_id, _load_id FROM canon.ticket_events")
    assert [row[0] for row in stored] == sorted(row[0] for row in stored)
    assert {row[1:] for row in stored} == {(row["ticket"], row["event"], "desk", 1) for row in rows}
    assert {(row[0], row[1]) for row in stored} == {(number, str(number)) for number in range(7)}
    packed = "SELECT DISTINCT compression FROM pragma_storage_info('kept.ticket_events') WHERE column_name = ? "
    desk.store.con.execute("CHECKPOINT")
    assert desk.store.rows(packed + "AND segment_type = 'VARCHAR'", ["event_id"]) == [("ZSTD",)]


def test_words_of_a_list_are_known_in_json_as_in_csv(desk: Desk) -> None:
    spelled = ["on_hold", "On Hold", " ON-HOLD ", "solved", "Solved", "offen"]
    desk.load("tickets.csv", [ticket(f"c{number}", status=status) for number, status in enumerate(spelled)])
    desk.mapping = desk.mapping.replace('match = ["tickets*.csv"]', 'match = ["tickets*.ndjson"]')
    path = desk.files / "tickets.ndjson"
    lines = [json.dumps(ticket(f"j{number}", status=status)) for number, status in enumerate(spelled)]
    path.write_text("\n".join(lines))
    load(desk.store, [path], desk.read)
    assert desk.tickets("ticket_id", "status") == [
        (f"{kind}{number}", status)
        for kind in "cj"
        for number, status in enumerate(["on_hold", "on_hold", "on_hold", "solved", "solved"])
    ]
    assert desk.open() == [("status_unknown", "status", "offen")] * 2


@pytest.mark.parametrize(("keep", "stands"), [("first", "open"), ("last", "pending")])
def test_keep_says_which_row_of_a_key_stands(desk: Desk, keep: str, stands: str) -> None:
    desk.mapping = desk.mapping.replace('to = "tickets"', f'to = "tickets"\nkeep = "{keep}"')
    rows = [ticket("1", status=status) for status in ("open", "solved", "pending")]
    report = desk.load("tickets.csv", [*rows, ticket("2")])
    assert desk.tickets("status") == [(stands,), ("open",)]
    assert (report.files[0].loaded, report.files[0].unchanged, report.held) == (2, 2, 0)


def test_equal_events_without_ids_are_all_kept_and_found_again(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    rows = [activity("1"), activity("1"), activity("1", by="a2"), activity("1", at="2024-01-01 11:00:00")]
    assert desk.load("activity_1.csv", rows).loaded == 4
    ids = desk.store.rows("SELECT event_id FROM canon.ticket_events ORDER BY 1")
    assert len(set(ids)) == 4
    again = desk.load("activity_2.csv", [*reversed(rows), activity("1", at="2024-01-01 12:00:00")])
    assert (again.files[0].loaded, again.files[0].unchanged) == (1, 4)
    assert set(ids) < set(desk.store.rows("SELECT event_id FROM canon.ticket_events"))


def test_an_export_cut_off_among_equal_times_loses_no_event(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    desk.load("activity_1.csv", [activity("1", by="a1"), activity("1", by="a2")])
    desk.load("activity_2.csv", [activity("1", by="a2")])
    assert desk.store.rows("SELECT actor_id FROM canon.ticket_events ORDER BY 1") == [("a1",), ("a2",)]


def test_every_row_read_has_one_fate(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace(
        'needs = ["id", "created"]\n[[file.table]]', "[[file.table]]\nwhere = \"topic <> 'spam'\""
    )
    desk.load("tickets_0.csv", [ticket("1")])
    rows = [ticket(str(number)) for number in range(1, 6)]
    rows += [
        ticket("6", topic="spam"),
        ticket("7", created="soon"),
        ticket("8", status="open"),
        ticket("8", status="new"),
    ]
    text = desk.write("tickets.csv", rows).read_text() + "9,only,three\n"
    (file,) = desk.load("tickets.csv", text).files
    assert (file.rows, file.loaded, file.unchanged, file.held, file.passed_over) == (10, 4, 1, 4, 1)
    assert sums(file) == file.rows
    stored = desk.store.rows(
        "SELECT rows_read, rows_loaded, rows_unchanged, rows_held, rows_passed_over FROM meta.loads WHERE load_id = 2"
    )
    assert stored == [(10, 4, 1, 4, 1)]


def test_a_row_that_no_rule_takes_is_passed_over_once(desk: Desk) -> None:
    desk.mapping = """
name = "two"
[[file]]
match = ["tickets*.csv"]
[[file.table]]
to = "customers"
where = "topic = 'a' OR topic = 'b'"
columns.customer_id = "id"
[[file.table]]
to = "agents"
where = "topic = 'b'"
columns.agent_id = "id"
"""
    (file,) = desk.load("tickets.csv", [ticket(str(n), topic=topic) for n, topic in enumerate("abccc")]).files
    assert (file.rows, file.tables, file.passed_over) == (5, {"agents": 1, "customers": 2}, 3)


def test_early_events_count_as_held_and_not_as_loaded(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    (file,) = desk.load("events.csv", [event("1", "e1", at="2023-12-01 09:00:00"), event("1", "e2")]).files
    assert (file.rows, file.loaded, file.held) == (2, 1, 1)
    assert list(file.reasons.values()) == [1]


def test_many_bad_rows_stop_the_load_and_nothing_changes(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1")])
    before = content(desk.store), desk.store.rows("FROM meta.loads"), desk.store.rows("FROM duckdb_tables()")
    bad = [ticket(str(number), created="?" if number % 4 == 0 else "2024-01-01 09:00:00") for number in range(400)]
    with pytest.raises(
        LoadStopped, match=r"100 of 400 rows fail their contract, so nothing was loaded: 100 × created_at"
    ):
        desk.load("tickets_2.csv", bad)
    assert (content(desk.store), desk.store.rows("FROM meta.loads"), desk.store.rows("FROM duckdb_tables()")) == before
    assert desk.open() == []
    assert desk.load("tickets_2.csv", bad, allow=0.5).held == 100


@pytest.mark.parametrize(("bad", "advised"), [(100, True), (200, True), (201, False), (400, False)])
def test_a_share_is_advised_only_where_it_would_do(desk: Desk, bad: int, advised: bool) -> None:
    rows = [ticket(str(number), created="?" if number < bad else "2024-01-01 09:00:00") for number in range(400)]
    with pytest.raises(LoadStopped) as caught:
        desk.load("tickets.csv", rows)
    assert ("--allow 0.5" in str(caught.value)) == advised


def test_many_unreadable_lines_stop_the_load(desk: Desk) -> None:
    lines = "".join("1,2,3\n" for _ in range(60))
    with pytest.raises(LoadStopped, match="60 of 61 rows"):
        desk.load("tickets.csv", desk.write("tickets.csv", [ticket("1")]).read_text() + lines)


def test_many_contradictions_stop_the_load(desk: Desk) -> None:
    rows = [ticket(str(number // 2), topic=str(number)) for number in range(120)]
    with pytest.raises(LoadStopped, match="two different rows with this key"):
        desk.load("tickets.csv", rows)


def test_a_few_bad_rows_do_not_stop_a_small_file_unless_all_are_bad(desk: Desk) -> None:
    assert desk.load("tickets_1.csv", [ticket("1"), ticket("2", created="?")]).held == 1
    with pytest.raises(LoadStopped, match="1 of 1 rows"):
        desk.load("tickets_2.csv", [ticket("3", created="?")])
    assert desk.load("tickets_2.csv", [ticket("3", created="?")], allow=1.0).held == 1


def test_one_bad_file_keeps_all_files_of_a_load_out(desk: Desk) -> None:
    good = desk.write("tickets_1.csv", [ticket("1")])
    bad = desk.write("tickets_2.csv", [ticket("2", created="?")])
    with pytest.raises(LoadStopped):
        load(desk.store, [good, bad], desk.read)
    assert content(desk.store) == {}
    assert desk.store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'raw'") == []
    assert not (desk.store.folder / "scratch").exists()


def test_tickets_and_events_of_one_load_may_come_in_any_order(desk: Desk) -> None:
    events = desk.write("events.csv", [event("1", "e1"), event("1", "e2", at="2023-01-01 00:00:00")])
    tickets = desk.write("tickets.csv", [ticket("1")])
    report = load(desk.store, [events, tickets], desk.read)
    assert sorted((file.name, file.loaded, file.held) for file in report.files) == [
        ("events.csv", 1, 1),
        ("tickets.csv", 1, 0),
    ]


def test_an_event_file_before_its_tickets_is_judged_when_they_come(desk: Desk) -> None:
    desk.load("events.csv", [event("1", "e1"), event("1", "e2", at="2023-01-01 00:00:00")])
    assert desk.open() == []
    desk.load("tickets.csv", [ticket("1")])
    assert desk.open() == [
        ("before_creation", "occurred_at", "2023-01-01 00:00:00, ticket created 2024-01-01 09:00:00"),
    ]
    assert desk.store.rows("SELECT event_id FROM canon.ticket_events") == [("e1",)]


def test_two_sources_with_the_same_ids_stay_apart(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1", topic="billing")], source_id="north")
    desk.load("tickets.csv", [ticket("1", topic="delivery")], source_id="south")
    assert desk.store.rows("SELECT source_id, reason FROM canon.tickets ORDER BY 1") == [
        ("north", "billing"),
        ("south", "delivery"),
    ]


def test_a_file_that_another_source_counts_already_is_noted(desk: Desk) -> None:
    rows = [ticket("1"), ticket("2")]
    told = "the same file was loaded before as source 'north'; its rows now count twice, unless that one is taken out"
    assert desk.load("tickets.csv", rows, source_id="north").files[0].notes == ()
    assert desk.load("tickets.csv", rows, source_id="south").files[0].notes == (told,)
    again = desk.load("tickets.csv", rows, source_id="south").files[0]
    assert (again.already, again.notes) == (True, ())
    assert desk.load("tickets.csv", [*rows, ticket("3")], source_id="south").files[0].notes == ()
    desk.mapping = desk.mapping.replace('columns.reason = "topic"\n', "")
    assert desk.load("tickets.csv", rows, source_id="north").files[0].notes == ()


def test_a_file_of_which_nothing_counts_or_that_fills_another_table_is_not_noted(desk: Desk) -> None:
    bad = [ticket("1", created="?")]
    desk.load("tickets.csv", bad, source_id="north", allow=1.0)
    assert desk.load("tickets.csv", bad, source_id="south", allow=1.0).files[0].notes == ()
    path = desk.write("tickets_2.csv", [ticket("2")])
    load(desk.store, [path], desk.read)
    people = """
name = "people"
[[file]]
match = ["*"]
[[file.table]]
to = "customers"
columns.customer_id = "customer"
"""
    assert load(desk.store, [path], read_mapping(people, "people.toml")).files[0].notes == ()


def test_a_changed_mapping_replaces_what_the_former_one_made(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1", topic="billing"), ticket("2", topic="spam")])
    desk.load("events.csv", [event("1", "e1"), event("1", "e2", type="note")])
    desk.mapping = (
        desk.mapping.replace(
            'columns.created_at = "created"', 'columns.created_at = { from = "created", zone = "Europe/Berlin" }'
        )
        .replace('columns.priority = "priority"\n', "")
        .replace('columns.reason = "topic"', 'columns.product = "topic"')
        .replace('to = "tickets"', 'to = "tickets"\nwhere = "topic <> \'spam\'"')
        .replace('columns.type = "type"', 'columns.type = { const = "note" }')
    )
    report = load(desk.store, [desk.files / "tickets.csv", desk.files / "events.csv"], desk.read)
    assert [(file.again, file.loaded, file.passed_over) for file in report.files] == [(True, 1, 1), (True, 2, 0)]
    assert desk.tickets("ticket_id", "created_at", "priority", "reason", "product") == [
        ("1", datetime(2024, 1, 1, 8), None, None, "billing")
    ]
    assert desk.store.rows("SELECT DISTINCT type FROM canon.ticket_events") == [("note",)]
    assert desk.store.one("SELECT count(*) FROM meta.loads") == 2
    assert desk.store.one("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'raw'") == 2


ENRICHED = """
name = "two"
[[file]]
match = ["a*.csv"]
[[file.table]]
to = "tickets"
columns.ticket_id = "id"
columns.created_at = "created"
columns.status = { const = "open" }
columns.priority = { from = "p", values = { hi = "low", lo = "high" } }
[[file]]
match = ["b*.csv"]
[[file.table]]
to = "tickets"
columns.ticket_id = "id"
columns.created_at = "created"
columns.status = { const = "open" }
columns.subject = "subject"
"""
_SHOWN = "SELECT ticket_id, priority, subject FROM canon.tickets ORDER BY 1"


def two_files(desk: Desk) -> list[Path]:
    """Files of which the second completes the ticket 1 of the first, loaded by a mapping that is wrong."""
    made = {
        "a.csv": "id,created,p\n1,2024-01-05,hi\n2,2024-01-05,lo\n",
        "b.csv": "id,created,subject\n1,2024-01-05,hi\n",
    }
    for name, text in made.items():
        (desk.files / name).write_text(text, encoding="utf-8")
    paths = [desk.files / name for name in made]
    for path in paths:
        load(desk.store, [path], read_mapping(ENRICHED, "two.toml"))
    assert desk.store.rows(_SHOWN) == [("1", "low", "hi"), ("2", "high", None)]
    return paths


@pytest.mark.parametrize("backwards", [False, True])
def test_files_that_complete_one_another_are_mapped_anew_together(desk: Desk, backwards: bool) -> None:
    paths = two_files(desk)
    right = read_mapping(ENRICHED.replace('hi = "low", lo = "high"', 'hi = "high", lo = "low"'), "two.toml")
    report = load(desk.store, paths[::-1] if backwards else paths, right)
    assert desk.store.rows(_SHOWN) == [("1", "high", "hi"), ("2", "low", None)]
    assert [file.notes for file in report.files] == [(), ()]


def test_a_column_taken_out_of_files_mapped_anew_together_is_empty(desk: Desk) -> None:
    paths = two_files(desk)
    line = 'columns.priority = { from = "p", values = { hi = "low", lo = "high" } }\n'
    load(desk.store, paths, read_mapping(ENRICHED.replace(line, ""), "two.toml"))
    assert desk.store.rows(_SHOWN) == [("1", None, "hi"), ("2", None, None)]


def test_what_another_file_made_of_a_row_is_told_where_one_alone_is_mapped_anew(desk: Desk) -> None:
    paths = two_files(desk)
    right = read_mapping(ENRICHED.replace('hi = "low", lo = "high"', 'hi = "high", lo = "low"'), "two.toml")
    (first,) = load(desk.store, paths[:1], right).files
    assert first.notes == ("1 rows stand as later files of the source made them; load those again too",)
    none = ENRICHED.replace('columns.subject = "subject"', 'columns.subject = "subject"\n').replace(
        'match = ["b*.csv"]\n[[file.table]]\n', 'match = ["b*.csv"]\n[[file.table]]\nwhere = "subject <> \'hi\'"\n'
    )
    (second,) = load(desk.store, paths[1:], read_mapping(none, "two.toml")).files
    assert second.notes == (
        "1 rows are made no more and were taken out; what other files of the source make of them comes back once those "
        "are loaded again",
    )
    load(desk.store, paths, read_mapping(none.replace('hi = "low"', 'hi = "high"'), "two.toml"))
    assert desk.store.rows(_SHOWN) == [("1", "high", None), ("2", "high", None)]


def test_going_back_to_the_former_mapping_gives_the_former_rows(desk: Desk) -> None:
    former = desk.mapping
    desk.load("activity.csv", [activity("1"), activity("1"), activity("2", type="note")])
    before = content(desk.store)
    desk.mapping = former.replace('columns.type = "type"', 'columns.type = { const = "note" }')
    desk.load("activity.csv", [activity("1"), activity("1"), activity("2", type="note")])
    assert content(desk.store) != before
    desk.mapping = former
    desk.load("activity.csv", [activity("1"), activity("1"), activity("2", type="note")])
    assert content(desk.store) == before


def test_a_mapping_with_a_word_that_was_never_valid_is_still_read_where_a_load_used_it(desk: Desk) -> None:
    good = desk.mapping
    wrong = good.replace('"priority"', '{ from = "priority", values = { top = "hgh" } }')
    assert wrong != good
    path = desk.write("tickets.csv", [ticket("1")])
    load(desk.store, [path], read_mapping(wrong, "desk.toml", again=True))
    desk.mapping = good.replace('columns.reason = "topic"\n', "")
    load(desk.store, [path], desk.read)
    assert desk.tickets("priority", "reason") == [("normal", None)]  # what only the former rule filled went


def test_a_file_mapped_anew_does_not_override_newer_files(desk: Desk) -> None:
    desk.load("activity_1.csv", [activity("1", chars="5")])
    desk.load("activity_2.csv", [activity("1", chars="9")])
    desk.mapping += "# changed\n"
    desk.load("activity_1.csv", [activity("1", chars="5")])
    assert desk.store.rows("SELECT body_chars FROM canon.ticket_events") == [(9,)]


def test_a_workspace_zone_is_part_of_how_a_file_was_read(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace('match = ["tickets*.csv"]', 'match = ["tickets*.csv"]\nzone = "workspace"')
    desk.load("tickets.csv", [ticket("1")], zone="Europe/Berlin")
    assert desk.tickets("created_at") == [(datetime(2024, 1, 1, 8),)]
    assert desk.load("tickets.csv", [ticket("1")], zone="Europe/Berlin").files[0].already
    assert desk.load("tickets.csv", [ticket("1")], zone="America/New_York").files[0].again
    assert desk.tickets("created_at") == [(datetime(2024, 1, 1, 14),)]


def test_touched_tickets_are_those_whose_rows_changed(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1"), ticket("2")])
    desk.store.con.execute("DELETE FROM meta.touched")
    desk.load("tickets_2.csv", [ticket("1"), ticket("2", "2024-03-01 00:00:00", status="solved")])
    touched = "SELECT DISTINCT ticket_id FROM meta.touched JOIN meta.ticket_keys USING (ticket_key)"
    assert desk.store.rows(touched) == [("2",)]


def test_a_file_without_needed_columns_is_told_in_words(desk: Desk) -> None:
    with pytest.raises(SourceError, match=r"tickets.csv: the file lacks the column created; it has id, when"):
        desk.load("tickets.csv", "id,when\n1,2024-01-01\n")


def test_a_file_that_no_rule_is_for_is_told_in_words(desk: Desk) -> None:
    path = desk.files / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"no file here is one that the mapping 'desk' is for"):
        load(desk.store, [path], desk.read)
    assert choose(desk.read, "other.csv", ("a", "b"), "other.csv", is_json=False) is None


def test_a_mapping_with_an_open_question_refuses(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace(
        'match = ["tickets*.csv"]', 'match = ["tickets*.csv"]\nask = "Is 3/4 in March or April?"'
    )
    with pytest.raises(UsageError, match=r"Is 3/4 in March or April\?"):
        desk.load("tickets.csv", [ticket("1")])
    assert content(desk.store) == {}


def test_columns_named_like_ours_are_read_as_what_they_are(desk: Desk) -> None:
    desk.mapping = """
name = "names"
[[file]]
match = ["tickets*.csv"]
[[file.table]]
to = "customers"
columns.customer_id = "rowid"
columns.segment = "_position"
columns.country = "_held"
columns.language = "_text_language"
"""
    desk.load("tickets.csv", "rowid,_position,_held,_step,_text_language\nx,north,DE,2,de\ny,south,AT,1,en\n")
    assert desk.store.rows(
        "SELECT customer_id, segment, country, language, _position FROM canon.customers ORDER BY 1"
    ) == [
        ("x", "north", "DE", "de", 1),
        ("y", "south", "AT", "en", 2),
    ]


def test_events_of_a_log_read_again_in_a_longer_export_add_what_is_new(desk: Desk) -> None:
    desk.mapping = """
name = "log"
[[file]]
match = ["events*.csv"]
[file.log]
case = "ticket"
order = ["at", "event"]
[[file.table]]
to = "tickets"
keep = "first"
columns.ticket_id = "ticket"
columns.created_at = "at"
columns.channel = { const = "web" }
columns.status = "value"
[[file.event]]
when = "changed(value) OR is_first()"
type = "status"
columns.new_value = "value"
columns.actor_type = { const = "agent" }
"""
    rows = [
        event("1", str(n), f"2024-01-0{n} 10:00:00", value=value)
        for n, value in enumerate(("new", "open", "open", "solved"), 1)
    ]
    desk.load("events_1.csv", rows[:2])
    report = desk.load("events_2.csv", list(reversed(rows)))
    assert desk.tickets("status") == [("new",)]
    values = desk.store.rows("SELECT new_value FROM canon.ticket_events ORDER BY occurred_at")
    assert values == [("new",), ("open",), ("solved",)]
    assert report.files[0].tables == {"tickets": 0, "ticket_events": 1}


def test_an_actor_that_another_file_named_stays_named_when_the_event_comes_again(desk: Desk) -> None:
    desk.mapping += """
[[file]]
match = ["agents*.csv"]
[[file.table]]
to = "agents"
columns.agent_id = "id"
"""
    agents = desk.files / "agents.csv"
    agents.write_text("id\na1\n")
    desk.load("activity_1.csv", [activity("1", who="unknown"), activity("1", who="unknown", by="x")])
    load(desk.store, [agents], desk.read)
    known = [("agent", "a1"), ("unknown", "x")]
    assert desk.store.rows("SELECT actor_type, actor_id FROM canon.ticket_events ORDER BY 2") == known
    again = desk.load("activity_2.csv", [activity("1", who="unknown"), activity("2", who="unknown")])
    assert (again.files[0].loaded, again.files[0].unchanged) == (1, 1)
    assert desk.store.rows("SELECT actor_type, actor_id FROM canon.ticket_events ORDER BY ALL") == [known[0], *known]


@pytest.mark.parametrize("allow", [-1.0, 5.0, float("nan")])
def test_a_share_to_allow_lies_between_none_and_all(desk: Desk, allow: float) -> None:
    with pytest.raises(UsageError, match="no share"):
        desk.load("tickets.csv", [ticket("1")], allow=allow)


def test_two_rules_that_make_one_row_differently_are_told(desk: Desk) -> None:
    desk.mapping = """
name = "desk"
[[file]]
match = ["tickets*.csv"]
[[file.table]]
to = "customers"
columns.customer_id = "customer"
columns.segment = "topic"
columns.country = "channel"
[[file.table]]
to = "customers"
columns.customer_id = "customer"
columns.segment = "priority"
columns.language = "status"
[[file.table]]
to = "customers"
columns.customer_id = "customer"
columns.country = "channel"
"""
    report = desk.load("tickets.csv", [ticket("1"), ticket("2", customer="c2", topic="normal")])
    assert desk.store.rows("SELECT customer_id, segment, country, language FROM canon.customers ORDER BY 1") == [
        ("c1", "normal", "email", "open"),
        ("c2", "normal", "email", "open"),
    ]
    assert report.files[0].notes == (
        "1 rows of customers are made twice, with different segment; what the rule at desk.toml:10 says stands",
    )


def test_a_missing_column_is_told_with_file_and_rule(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace('"value"', '"vaule"')
    desk.write("tickets.csv", [ticket("1")])
    with pytest.raises(UsageError) as caught:
        load(desk.store, [desk.files / "tickets.csv", desk.write("events.csv", [event("1", "e1")])], desk.read)
    assert str(caught.value) == (
        "desk.toml:27: no column 'vaule'. Did you mean 'value'? It is looked for in events.csv, which the [[file]] for "
        "events*.csv at desk.toml:17 takes."
    )
