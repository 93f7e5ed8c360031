"""Files that are no exports: each is refused in words and leaves nothing behind, or loses no row."""

from __future__ import annotations

import io
import zipfile

import pytest

from goalkeeper.errors import LoadStopped, UsageError
from hostile.desk import Target

HEADER = "id,created,status,topic\n"


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


REFUSED = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n\n\n", ""),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ""),
    "paper.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    "program.csv": (b"\x7fELF\x02\x01\x01" + bytes(500), ""),
    "page.csv": (b"<!DOCTYPE html><html><body><table></table></body></html>", "HTML"),
    "other.csv": (b"name,size\nlamp,3\n", "lacks the columns id, created; it has name, size"),
    "cut.zip": (packed({"a.csv": HEADER.encode() * 500})[:60], ""),
    "nothing.zip": (packed({}), "no files"),
    "nested.zip": (packed({"in.zip": packed({"a.csv": HEADER.encode()})}), "archive inside an archive"),
    "climbing.zip": (packed({"../../out.csv": HEADER.encode()}), ""),
    "bomb.zip": (packed({"a.csv": HEADER.encode() + b"1" * 120_000_000}), ""),
    "cut.parquet": (b"PAR1" + bytes(100), "Parquet"),
    "cut.json": (b'{"rows": [{"id": 1}, {"id": ', ""),
    "entities.xes": (
        b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log>&b;</log>',
        "",
    ),
    "wide.csv": (",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_export_is_refused_in_words(target: Target, name: str) -> None:
    content, said = REFUSED[name]
    if name == "climbing.zip":  # read from within the scratch folder only, and nothing is written outside
        content = packed({"../../out.csv": b"a,b\n1,2\n"})
    with pytest.raises(UsageError) as caught:
        target.throw(content, name)
    assert said in str(caught.value)
    assert name in caught.value.where
    assert target.is_untouched
    assert not (target.workspace.folder / "scratch").exists()
    assert not list(target.folder.rglob("out.csv"))


def test_a_header_alone_is_an_empty_table(target: Target) -> None:
    file = target.throw(HEADER)
    assert (file.rows, file.loaded, file.held) == (0, 0, 0)


def test_names_of_columns_that_are_hostile_are_names(target: Target) -> None:
    header = 'id,created,status,topic,"a""; DROP TABLE canon.tickets; --",select,,id,ID\n'
    file = target.throw(header + "1,2024-01-01 10:00:00,open,billing,x,y,z,8,9\n")
    assert file.loaded == 1
    assert target.topics() == ["billing"]


def test_a_file_of_broken_rows_only_stops_the_load(target: Target) -> None:
    with pytest.raises(LoadStopped, match="3 of 3 rows fail"):
        target.throw(HEADER + "1\n2,3\n4,5,6,7,8\n")
    assert target.is_untouched


def test_a_file_named_by_a_hostile_name_is_loaded(target: Target) -> None:
    file = target.throw(HEADER + "1,2024-01-01 10:00:00,open,billing\n", 'it\'s "a"; DROP — 報告.csv')
    assert file.loaded == 1


def test_duplicate_ids_are_held_back_or_seen_as_one(target: Target) -> None:
    row = "2024-01-01 10:00:00,open"
    file = target.csv(f"1,{row},a", f"1,{row},a", f"2,{row},a", f"2,{row},b")
    assert (file.loaded, file.unchanged, file.held) == (101, 1, 2)
    assert {code for code, _, _ in target.held()} == {"contradicts"}


def test_json_of_odd_values_loses_no_line(target: Target) -> None:
    lines = [
        '{"id": 1, "created": "2024-01-01", "status": "open", "topic": "a"}',
        '{"id": "2", "created": "2024-01-01", "status": "open", "topic": {"deep": [1, {"x": null}]}}',
        '{"id": 3, "created": 5, "status": "open"}',
        '{"id": null, "created": "2024-01-01", "status": "open"}',
        '{"id": 4, "created": "2024-01-01", "status": "open", "topic": "\\u0000\\ud83c\\udf89"}',
        '{"id": 5, "created": "2024-01-01", "status": "open", "id": 6}',
        "[1, 2, 3]",
        "{broken",
        '"text"',
        '{"id": 7, "created": "2024-01-01", "status": "open", "topic": ' + "[" * 400 + "]" * 400 + "}",
        "",
    ]
    lines += [f'{{"id": {number}, "created": "2024-01-01", "status": "open"}}' for number in range(100, 150)]
    file = target.throw("\n".join(lines) + "\n", "export.ndjson")
    assert file.rows == 60
    assert file.loaded + file.unchanged + file.held == file.rows
    assert [code for code, _, _ in target.held()].count("unreadable_row") == 3
