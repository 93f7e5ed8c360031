"""The scorecard in a terminal keeps to its width, loses no number and obeys no hostile text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from documents.fake_card import fake_card, hostile_card, with_note
from goalkeeper.charts.cells import width_of
from goalkeeper.documents import scorecard_text
from goalkeeper.documents.words import value_words
from goalkeeper.stats.estimate import NoEstimate

WIDTHS = (40, 60, 75, 76, 80, 100, 120, 131, 132, 160, 220)


def lines_of(text: str) -> list[str]:
    return text.rstrip("\n").split("\n")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("card", [fake_card(), hostile_card()], ids=["fake", "hostile"])
def test_width_is_kept(card, width):
    assert max(map(width_of, lines_of(scorecard_text(card, width)))) <= width


def test_colour_changes_no_character():
    plain, coloured = scorecard_text(fake_card(), 100), scorecard_text(fake_card(), 100, color=True)
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in lines_of(bare)] == lines_of(plain)


@pytest.mark.parametrize("width", [40, 80, 132])
def test_hostile_text_reaches_no_terminal(width):
    assert all(c.isprintable() or c == "\n" for c in scorecard_text(hostile_card(), width))


@pytest.mark.parametrize("width", [80, 120, 132])
def test_every_metric_has_its_number_in_at_most_two_lines(width):
    card = fake_card()
    text = scorecard_text(card, width)
    for row in card.rows:
        if row.reading.estimate is not None:
            assert row.name in text
            assert value_words(row).replace("\N{NO-BREAK SPACE}", " ") in text
    section = text[text.index("SPEED") : text.index("  ¹")]
    each = 1 if width >= 132 else 2
    assert len(lines_of(section)) == 2 + each * len(card.sections[0].rows)


def test_no_estimate_is_worded_and_nan_never_appears():
    text = scorecard_text(fake_card(), 80)
    assert re.search(r"Recovered customers\S* +cannot say +needs 5 customers, has 3", text)
    assert not re.search(r"\bnan\b", text)


def test_footnotes_tell_clock_waiting_and_left_out():
    text = scorecard_text(fake_card(), 100)
    assert "¹ median, working time; 14 waiting; left out 23: 12 spam, 11 merged duplicates" in text
    assert "benchmark, e-mail: Service goals guide, 2024, grade C" in text


def test_footnotes_tell_what_is_to_be_known_of_a_number():
    text = scorecard_text(with_note(fake_card(), "the data covers 20 of 31 days"), 100)
    assert "¹ median, working time; the data covers 20 of 31 days; 14 waiting; left out 23: 12 spam, " in text


def test_change_has_arrow_and_word():
    text = scorecard_text(fake_card(), 100)
    assert "▼ better by 42 min" in text
    assert "▲ worse by 17 s" in text
    assert "– no clear change" in text


def test_gaps_of_the_line_are_dots():
    line = next(line for line in lines_of(scorecard_text(fake_card(), 80)) if "▲ worse by 17 s" in line)
    assert "··" in line


def test_an_empty_card_is_said_to_be_empty():
    card = replace(fake_card(), sections=(), takeaways=(), sources=())
    assert "No metrics." in scorecard_text(card, 80)


def test_series_of_none_or_one_point():
    card = fake_card()
    section = card.sections[0]
    rows = (replace(section.rows[0], series=()), replace(section.rows[1], series=section.rows[1].series[:1]))
    text = scorecard_text(replace(card, sections=(replace(section, rows=rows),)), 80)
    assert "First response time" in text
    assert "▄ " in text


def test_same_card_same_text():
    assert scorecard_text(fake_card()) == scorecard_text(fake_card())


def test_a_long_name_and_a_long_change_stand_whole_where_there_is_room() -> None:
    card = fake_card()
    section = card.sections[0]
    row = replace(
        section.rows[0], name="Lifetime value to acquisition cost", benchmark=None, benchmark_note="",
        change=NoEstimate("by_itself"), changed=False,
    )  # fmt: skip
    text = scorecard_text(replace(card, sections=(replace(section, rows=(row,)),)), 120)
    assert "Lifetime value to acquisition cost" in text
    assert "… rises with age, not judged" in text
