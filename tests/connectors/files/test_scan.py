"""One pass over the bytes tells what a plain reading in Python would."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.connectors.files import scan as module
from goalkeeper.connectors.files.scan import scan
from goalkeeper.connectors.files.structure import count_records


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b'"', b"\0", "é€😀".encode(), b"\xff", b","]), max_size=40)
)
def test_facts_do_not_depend_on_where_chunks_end(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    data = b"".join(parts)
    path = tmp_path_factory.mktemp("scan") / "f"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", 3)
        found = scan(path)
    lf, cr, crlf = data.count(b"\n"), data.count(b"\r"), data.count(b"\r\n")
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert (found.size, found.quotes, found.nul) == (len(data), b'"' in data, b"\0" in data)
    assert found.breaks == (lf or cr)
    assert found.mixed_ends == (cr > 0 and lf > 0 and not lf == cr == crlf)
    try:
        data.decode()
        assert found.utf8
    except UnicodeDecodeError:
        assert not found.utf8


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 9_000_000)
    told: list[tuple[int, int]] = []
    scan(path, lambda done, total: told.append((done, total)))
    assert len(told) == 3
    assert told[-1] == (9_000_000, 9_000_000)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"a", b",", b"\n", b"\r\n", b'"x\n\ny"', b'""'])), st.booleans())
def test_records_are_counted_past_quotes_and_blank_lines(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], mark: bool
) -> None:
    data = b"".join(parts)
    path = tmp_path_factory.mktemp("count") / "f"
    path.write_bytes(b"\xef\xbb\xbf" * mark + data)
    bare = re.sub(rb'"[^"]*"', b"q", data)
    expected = sum(1 for line in bare.split(b"\n") if line.strip(b"\r"))
    assert count_records(path, '"', b"\n")[0] == expected
