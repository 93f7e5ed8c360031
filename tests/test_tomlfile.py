"""A mistake in a TOML file is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import parse_toml, read_toml

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
    with pytest.raises(UsageError, match="not UTF-8 text"):
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
