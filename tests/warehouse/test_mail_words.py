"""An address is found as a whole address only."""

from __future__ import annotations

import pytest

from goalkeeper.warehouse.mail_words import mail_pattern, word_pattern


@pytest.mark.parametrize(
    "text",
    ["ana@example.org", "ask ANA@example.org.", "<ana@example.org>", "(ana@example.org)", "mailto:ana@example.org?x",
     r'{"a": "hello\nana@example.org"}', "-ana@example.org, please", "...ana@example.org..."],
)  # fmt: skip
def test_the_address_is_found(text: str) -> None:
    assert "ana@example.org" not in mail_pattern("ana@example.org").sub("X", text).lower()


@pytest.mark.parametrize(
    "text",
    ["jana@example.org", "j.ana@example.org", "x-ana@example.org", "x+ana@example.org", "éana@example.org",
     "ana@example.org.uk", "ana@example.orgs", "ana@example.org-shop.com", "anaXexample.org"],
)  # fmt: skip
def test_those_of_others_are_not(text: str) -> None:
    assert mail_pattern("ana@example.org").search(text) is None


def test_two_in_a_row_and_escaped_ones_are_found() -> None:
    assert mail_pattern("a@b.cz").sub("X", "a@b.cz a@b.cz") == "X X"
    assert mail_pattern("jörg@b.cz").sub("X", r"j\u00f6rg@b.cz jörg@b.cz") == "X X"


def test_words_have_boundaries() -> None:
    pattern = word_pattern({"4711", "T1"})
    assert pattern is not None
    assert pattern.search('{"id": 4711, "x')
    assert pattern.search('["T1"')
    assert not pattern.search("47110 T12 xT1")
    assert word_pattern(set()) is None
