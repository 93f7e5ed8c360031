"""The app in a real browser: no complaint, no barrier, nothing wider than the screen; and the ways people take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from goalkeeper.goals import read_plan
from goalkeeper.workspace import Workspace
from web.conftest import KEY
from web.look import VIEWS, looked_at
from web.walk import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).with_name("assets") / "axe.min.js"


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[1]} {view[0]}")
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with looked_at(browser, address, *request.param) as opened:
        yield opened


NARROWEST = 320
"""Pixels: a page of 1280 enlarged four times, WCAG 1.4.10."""


def test_no_page_has_a_barrier(page: Page) -> None:
    """By axe's rules, of the size of targets too; nothing wider than the screen; Tab goes as the page is written."""
    axe = AXE.read_text(encoding="utf-8")
    size = page.viewport_size
    assert size
    for address in PAGES:
        page.goto(address)
        for width in (size["width"], NARROWEST):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
        page.set_viewport_size(size)
        assert page.evaluate("[...document.querySelectorAll('[tabindex]')].every(each => each.tabIndex < 1)"), address
        page.evaluate(axe)
        rules = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
        found = page.evaluate(f"axe.run(document, {rules})")["violations"]
        told = [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]
        assert told == [], address


def test_from_the_headline_to_a_ticket(page: Page) -> None:
    expect(page.locator("h1")).to_contain_text("goal")
    page.get_by_role("link", name="Customer satisfaction", exact=True).first.click()
    assert page.url.endswith("/metrics/csat")
    page.get_by_role("link", name="26 weeks").click()
    page.wait_for_url("**range=26w*")
    page.get_by_role("link", name="Month", exact=True).click()
    page.wait_for_url("**every=month*")
    assert "range=26w" in page.url
    page.goto("/tickets")
    page.get_by_label("Ticket").fill("T7")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="T7 of desk").click()
    expect(page.locator("h1")).to_have_text("Ticket T7.")
    expect(page.get_by_role("heading", name="How metrics count it")).to_be_visible()


def test_a_chart_is_read_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/metrics/csat")
    chart = page.locator(".reads[tabindex]").first
    chart.focus()
    page.keyboard.press("End")
    last = page.locator(".tip").inner_text()
    assert "%" in last
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tip")).not_to_have_text(last)
    said = page.locator("[aria-live]").inner_text()
    assert said.split(":")[0] in page.locator(".tip").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).not_to_be_visible()


def test_from_a_mark_to_the_tickets_it_counts(page: Page) -> None:
    page.goto("/metrics/first_response_time")
    page.locator(".reads[tabindex]").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    counted = page.locator(".tip").inner_text().split(" n ")[1]
    page.keyboard.press("Enter")
    page.wait_for_url("**/rows?*")
    expect(page.locator("h1")).to_contain_text(f"counts {counted} ")
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="How metrics count it")).to_be_visible()


def test_the_menu_opens_on_a_phone_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto(f"/enter?key={KEY}")
    expect(page.get_by_role("link", name="Goals", exact=True)).not_to_be_visible()
    page.get_by_text("Menu").click()
    page.get_by_role("link", name="Goals", exact=True).click()
    assert page.url.endswith("/goals")
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_goal_is_written_with_the_keyboard_alone(
    browser: Browser, address: str, desk: Workspace, width: int, script: bool
) -> None:
    path = desk.folder / "plan.toml"
    before = path.read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=address, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(f"/enter?key={KEY}")
    page.goto("/plans/plan.toml?goal=")

    def reach(name: str) -> None:
        """Tabs on until a field has the focus, and fails where none is shown there."""
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator(f"[name={name}]:focus").count():
                return
        raise AssertionError(f"Tab does not reach {name}")

    for name, words in (
        ("name", "Kept with keys"), ("metric", "First response"), ("shape", "Hold a line"), ("target", "4h"),
        ("owner", "team:Support"), ("because", "waiting costs"), ("guard0", "Reopened"), ("limit0", "+5 pts"),
    ):  # fmt: skip
        reach(name)
        page.keyboard.type(words)
    page.keyboard.press("Enter")  # looks it over
    page.get_by_role("heading", name="Kept with keys.", level=1).wait_for()
    assert path.read_text(encoding="utf-8") == before

    def press(value: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator(f"button[value={value}]:focus").count():
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"Tab does not reach {value}")

    press("save")
    page.wait_for_url("**/plans/plan.toml?said=saved")
    after = path.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    context.close()
    assert after.startswith(before)
    added = read_plan(after).goals[-1]
    assert (added.id, added.metric.key, added.to) == ("kept-with-keys", "first_response_time", 4 * 3600)
    assert [guard.watched.metric.key for guard in added.must_not_get_worse] == ["reopen_rate"]


def test_documents_are_taken_away(page: Page) -> None:
    for place, name in (("/reviews", "review"), ("/manual", "manual")):
        page.goto(place)
        for link, end in (("PDF", "pdf"), ("Markdown", "md"), ("Page", "html")):
            with page.expect_download() as download:
                page.get_by_role("link", name=link, exact=True).click()
            assert download.value.suggested_filename == f"{name}.{end}"
