"""The form of a delimited text is found from its beginning."""

from __future__ import annotations

import time

import pytest

from goalkeeper.connectors.files import Limits
from goalkeeper.connectors.files.dialect import find_dialect
from goalkeeper.errors import SourceError


def dialect(text: str):
    return find_dialect(text, True, "t.csv", Limits())


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b;c\n1,5;2,5;x\n1,5;2;y\n", ";", 3),
        ("a\tb\n1, 2, 3\tx\n", "\t", 2),
        ("a|b\nx,y|z\n", "|", 2),
        ("only\nx\ny\n", ",", 1),
        ('name,text\nx,"a; b; c; d"\ny,"e; f; g; h"\n', ",", 2),
        ("note;x\nHello, you, there;1\nhi;2\n", ";", 2),
    ],
)
def test_the_delimiter_is_the_one_rows_agree_on(text: str, delimiter: str, width: int) -> None:
    found = dialect(text)
    assert (found.delimiter, len(found.header)) == (delimiter, width)


def test_excels_separator_line_is_obeyed(one) -> None:
    found = one(b"sep=;\r\na;b,c\r\n1;2,5\r\n")
    assert found.file.columns == ("a", "b,c")
    assert (found.rows, found.rejects) == ([("1", "2,5")], [])


def test_names_become_unique_without_regard_to_case(one) -> None:
    found = one(b"id,ID,,name,name,name_2\n1,2,3,4,5,6\n")
    assert found.file.columns == ("id", "ID_2", "column_3", "name", "name_3", "name_2")
    assert found.rows == [("1", "2", "3", "4", "5", "6")]
    assert "column 3 has no name; it is called column_3" in found.file.notes


def test_a_delimiter_at_the_end_of_each_row_is_an_unnamed_column(one) -> None:
    found = one(b"a,b\n1,2,\n3,4,\n")
    assert found.file.columns == ("a", "b", "column_3")
    assert found.rows == [("1", "2", ""), ("3", "4", "")]


def test_row_numbers_without_a_name_come_first(one) -> None:
    found = one(b"a,b\n1,x,y\n2,z,w\n")
    assert found.file.columns == ("column_1", "a", "b")
    assert found.rows[1] == ("2", "z", "w")


def test_backslashes_before_quotes_are_read(one) -> None:
    found = one(b'a,b\n1,"say \\"hi\\" now"\n2,"x"\n')
    assert found.rows == [("1", 'say "hi" now'), ("2", "x")]


def test_single_quotes_are_read_where_all_rows_use_them(one) -> None:
    assert one(b"'a','b'\n'1','x, y'\n'2','z'\n").rows == [("1", "x, y"), ("2", "z")]


def test_a_header_with_line_ends_in_quotes_is_one_row(one) -> None:
    found = one(b'a,"How likely\nare you?"\n1,2\n')
    assert found.file.columns == ("a", "How likely\nare you?")
    assert found.rows == [("1", "2")]


def test_a_first_row_of_numbers_is_noted() -> None:
    assert "the first row looks like data, not like column names" in dialect("1,2.5\n3,4\n").notes


def test_a_million_columns_are_refused_quickly(one) -> None:
    header = ",".join(f"c{index}" for index in range(1_000_000)).encode()
    began = time.perf_counter()
    with pytest.raises(SourceError, match=r"the header has 1,000,000 columns; at most 2,000 are read"):
        one(header + b"\n1,2\n")
    assert time.perf_counter() - began < 5
    with pytest.raises(SourceError, match=r"columns or more"):
        one(b"x," * (20 << 20))


def test_too_many_columns_are_refused_and_as_many_as_allowed_are_read(one) -> None:
    assert len(one((",".join(map("c{}".format, range(2000))) + "\n").encode()).file.columns) == 2000
    with pytest.raises(SourceError, match="2,001 columns"):
        one((",".join(map("c{}".format, range(2001))) + "\n").encode())
