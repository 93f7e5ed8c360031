"""A plan in the browser: begun, looked over, mended, saved and agreed to; nobody's words are lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from goalkeeper.errors import UsageError
from goalkeeper.goals import read_plan
from goalkeeper.goals.agreed import versions
from goalkeeper.goals.edit import write_back
from goalkeeper.web import create_app
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
