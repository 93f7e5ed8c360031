"""A file is known by its bytes: foreign ones are named for what they are."""

from __future__ import annotations

import io
import zipfile

import pytest

from goalkeeper.errors import SourceError


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"MZ\x90\0\3\0\0\0", "a Windows program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Excel"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (b"SQLite format 3\0" + bytes(90), "an SQLite database"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (bytes(257) + b"ustar\0" + bytes(200), "a tar archive"),
        (bytes(range(256)) * 8, "binary data"),
        (b"<!DOCTYPE html><html><table>", "a web page"),
        (b"<?xml version='1.0'?><Workbook>", "an XML document"),
        (packed(word__document_dot_xml=b"<w/>"), "a Word document"),
        (packed(xl__workbook_dot_bin=b"\0"), "a binary Excel workbook"),
    ],
)
def test_a_foreign_file_is_named(one, data: bytes, looks_like: str) -> None:
    with pytest.raises(SourceError) as caught:
        one(data, "export.csv")
    assert caught.value.message.startswith(f"this looks like {looks_like}")
    assert "Valid are CSV" in caught.value.message
    assert "export.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "is empty"), (b" \r\n\n", "only blank space"), (b"\xef\xbb\xbf", "blank")]
)
def test_an_empty_file_is_refused(one, data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        one(data)


def test_a_header_alone_is_a_table_without_rows(one) -> None:
    found = one(b"id,created at\n")
    assert (found.rows, found.file.columns) == ([], ("id", "created at"))
    assert "a header and no rows" in found.file.notes


def test_json_is_found_under_any_name(one) -> None:
    assert one(b'{"a": 1}\n{"a": 2}\n', "x.csv").file.kind == "ndjson"
    assert one(b'[{"a": 1}]', "x.txt").file.kind == "ndjson"


def test_a_header_that_begins_with_a_bracket_is_no_json(one) -> None:
    assert one(b"[id],name\n1,x\n").file.columns == ("[id]", "name")


def test_a_json_name_on_other_text_is_refused(one) -> None:
    with pytest.raises(SourceError, match=r"the name ends in \.json"):
        one(b"id,name\n1,x\n", "x.json")


def test_a_missing_file_and_a_folder_are_said_plainly(one, tmp_path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        one(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="a folder"):
        one(tmp_path)
