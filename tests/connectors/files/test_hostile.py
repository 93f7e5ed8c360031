"""Damaged files of every kind end in a table or in an error in words, never in a crash."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import tomllib
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from goalkeeper.connectors.files import open_files, stage
from goalkeeper.connectors.propose import profile, propose
from goalkeeper.errors import SourceError, UsageError

NAMES = ["x.csv", "x.json", "x.ndjson", "x.zip", "x.xlsx", "x.gz", "x.txt"]


def sound_files(folder: Path) -> list[bytes]:
    packed, book = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.json", '[{"a": 1}]')
    made = openpyxl.Workbook()
    made.active.append(["a", "b"])
    made.active.append([1, "x"])
    made.save(book)
    duckdb.sql("SELECT 1 AS a, 'x' AS b").write_parquet(str(folder / "q.parquet"))
    rows = b"".join(b'%d,"n ""%d""",2024-01-%02d\n' % (index, index, index % 28 + 1) for index in range(30))
    return [
        b"id,name,created_at\n" + rows,
        b"\n".join(json.dumps({"id": index, "a": {"b": "x\n"}}).encode() for index in range(20)),
        json.dumps({"tickets": [{"id": index, "v": 1.5} for index in range(10)], "n": 3}).encode(),
        b'<log><trace><string key="k" value="c"/><event><string key="a" value="b"/></event></trace></log>',
        gzip.compress(b"a,b\n1,2\n"),
        packed.getvalue(),
        book.getvalue(),
        (folder / "q.parquet").read_bytes(),
    ]


def damaged(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(5):
            case 0:
                changed[at:at] = bytes([rng.choice(b'\0\xff"\n\r,;{}[]\\\x01 a')])
            case 1:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 2:
                del changed[at : at + rng.randrange(1, 20)]
            case 3:
                del changed[at:]
            case _:
                start = rng.randrange(len(changed) + 1)
                changed[at:at] = changed[start : start + 30]
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_damage_never_crashes_a_reader(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    sound = sound_files(tmp_path)
    read, said = 0, list[str]()
    with duckdb.connect() as con:
        for number in range(120):
            place = tmp_path / str(number)
            place.mkdir()
            path = place / rng.choice(NAMES)
            path.write_bytes(damaged(rng.choice(sound), rng))
            try:
                files = open_files(path, place / "scratch")
                for file in files:
                    stage(con, file, "t")
                    con.execute("DROP TABLE t")
                    tomllib.loads(propose(profile(con, file)))
                read += 1
            except UsageError as error:
                said.append(str(error))
    assert 10 < read < 110
    assert min(map(len, said)) > 20


def test_a_name_that_is_not_utf8_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff.csv")
    try:
        path.write_bytes(b"a\n1\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(SourceError, match=r"bad\\xff\.csv: the file's name is not UTF-8\."):
        open_files(path, tmp_path / "scratch")
