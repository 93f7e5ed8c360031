"""Working hours and promises in the browser: looked at, looked over, saved, and counted by at once."""

from __future__ import annotations

import re
import time
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from goalkeeper.state import State, audit
from goalkeeper.state.roles import Role
from goalkeeper.web import create_app
from goalkeeper.workspace.settings import SETTINGS_FILE
from measure.small import Small, ticket
from web.conftest import KEY, Clock, sign_in

pytestmark = pytest.mark.slow
SETTINGS = """\
name = "Small"  # ours
timezone = "UTC"

# The front line.
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-17:00"] }
closed = { "2026-03-27" = "team <day>" }

[state]
url = ""

[[sla]]
id = "standard"
first_reply = { urgent = "1h", other = "4h" }
"""
HOURS = """\
# The front line.
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-17:00"] }
closed = { "2026-03-27" = "team <day>" }
"""
TODAY = date(2026, 3, 25)


@pytest.fixture
def app(small: Small, state: State) -> FastAPI:
    return create_app(small.workspace, key=KEY, now=Clock(), today=lambda: TODAY, people_of=state)


def text_of(page: str) -> str:
    """What stands in the text area, as a browser sends it back."""
    found = re.search("<textarea[^>]*>\n?(.*)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def send(client: TestClient, topic: str, do: str, text: str, mark: str = "") -> Any:
    mark = mark or client.get(f"/settings/{topic}.json").json()["mark"]
    return client.post(f"/settings/{topic}", data={"do": do, "text": text.replace("\n", "\r\n"), "mark": mark})


def test_the_next_weeks_are_drawn(inside: TestClient) -> None:
    page = inside.get("/settings/schedules").text
    assert "1 schedule of working hours." in page
    assert "Mon to Fri" in page
    assert 'x="540" width="480"' in page  # 09:00 to 17:00
    assert "27 March 2026</dt><dd>team &lt;day&gt;" in page
    assert page.count('class="today"') == 1
    assert text_of(page) == HOURS
    assert "url" not in text_of(page)


def test_the_promises_are_told(inside: TestClient) -> None:
    page = inside.get("/settings/targets").text
    assert "1 policy of promises." in page
    assert "1\N{NO-BREAK SPACE}h for urgent, 4\N{NO-BREAK SPACE}h for other" in page
    assert "working time" in page


def test_looked_over_nothing_is_saved(inside: TestClient, small: Small) -> None:
    page = send(inside, "schedules", "look", HOURS.replace("09:00-17:00", "10:00-18:00"))
    assert page.status_code == 200
    assert "Nothing to mend" in page.text
    assert 'x="600" width="480"' in page.text
    page = send(inside, "schedules", "look", HOURS.replace("09:00-17:00", "9 to 5"))
    assert "1 thing to mend" in page.text
    assert "is not a span of hours" in unescape(page.text)
    assert (small.workspace.folder / SETTINGS_FILE).read_text(encoding="utf-8") == SETTINGS


def test_saved_it_counts_at_once_and_all_else_stays(inside: TestClient, small: Small, state: State) -> None:
    small.load(tickets=[ticket(1, "03-02 16:00")])
    changed = HOURS.replace("09:00-17:00", "08:00-18:00")
    sent = send(inside, "schedules", "save", changed)
    assert (sent.status_code, sent.headers["location"]) == (303, "/settings/schedules?said=hours")
    path = small.workspace.folder / SETTINGS_FILE
    assert path.read_text(encoding="utf-8") == SETTINGS.replace("09:00-17:00", "08:00-18:00")
    (week,) = small.workspace.settings.schedules.schedules[0].hours
    assert week.week[0][0].opens_min == 8 * 60
    assert "Saved." in inside.get("/settings/schedules?said=hours").text
    deadline = time.monotonic() + 60
    while (
        time.monotonic() < deadline and small.workspace.store.state("facts") != small.workspace.settings.facts.version
    ):
        time.sleep(0.05)
    assert small.workspace.store.state("facts") == small.workspace.settings.facts.version
    with state.reading() as session:
        told = [(each.who, each.what, each.about) for each in audit.entries(session, what=["working hours changed"])]
    assert told == [("analyst@example.org", "working hours changed", "support")]


def test_two_writers_lose_nothing(inside: TestClient, small: Small) -> None:
    mark = inside.get("/settings/targets.json").json()["mark"]
    first = '[[sla]]\nid = "standard"\nfirst_reply = "2h"\n'
    second = '[[sla]]\nid = "standard"\nfirst_reply = "8h"\n'
    assert send(inside, "targets", "save", first, mark).status_code == 303
    late = send(inside, "targets", "save", second, mark)
    assert late.status_code == 409
    assert text_of(late.text) == second
    assert "Somebody else saved it" in late.text
    assert "2h" in late.text
    path = small.workspace.folder / SETTINGS_FILE
    assert 'first_reply = "2h"' in path.read_text(encoding="utf-8")
    mark = re.search('name="mark" value="([0-9a-f]{64})"', late.text)[1]  # type: ignore[index]
    assert send(inside, "targets", "save", second, mark).status_code == 303
    assert 'first_reply = "8h"' in path.read_text(encoding="utf-8")


def test_hours_and_promises_are_saved_side_by_side(inside: TestClient, small: Small) -> None:
    marks = {name: inside.get(f"/settings/{name}.json").json()["mark"] for name in ("schedules", "targets")}
    promises = '[[sla]]\nid = "standard"\nfirst_reply = "2h"\n'
    assert send(inside, "targets", "save", promises, marks["targets"]).status_code == 303
    hours = HOURS.replace("17:00", "16:00")
    assert send(inside, "schedules", "save", hours, marks["schedules"]).status_code == 303
    settings = small.workspace.settings
    assert settings.policies[0].targets == {"first_reply": {"other": 7200}}
    assert settings.schedules.schedules[0].hours[0].week[0][0].closes_min == 16 * 60


@pytest.mark.parametrize(
    ("topic", "text", "words"),
    [
        ("schedules", HOURS.replace('"UTC"', '"Mars/Base"'), "Mars/Base"),
        ("schedules", HOURS + '[state]\nurl = "x"\n', "`state` is set elsewhere"),
        ("schedules", "[[schedule]", "not valid TOML"),
        ("schedules", HOURS.replace('"support"', '"24x7"'), "is taken"),
        ("targets", '[[sla]]\nid = "a"\nfirst_reply = "soon"\n', "promises:3"),
        ("targets", '[[sla]]\nid = "a"\nschedule = "night"\nfirst_reply = "4h"\n', "no schedule 'night'"),
        ("targets", 'name = "x"\n', "`name` is set elsewhere"),
        ("targets", "sla = []\n", "`sla` is not written as tables"),
        ("schedules", "schedule = []\n", "`schedule` is not written as tables"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_not_saved(
    inside: TestClient, small: Small, topic: str, text: str, words: str
) -> None:
    page = send(inside, topic, "save", text)
    assert page.status_code == 422
    assert words in unescape(page.text)
    assert text_of(page.text) == text
    assert (small.workspace.folder / SETTINGS_FILE).read_text(encoding="utf-8") == SETTINGS
    assert small.workspace.settings.name == "Small"
    assert inside.get(f"/settings/{topic}").status_code == 200


def test_a_schedule_that_a_promise_counts_by_stays(inside: TestClient, small: Small) -> None:
    promises = '[[sla]]\nid = "standard"\nschedule = "support"\nfirst_reply = "2h"\n'
    assert send(inside, "targets", "save", promises).status_code == 303
    page = send(inside, "schedules", "save", HOURS.replace('"support"', '"office"'))
    assert page.status_code == 422
    assert "no schedule 'support'" in unescape(page.text)


def test_without_any_it_says_so_and_the_first_can_be_written(inside: TestClient, small: Small) -> None:
    assert send(inside, "targets", "save", "").status_code == 303
    assert "Nothing is promised." in inside.get("/settings/targets").text
    assert send(inside, "schedules", "save", "").status_code == 303
    assert "round the clock" in inside.get("/settings/schedules").text
    assert send(inside, "schedules", "save", HOURS).status_code == 303
    assert text_of(inside.get("/settings/schedules").text) == HOURS


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.VIEWER])
def test_others_see_it_and_change_nothing(client: TestClient, small: Small, role: Role) -> None:
    sign_in(client, role)
    for topic in ("schedules", "targets"):
        page = client.get(f"/settings/{topic}")
        assert page.status_code == 200
        assert "<textarea" not in page.text
        assert send(client, topic, "save", "").status_code == 403
    assert (small.workspace.folder / SETTINGS_FILE).read_text(encoding="utf-8") == SETTINGS


def test_privacy_says_what_is_so(inside: TestClient, small: Small) -> None:
    small.load(tickets=[ticket(1, "03-02 16:00")])
    page = inside.get("/settings/privacy").text
    told = inside.get("/settings/privacy.json").json()
    assert told["loads"] == small.workspace.store.one("SELECT count(*) FROM meta.loads")
    assert told["sees"]["Single tickets, with what customers wrote"] == ["owner", "analyst", "lead"]
    assert {each["column"] for each in told["personal"] if each["is_hashed"]} == {
        "email_key",
        "phone_key",
        "visitor_key",
    }
    assert f"fewer than {told['fewest_rows']} rows is not shown; counts are" in page
