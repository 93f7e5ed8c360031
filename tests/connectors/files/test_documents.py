"""JSON documents: rows are cut out as text, whatever the document's shape."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.connectors.files import Limits, open_files
from goalkeeper.connectors.files.documents import _Window
from goalkeeper.errors import SourceError

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def lines(one, text: str) -> list[str]:
    return [row[1] for row in one(text.encode(), "x.json").rows]


def test_an_array_of_objects_gives_a_row_each(one) -> None:
    found = one(b'\xef\xbb\xbf[ {"a": 1,\n "b": [1, 2]},\r\n {"c": "\\n"} ]\n', "x.json")
    assert found.file.columns == ("a", "b", "c")
    assert [json.loads(row[1]) for row in found.rows] == [{"a": 1, "b": [1, 2]}, {"c": "\n"}]


def test_numbers_and_repeated_keys_keep_their_text(one) -> None:
    row = '{"id": 12345678901234567890123, "x": 1.10, "e": 1e400, "k": 1, "k": 2, "u": "\\u00e9"}'
    assert lines(one, f"[{row}]") == [row]


def test_nan_and_infinity_become_texts(one) -> None:
    text = '[{"a": NaN, "b": "NaN, \\"Infinity", "c": [-Infinity]}]'
    assert lines(one, text) == ['{"a": "NaN", "b": "NaN, \\"Infinity", "c": ["-Infinity"]}']


def test_an_envelopes_largest_list_is_its_rows(one) -> None:
    text = b'{"count": 2, "users": [{"id": 9}], "tickets": [{"id": 1}, {"id": 2}], "next_page": null}'
    found = one(text, "x.json")
    assert [row[1] for row in found.rows] == ['{"id": 1}', '{"id": 2}']
    assert "rows are those of 'tickets'" in found.file.notes
    assert any("'users' with 1 objects is left out" in note for note in found.file.notes)


def test_the_list_of_rows_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"users": [{"u": 9}], "tickets": [{"id": 1}, {"id": 2}]}')
    assert open_files(path, tmp_path / "s", rows="users")[0].columns == ("u",)
    with pytest.raises(SourceError, match=r"no list 'agents'. Its lists: 'users', 'tickets'"):
        open_files(path, tmp_path / "s", rows="agents")


def test_an_object_with_an_id_is_one_row(one) -> None:
    text = b'{"id": 7, "subject": "x", "comments": [{"n": 1}, {"n": 2}], "via": {"channel": "web"}}'
    found = one(text, "x.json")
    assert [json.loads(row[1]) for row in found.rows] == [json.loads(text)]


def test_an_empty_list_has_no_rows(one) -> None:
    for text in (b"[]", b'{"tickets": []}'):
        found = one(text, "x.json")
        assert (found.rows, found.file.notes[-1]) == ([], "no rows")


def test_elements_that_are_no_objects_are_rejected(one) -> None:
    found = one(b'[{"a": 1}, 5, "x", {"a": 2}]', "x.json")
    assert [row[1] for row in found.rows] == ['{"a": 1}', '{"a": 2}']
    assert [reject.text for reject in found.rejects] == ["5", '"x"']


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}, {"a": ', "breaks near line 1"),
        ('[{"a": 1}\n{"a": 2}]', "near line 2: expected ,"),
        ('{\n"a": 1}\n{\n"a": 2}', "one line each"),
        ('{"tickets": [{"a": 1}]', "found the end"),
        ("[" * 100_000, "near line 1"),
        ('[{"a": ' * 3000, "near line 1"),
    ],
)
def test_a_broken_document_is_refused_whole(one, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        one(text.encode(), "x.json")


def test_a_value_beyond_the_limit_is_refused(one) -> None:
    with pytest.raises(SourceError, match="too long"):
        one(b'[{"a": "' + b"x" * (9 << 20), "x.json", Limits(max_line=1 << 20))


def test_bad_bytes_in_a_document_are_noted(one) -> None:
    found = one(b'[{"a": "\xff \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4"}]', "x.json")
    assert len(found.rows) == 1
    assert any("could not be decoded" in note for note in found.file.notes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), VALUE, max_size=4), max_size=6), st.sampled_from([None, 1]))
def test_any_array_is_cut_into_its_elements(rows: list[dict[str, object]], indent: int | None) -> None:
    """Read in windows of a few characters, so that every value is met cut in two."""

    class Sips:
        def __init__(self, text: str) -> None:
            self.text = text

        def read(self, size: int) -> str:
            sip, self.text = self.text[:3], self.text[3:]
            return sip

    text = json.dumps(rows, indent=indent, ensure_ascii=False)
    window = _Window(Sips(text), "x", Limits())  # type: ignore[arg-type]
    from goalkeeper.connectors.files.documents import _elements

    assert [json.loads(own) for _, own in _elements(window)] == rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_text(text, encoding="utf-8")
        (file,) = open_files(path, Path(folder) / "s")
        written = file.path.read_text(encoding="utf-8").split("\n")[:-1]
        assert [json.loads(line) for line in written] == rows
