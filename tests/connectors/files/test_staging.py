"""Rows that cannot be taken apart are handed back with their line; the others are all there."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from goalkeeper.connectors.files import open_files, stage
from goalkeeper.connectors.files.staging import parquet_text
from goalkeeper.errors import SourceError

One = Callable[..., "object"]


def said(staged: object) -> list[tuple[int, str]]:
    return [(reject.position, reject.reason) for reject in staged.rejects]  # type: ignore[attr-defined]


def test_wrong_field_counts_are_rejected_with_their_physical_line(one) -> None:
    found = one(b'a,b,c\r\n1,"two\r\nlines",3\r\n\r\n2,short\r\n3,x,y,z,w\r\n4,"",\r\n')
    assert found.rows == [("1", "two\r\nlines", "3"), ("4", "", "")]
    assert said(found) == [
        (5, "has 2 fields where the header has 3"),
        (6, "has 5 fields where the header has 3"),
    ]
    assert found.rejects[0].text == "2,short"


def test_an_unclosed_quote_costs_its_own_line_only(one) -> None:
    found = one(b'id,text,n\n1,fine,1\n2,"broken,2\n3,sound,3\n4,"quoted, sound",4\n5,end,5\n')
    assert [row[0] for row in found.rows] == ["1", "3", "4", "5"]
    assert found.rows[2] == ("4", "quoted, sound", "4")
    assert said(found) == [(3, "its quotes do not pair up")]
    assert found.rejects[0].text == '2,"broken,2'


def test_an_unclosed_quote_at_the_end_costs_no_other_row(one) -> None:
    rows = b"".join(b"%d,x\n" % index for index in range(5000))
    found = one(b"id,text\n" + rows + b'5000,"open\n')
    assert len(found.rows) == 5000
    assert said(found) == [(5002, "its quotes do not pair up")]


def test_a_field_of_many_lines_with_doubled_quotes_is_kept_beside_a_broken_row(one) -> None:
    long_text = 'He said ""hi""\n""more""\n\nand a last line with 5"" nails'
    found = one(f'id,text,n\n1,"{long_text}",1\n2,"broken"x,2\n3,"",3\n4,"{long_text}",4\n'.encode())
    kept = long_text.replace('""', '"')
    assert found.rows == [("1", kept, "1"), ("3", "", "3"), ("4", kept, "4")]
    assert said(found) == [(6, "its quotes do not pair up")]


def test_unclosed_quotes_before_many_doubled_ones_cost_no_time_and_no_rows(one) -> None:
    rows = "".join(f'{index},"",{index}\n' + ('0,"open,0\n' if index % 20_000 == 7 else "") for index in range(120_000))
    began = time.perf_counter()
    found = one(("id,text,n\n" + rows).encode())
    assert time.perf_counter() - began < 20
    assert len(found.rows) == 120_000
    assert [reason for _, reason in said(found)] == ["its quotes do not pair up"] * 6


def test_junk_after_a_closing_quote_is_rejected(one) -> None:
    found = one(b'a,b\n1,"x"y\n2,z\n')
    assert found.rows == [("2", "z")]
    assert said(found) == [(2, "its quotes do not pair up")]


def test_a_quote_inside_a_bare_field_is_text(one) -> None:
    found = one(b'a,b\n1,5" nail\n2,z\n3,6" and 7"\n')
    assert found.rows == [("1", '5" nail'), ("2", "z"), ("3", '6" and 7"')]
    assert found.rejects == []


def test_nul_bytes_are_rejected_not_cut(one) -> None:
    found = one(b'a,b\n1,x\0y\n2,z\n3,"\0"\n')
    assert found.rows == [("2", "z")]
    assert said(found) == [(2, "holds a NUL byte"), (4, "holds a NUL byte")]
    assert found.rejects[0].text == "1,x␀y"


def test_a_bad_byte_in_utf8_text_costs_its_row_only(one) -> None:
    good = "".join(f"{index},Zoë größer\n" for index in range(20)).encode()
    found = one(b"a,b\n" + good + b"x,\xff\n" + good)
    assert len(found.rows) == 40
    assert said(found) == [(22, "holds bytes that are not UTF-8")]


def test_blank_lines_are_no_rows(one) -> None:
    found = one(b"\n\n a,b\n1,2\n\n   \n\r\n3,4\n\n")
    assert found.file.columns == (" a", "b")
    assert (found.rows, found.rejects) == ([("1", "2"), ("3", "4")], [])


def test_a_quoted_empty_field_of_one_column_is_a_row_and_a_blank_line_none(one) -> None:
    found = one(b'a\nx\n\n""\ny\n')
    assert found.rows == [("x",), ("",), ("y",)]


def test_text_is_kept_exactly(one) -> None:
    found = one(b"id,b,c\n007, pad ,NULL\n1.50,N/A,\\N\n")
    assert found.rows == [("007", " pad ", "NULL"), ("1.50", "N/A", "\\N")]


def test_mixed_line_ends_are_all_line_ends_but_a_stray_cr_is_text(one) -> None:
    assert one(b"a,b\r\n1,2\n3,4\r\n5,6").rows == [("1", "2"), ("3", "4"), ("5", "6")]
    assert one(b"a,b\r1,2\r3,4\n5,6\r").rows == [("1", "2"), ("3", "4"), ("5", "6")]
    found = one(b'a,b\n1,x\ry\n2,"q"\n3,z\n')
    assert found.rows == [("1", "x\ry"), ("2", "q"), ("3", "z")]


def test_a_row_beyond_the_readers_bound_is_rejected(one) -> None:
    found = one(b"a,b\n1," + b"x" * (20 << 20) + b"\n2,y\n")
    assert found.rows[-1] == ("2", "y")
    assert len(found.rows) + len(found.rejects) == 2


def test_every_row_is_accounted_for_among_many_broken_ones(one) -> None:
    rng = random.Random(7)
    lines, sound = ["id,text,n"], 0
    for index in range(30_000):
        match rng.randrange(40):
            case 0:
                lines.append(f"{index},short")
            case 1:
                lines.append(f'{index},"open,{index}')
            case 2:
                lines.append(f'{index},"ab"cd,{index}')
            case _:
                text = rng.choice(["plain", '"quoted, comma"', '"two\nlines"', '""', '"say ""hi"""'])
                lines.append(f"{index},{text},{index}")
                sound += 1
    found = one("\n".join(lines).encode())
    kept = {row[0] for row in found.rows}
    assert all(row[0] == row[2] for row in found.rows)
    # A broken quote may close at the next one and take that row with it; nearly all sound rows stay.
    assert sound * 0.99 <= len(kept) <= sound
    told = "\n".join(reject.text for reject in found.rejects)
    assert all(str(index) in kept or str(index) in told for index in range(30_000))


