"""A plan in the browser: begun, looked over, mended, saved and agreed to; nobody's words are lost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from goalkeeper import reports
from goalkeeper.errors import UsageError
from goalkeeper.goals import read_plan
from goalkeeper.goals.agreed import versions
from goalkeeper.goals.edit import write_back
from goalkeeper.units import Unit, format_value
from goalkeeper.web import create_app
from goalkeeper.web.plan_files import PlanFiles
from goals.world import world
from measure.small import Small
from web.conftest import KEY

GOOD = """\
# Ours, with a remark.
[plan]
name = "Ours"
quarter = "2026Q2"
review = "monthly"

[[goal]]
id = "answers"
name = "Answers"
metric = "survey_response_rate"
from = "measure"
hold = "20 %"
owner = "team:support"
priority = 1
because = "few answers say little"
must_not_get_worse = [{ metric = "csat", limit = "-20 pts" }]
"""
RACED = GOOD.replace('name = "Ours"', 'name = "Raced"')


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with world(tmp_path_factory.mktemp("plans")) as opened:
        yield opened


@pytest.fixture
def client(small: Small) -> Iterator[TestClient]:
    now, today = datetime(2026, 3, 1, 6), date(2026, 3, 1)
    app = create_app(small.workspace, key=KEY, now=lambda: now, today=lambda: today)
    with TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"}) as opened:
        yield opened


@pytest.fixture
def plan(small: Small) -> Iterator[Path]:
    path = small.workspace.folder / "plan.toml"
    path.write_text(GOOD, encoding="utf-8")
    yield path
    path.unlink(missing_ok=True)


def mark(client: TestClient, name: str = "plan.toml") -> str:
    found: str = client.get(f"/plans/{name}.json").json()["mark"]
    return found


def words(page: str) -> str:
    """What stands in the text area."""
    found = re.search("<textarea[^>]*>(.*)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def test_saved_as_it_was_written(client: TestClient, plan: Path) -> None:
    assert words(client.get("/plans/plan.toml").text) == GOOD
    changed = GOOD.replace("20 %", "21 %")
    page = client.post(
        "/plans/plan.toml", data={"do": "save", "mark": mark(client), "text": changed.replace("\n", "\r\n")}
    )
    assert page.url.path == "/plans/plan.toml"
    assert "Saved." in page.text
    assert plan.read_text(encoding="utf-8") == changed


def test_two_people_lose_nothing(client: TestClient, plan: Path) -> None:
    ours, theirs = GOOD.replace("20 %", "22 %"), GOOD.replace("20 %", "19 %")
    begun = mark(client)
    assert client.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": theirs}).status_code == 200
    late = client.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": ours})
    assert late.status_code == 409
    assert "Somebody else saved it meanwhile" in late.text
    assert words(late.text) == ours
    assert "19 %" in late.text
    assert plan.read_text(encoding="utf-8") == theirs
    again = re.search('name="mark" value="([0-9a-f]+)"', late.text)
    assert again
    assert client.post("/plans/plan.toml", data={"do": "save", "mark": again[1], "text": ours}).status_code == 200
    assert plan.read_text(encoding="utf-8") == ours


def test_looked_over_and_mended_before_it_is_saved(client: TestClient, plan: Path) -> None:
    bare = GOOD.replace('must_not_get_worse = [{ metric = "csat", limit = "-20 pts" }]\n', "").replace(
        "survey_response_rate", "first_response_time").replace('"20 %"', '"4h"')  # fmt: skip
    looked = client.post("/plans/plan.toml", data={"do": "look", "mark": mark(client), "text": bare})
    assert "GK201" in looked.text
    mended = client.post("/plans/plan.toml", data={"do": "mend", "mark": mark(client), "text": bare})
    assert "must_not_get_worse" in words(mended.text)
    assert "# Ours, with a remark." in words(mended.text)
    assert plan.read_text(encoding="utf-8") == GOOD


def fields(**other: str) -> dict[str, str]:
    """The goal of GOOD as its form sends it."""
    return {
        "goal": "answers", "name": "Answers", "metric": "survey_response_rate", "statistic": "", "start": "measure",
        "shape": "hold", "target": "20 %", "by": "", "owner": "team:support", "because": "few answers say little",
        "guard0": "csat", "limit0": "-20 pts", "guard1": "", "limit1": "", **other,
    }  # fmt: skip


def test_fields_write_what_text_would(client: TestClient, plan: Path) -> None:
    begun = mark(client)
    looked = client.post("/plans/plan.toml", data=fields(do="look", mark=begun, target="25 %"))
    assert 'value="25 %"' in looked.text
    assert "No findings." in looked.text
    assert "Last 13 weeks" in looked.text
    assert plan.read_text(encoding="utf-8") == GOOD
    saved = client.post("/plans/plan.toml", data=fields(do="save", mark=begun, target="25 %"))
    assert saved.url.path == "/plans/plan.toml"
    assert plan.read_text(encoding="utf-8") == GOOD.replace("20 %", "25 %")
    added = fields(do="save", mark=mark(client), goal="", name="Calm", metric="reopen_rate", target="30 %", guard0="")
    assert client.post("/plans/plan.toml", data=added).status_code == 200
    assert [goal.id for goal in read_plan(plan).goals] == ["answers", "calm"]
    assert plan.read_text(encoding="utf-8").startswith(GOOD.replace("20 %", "25 %"))


def test_the_evidence_is_of_the_goals_own_segment(client: TestClient, plan: Path) -> None:
    """The desk answers chats in minutes and mails in hours."""
    goal = '[[goal]]\nid = "chat"\nmetric = "first_response_time"\nfrom = "measure"\nhold = "1h"\n'
    plan.write_text(GOOD + goal + 'where = { channel = ["chat"] }\n', encoding="utf-8")
    page = client.get("/plans/plan.toml?goal=chat").text
    assert "(channel chat)" in page
    found = [client.get(f"/metrics/first_response_time.json{query}").json()["row"]["reading"]["value"]["value"]
             for query in ("", "?where=channel+%3D+'chat'")]  # fmt: skip
    assert found[0] != found[1]
    told = re.search(r'Last 13 weeks</dt><dd class="num">([^(]+) \(', page)
    assert told
    assert told[1].replace("\xa0", " ") == format_value(found[1], Unit.DURATION, days=False)


def test_what_a_goal_would_mean_is_told_beside_it(client: TestClient, plan: Path) -> None:
    page = client.post("/plans/plan.toml", data=fields(
        do="look", mark=mark(client), metric="reopen_rate", shape="to", target="5 %", by="2026-06-30",
        split0="channel", values0="email", clock="", milestone0="2026-05-15", reached0="10 %",
    )).text  # fmt: skip
    says = re.search('class="says">(.*?)<', page)[1].replace("\xa0", " ")  # type: ignore[index]
    assert says == "Reopened (channel email): to 5.0 % by 30 June 2026."
    assert re.search(r"In \d of the last [1-8] changes from quarter to quarter it moved this far", page)
    assert re.search(r"Four weeks can show a change of [\d.]+ points or more", page.replace("\xa0", " "))
    assert 'aria-label="Reopened (channel email) by week' in page
    assert re.findall(r"<abbr title=.(\w+).>", page) == ["Specific", "Measurable", "Achievable", "Relevant", "Timed"]
    assert 'value="email"' in page
    assert 'value="2026-05-15"' in page
    assert plan.read_text(encoding="utf-8") == GOOD


def test_a_metric_alone_shows_its_history(client: TestClient, plan: Path) -> None:
    """Before a target is chosen, which is when history helps to choose it."""
    page = client.post("/plans/plan.toml", data=fields(
        do="look", mark=mark(client), goal="", metric="reopen_rate", shape="to", target="", clock="",
    )).text  # fmt: skip
    for words in ("Best quarter", "Safe", "Fair", "Stretch", "Last 13 weeks"):
        assert f"<dt>{words}</dt>" in page
    assert 'aria-label="Reopened by week' in page
    assert plan.read_text(encoding="utf-8") == GOOD


def test_a_suggested_counterweight_comes_with_one_press(client: TestClient, plan: Path) -> None:
    sent = fields(do="look", mark=mark(client), metric="first_response_time", target="4h", guard0="")
    page = client.post("/plans/plan.toml", data=sent).text
    wanted, metric = re.search(r'value="(guard (\w+) [^"]+)"', page).groups()  # type: ignore[union-attr]
    pressed = client.post("/plans/plan.toml", data={**sent, "do": wanted}).text
    assert re.search(f'<select id="guard0".*?<option value="{metric}" selected>', pressed, re.DOTALL)
    assert f'value="{wanted}"' not in pressed  # it is there now
    assert plan.read_text(encoding="utf-8") == GOOD
    client.post("/plans/plan.toml", data={**sent, "guard0": metric, "limit0": wanted.split(" ", 2)[2], "do": "save"})
    assert [each.watched.metric.key for each in read_plan(plan).goals[0].must_not_get_worse] == [metric]


def test_fields_are_saved_and_agreed_to_at_once(client: TestClient, small: Small, plan: Path) -> None:
    plan.write_text(GOOD.replace('name = "Ours"', 'name = "In fields"'), encoding="utf-8")
    broken = client.post("/plans/plan.toml", data=fields(do="agree", mark=mark(client), owner="", because=""))
    assert broken.status_code == 422
    assert "Saved, not agreed" in broken.text
    agreed = client.post("/plans/plan.toml", data=fields(do="agree", mark=mark(client), target="21 %"))
    assert agreed.url.path == "/goals"
    (version,) = [each for each in versions(small.workspace.store) if each.name == "In fields"]
    assert "21 %" in version.text


def test_the_check_is_that_of_the_fields(client: TestClient, plan: Path) -> None:
    page = client.post("/plans/plan.toml", data=fields(do="look", mark=mark(client), owner="", because=""))
    assert page.text.count('class="tag') >= 2
    odd = client.post("/plans/plan.toml", data=fields(do="look", mark=mark(client), shape="dance"))
    assert odd.status_code == 422
    assert 'value="20 %"' in odd.text
    assert client.get("/plans/plan.toml?goal=moon").status_code == 404


def test_two_people_lose_nothing_in_fields(client: TestClient, plan: Path) -> None:
    begun = mark(client)
    theirs = GOOD.replace("few answers say little", "we hear too few") + "# theirs\n"
    assert client.post("/plans/plan.toml", data={"do": "save", "mark": begun, "text": theirs}).status_code == 200
    late = client.post("/plans/plan.toml", data=fields(do="save", mark=begun, target="22 %"))
    assert late.status_code == 409
    assert 'value="22 %"' in late.text
    assert "we hear too few" in late.text
    assert plan.read_text(encoding="utf-8") == theirs
    again = re.search('name="mark" value="([0-9a-f]+)"', late.text)
    assert again
    client.post("/plans/plan.toml", data=fields(do="save", mark=again[1], target="22 %"))
    assert plan.read_text(encoding="utf-8") == GOOD.replace("20 %", "22 %") + "# theirs\n"


def test_a_text_has_the_mark_of_its_own(small: Small, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, real = GOOD + "# theirs\n", Path.read_bytes

    def read_late(path: Path) -> bytes:
        plan.write_text(theirs, encoding="utf-8")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_late)
    draft = PlanFiles(small.workspace, lambda *_: None).read("plan.toml")
    assert draft.mark == sha256(draft.text.encode()).hexdigest()


@pytest.mark.parametrize("sent", [{"text": RACED.replace("20 %", "22 %")}, fields(target="22 %")], ids=["text", "goal"])
@pytest.mark.parametrize("at", ["saved", "agreeing"])
def test_words_written_while_another_agrees_are_not_lost(
    client: TestClient, small: Small, plan: Path, monkeypatch: pytest.MonkeyPatch, sent: dict[str, str], at: str
) -> None:
    plan.write_text(RACED, encoding="utf-8")
    begun, theirs = mark(client), RACED + "# theirs\n"
    place, name = (PlanFiles, "save") if at == "saved" else (reports.plans, "agree")
    real = getattr(place, name)

    def then_theirs(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        plan.write_text(theirs, encoding="utf-8")
        return done

    monkeypatch.setattr(place, name, then_theirs)
    page = client.post("/plans/plan.toml", data={**sent, "do": "agree", "mark": begun})
    assert page.status_code == 409
    assert "Somebody else saved it meanwhile" in page.text
    assert plan.read_text(encoding="utf-8") == theirs
    assert versions(small.workspace.store, "Raced") == ()


def test_each_begins_a_plan_of_its_own(client: TestClient, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(path: Path, text: str) -> bytes:
        time.sleep(0.05)
        return write_back(path, text)

    monkeypatch.setattr("goalkeeper.web.plan_files.write_back", slowly)
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: client.post("/check", data={"stage": "under-50k"}), range(4)))
    names = {page.url.path.removeprefix("/plans/") for page in pages}
    assert names == {"plan.toml", "plans/plan-2.toml", "plans/plan-3.toml", "plans/plan-4.toml"}
    for name in names:
        (small.workspace.folder / name).unlink()


@pytest.mark.parametrize("do", ["look", "mend", "save", "agree"])
def test_what_cannot_be_read_keeps_its_words(client: TestClient, plan: Path, do: str) -> None:
    broken = GOOD + "[[goal]\n<script>alert(1)</script>\n"
    page = client.post("/plans/plan.toml", data={"do": do, "mark": mark(client), "text": broken})
    assert words(page.text) == broken
    assert "It cannot be read yet" in page.text
    assert "plan.toml:" in page.text
    assert "<script>alert" not in page.text


def test_agreed_to(client: TestClient, small: Small, plan: Path) -> None:
    page = client.post("/plans/plan.toml", data={"do": "agree", "mark": mark(client), "text": GOOD})
    assert page.url.path == "/goals", page.text
    (agreed,) = versions(small.workspace.store, "Ours")
    assert agreed.version == 1
    kept = plan.read_text(encoding="utf-8")
    assert "measure" not in kept
    assert kept.startswith("# Ours, with a remark.")
    refused = client.post("/plans/plan.toml", data={
        "do": "agree", "mark": mark(client), "text": kept.replace('because = "few answers say little"\n', ""),
    })  # fmt: skip
    assert refused.status_code == 422
    assert "Saved, not agreed" in refused.text
    assert len(versions(small.workspace.store, "Ours")) == 1


def test_one_to_start_from(client: TestClient, small: Small) -> None:
    page = client.post("/check", data={"stage": "50k-500k", "owner": "team:Support"})
    assert page.url.path == "/plans/plan.toml"
    path = small.workspace.folder / "plan.toml"
    assert read_plan(path).goals
    second = client.post("/check", data={"stage": "under-50k"})
    assert second.url.path == "/plans/plans/plan-2.toml"
    assert client.post("/check", data={"stage": "unicorn"}).status_code == 404
    path.unlink()
    (small.workspace.folder / "plans" / "plan-2.toml").unlink()


@pytest.mark.parametrize(
    "name", ["goalkeeper.toml", "../x.toml", "plans/../goalkeeper.toml", "secret.key", "none.toml"]
)
def test_no_other_file_is_reached(client: TestClient, plan: Path, name: str) -> None:
    assert client.get(f"/plans/{name}").status_code == 404
    assert client.post(f"/plans/{name}", data={"do": "save", "mark": "", "text": "x"}).status_code in (404, 405)


def test_a_full_disk_leaves_the_file_as_it_was(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UsageError, match="No space left"):
        write_back(plan, "new")
    assert plan.read_bytes() == GOOD.encode()
    assert [each.name for each in plan.parent.glob(".*.new")] == []
