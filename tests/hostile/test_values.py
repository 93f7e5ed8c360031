"""Values no export should hold: kept as they are, or held back with a reason; none is run, none is lost."""

from __future__ import annotations

import pytest

from hostile.desk import Target

TEXTS = [
    '=HYPERLINK("http://example.org")',
    "+1+1|calc",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "<b>&amp;</b>",
    "'; DROP TABLE canon.tickets; --",
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "%s %d %n",
    "👩‍👩‍👧‍👦 🇩🇪",
    "שלום \u202eevil\u202c",
    "zero\u200bwidth",
    "e\u0301 and é",
    "\x01\x02 bell\x07 escape\x1b[31m",
    "a\u2028line",
    "\ufeffmark",
    "NULL",
    "NaN",
    "\\N",
    "\\",
    "🎉" * 1000,
]


def test_texts_of_every_kind_come_through_as_they_are(target: Target) -> None:
    lines = [
        f'{number},2024-01-01 10:00:00,open,"{text.replace(chr(34), chr(34) * 2)}"'
        for number, text in enumerate(TEXTS, 10)
    ]
    assert target.csv(*lines).held == 0
    assert target.topics() == TEXTS


def test_a_text_over_several_lines_is_one_value(target: Target) -> None:
    target.csv('10,2024-01-01 10:00:00,open,"one\ntwo\r\nthree"')
    assert target.topics() == ["one\ntwo\r\nthree"]


def test_a_value_of_a_million_characters_is_kept(target: Target) -> None:
    target.csv(f"10,2024-01-01 10:00:00,open,{'x' * 1_000_000}", f"11,{'y' * 1_000_000},open,")
    assert target.topics() == ["x" * 1_000_000]
    assert [found for _, found, _ in target.held()] == ["y" * 120]


def test_a_row_with_a_nul_byte_is_held_back_with_its_line(target: Target) -> None:
    file = target.csv("10,2024-01-01 10:00:00,open,a\0b", "11,2024-01-01 10:00:00,open,fine")
    assert (file.rows, file.held) == (102, 1)
    assert target.topics() == ["fine"]
    assert target.held() == [("unreadable_row", "10,2024-01-01 10:00:00,open,a␀b", "holds a NUL byte")]
    assert target.workspace.store.one("SELECT position FROM meta.quarantine") == 102


def test_bytes_of_another_encoding_in_some_rows_lose_no_row(target: Target) -> None:
    lines = ["id,created,status,topic", *GOOD_LINES, "10,2024-01-01 10:00:00,open,Grüße"]
    content = "\n".join(lines).encode() + b"\n11,2024-01-01 10:00:00,open,Gr\xfc\xdfe\n"
    file = target.throw(content)
    assert file.rows == 102
    assert file.loaded + file.held == 102
    assert "Grüße" in target.topics()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_whole_file_of_another_encoding_is_read(target: Target, encoding: str) -> None:
    text = "\n".join(["id,created,status,topic", *GOOD_LINES, "10,2024-01-01 10:00:00,open,Grüße – né", ""])
    assert target.throw(text.encode(encoding)).held == 0
    assert target.topics() == ["Grüße – né"]


GOOD_LINES = [f"{number},2024-01-01 10:00:00,open,Rückgabe" for number in range(100, 200)]

TIMES = [
    ("13/01/2024 09:30", "2024-01-13 09:30:00"),
    ("3/1/2024 9:30", "2024-01-03 09:30:00"),
    ("2024-01-13T09:30:00+02:00", "2024-01-13 07:30:00"),
    ("2024-01-13 09:30:00 -10:00", "2024-01-13 19:30:00"),
    ("2024-02-29", "2024-02-29 00:00:00"),
    ("01/13/2024 09:30", "created_at_unreadable"),
    ("2023-02-29", "created_at_unreadable"),
    ("31/06/2024 10:00", "created_at_unreadable"),
    ("24:00", "created_at_unreadable"),
    ("1704067200", "created_at_unreadable"),
    ("now", "created_at_unreadable"),
    ("infinity", "created_at_too"),
    ("epoch", "created_at_too_early"),
    ("1970-01-01", "created_at_too_early"),
    ("0001-01-01", "created_at_too_early"),
    ("0000-00-00 00:00:00", "created_at_unreadable"),
    ("9999-12-31 23:59:59", "created_at_too_late"),
    ("290000-01-01", "created_at_too_late"),
    ("-infinity", "created_at_too"),
    ("44927.5", "created_at_unreadable"),
    ("٢٠٢٤-٠١-٠١", "created_at_unreadable"),
]


@pytest.mark.parametrize(("text", "becomes"), TIMES)
def test_a_time_is_read_or_held_back_with_the_formats_tried(target: Target, text: str, becomes: str) -> None:
    target.csv(f"10,{text},open,a")
    found = target.workspace.store.rows("SELECT CAST(created_at AS VARCHAR) FROM canon.tickets WHERE ticket_id = '10'")
    if becomes.startswith("created_at"):
        ((code, shown, reason),) = target.held()
        assert (found, shown) == ([], text)
        assert code.startswith(becomes)
        if code.endswith("unreadable"):
            assert reason == "created_at cannot be read; formats tried: %d/%m/%Y %H:%M, iso"
    else:
        assert found == [(becomes,)]


def test_rows_of_another_date_order_in_one_column_are_held_back(target: Target) -> None:
    days = [f"{day:02}/01/2024 10:00" for day in range(1, 29)]
    american = [f"01/{day:02}/2024 10:00" for day in range(13, 29)]
    file = target.csv(*(f"{number},{day},open,a" for number, day in enumerate([*days, *american], 1)))
    assert file.held == len(american)
    assert {code for code, _, _ in target.held()} == {"created_at_unreadable"}


@pytest.mark.parametrize("status", ["-100", "Open ", "OPEN", "null", "offen", "open;solved", "1e9"])
def test_a_state_is_one_of_the_valid_ones_or_held_back(target: Target, status: str) -> None:
    file = target.csv(f"10,2024-01-01 10:00:00,{status},a")
    if status.strip().lower() == "open":
        assert file.held == 0
    else:
        ((code, _, reason),) = target.held()
        assert code == "status_unknown"
        assert "valid: new, open, pending" in reason


def test_ids_of_every_shape_stay_apart(target: Target) -> None:
    ids = ["1", "01", "1.5", "1e3", "a", "A", "ä", "a ", "-1", "1_0"]
    target.csv(*(f"{id},2024-01-01 10:00:00,open,x" for id in ids))
    found = target.workspace.store.rows("SELECT ticket_id FROM canon.tickets WHERE reason = 'x'")
    assert sorted(id for (id,) in found) == sorted(ids)


def test_a_number_id_that_passed_through_a_float_column_is_the_same_id(target: Target) -> None:
    target.csv("17.0,2024-01-01 10:00:00,open,x")
    assert target.workspace.store.one("SELECT ticket_id FROM canon.tickets WHERE reason = 'x'") == "17"
