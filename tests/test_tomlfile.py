"""A mistake in a TOML file is told with its line."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import Place, parse_toml, read_toml, written, written_key

TEXT = '''\
name = "x"  # [not.a.table]
"quoted key" = 1
about = """
[file]
fake = 2
"""
nested.key = 3

[first]
a = 1
list = [
  "b = 2",
  ["first"]
]

[[file]]
match = ["x"]
  [[file.table]]
  to = "tickets"
[[file]]
match = ["y"]
[[file.table]]
[file.table.columns]
ticket_id = "id"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 1),
        (("quoted key",), 2),
        (("about",), 3),
        (("nested", "key"), 7),
        (("nested",), 7),
        (("first",), 9),
        (("first", "a"), 10),
        (("first", "list"), 11),
        (("file", 0), 16),
        (("file", 0, "match"), 17),
        (("file", 0, "table", 0, "to"), 19),
        (("file", 1, "match"), 21),
        (("file", 1, "table", 0, "columns", "ticket_id"), 24),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int) -> None:
    assert parse_toml(TEXT, "t.toml").where(*path) == f"t.toml:{line}"


def test_an_unknown_place_is_that_of_its_parent() -> None:
    toml = parse_toml(TEXT, "t.toml")
    assert toml.where("first", "nothing", "here") == "t.toml:9"
    assert toml.where("nothing") == toml.where() == "t.toml"
    assert toml.where("file", 0, "fake") == "t.toml:16"


def test_text_that_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"t\.toml:2:5: not valid TOML"):
        parse_toml("a = 1\nb = \n", "t.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('a = "ä"'.encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.toml:1:6: the file is not UTF-8 text\. Save it as UTF-8\."):
        read_toml(latin)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_toml(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_text("a = 1\n", encoding="utf-8-sig")
    assert read_toml(path).data == {"a": 1}


def test_places_are_lines_and_columns() -> None:
    toml = parse_toml(TEXT, "t.toml")
    assert toml.place("quoted key") == Place(2, 1)
    assert toml.place("first", "list", value=True) == Place(11, 8)
    assert toml.place("first", "list", 1, 0) == Place(13, 4)
    assert toml.place("file", 0, "table", 0, "to") == Place(19, 3)
    assert toml.place("nothing") is None
    assert parse_toml('"ä" = "ö"  # ü\nb = {c = 1}', "t").place("b", "c", value=True) == Place(2, 10)


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab. "#é', max_size=3), inner, max_size=3),
    max_leaves=12,
)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


@given(st.dictionaries(st.text("abc-. ", max_size=3), VALUES, max_size=4), st.lists(VALUES, max_size=3))
def test_every_value_is_found_where_it_stands(data: dict[str, Any], others: list[Any]) -> None:
    """What is written is read back, and the text at each span is the value of its path."""
    lines = [f"{written_key(key)} = {written(value)}  # = [x]" for key, value in data.items()]
    for value in others:
        lines += ["[[list.of]]", f"v.w = {written(value)}", "[list.of.'sub']", "a = [1,\n # ]\n 2, ]"]
    toml = parse_toml("\n".join(lines), "t")
    assert len(toml.spans) >= len(data) + len(others)
    for path, span in toml.spans.items():
        text, value = toml.text[span.start : span.end], at(toml.data, path)
        if not text.startswith("[list.of") and not text.startswith("[[list.of"):
            found = tomllib.loads(f"k = {text}")["k"]
            assert found == value or found == at(value, ("w",))
    for key, value in data.items():
        assert at(toml.data, (key,)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"), (5, "5"), (5.0, "5.0"), (0.1, "0.1"), (1e300, "1e+300"), (date(2027, 3, 31), "2027-03-31"),
        ("a\"\n\x7f", '"a\\"\\n\\u007f"'), (["x", 1], '["x", 1]'), ({"a b": "c"}, '{ "a b" = "c" }'), ({}, "{}"),
    ],
)  # fmt: skip
def test_values_are_written(value: object, text: str) -> None:
    assert written(value) == text
    assert tomllib.loads(f"k = {text}")["k"] == value
