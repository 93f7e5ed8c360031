"""Working hours and promises in form fields: shown, looked over, mended beside the field, and saved into the file."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from typing import Any

import html5lib
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from goalkeeper.state import State
from goalkeeper.web import create_app
from goalkeeper.web.settings.fields import joined, split
from goalkeeper.workspace.settings import SETTINGS_FILE
from measure.small import Small, ticket
from web.conftest import KEY, Clock, sign_in
from web.settings.test_counting import TODAY

pytestmark = pytest.mark.slow
X = "{http://www.w3.org/1999/xhtml}"
SETTINGS = """\
name = "Small"  # ours
timezone = "UTC"

# The front line.
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-12:00", "13:00-17:00"] }   # as the council agreed
closed = { "2026-03-27" = "team <day>" }

[[schedule]]
id = "phone"
tz = "Europe/Berlin"
hours = "24x7"

# Calls.
[[schedule_for]]
channel = "phone"
schedule = "phone"

[state]
url = ""

[[sla]]
id = "gold"   # the dear ones
team = ["a", "b"]
first_reply = { urgent = "30 min", other = "2h" }

# Everybody.
[[sla]]
id = "standard"
pause = ["pending"]
first_reply = "4h"
"""
HOURS, WHICH, POLICY = "/settings/schedules/form", "/settings/schedules/which", "/settings/targets/form"


@pytest.fixture
def app(small: Small, state: State) -> FastAPI:
    return create_app(small.workspace, key=KEY, now=Clock(), today=lambda: TODAY, people_of=state)


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of a page's form, without any button."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(page)
    form = next(each for each in tree.iter(f"{X}form") if "fields" in each.get("class", ""))
    sent = {}
    for each in form.iter(f"{X}input"):
        if each.get("type") != "checkbox" or each.get("checked") is not None:
            sent[each.get("name")] = each.get("value", "")
    for each in form.iter(f"{X}select"):
        options = list(each.iter(f"{X}option"))
        chosen = next((one for one in options if one.get("selected") is not None), options[0])
        sent[each.get("name")] = chosen.get("value", chosen.text)
    return sent


def send(client: TestClient, address: str, do: str = "save", of: str = "", **changed: str) -> Any:
    page = client.get(address, params={"id": of} if of else {})
    assert page.status_code == 200
    sent = fields_of(page.text) | {name.replace("__", "."): text for name, text in changed.items()} | {"do": do}
    return client.post(address, data={name: text for name, text in sent.items() if text != "\0"})


def beside(page: str, spot: str) -> str:
    """What is told beside a field."""
    found = re.search(rf'id="{re.escape(spot)}-w1">([^<]*)<', page)
    assert found, f"nothing is told beside {spot}"
    assert f'id="{spot}" ' in page
    assert f'aria-describedby="{spot}-w1"' in page
    return unescape(found[1])


def file_of(small: Small) -> str:
    return (small.workspace.folder / SETTINGS_FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "of"),
    [(HOURS, "support"), (HOURS, "phone"), (WHICH, ""), (POLICY, "gold"), (POLICY, "standard")],
)
def test_sent_back_as_it_was_shown_nothing_changes(inside: TestClient, small: Small, address: str, of: str) -> None:
    small.load(tickets=[ticket(1, "03-02 16:00")])
    sent = send(inside, address, of=of)
    assert sent.status_code == 303
    assert "nothing is computed anew" in inside.get(sent.headers["location"]).text
    assert file_of(small) == SETTINGS


def test_a_changed_field_changes_its_value_alone(inside: TestClient, small: Small) -> None:
    small.load(tickets=[ticket(1, "03-02 16:00")])
    sent = send(inside, HOURS, of="support", hours__0__fri="09:00-12:00")
    assert sent.status_code == 303
    told = unescape(inside.get(sent.headers["location"]).text)
    assert "Working time, and the promises that count by it, are computed anew for all 1 tickets" in told
    assert file_of(small) == SETTINGS.replace(
        '{ mon-fri = ["09:00-12:00", "13:00-17:00"] }',
        '{ mon-thu = ["09:00-12:00", "13:00-17:00"], fri = ["09:00-12:00"] }',
    )
    before = file_of(small)
    sent = send(inside, POLICY, of="gold", first_reply__0__urgent="1h", pause__0__on_hold="on")
    assert "Which promises were kept is computed anew" in inside.get(sent.headers["location"]).text
    changed = before.replace("30 min", "1h").replace('other = "2h" }\n', 'other = "2h" }\npause = ["on_hold"]\n')
    assert file_of(small) == changed
    sent = send(inside, POLICY, of="gold", pause__0__on_hold="\0")
    assert file_of(small) == before.replace("30 min", "1h")


def test_a_new_schedule_of_every_kind_of_day(inside: TestClient, small: Small) -> None:
    sent = send(
        inside, HOURS,
        id__0__id="north", tz__0__tz="Europe/Oslo", hours__0__mon="22:00-06:00",
        hours__0__tue="08:00-10:00,11:00-12:00",
        holidays__0__holidays="NO, DE-BE", closed__0__day="2026-12-24", closed__0__last="2026-12-26",
        closed__0__why="Jul", on__0__day="2026-12-31", on__0__hours="09:00-12:00", breaks__0__day="2026-06-01",
        breaks__0__hours="12:00-13:00", change__0__from="2027-01-01", change__0__sat="10:00-14:00", place="0",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    first = tomllib.loads(file_of(small))["schedule"][0]
    assert first == {
        "id": "north", "tz": "Europe/Oslo", "hours": {"mon": ["22:00-06:00"], "tue": ["08:00-10:00", "11:00-12:00"]},
        "holidays": ["NO", "DE-BE"], "closed": {"2026-12-24..2026-12-26": "Jul"}, "on": {"2026-12-31": ["09:00-12:00"]},
        "breaks": {"2026-06-01": ["12:00-13:00"]},
        "change": [{"from": "2027-01-01", "hours": {"sat": ["10:00-14:00"]}}],
    }  # fmt: skip
    assert [each.id for each in small.workspace.settings.schedules.schedules] == ["north", "support", "phone", "24x7"]
    assert send(inside, HOURS, of="north").status_code == 303  # shown again as it is
    assert tomllib.loads(file_of(small))["schedule"][0] == first


def test_rows_are_added_and_removed_without_a_script(inside: TestClient, small: Small) -> None:
    page = send(inside, HOURS, "more", of="support", closed__1__day="2026-05-01", id__0__id="desk")
    assert page.status_code == 200
    sent = fields_of(page.text)
    assert (sent["closed.1.day"], sent["closed.2.day"], sent["id.0.id"]) == ("2026-05-01", "", "desk")
    page = inside.post(HOURS, data=sent | {"do": "drop.closed.0"})
    again = fields_of(page.text)
    assert (again["closed.0.day"], again["closed.1.day"], again["was"]) == ("2026-05-01", "", "support")
    assert file_of(small) == SETTINGS
    assert inside.post(HOURS, data=again | {"do": "save"}).status_code == 303
    assert tomllib.loads(file_of(small))["schedule"][0]["closed"] == ["2026-05-01"]
    assert small.workspace.settings.schedules.schedules[0].id == "desk"


@pytest.mark.parametrize(
    ("address", "of", "spot", "text", "words"),
    [
        (HOURS, "support", "id.0.id", "", "it has no id"),
        (HOURS, "support", "id.0.id", "24x7", "is taken"),
        (HOURS, "phone", "id.0.id", "support", "is taken"),
        (HOURS, "support", "tz.0.tz", "Europe/Berlim", "Did you mean 'Europe/Berlin'?"),
        (HOURS, "support", "hours.0.wed", "9 to 5", "is not a span of hours"),
        (HOURS, "support", "hours.0.wed", "09:00-12:00, 11:00-13:00", "overlap"),
        (HOURS, "support", "holidays.0.holidays", "DE-XX", "no part of DE 'XX'"),
        (HOURS, "support", "closed.1.day", "24.12.2026", "is not a date"),
        (HOURS, "support", "closed.1.day", "2026-03-27", "stands twice"),
        (HOURS, "support", "on.0.day", "2026-02-30", "is not a date"),
        (HOURS, "support", "on.0.day", "2026-03-27", "both closed and has hours"),
        (HOURS, "support", "change.0.from", "soon", "is not a date"),
        (WHICH, "", "schedule_for.0.schedule", "day", "no schedule 'day'"),
        (WHICH, "", "schedule_for.0.channel", "fone", "no channel 'fone'. Did you mean 'phone'?"),
        (POLICY, "gold", "id.0.id", "", "it has no id"),
        (POLICY, "gold", "id.0.id", "standard", "is taken"),
        (POLICY, "gold", "from.0.from", "2026", "is not a day"),
        (POLICY, "gold", "first_reply.0.urgent", "soon", "is not a duration"),
        (POLICY, "gold", "resolution.0.other", "2d", "has no one length in working time"),
        (POLICY, "gold", "resolution.0.low", "-2h", "is not a duration"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_not_saved(
    inside: TestClient, small: Small, address: str, of: str, spot: str, text: str, words: str
) -> None:
    page = send(inside, address, of=of, **{spot.replace(".", "__"): text})
    assert page.status_code == 422
    assert words in beside(page.text, spot)
    assert fields_of(page.text)[spot] == text
    assert "1 thing to mend" in page.text
    assert file_of(small) == SETTINGS


def test_rows_that_are_wrong_further_down_are_told_at_their_own(inside: TestClient) -> None:
    page = send(
        inside, HOURS, of="support", on__0__day="2026-06-01", on__0__hours="09:00-12:00", on__1__day="2026-06-02",
        on__1__hours="late", change__0__from="2026-07-01", change__1__from="2026-08-01", change__1__sun="x",
    )  # fmt: skip
    assert "'late' is not a span" in beside(page.text, "on.1.hours")
    assert "'x' is not a span" in beside(page.text, "change.1.sun")
    assert "2 things to mend" in page.text


def test_looked_over_it_is_drawn_and_not_saved(inside: TestClient, small: Small) -> None:
    page = send(inside, HOURS, "look", of="support", hours__0__mon="10:00-18:00")
    assert 'x="600" width="480"' in page.text
    assert "Nothing to mend" in page.text
    page = send(inside, POLICY, "look", of="standard", resolution__0__other="20h")
    assert "20\N{NO-BREAK SPACE}h" in page.text
    assert file_of(small) == SETTINGS


def test_two_writers_lose_nothing(inside: TestClient, small: Small) -> None:
    mine = fields_of(inside.get(POLICY, params={"id": "gold"}).text)
    assert send(inside, POLICY, of="standard", first_reply__0__other="5h").status_code == 303
    late = inside.post(POLICY, data=mine | {"first_reply.0.urgent": "20 min", "do": "save"})
    assert late.status_code == 409
    assert "Somebody else saved meanwhile" in late.text
    assert '"20 min"' not in file_of(small)
    assert inside.post(POLICY, data=fields_of(late.text) | {"do": "save"}).status_code == 303
    assert '"5h"' in file_of(small)
    assert '"20 min"' in file_of(small)


def test_the_order_of_policies_and_of_rules(inside: TestClient, small: Small) -> None:
    assert (
        send(inside, POLICY, id__0__id="web", channel__0__web="on", first_reply__0__other="1h", place="1").status_code
        == 303
    )
    assert [each.id for each in small.workspace.settings.policies] == ["gold", "web", "standard"]
    assert '# Everybody.\n[[sla]]\nid = "standard"' in file_of(small)
    rules = {"schedule_for__1__brand": "north, south", "schedule_for__1__schedule": "24x7"}
    assert send(inside, WHICH, **rules).status_code == 303
    found = tomllib.loads(file_of(small))["schedule_for"]
    assert found == [{"channel": "phone", "schedule": "phone"}, {"brand": ["north", "south"], "schedule": "24x7"}]
    assert send(inside, WHICH, schedule_for__0__channel="", schedule_for__0__schedule="").status_code == 303
    assert tomllib.loads(file_of(small))["schedule_for"] == found[1:]


RULES = """\
# Calls.
[[schedule_for]]
channel = "phone"
schedule = "phone"