def test_ndjson_lines_that_are_no_objects_are_rejected(one) -> None:
    found = one(b'{"a":1}\n\n{"b":"x, \\"y\\""}\r\n  \n[1]\n{"a":\n{"c":{"d":[1,2]}}', "x.ndjson")
    assert found.file.columns == ("a", "b", "c")
    assert found.rows == [(1, '{"a":1}'), (3, '{"b":"x, \\"y\\""}'), (7, '{"c":{"d":[1,2]}}')]
    assert said(found) == [(5, "is JSON but not an object"), (6, "is not valid JSON")]


@pytest.mark.parametrize("end", ["", "\n"])
def test_ndjson_of_objects_alone_is_kept_line_by_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "t.ndjson"
    texts = [f'{{"a": {number}, "b": "é \\"{number}"}}' for number in range(5000)]
    path.write_text("\n".join(texts) + end, encoding="utf-8")
    with duckdb.connect() as con:
        assert stage(con, open_files(path, tmp_path / "s")[0], "t") == []
        assert con.execute("SELECT rowid, _line FROM t ORDER BY rowid").fetchall() == list(enumerate(texts))


def test_ndjson_with_control_bytes_and_long_lines_loses_nothing(one) -> None:
    long_line = b'{"a":"' + b"x" * (18 << 20) + b'"}'
    found = one(b'{"a":1}\n{"a":"\1"}\n{"a":"\0"}\n' + long_line + b'\n{"a":2}\n', "x.ndjson")
    assert [row[0] for row in found.rows] == [1, 5]
    assert [position for position, _ in said(found)] == [2, 3, 4]


