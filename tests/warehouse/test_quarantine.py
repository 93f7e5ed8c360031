"""What is held back: how it is told, when it is released, and that nothing is there twice."""

from __future__ import annotations

import hashlib
import json

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.warehouse import listed, load, raw_rows, replay, shown
from warehouse.desk import Desk, event, ticket

GOOD = [ticket(str(number)) for number in range(100, 110)]
MAPPED_ANEW = 'values = { offen = "open" }, otherwise = "open" }'


def replayed(desk: Desk) -> tuple[int, int]:
    done = replay(desk.store, {"desk": desk.read})
    return done.released, done.still_held


@pytest.mark.parametrize(
    ("row", "code", "column", "found", "words"),
    [
        (ticket(""), "ticket_id_missing", "ticket_id", None, "ticket_id is missing"),
        (ticket("   "), "ticket_id_missing", "ticket_id", "   ", "ticket_id is missing"),
        (ticket("1", created=""), "created_at_missing", "created_at", None, "created_at is missing"),
        (ticket("1", created="soon"), "created_at_unreadable", "created_at", "soon", "formats tried: iso"),
        (ticket("1", created="1970-01-01"), "created_at_too_early", "created_at", "1970-01-01", "'not set'"),
        (ticket("1", created="9999-12-31"), "created_at_too_late", "created_at", "9999-12-31", "ahead of now"),
        (ticket("1", status="offen"), "status_unknown", "status", "offen", "valid: new, open"),
        (ticket("1", status="-100"), "status_unknown", "status", "_100", "valid: new, open"),
        (ticket("1", customer=" "), "requester_customer_id_blank", "requester_customer_id", " ", "blank"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_lands_with_code_column_value_and_words(
    desk: Desk, row: dict[str, str], code: str, column: str, found: str | None, words: str
) -> None:
    report = desk.load("tickets.csv", [*GOOD, row])
    assert report.held == 1
    assert desk.open() == [(code, column, found)]
    (held,) = shown(desk.store, code=code)
    assert words in str(held["reason"])
    assert (held["file"], held["position"], held["table_name"]) == ("tickets.csv", 11, "tickets")
    assert json.loads(str(held["row"]))["ticket_id"] == (row["id"] or None)


def test_a_rule_over_two_columns_lands_too(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace('columns.reason = "topic"', 'columns.solved_at = "topic"')
    desk.load("tickets.csv", [ticket("1", topic="2023-05-01 00:00:00"), ticket("2", topic="")])
    ((code, column, found),) = desk.open()
    assert (code, column, found) == ("solved_before_created", "solved_at", "2023-05-01 00:00:00")


def test_a_long_value_is_shortened_and_the_raw_row_keeps_it(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", created="x" * 5000)])
    ((_, _, found),) = desk.open()
    assert found == "x" * 120
    (held,) = shown(desk.store, held_id=1)
    assert json.loads(str(held["raw"]))["created"] == "x" * 5000


def test_raw_rows_keep_every_field_with_load_source_position_and_hash(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1", topic="a"), ticket("2", created="?"), ticket("3")], source_id="north")
    first, second, third = raw_rows(desk.store, 1)
    assert [row.position for row in (first, second, third)] == [1, 2, 3]
    assert (second.load_id, second.source_id, second.file) == (1, "north", "tickets.csv")
    assert json.loads(second.text) == ticket("2", created="?")
    assert second.content_hash == hashlib.sha256(second.text.encode()).hexdigest()
    (held,) = shown(desk.store)
    assert held["content_hash"] == second.content_hash
    desk.load("tickets_later.csv", [ticket("3")], source_id="south")
    assert [row.content_hash for row in raw_rows(desk.store, 2)] == [third.content_hash]
    assert raw_rows(desk.store, 1, [3]) == [third]
    assert raw_rows(desk.store, 99) == []


def test_raw_lines_of_json_are_kept_as_they_came(desk: Desk) -> None:
    desk.mapping = desk.mapping.replace('match = ["tickets*.csv"]', 'match = ["tickets*.ndjson"]')
    path = desk.files / "tickets.ndjson"
    lines = ['{"id":  "1", "created": "2024-01-01", "channel": "email", "status": "open", "more": [1, 2]}', "not json"]
    lines += ['{"created": "2024-01-01", "id": 2, "status": "open", "channel": "email"}']
    path.write_text("\n".join(lines) + "\n")
    (file,) = load(desk.store, [path], desk.read).files
    assert (file.rows, file.loaded, file.held) == (3, 2, 1)
    assert [(row.position, row.text) for row in raw_rows(desk.store, 1)] == [(1, lines[0]), (3, lines[2])]
    assert desk.store.rows("SELECT position, code, found FROM meta.quarantine") == [(2, "unreadable_row", "not json")]


def test_unreadable_lines_are_there_with_line_number_and_text(desk: Desk) -> None:
    text = desk.write("tickets.csv", GOOD).read_text()
    lines = text.splitlines()
    lines.insert(3, "7,too,few")
    lines.append('8,"quote,opens,and,never,closes,a,b')
    desk.load("tickets.csv", "\n".join(lines) + "\n")
    assert desk.store.one("SELECT count(*) FROM canon.tickets") == len(GOOD)
    held = shown(desk.store, code="unreadable_row")
    assert [(row["position"], row["found"]) for row in held] == [
        (4, "7,too,few"),
        (13, '8,"quote,opens,and,never,closes,a,b'),
    ]
    assert held[0]["reason"] == "has 3 fields where the header has 8"
    assert held[0]["raw"] is None


def test_listed_tells_each_reason_once_most_rows_first(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="a"), ticket("2", created="?"), ticket("3", status="b")])
    first, second = listed(desk.store)
    assert (first.code, first.rows, first.file, first.table, first.found) == (
        "status_unknown",
        2,
        "tickets.csv",
        "tickets",
        "a",
    )
    assert (second.code, second.rows, second.first_id) == ("created_at_unreadable", 1, 2)
    assert listed(desk.store, "elsewhere") == []


def test_a_row_that_is_not_held_back_is_told_in_words(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no row is held back as 'nothing'"):
        shown(desk.store, code="nothing")


def test_overlapping_exports_hold_a_row_once(desk: Desk) -> None:
    bad = ticket("1", status="offen")
    desk.load("tickets_mon.csv", [*GOOD, bad])
    tuesday = desk.load("tickets_tue.csv", [bad, *GOOD, ticket("2", status="zu")])
    assert tuesday.held == 2
    assert desk.open() == [("status_unknown", "status", "offen"), ("status_unknown", "status", "zu")]
    paths = [desk.write(f"tickets_{day}.csv", [*GOOD, ticket("3", status="x"), ticket(day)]) for day in ("wed", "thu")]
    assert load(desk.store, paths, desk.read).held == 2
    assert [found for _, _, found in desk.open()] == ["offen", "zu", "x"]


def test_equal_bad_rows_of_one_file_are_all_held(desk: Desk) -> None:
    bad = ticket("1", status="offen")
    desk.load("tickets_mon.csv", [*GOOD, bad, bad])
    assert len(desk.open()) == 2
    desk.load("tickets_tue.csv", [bad, bad, bad, *GOOD])
    assert len(desk.open()) == 3


def test_unreadable_lines_of_overlapping_exports_are_held_once_unless_shortened(desk: Desk) -> None:
    text = desk.write("tickets.csv", GOOD).read_text()
    short, long = "1,2\n", f"1,{'x' * 300}\n"
    desk.load("tickets_mon.csv", text + short + long)
    desk.load("tickets_tue.csv", text + short + long + "3,4\n")
    assert [found[:3] for _, _, found in desk.open()] == ["1,2", "1,x", "1,x", "3,4"]


def test_replay_after_the_mapping_changed_releases_rows(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="offen"), ticket("2", created="?")])
    assert replayed(desk) == (0, 2)
    before = shown(desk.store)
    assert replayed(desk) == (0, 2)
    assert shown(desk.store) == before
    desk.mapping = desk.mapping.replace(
        'columns.status = "status"', f'columns.status = {{ from = "status", {MAPPED_ANEW}'
    )
    assert replayed(desk) == (1, 1)
    assert desk.tickets("ticket_id", "status")[0] == ("1", "open")
    assert desk.open() == [("created_at_unreadable", "created_at", "?")]
    assert desk.store.one("SELECT mapping_version FROM meta.loads") == desk.read.version
    assert desk.load("tickets.csv", [*GOOD, ticket("1", status="offen"), ticket("2", created="?")]).files[0].already


def test_loading_again_with_a_changed_mapping_releases_the_rows_held_before(desk: Desk) -> None:
    rows = [*GOOD, ticket("1", status="offen"), ticket("2", created="?")]
    desk.load("tickets.csv", rows)
    desk.mapping = desk.mapping.replace(
        'columns.status = "status"', f'columns.status = {{ from = "status", {MAPPED_ANEW}'
    )
    (file,) = desk.load("tickets.csv", rows).files
    assert (file.again, file.rows, file.held) == (True, 12, 1)
    assert desk.open() == [("created_at_unreadable", "created_at", "?")]
    assert desk.store.rows("SELECT code, released_at IS NOT NULL FROM meta.quarantine ORDER BY held_id") == [
        ("status_unknown", True),
        ("created_at_unreadable", False),
    ]


def test_a_row_held_for_two_files_is_released_for_both(desk: Desk) -> None:
    bad = ticket("1", status="offen")
    desk.load("tickets_mon.csv", [*GOOD, bad])
    desk.load("tickets_tue.csv", [bad, ticket("2")])
    desk.mapping = desk.mapping.replace(
        'columns.status = "status"', f'columns.status = {{ from = "status", {MAPPED_ANEW}'
    )
    assert replayed(desk) == (1, 0)
    assert desk.store.rows("SELECT DISTINCT mapping_version FROM meta.loads") == [(desk.read.version,)]


def test_a_replay_that_fails_changes_nothing(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="offen")])
    before = desk.store.rows("FROM canon.tickets ORDER BY ALL"), desk.store.rows("FROM meta.quarantine")
    desk.mapping = desk.mapping.replace('"channel"', '"chanel"')
    with pytest.raises(UsageError, match=r"desk.toml:11: no column 'chanel'. Did you mean 'channel'\?"):
        replayed(desk)
    assert (desk.store.rows("FROM canon.tickets ORDER BY ALL"), desk.store.rows("FROM meta.quarantine")) == before


def test_replay_after_the_rule_for_a_file_went_is_told_in_words(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="offen")])
    desk.mapping = desk.mapping.replace('"tickets*.csv"', '"cases*.csv"').replace('needs = ["id", "created"]', "")
    with pytest.raises(UsageError, match=r"tickets.csv: the mapping 'desk' has no rule for this file any more"):
        replayed(desk)


