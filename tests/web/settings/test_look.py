"""The pages of settings in a real browser: no barrier, no complaint, nothing wider than the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from web.conftest import GOOD, served
from web.settings.walk import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[1] / "assets" / "axe.min.js"
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_a_barrier(browser: Browser, app: FastAPI, width: int, scheme: str) -> None:
    axe, said = AXE.read_text(encoding="utf-8"), list[str]()
    with served(app) as address:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            base_url=address,  # type: ignore[arg-type]
        )
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)

        def look(where: str) -> None:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
            page.evaluate(axe)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == [], where

        page.goto("/signin")
        page.get_by_label("Mail address").fill("owner@example.org")
        page.get_by_label("Password").fill(GOOD)
        page.get_by_role("button", name="Sign in").click()
        for each in PAGES:
            page.goto(each)
            look(each)
        page.goto("/settings/tokens")
        page.get_by_label("Name").fill("dashboard")
        page.get_by_role("button", name="Make it").click()
        assert page.get_by_label("Token", exact=True).input_value().startswith("gk_")
        look("a new token")
        page.goto("/settings/people")
        page.get_by_label("Mail address").fill("eve@example.org")
        page.get_by_role("button", name="Invite").click()
        assert "/join?code=" in page.get_by_label("Link", exact=True).input_value()
        page.locator("summary", has_text="eve@example.org").click()
        look("a new link")
        page.goto("/settings/privacy")
        page.get_by_label("Mail address, phone number").fill("c1")
        page.get_by_role("button", name="See what would go").click()
        page.get_by_role("button", name="Forget them for good").wait_for()
        look("somebody to forget")
        page.get_by_role("link", name="Change nothing").click()
        context.close()
    assert said == []
