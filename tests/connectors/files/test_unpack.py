"""Packed files: members, leavings, bombs and broken archives."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile

import pytest

from goalkeeper.connectors.files import Limits
from goalkeeper.errors import SourceError


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_gz_is_read_and_hashed_by_its_content(one) -> None:
    found = one(gzip.compress(b"a,b\n1,2\n", mtime=5), "tickets.csv.gz")
    assert (found.file.member, found.file.name, found.rows) == ("tickets.csv", "tickets.csv.gz", [("1", "2")])
    assert found.file.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()


def test_each_member_of_a_zip_is_a_table(read) -> None:
    parts = {
        "export/tickets.csv": b"a,b\n1,2\n",
        "export/users.ndjson": b'{"id":1}\n',
        "__MACOSX/export/._tickets.csv": b"\0\5\x16\7",
        "export/.DS_Store": b"\0\0",
        "../../evil.csv": b"x,y\n3,4\n",
        "export/readme.pdf": b"%PDF-1.4",
        "empty.csv": b"",
    }
    found = read(packed(parts), "export.zip")
    assert [(table.file.name, table.file.member) for table in found] == [
        ("export.zip › export/tickets.csv", "tickets.csv"),
        ("export.zip › export/users.ndjson", "users.ndjson"),
        ("export.zip › ../../evil.csv", "evil.csv"),
    ]
    notes = " ".join(found[0].file.notes)
    assert "readme.pdf: this looks like a PDF" in notes
    assert "empty.csv: the file is empty" in notes


def test_a_zip_of_no_tables_is_an_error(read) -> None:
    with pytest.raises(SourceError, match="looks like a PNG"):
        read(packed({"a.png": b"\x89PNG\r\n"}), "x.zip")
    with pytest.raises(SourceError, match="none of its 2 files is a table"):
        read(packed({"a.png": b"\x89PNG\r\n", "b.pdf": b"%PDF-1"}), "x.zip")
    with pytest.raises(SourceError, match="holds no files"):
        read(packed({}), "x.zip")


def test_archives_inside_archives_are_refused(read) -> None:
    inner = packed({"a.csv": b"a\n1\n"})
    with pytest.raises(SourceError, match="an archive inside an archive"):
        read(packed({"inner.zip": inner}), "x.zip")
    with pytest.raises(SourceError, match="an archive inside an archive"):
        read(gzip.compress(gzip.compress(b"a\n1\n")), "x.csv.gz.gz")


def test_a_gz_file_in_a_zip_is_read(read) -> None:
    found = read(packed({"day/tickets.csv.gz": gzip.compress(b"a,b\n1,2\n"), "users.csv": b"c,d\n3,4\n"}), "x.zip")
    assert [(table.file.name, table.file.member, table.rows) for table in found] == [
        ("x.zip › day/tickets.csv.gz", "tickets.csv", [("1", "2")]),
        ("x.zip › users.csv", "users.csv", [("3", "4")]),
    ]
    with pytest.raises(SourceError, match="an archive inside an archive"):
        read(packed({"a.csv.gz": gzip.compress(gzip.compress(b"a\n1\n"))}), "x.zip")
    with pytest.raises(SourceError, match="an archive inside an archive"):
        read(packed({"a.gz": gzip.compress(packed({"a.csv": b"a\n1\n"}))}), "x.zip")


def test_gz_files_in_a_zip_count_to_its_limits(read) -> None:
    parts = {f"{index}.csv.gz": gzip.compress(b"a,b\n" + b"1,2\n" * 1000) for index in range(5)}
    assert len(read(packed(parts), "x.zip", Limits(max_bytes=30_000))) == 5
    with pytest.raises(SourceError, match="it unpacks to more than"):
        read(packed(parts), "x.zip", Limits(max_bytes=10_000))
    bomb = packed({"a.csv.gz": gzip.compress(b"0" * (6 << 20))})
    with pytest.raises(SourceError, match="more than 200 times its size"):
        read(bomb, "x.zip", Limits(ratio_from=1 << 20))


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_a_bomb_is_refused_while_it_unpacks(read, kind: str) -> None:
    limits = Limits(ratio_from=1 << 20)
    zeros = b"0" * (6 << 20)
    data = packed({"a.csv": zeros}) if kind == "zip" else gzip.compress(zeros)
    with pytest.raises(SourceError, match="more than 200 times its size"):
        read(data, f"a.csv.{kind}", limits)


def test_the_limit_on_unpacked_bytes_counts_all_members(read) -> None:
    parts = {f"{index}.csv": b"a,b\n" + b"1,2\n" * 1000 for index in range(5)}
    assert len(read(packed(parts), "x.zip", Limits(max_bytes=30_000))) == 5
    with pytest.raises(SourceError, match="it unpacks to more than"):
        read(packed(parts), "x.zip", Limits(max_bytes=20_000))


def test_too_many_members_are_refused(read) -> None:
    with pytest.raises(SourceError, match="holds 12 files; at most 10"):
        read(packed({f"{index}.csv": b"a\n" for index in range(12)}), "x.zip", Limits(max_members=10))


def test_a_password_is_said(read) -> None:
    data = bytearray(packed({"a.csv": b"a\n1\n"}))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(SourceError, match=r"'a\.csv' is protected by a password"):
        read(bytes(data), "x.zip")


@pytest.mark.parametrize("name", ["x.csv.gz", "x.zip"])
def test_a_cut_archive_is_said_to_be_broken(read, name: str) -> None:
    text = b"".join(b"%d,%d\n" % (index, index * 7919 % 1013) for index in range(9000))
    whole = gzip.compress(text) if name.endswith("gz") else packed({"a.csv": text})
    with pytest.raises(SourceError, match="broken or was cut off"):
        read(whole[: len(whole) // 2], name)


def test_damaged_bytes_in_a_member_are_noticed(read) -> None:
    data = bytearray(packed({"a.csv": b"a,b\n1,2\n"}, zipfile.ZIP_STORED))
    data[data.index(b"1,2")] ^= 7
    with pytest.raises(SourceError, match="cannot be unpacked"):
        read(bytes(data), "x.zip")
