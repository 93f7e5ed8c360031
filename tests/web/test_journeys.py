"""The ways people take from the start to the end, in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import goalkeeper as gk
from goalkeeper.goals.agreed import versions
from goalkeeper.state import open_state, people
from goalkeeper.state.roles import Role
from goalkeeper.web import create_app
from goals.world import world
from measure.small import Small, mapping_text, ticket
from web.conftest import GOOD, KEY, NOW, TODAY, served
from web.look import VIEWS, looked_at
from web.test_upload import ODD, ORDERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[1]} {view[0]}")
def view(request: pytest.FixtureRequest) -> tuple[int, str]:
    found: tuple[int, str] = request.param
    return found


@pytest.fixture
def shop(browser: Browser, tmp_path: Path, view: tuple[int, str]) -> Iterator[Page]:
    """The page of a workspace in which nothing is loaded; files to send lie beside it."""
    (tmp_path / "orders.csv").write_bytes(ORDERS)
    (tmp_path / "odd.csv").write_bytes(ODD)
    with gk.open(gk.create(tmp_path / "shop", name="Shop")) as workspace:
        app = create_app(workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        mistakes = ("status of 422",)  # what a browser says itself of a page that tells of a mistake
        with served(app) as address, looked_at(browser, address, *view, expected=mistakes) as page:
            yield page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with world(tmp_path_factory.mktemp("journeys")) as small:
        yield small


@pytest.fixture
def page(browser: Browser, desk: Small, view: tuple[int, str]) -> Iterator[Page]:
    """The page of a desk that has no plan."""
    (desk.workspace.folder / "plan.toml").unlink(missing_ok=True)
    app = create_app(desk.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY)
    with served(app) as address, looked_at(browser, address, *view) as opened:
        yield opened


def fits(page: Page) -> bool:
    width: int = page.viewport_size["width"]  # type: ignore[index]
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


def test_the_first_run_has_three_doors(shop: Page, tmp_path: Path) -> None:
    expect(shop.locator("h1")).to_have_text("Nothing is loaded yet.")
    assert shop.locator(".doors h2").all_inner_texts() == [
        "Look at sample data", "Upload a CSV", "Connect a help desk",
    ]  # fmt: skip
    assert fits(shop)
    shop.get_by_role("link", name="Choose a file").click()
    shop.get_by_label("File").set_input_files(tmp_path / "orders.csv")
    shop.get_by_role("button", name="Send").click()
    expect(shop.locator("h1")).to_contain_text("This is known")
    shop.get_by_label("Name of the source").fill("till")
    shop.get_by_role("button", name="Load it").click()
    shop.get_by_role("heading", name="rows are loaded").wait_for()
    shop.goto("/")
    expect(shop.locator("h1")).not_to_have_text("Nothing is loaded yet.")
    shop.goto("/data")
    expect(shop.get_by_text("till").first).to_be_visible()
    assert fits(shop)


def test_a_file_that_nobody_knows_is_read_by_a_mapping_that_is_mended(shop: Page, tmp_path: Path) -> None:
    shop.goto("/data/upload")
    shop.get_by_label("File").set_input_files(tmp_path / "odd.csv")
    shop.get_by_role("button", name="Send").click()
    expect(shop.locator("h1")).to_have_text("This is how it would be read.")
    proposed = shop.get_by_label("Mapping").input_value()
    shop.get_by_label("Mapping").fill(proposed.replace("[[file]]", "[[fiel]]", 1))
    shop.get_by_role("button", name="Load it").click()
    expect(shop.locator("h1")).to_contain_text("mistake")
    expect(shop.get_by_label("Mapping")).to_have_value(re.compile(re.escape("[[fiel]]")))
    assert fits(shop)
    shop.get_by_label("Mapping").fill(proposed)
    shop.get_by_role("button", name="Load it").click()
    shop.get_by_role("heading", name="rows are loaded").wait_for()
    shop.goto("/tickets?id=102")
    shop.get_by_role("link", name="102 of").first.click()
    expect(shop.locator("h1")).to_have_text("Ticket 102.")


def test_a_goal_is_agreed_to_with_the_keyboard_alone(page: Page, desk: Small) -> None:
    """From an empty plan to a goal that runs, without the pointer."""
    name = f"Ours {page.viewport_size['width']} {page.evaluate('matchMedia(`(prefers-color-scheme: dark)`).matches')}"  # type: ignore[index]
    plan = desk.workspace.folder / "plan.toml"
    plan.write_text(f'[plan]\nname = "{name}"\nquarter = "2026Q2"\nreview = "monthly"\n', encoding="utf-8")

    def reach(selector: str) -> None:
        for _ in range(70):
            page.keyboard.press("Tab")
            if page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"Tab does not reach {selector}")

    page.goto("/plans/plan.toml?goal=")
    for field, words in (
        ("name", "Enough answers"), ("metric", "Survey response rate"), ("shape", "Hold a line"), ("target", "20 %"),
        ("owner", "team:support"), ("because", "few answers say little"), ("guard0", "Customer satisfaction"),
        ("limit0", "-20 pts"),
    ):  # fmt: skip
        reach(f"[name={field}]")
        page.keyboard.type(words)
    page.locator(".says", has_text="Survey response rate: at least 20").wait_for()  # the preview has followed
    expect(page.locator("[name=limit0]")).to_be_focused()  # and the keyboard is where it was
    reach("button[value=agree]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals")
    page.get_by_text(f"{name} is agreed, with 1 goal, and begins on 1 April 2026.").wait_for()
    (agreed,) = [each for each in versions(desk.workspace.store) if each.name == name]
    assert [goal.metric.key for goal in agreed.plan().goals] == ["survey_response_rate"]
    assert fits(page)


def test_what_the_plan_check_finds_is_mended(page: Page, desk: Small) -> None:
    page.goto("/check")
    page.get_by_role("button", name="Write it").click()
    words = page.get_by_label("The plan")
    bad = (
        '[plan]\nname = "Fast"\nquarter = "2026Q2"\nreview = "monthly"\n\n[[goal]]\nid = "fast"\nname = "Fast"\n'
        'metric = "first_response_time"\nfrom = "measure"\nhold = "9h"\nowner = "team:support"\npriority = 1\n'
        'because = "waiting costs"\n'
    )
    words.fill(bad)
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_text("GK201").first).to_be_visible()
    page.get_by_role("button", name="Mend what can be").click()
    expect(words).to_have_value(re.compile(re.escape("must_not_get_worse")))
    expect(page.get_by_text("GK201")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**said=saved")
    assert "must_not_get_worse" in (desk.workspace.folder / "plan.toml").read_text(encoding="utf-8")
    page.goto("/check")
    expect(page.get_by_text("GK201")).to_have_count(0)
    assert fits(page)


def test_rows_held_back_are_mended_and_replayed(browser: Browser, tmp_path: Path, view: tuple[int, str]) -> None:
    rows = [ticket(number, f"03-{number % 20 + 1:02} 10:00") for number in range(60)]
    with Small(tmp_path, 'name = "Small"\ntimezone = "UTC"\n') as small:
        small.load(tickets=rows)
        mapping = small.workspace.folder / "mappings" / "plain.toml"
        mapping.write_text(mapping_text(), encoding="utf-8")
        file = tmp_path / "more" / "tickets.ndjson"
        file.parent.mkdir()
        more = [ticket(100, "03-05 10:00", "parked"), *(ticket(number, "03-06 10:00") for number in range(101, 140))]
        file.write_text("".join(json.dumps(row) + "\n" for row in more), encoding="utf-8")
        assert small.workspace.load(file, mapping=mapping, source="desk", allow=0.5).held == 1
        now, today = datetime(2026, 3, 25, 6), date(2026, 3, 25)
        app = create_app(small.workspace, key=KEY, now=lambda: now, today=lambda: today)
        with served(app) as address, looked_at(browser, address, *view) as page:
            page.goto("/")
            page.get_by_role("link", name="rows held back").click()
            expect(page.locator("h1")).to_have_text("1 rows are held back.")
            page.locator("tbody th a").first.click()
            page.get_by_text("As it came").click()
            expect(page.locator("pre", has_text="parked")).to_be_visible()
            known = 'status = { from = "status", values = { parked = "on_hold", open = "open" } }'
            mapping.write_text(mapping_text().replace('status = "status"', known, 1), encoding="utf-8")
            page.get_by_label("Try again").select_option("desk")
            page.get_by_role("button", name="Replay").click()
            page.wait_for_url("**/jobs")
            said = page.get_by_text("Released 1 rows of desk; 0 are still held back.")
            said.wait_for()  # the page looks again by itself while a job runs
            page.goto("/data/quarantine")
            expect(page.locator("h1")).to_have_text("No row is held back.")
            assert fits(page)


def test_an_owner_invites_and_the_invited_comes_in(
    browser: Browser, desk: Small, tmp_path: Path, view: tuple[int, str]
) -> None:
    with open_state(tmp_path) as state:
        with state.writing() as session:
            owner = people.add(session, "owner@example.org", "Owner", Role.OWNER, "", by="test", now=NOW)
            people.set_password(session, owner, GOOD, by="test", now=NOW)
        app = create_app(desk.workspace, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)
        with served(app) as address:
            with looked_at(browser, address, *view, start="/settings/people") as page:
                page.get_by_label("Mail address").fill("owner@example.org")
                page.get_by_label("Password").fill(GOOD)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url("**/settings/people")
                page.get_by_label("Mail address").fill("eve@example.org")
                page.get_by_role("button", name="Invite").click()
                link = page.get_by_label("Link", exact=True).input_value()
                assert fits(page)
            with looked_at(browser, address, *view, start=link) as page:
                password = "seven rivers of blue glass"
                page.get_by_label("Password").fill(password)
                page.get_by_role("button").click()
                page.wait_for_url("**/signin*")
                page.get_by_label("Mail address").fill("eve@example.org")
                page.get_by_label("Password").fill(password)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(f"{address}/")
                if page.get_by_text("Menu").is_visible():
                    page.get_by_text("Menu").click()
                page.get_by_role("button", name="Sign out").click()
                page.wait_for_url("**/signin*")
                assert fits(page)
