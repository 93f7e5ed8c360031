"""The page in a real browser: no complaint, no sideways scroll, dark and forced colours, no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from documents.fake_card import fake_card, hostile_card
from goalkeeper.charts.theme import TOKENS
from goalkeeper.documents import scorecard_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scorecard")
    (folder / "fake.html").write_text(scorecard_html(fake_card()), encoding="utf-8")
    (folder / "hostile.html").write_text(scorecard_html(hostile_card()), encoding="utf-8")
    return lambda name: (folder / f"{name}.html").as_uri()


@pytest.fixture
def opened(browser, page_file):
    """Opens a page and fails the test on anything the browser says."""
    contexts = []

    def load(name: str, width: int, **facts):
        context = browser.new_context(viewport={"width": width, "height": 900}, **facts)
        contexts.append((context, said := []))
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
        page.goto(page_file(name))
        return page

    yield load
    for context, said in contexts:
        context.close()
        assert said == []


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


@pytest.mark.parametrize("width", [320, 390, 700, 900, 1280, 1920])
@pytest.mark.parametrize("name", ["fake", "hostile"])
def test_no_sideways_scroll_even_with_all_rows_open(opened, name, width):
    page = opened(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_reader(opened, scheme):
    page = opened("fake", 1280, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    line = page.evaluate("getComputedStyle(document.querySelector('.chart .line')).stroke")
    token = {name: getattr(TOKENS[name], scheme) for name in ("paper", "blue")}
    assert (ground, line) == (rgb(token["paper"]), rgb(token["blue"]))


def test_paper_is_light_even_for_dark_readers(opened):
    page = opened("fake", 1280, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == rgb(TOKENS["ink"].light)


def test_first_section_prints_on_page_one(opened):
    page = opened("fake", 703)
    page.emulate_media(media="print")
    # A4 less its margins at 96 pixels an inch is 703 by 1031.
    assert page.locator("section").first.bounding_box()["height"] > 200
    assert page.evaluate("document.querySelector('section').getBoundingClientRect().bottom") < 1031


def test_forced_colours_keep_lines_visible(opened):
    page = opened("fake", 1280, forced_colors="active")
    line = page.evaluate("getComputedStyle(document.querySelector('.chart .line')).stroke")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert line != ground


def test_text_in_charts_keeps_its_size_at_every_width(opened):
    sizes = set()
    for width in (320, 1920):
        page = opened("fake", width)
        page.locator("summary").first.click()
        box = page.locator("figure text").first.bounding_box()
        sizes.add(round(box["height"]))
    assert len(sizes) == 1


def test_keyboard_opens_a_row_without_script(opened):
    page = opened("fake", 1280, java_script_enabled=False)
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("figure").first).to_be_visible()


def test_targets_are_large_enough(opened):
    page = opened("fake", 390)
    for box in (each.bounding_box() for each in page.locator("summary").all()):
        assert min(box["width"], box["height"]) >= 24