# Our dear ones.
[[schedule_for]]
brand = "Acme, Inc"   # one brand
team = ["a", 'the  "b"', ", c"]
schedule = "phone"

# All others.
[[schedule_for]]
brand = ["north"]
schedule = "support"
"""


@pytest.fixture
def ruled(small: Small) -> Small:
    text = SETTINGS.replace(SETTINGS[SETTINGS.index("# Calls.") : SETTINGS.index("\n[state]")], RULES)
    (small.workspace.folder / SETTINGS_FILE).write_text(text, encoding="utf-8")
    small.workspace.reread()
    return small


def rules_of(small: Small) -> str:
    text = file_of(small)
    return text[text.index("[[schedule_for]]") :].partition("\n[state]")[0]


def test_a_value_with_a_comma_is_one_value(inside: TestClient, ruled: Small) -> None:
    before = rules_of(ruled)
    assert send(inside, WHICH, schedule_for__2__brand='"South, East", "west"').status_code == 303
    assert rules_of(ruled) == before.replace('["north"]', '["South, East", "west"]')
    assert send(inside, WHICH, schedule_for__1__team="z").status_code == 303
    assert 'brand = "Acme, Inc"   # one brand\nteam = "z"\n' in rules_of(ruled)
    assert send(inside, POLICY, of="gold", brand__0__brand='"Acme, Inc"').status_code == 303
    assert tomllib.loads(file_of(ruled))["sla"][0]["brand"] == ["Acme, Inc"]
    assert fields_of(inside.get(POLICY, params={"id": "gold"}).text)["brand.0.brand"] == '"Acme, Inc"'


def test_a_rule_that_is_dropped_takes_its_remark_along_and_others_stay(inside: TestClient, ruled: Small) -> None:
    before = rules_of(ruled)
    gone = {f"schedule_for__0__{name}": "" for name in ("channel", "schedule")}
    assert send(inside, WHICH, **gone, schedule_for__3__team="t", schedule_for__3__schedule="24x7").status_code == 303
    assert before.partition("# Our dear ones.\n")[2].strip() in file_of(ruled)
    assert "# Calls." not in file_of(ruled)
    found = tomllib.loads(file_of(ruled))["schedule_for"]
    assert found[0]["team"] == ["a", 'the  "b"', ", c"]
    assert found[2] == {"team": "t", "schedule": "24x7"}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda each: " ".join(each.split()))))
def test_what_is_joined_is_split_into_the_same(values: list[str]) -> None:
    values = [each for each in values if each]
    assert split(joined(values)) == values


@pytest.mark.parametrize(("address", "of"), [(WHICH, ""), (HOURS, ""), (POLICY, ""), (POLICY, "gone")])
def test_nothing_is_removed_that_is_not_named(inside: TestClient, small: Small, address: str, of: str) -> None:
    sent = fields_of(inside.get(address).text) | {"was": of, "do": "remove"}
    answer = inside.post(address, data=sent)
    assert answer.status_code == 422
    assert "named" in answer.text or "gone" in answer.text
    assert file_of(small) == SETTINGS
    assert send(inside, WHICH, schedule_for__0__channel="", schedule_for__0__schedule="").status_code == 303
    before = file_of(small)
    assert inside.post(WHICH, data=fields_of(inside.get(WHICH).text) | {"do": "remove"}).status_code == 422
    assert file_of(small) == before


def test_what_a_rule_needs_is_not_removed(inside: TestClient, small: Small) -> None:
    page = send(inside, HOURS, "remove", of="phone")
    assert page.status_code == 422
    assert "no schedule 'phone'" in unescape(page.text)
    assert file_of(small) == SETTINGS
    assert send(inside, POLICY, "remove", of="gold").status_code == 303
    assert [each.id for each in small.workspace.settings.policies] == ["standard"]
    assert "# Everybody." in file_of(small)


def test_hostile_names_and_fields(inside: TestClient, small: Small) -> None:
    name = '"]\n[[sla]] <script>alert(1)</script> \\ é'
    assert send(inside, POLICY, of="gold", id__0__id=name).status_code == 303
    shown = small.workspace.settings.policies[0].id
    assert shown == " ".join(name.split())
    assert "<script>alert" not in inside.get("/settings/targets").text
    page = inside.get(POLICY, params={"id": shown})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    sent = fields_of(page.text)
    for odd in ({"evil": "x"}, {"closed.99999.day": "1"}, {"nothing.0.x": "1"}, {"place": "٣"}, {"place": "9" * 30}):
        assert inside.post(POLICY, data=sent | odd | {"do": "look"}).status_code == 200
    assert inside.post(POLICY, data=sent | {"was": "gone", "do": "save"}).status_code in (404, 422)
    assert inside.get(POLICY, params={"id": "gone"}).status_code == 404


@pytest.mark.parametrize("role", ["lead", "agent", "viewer"])
def test_others_have_no_form(client: TestClient, small: Small, role: str) -> None:
    sign_in(client, role)
    for address in (HOURS, WHICH, POLICY):
        assert client.get(address).status_code == 403
        assert client.post(address, data={"do": "save"}).status_code == 403
    assert "Change" not in client.get("/settings/schedules").text
    assert file_of(small) == SETTINGS


def test_each_form_is_light_and_labelled(inside: TestClient) -> None:
    for address, of in ((HOURS, "support"), (WHICH, ""), (POLICY, "gold")):
        page = inside.get(address, params={"id": of} if of else {})
        assert len(page.content) < 40_000
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(page.text)
        labels = {each.get("for") for each in tree.iter(f"{X}label")}
        fields = [each for kind in ("input", "select") for each in tree.iter(f"{X}{kind}")]
        assert {each.get("id") for each in fields if each.get("type") != "hidden"} <= labels
