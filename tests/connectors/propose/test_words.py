"""Words for states and channels, and headers as plain words."""

from __future__ import annotations

import pytest

from goalkeeper.connectors.propose.synonyms import COLUMNS, NEEDED, TELLING
from goalkeeper.connectors.propose.words import VALUES, meaning
from goalkeeper.connectors.words import plain_words
from goalkeeper.schema import table


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("tickets.status", "Awaiting User Info", "pending"),
        ("tickets.status", "Gelöst", "solved"),
        ("tickets.status", "On-Hold", "on_hold"),
        ("tickets.status", "Résolu", "solved"),
        ("tickets.status", "-100", None),
        ("tickets.priority", "1 - Critical", "urgent"),
        ("tickets.channel", "Self service", "web"),
        ("interactions.outcome", "HANG", "abandoned"),
        ("interactions.outcome", "PHANTOM", None),
    ],
)
def test_values_mean_canonical_words(column: str, value: str, word: str | None) -> None:
    assert meaning(column, value) == word


@pytest.mark.parametrize("text", ["createdAt", "Created_at", "CREATED AT", " created-at "])
def test_headers_become_plain_words(text: str) -> None:
    assert plain_words(text) == "created at"


def test_all_words_are_of_the_schema_and_plain() -> None:
    for key, known in VALUES.items():
        name, column = key.split(".")
        assert set(known) <= set(table(name).column(column).values)
        assert all(word == plain_words(word) for words in known.values() for word in words)
        every = [word for words in known.values() for word in words]
        assert len(every) == len(set(every)), f"{key} has a word of two meanings"
    for name, columns in COLUMNS.items():
        assert {*columns, *NEEDED[name], *TELLING[name]} <= {column.name for column in table(name).columns}
        assert all(word == plain_words(word) for words in columns.values() for word in words)