def test_parquet_is_staged_as_text(tmp_path: Path, one) -> None:
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT 1 AS n, NULL::VARCHAR AS empty, TIMESTAMPTZ '2024-03-01 10:00:00+02' AS zoned,"
        " TIMESTAMP '2024-03-01 10:00:00.5' AS local, [1, 2] AS list, {'a': 'x'} AS struct, true AS flag,"
        " 1.50::DECIMAL(9,2) AS money, DATE '2024-02-29' AS day"
    ).write_parquet(str(path))
    found = one(path)
    assert found.rows == [
        (
            "1", None, "2024-03-01T08:00:00.000000Z", "2024-03-01T10:00:00.500000", "[1,2]", '{"a":"x"}', "true",
            "1.50", "2024-02-29",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["export[1].csv", "a*?.csv", "it's.csv", "x.csv.gz", "year=2024/x.csv", "[ab]/é {1,2}.csv"]
)
def test_a_files_name_is_no_pattern_and_adds_no_column(tmp_path: Path, one, name: str) -> None:
    (tmp_path / "export1.csv").write_bytes(b"wrong,file\n9,9\n")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a,b\n1,2\n")
    found = one(path)
    assert (found.file.columns, found.rows) == (("a", "b"), [("1", "2")])
    parquet = path.with_suffix(".parquet")
    duckdb.sql("SELECT 1 AS a, 'x' AS b").write_parquet(str(tmp_path / "plain"))
    (tmp_path / "plain").rename(parquet)
    assert one(parquet).rows == [("1", "x")]


def test_damage_found_while_reading_is_an_error_in_words(tmp_path: Path, one) -> None:
    path = tmp_path / "t.parquet"
    duckdb.sql("SELECT range AS a, md5(range::VARCHAR) AS b FROM range(1000)").write_parquet(str(path))
    data = bytearray(path.read_bytes())
    data[40:400] = bytes(360)
    with pytest.raises(SourceError, match="cannot be read"):
        one(bytes(data), "t.parquet")


def test_a_large_file_packs_texts_that_differ_and_keeps_every_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("w") as out:
        out.write("id,kind\n")
        out.writelines(f"number {index:>30},{'odd' if index % 2 else ''}\n" for index in range(250_000))
    with duckdb.connect(tmp_path / "t.duckdb") as con:
        assert stage(con, open_files(path, tmp_path / "s")[0], "t") == []
        packed = con.execute(
            "SELECT DISTINCT column_name, compression FROM pragma_storage_info('t') WHERE segment_type = 'VARCHAR'"
        )
        assert sorted(packed.fetchall()) == [("id", "ZSTD"), ("kind", "DICT_FSST")]
        other = "id <> printf('number %30d', rowid) OR kind <> CASE rowid % 2 WHEN 1 THEN 'odd' ELSE '' END"
        assert con.execute(f"SELECT count(*), count(*) FILTER ({other}) FROM t").fetchall() == [(250_000, 0)]


def test_a_table_that_exists_is_the_callers_mistake(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    (file,) = open_files(path, tmp_path / "s")
    with duckdb.connect() as con:
        stage(con, file, "t")
        with pytest.raises(duckdb.CatalogException):
            stage(con, file, "t")


def test_staging_leaves_no_tables_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n3\n")
    with duckdb.connect() as con:
        stage(con, open_files(path, tmp_path / "s")[0], "t")
        assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("t",)]


def test_a_count_that_cannot_be_explained_stops_the_staging(tmp_path: Path, monkeypatch) -> None:
    from goalkeeper.connectors.files import staging

    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    (file,) = open_files(path, tmp_path / "s")
    real = staging._read_csv
    monkeypatch.setattr(staging, "_read_csv", lambda *given: (real(*given)[0] - 1, [], True))
    with duckdb.connect() as con, pytest.raises(SourceError, match="of 2 rows only 1 could be read"):
        stage(con, replace(file), "t")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_header_that_stands_again_is_no_row(one, end: bytes) -> None:
    found = one(end.join((b"id,country", b"1,DE", b"id,country", b"id,FR", b"2,FR", b"")))
    assert found.rows == [("1", "DE"), ("id", "FR"), ("2", "FR")]
    assert [(each.position, each.reason) for each in found.rejects] == [(3, "repeats the header")]


def test_a_value_of_one_column_may_be_called_as_it_is(one) -> None:
    assert one(b"comment\ncomment\nfine\n").rows == [("comment",), ("fine",)]


def test_bytes_of_a_parquet_file_are_text_where_they_can_be() -> None:
    with duckdb.connect() as con:
        sql = parquet_text("b", "BLOB")
        values = r"VALUES ('abc'::BLOB), ('\xC3\xBC'::BLOB), ('\xFF'::BLOB), (NULL)"
        found = con.execute(f"SELECT {sql} FROM ({values}) t(b)").fetchall()
    assert found == [("abc",), ("ü",), ("FF",), (None,)]


@pytest.mark.parametrize(
    ("last", "line"),
    [
        (b"Total,,", 4),
        (b"Summe:,,\n\n\n", 4),
        (b",GRAND TOTAL,\r\n", 4),
        (b'total,"1.234,50 \xe2\x82\xac",\n', 4),
        (b"Total,Ann,\n", 0),
        (b"7,Total,\n", 0),
        (b"Total,5,6\n", 0),
        (b"Totally,,\n", 0),
        (b"Total,+,\n", 0),
        (b"Total," + b"1" * 100_000 + b"x,\n", 0),
    ],
)
def test_a_row_of_totals_at_the_end_is_set_aside(one, last: bytes, line: int) -> None:
    found = one(b"id,name,note\n1,Ann,x\n2,Bob,y\n" + last)
    assert len(found.rows) == (2 if line else 3)
    assert [(each.position, each.reason) for each in found.rejects] == ([(line, "is a row of totals")] if line else [])


def test_a_row_of_totals_elsewhere_is_a_row(one) -> None:
    assert len(one(b"id,name\nTotal,\n2,Bob\n").rows) == 2
    assert len(one(b"name\nBob\nTotal\n").rows) == 2