def test_replay_finds_the_rule_though_others_were_put_before_it(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="offen")])
    first = '[[file]]\nmatch = ["agents*.csv"]\n[[file.table]]\nto = "agents"\ncolumns.agent_id = "id"\n[[file]]'
    desk.mapping = desk.mapping.replace("[[file]]", first, 1)
    assert replayed(desk) == (0, 1)


def test_replay_without_the_mapping_takes_the_text_the_load_used(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", status="offen")])
    assert replay(desk.store, {}).still_held == 1


def test_replay_after_created_at_was_corrected_releases_early_events(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1", created="2024-01-01 12:00:00"), ticket("2")])
    desk.load("events.csv", [event("1", "e1"), event("1", "e2", at="2024-01-01 11:59:30"), event("2", "e1")])
    assert [code for code, _, _ in desk.open()] == ["before_creation"]
    assert replayed(desk) == (0, 1)
    desk.load("tickets_2.csv", [ticket("1", "2024-01-03 09:00:00", created="2024-01-01 08:00:00")])
    assert replayed(desk) == (1, 0)
    assert desk.store.rows("SELECT ticket_id, event_id FROM canon.ticket_events ORDER BY ALL") == [
        ("1", "e1"),
        ("1", "e2"),
        ("2", "e1"),
    ]


def test_an_early_event_in_overlapping_exports_is_held_once(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    early = event("1", "e0", at="2023-01-01 00:00:00")
    desk.load("events_1.csv", [early, event("1", "e1")])
    report = desk.load("events_2.csv", [early, event("1", "e1"), event("1", "e2")])
    assert (report.files[0].loaded, report.files[0].unchanged, report.files[0].held) == (1, 1, 1)
    assert len(desk.open()) == 1


def test_replay_touches_only_the_source_it_is_told(desk: Desk) -> None:
    rows = [*GOOD, ticket("1", status="offen")]
    desk.load("tickets.csv", rows, source_id="north")
    desk.load("tickets.csv", rows, source_id="south")
    desk.mapping = desk.mapping.replace(
        'columns.status = "status"', f'columns.status = {{ from = "status", {MAPPED_ANEW}'
    )
    done = replay(desk.store, {"desk": desk.read}, source_id="north")
    assert (done.released, done.still_held) == (1, 0)
    assert [held.source_id for held in listed(desk.store)] == ["south"]


def test_a_replay_of_an_unknown_source_is_told_in_words(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no source 'nort'"):
        replay(desk.store, {}, source_id="nort")
    desk.load("tickets.csv", GOOD, source_id="north")
    with pytest.raises(UsageError, match=r"no source 'nort'\. Did you mean 'north'\?"):
        replay(desk.store, {}, source_id="nort")
    assert replay(desk.store, {}, source_id="north").released == 0


def test_warnings_let_rows_in_and_are_counted_once(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", updated="2023-12-01 00:00:00"), ticket("2", created="?")])
    count = "SELECT load_id, table_name, rows FROM meta.warnings"
    assert desk.store.rows(count) == [(1, "tickets", 1)]
    replayed(desk)
    assert desk.store.rows(count) == [(1, "tickets", 1)]


def test_a_held_row_is_told_with_its_line_and_the_files_own_column(desk: Desk) -> None:
    desk.load("tickets.csv", [*GOOD, ticket("1", created="soon")])
    (held,) = shown(desk.store, held_id=1)
    assert (held["line"], held["position"], held["columns"]) == (12, 11, "created")
    assert [each.columns for each in listed(desk.store)] == ["created"]
    desk.mapping = desk.mapping.replace(
        'created_at = "created"', "created_at = \"CASE WHEN channel = 'email' THEN created END\""
    )
    assert replayed(desk) == (0, 1)
    (held,) = shown(desk.store, held_id=1)
    assert (held["line"], held["columns"]) == (12, "created, channel")


def test_no_line_is_told_where_rows_are_not_lines(desk: Desk) -> None:
    text = "id,created,updated,channel,status,priority,customer,topic\n"
    good = "".join(f"{n},2024-01-01,2024-01-02,email,open,normal,c,t\n" for n in range(9))
    bad = "77,soon,2024-01-02,email,open,normal,c,t\n"
    desk.load("tickets_a.csv", text + good + "\n" + bad)
    desk.load("tickets_b.csv", text + '99,2024-01-01,2024-01-02,email,open,normal,c,"a\nb"\n' + bad.replace("77", "78"))
    desk.load("tickets_c.csv", text + good + bad.replace("77", "79") + "broken\n")
    rows = shown(desk.store, code="created_at_unreadable")
    assert [(row["file"], row["line"]) for row in rows] == [
        ("tickets_a.csv", None), ("tickets_b.csv", None), ("tickets_c.csv", 11),
    ]  # fmt: skip
    assert [row["line"] for row in shown(desk.store, code="unreadable_row")] == [12]
