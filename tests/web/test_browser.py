"""The app in a real browser: no complaint, no barrier, nothing wider than the screen; and the ways people take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import goalkeeper as gk
from goalkeeper.web import create_app
from web.conftest import KEY, NOW, TODAY, served
from web.test_upload import ORDERS
from web.walk import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).with_name("assets") / "axe.min.js"
VIEWS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[1]} {view[0]}")
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser that was let in; whatever it complains of fails the test."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address)
    context.add_init_script(LISTEN)
    opened, said = context.new_page(), list[str]()
    opened.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(f"/enter?key={KEY}")
    yield opened
    context.close()
    assert said == []


def test_no_page_has_a_barrier(page: Page) -> None:
    axe = AXE.read_text(encoding="utf-8")
    width = page.viewport_size["width"]  # type: ignore[index]
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        told = [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]
        assert told == [], address


def test_from_the_headline_to_a_ticket(page: Page) -> None:
    assert "goal" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Customer satisfaction", exact=True).first.click()
    assert page.url.endswith("/metrics/csat")
    page.get_by_role("link", name="26 weeks").click()
    assert "range=26w" in page.url
    page.get_by_role("link", name="Month", exact=True).click()
    assert "every=month" in page.url
    assert "range=26w" in page.url
    page.goto("/tickets")
    page.get_by_label("Ticket").fill("T7")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="T7 of desk").click()
    assert page.locator("h1").inner_text() == "Ticket T7."
    assert page.get_by_role("heading", name="How metrics count it").is_visible()


def test_a_chart_is_read_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/metrics/csat")
    chart = page.locator("[data-points]").first
    chart.focus()
    page.keyboard.press("End")
    last = page.locator(".tip").inner_text()
    assert "%" in last
    page.keyboard.press("ArrowLeft")
    assert page.locator(".tip").inner_text() != last
    said = page.locator("[aria-live]").inner_text()
    assert said.split(":")[0] in page.locator(".tip").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator(".tip").is_visible()


def test_the_menu_opens_on_a_phone_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto(f"/enter?key={KEY}")
    assert not page.get_by_role("link", name="Goals", exact=True).is_visible()
    page.get_by_text("Menu").click()
    page.get_by_role("link", name="Goals", exact=True).click()
    assert page.url.endswith("/goals")
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_from_nothing_to_a_number(browser: Browser, tmp_path: Path, width: int) -> None:
    """The first run: an empty workspace, a file of orders, and what it says."""
    (tmp_path / "orders.csv").write_bytes(ORDERS)
    with gk.open(gk.create(tmp_path / "shop", name="Shop")) as workspace:
        app = create_app(workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        with served(app) as address:
            context = browser.new_context(viewport={"width": width, "height": 900}, base_url=address)
            page, said = context.new_page(), list[str]()
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.goto(f"/enter?key={KEY}")
            assert page.locator("h1").inner_text() == "Nothing is loaded yet."
            page.get_by_role("link", name="Choose a file").click()
            page.get_by_label("File").set_input_files(tmp_path / "orders.csv")
            page.get_by_role("button", name="Send").click()
            assert "This is known" in page.locator("h1").inner_text()
            page.get_by_label("Name of the source").fill("till")
            page.get_by_role("button", name="Load it").click()
            page.get_by_role("heading", name="rows are loaded").wait_for()
            page.goto("/metrics/repeat_purchase_rate")
            assert "nothing can be said" in page.locator("h1").inner_text()  # of two buyers
            page.goto("/data")
            assert page.get_by_text("till").first.is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            context.close()
    assert said == []


def test_documents_are_taken_away(page: Page) -> None:
    for place, name in (("/reviews", "review"), ("/manual", "manual")):
        page.goto(place)
        for link, end in (("PDF", "pdf"), ("Markdown", "md"), ("Page", "html")):
            with page.expect_download() as download:
                page.get_by_role("link", name=link, exact=True).click()
            assert download.value.suggested_filename == f"{name}.{end}"
