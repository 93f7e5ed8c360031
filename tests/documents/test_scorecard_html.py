"""The page is valid, needs nothing from elsewhere, and shows each number with its doubt."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import html5lib
import pytest

from documents.fake_card import HOSTILE, fake_card, hostile_card, with_note
from goalkeeper.documents import scorecard_html
from goalkeeper.reports.views import Scorecard
from goalkeeper.stats.estimate import NoEstimate

X = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(card: Scorecard):
    """The document as a tree; any parse error of the HTML standard is raised."""
    return html5lib.HTMLParser(strict=True).parse(scorecard_html(card))


def words_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def with_class(tree, tag: str, name: str):
    return [each for each in tree.iter(f"{X}{tag}") if name in (each.get("class") or "").split()]


def variants() -> dict[str, Scorecard]:
    card = fake_card()
    section = card.sections[0]
    row = section.rows[0]
    nothing = NoEstimate("no_data")
    lone = replace(
        row,
        reading=replace(row.reading, value=nothing, n=0),
        before=None,
        change=None,
        changed=False,
        series=(),
        benchmark=None,
        benchmark_note="",
        statistic="",
        clock="",
    )
    one = replace(row, series=row.series[:1])
    return {
        "full": card,
        "hostile": hostile_card(),
        "empty": replace(card, sections=(), sources=(), takeaways=(), before_period=""),
        "bare rows": replace(card, sections=(replace(section, rows=(lone, one)),), before_period=""),
    }


CARDS = variants()


@pytest.mark.parametrize("name", CARDS)
def test_html_is_valid_and_has_one_headline(name):
    tree = parsed(CARDS[name])
    assert len(list(tree.iter(f"{X}h1"))) == 1
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert {each.get("href")[1:] for each in tree.iter(f"{X}a")} <= set(ids)
    labels = [each.get("aria-labelledby") for each in tree.iter() if each.get("aria-labelledby")]
    assert set(labels) <= set(ids)


@pytest.mark.parametrize("name", CARDS)
def test_nothing_comes_from_elsewhere_and_nothing_runs(name):
    page = scorecard_html(CARDS[name])
    tree = parsed(CARDS[name])
    assert not list(tree.iter(f"{X}script"))
    assert not list(tree.iter(f"{SVG}script"))
    assert not [each for each in tree.iter() for key in each.attrib if key.startswith("on") or key == "style"]
    assert not re.search(r"@import|url\(|src=", page)
    links = [each.get("href") for each in tree.iter(f"{X}link")]
    assert all(link.startswith("data:") for link in links)


def test_policy_lets_in_this_style_sheet_alone():
    page = scorecard_html(fake_card())
    css = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    tree = parsed(fake_card())
    policy = next(m.get("content") for m in tree.iter(f"{X}meta") if m.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_hostile_text_stays_text():
    tree = parsed(hostile_card())
    shown = " ".join(HOSTILE.replace("\x1b", "").replace("\x07", "").split())
    heading = next(tree.iter(f"{X}h1"))
    assert words_of(heading).replace("\x1b", "").replace("\x07", "") == shown
    assert "49" not in words_of(heading)


@pytest.mark.parametrize("name", CARDS)
def test_no_nan_in_numbers_or_drawings(name):
    page = scorecard_html(CARDS[name])
    assert not re.search(r"\bnan\b|\binf\b", re.sub(r"<style>.*?</style>", "", page, flags=re.S))


def test_every_row_shows_value_interval_and_count():
    card = fake_card()
    rows = list(parsed(card).iter(f"{X}article"))
    assert len(rows) == 20
    first = words_of(rows[0])
    for part in ("First response time", "3 h 12 min", "2 h 59 min to 3 h 25 min", "1,204 tickets", "working time"):
        assert part in first
    assert "14 waiting, 23 left out" in first
    assert "12 spam" in first
    assert "≤ 4 h e-mail. Reaches it." in first
    assert "Service goals guide, 2024, grade C" in first


def test_a_row_shows_what_is_to_be_known_of_its_number():
    first = next(parsed(with_note(fake_card(), "the data covers 20 of 31 days")).iter(f"{X}article"))
    (beside,) = with_class(first, "p", "n")
    assert words_of(beside) == "1,204 tickets14 waiting, 23 left outthe data covers 20 of 31 days"
    assert "Note" in [words_of(each) for each in first.iter(f"{X}dt")]


def test_chips_only_where_something_changed_and_always_with_word_and_icon():
    card = fake_card()
    chips = with_class(parsed(card), "p", "chip")
    assert len(chips) == sum(row.changed for row in card.rows) == 5
    for chip in chips:
        assert list(chip.iter(f"{SVG}path"))
        assert re.match(r"Better by|Worse by|Up|Down", words_of(chip))


def test_tones_follow_the_verdict():
    chips = {words_of(chip): chip.get("class") for chip in with_class(parsed(fake_card()), "p", "chip")}
    assert chips["Better by 42 min"] == "chip good"
    assert chips["Worse by 17 s"] == "chip bad"
    assert chips["Up 154"] == "chip flat"


def test_too_little_data_is_worded():
    row = next(r for r in parsed(fake_card()).iter(f"{X}article") if "Recovered" in words_of(r))
    assert "Cannot say" in words_of(row)
    assert "Needs 5 customers, has 3" in words_of(row)


def test_every_drawing_has_words_or_is_hidden():
    for svg in parsed(fake_card()).iter(f"{SVG}svg"):
        outer = svg.get("viewBox") is None or svg.get("aria-hidden")
        stretched = svg.get("preserveAspectRatio") == "none" or svg.get("overflow")
        assert svg.get("aria-label") or svg.get("aria-hidden") or stretched or not outer


def test_table_beside_every_trend():
    card = fake_card()
    tables = list(parsed(card).iter(f"{X}table"))
    assert len(tables) == 20
    assert len(list(tables[0].iter(f"{X}tr"))) == 1 + len(card.rows[0].series)


def test_freshness_and_quarantine_are_told():
    footer = words_of(next(parsed(fake_card()).iter(f"{X}footer")))
    assert "Data as of 2 November 2026, 06:00 UTC." in footer
    assert "helpdesk 48,112 rows of tickets, messages, events; 214 held back" in footer
    assert "shop 20,981 rows of customers, orders; 3 held back" in footer


def test_same_card_same_bytes_and_not_too_heavy():
    page = scorecard_html(fake_card())
    assert page == scorecard_html(fake_card())
    assert len(page.encode()) < 10_000 * 20
