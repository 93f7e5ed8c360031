"""What htmx does on top of pages that work without it, under the policy, and what it may not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from web.look import looked_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture(params=[1440, 390])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with looked_at(browser, address, request.param) as opened:
        yield opened


def test_choices_of_a_metric_change_its_page_in_place(page: Page) -> None:
    page.goto("/metrics/csat")
    page.evaluate("window.stays = true")
    page.get_by_role("link", name="26 weeks").click()
    page.wait_for_url("**range=26w*")
    expect(page.get_by_role("link", name="26 weeks")).to_be_focused()
    page.get_by_role("link", name="Month", exact=True).click()
    page.wait_for_url("**every=month*")
    page.get_by_role("link", name="topic", exact=True).click()
    page.wait_for_url("**by=topic*")
    page.get_by_role("heading", name="By topic").wait_for()
    assert page.evaluate("window.stays")
    page.locator(".reads[tabindex]").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".tip")).to_contain_text("%")  # the new chart is read out as the first one was
    page.go_back()
    page.get_by_role("heading", name="By channel").wait_for()
    assert "every=month" in page.url
    page.reload()
    assert page.locator(".seg [aria-current]").all_inner_texts()[:2] == ["26 weeks", "Month"]


def test_nothing_is_pressed_before_the_policy_is_there(page: Page) -> None:
    """Under a slow network the extension comes long after htmx itself; swaps without it break the policy."""
    held: list[Route] = []
    page.route("**/hx-csp.min.js", lambda route: held.append(route))
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/htmx.min.js")):
        page.goto("/metrics/csat", wait_until="commit")
    page.wait_for_timeout(200)  # milliseconds; longer than htmx waits where it begins at once
    choice = page.get_by_role("link", name="26 weeks")
    expect(choice).to_have_count(0)
    held[0].continue_()
    choice.click()
    page.wait_for_url("**range=26w*")
    expect(choice).to_have_attribute("aria-current", "true")


def test_a_chart_of_very_many_marks_is_read_out_too(page: Page) -> None:
    page.goto("/metrics/ticket_volume?range=2y&every=day")
    page.locator(".reads[tabindex]").first.focus()
    page.keyboard.press("End")
    page.locator(".tip b").wait_for()
    last = page.locator(".tip b").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tip b")).not_to_have_text(last)
    page.keyboard.press("Enter")
    page.wait_for_url("**/rows?*")


def test_what_was_slipped_in_does_nothing(browser: Browser, address: str) -> None:
    """Markup without a nonce, or with a guessed one, asks for nothing; text becomes no page and no script."""
    with looked_at(
        browser, address, 1440, expected=("hx-csp", "policy: require-trusted-types-for", "This document requires")
    ) as page:
        page.goto("/metrics/csat")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate("""() => {
            const main = document.querySelector('#main');
            for (const nonce of [null, 'guessed']) {
                const slipped = document.createElement('div');
                slipped.className = 'slipped';
                slipped.setAttribute('hx-get', '/goals');
                slipped.setAttribute('hx-trigger', 'load, click');
                if (nonce) slipped.setAttribute('hx-nonce', nonce);
                slipped.textContent = 'here';
                main.append(slipped);
                htmx.process(slipped);
            }
        }""")
        for each in page.locator(".slipped").all():
            each.click()
            assert each.evaluate("element => [...element.attributes].map(each => each.name)") == ["class"]
        page.wait_for_timeout(300)
        assert not [url for url in asked if "goals" in url or "slipped" in url]
        for sink, kind in (
            ("document.body.innerHTML = '<p>mine</p>'", "TrustedHTML"),
            ("document.createElement('script').src = '/static/app.js?slipped'", "TrustedScriptURL"),
        ):
            with pytest.raises(Exception, match=kind):
                page.evaluate(sink)


def test_choices_work_without_a_script(browser: Browser, address: str) -> None:
    with looked_at(browser, address, 390, java_script_enabled=False) as page:
        page.goto("/metrics/csat")
        page.get_by_role("link", name="26 weeks").click()
        assert "range=26w" in page.url
        expect(page.locator("[aria-current=true]").first).to_have_text("26 weeks")


def test_a_goals_preview_follows_its_fields(page: Page) -> None:
    page.goto("/plans/plan.toml?goal=")
    page.get_by_label("Name", exact=True).fill("Rarely reopened")
    page.get_by_label("Metric", exact=True).first.select_option("reopen_rate")
    page.get_by_label("Kind of target").select_option("to")
    page.get_by_label("Target", exact=True).press_sequentially("5 %")
    page.locator(".says", has_text="Reopened: to 5").wait_for()
    assert page.evaluate("document.activeElement.id") == "target"
    first = page.locator(".preview .chart").first.get_attribute("aria-label")
    page.get_by_label("Target", exact=True).fill("9 %")
    page.locator(".says", has_text="Reopened: to 9").wait_for()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Rarely reopened")
    assert page.locator(".preview .chart").first.get_attribute("aria-label") == first
    page.get_by_label("Target", exact=True).fill("moon")
    page.locator("#found + ul", has_text="moon").wait_for()  # said in place, and the fields stay
    expect(page.get_by_label("Target", exact=True)).to_have_value("moon")
