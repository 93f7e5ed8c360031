"""The sample company in place of a workspace without data: made in one press, marked, apart, and removed again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import goalkeeper as gk
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.web import create_app, sample
from goalkeeper.web.waiting import ready_words
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW, TODAY

PAGES = ("/", "/goals", "/metrics", "/metrics/csat", "/tickets", "/data", "/check", "/reviews", "/manual", "/jobs")
MARK = "<b>Sample data.</b>"
PLACE = "http://127.0.0.1:8765"


def soon(holds: Callable[[], bool], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.05)


@pytest.fixture
def visitor(shop: Workspace) -> Iterator[TestClient]:
    app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY)
    headers = {"Authorization": f"Bearer {KEY}"}
    with TestClient(app, base_url=PLACE, headers=headers, follow_redirects=False) as opened:
        opened.app.state.sample.tickets = 1_000  # type: ignore[attr-defined]
        yield opened


@pytest.mark.slow
def test_it_is_made_in_one_press_marked_on_every_page_and_removed(visitor: TestClient, shop: Workspace) -> None:
    made: sample.Sample = visitor.app.state.sample  # type: ignore[attr-defined]
    assert visitor.post("/sample", data={"do": "make"}).status_code == 303
    page = visitor.get("/")
    assert "The sample company is being made." in page.text
    assert page.headers["refresh"] == "2"
    visitor.post("/sample", data={"do": "remove"})  # not while it is being made
    soon(lambda: made.share > 0.1, 120)
    soon(lambda: made.app is not None, 240)
    assert made.wrong == ""
    for address in PAGES:
        answer = visitor.get(address)
        assert (answer.status_code, answer.text.count(MARK)) == (200, 1), address
    assert "Nothing is loaded yet" not in visitor.get("/").text
    # What is the workspace's own stays so: its data, its settings and what programs ask.
    assert MARK not in visitor.get("/data/upload").text
    assert MARK not in visitor.get("/settings").text
    assert not shop.has_facts
    assert visitor.get("/api/v1/goals").status_code == 422
    # Another start of the server shows it again; the folder alone keeps it.
    made.close()
    assert "Nothing is loaded yet" in visitor.get("/").text
    made.open()
    assert MARK in visitor.get("/metrics").text
    assert visitor.post("/sample", data={"do": "remove"}).status_code == 303
    assert not made.folder.exists()
    assert "Nothing is loaded yet" in visitor.get("/").text


def test_why_it_could_not_be_made_is_told(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made: sample.Sample = visitor.app.state.sample  # type: ignore[attr-defined]
    monkeypatch.setattr(sample.sys, "executable", "/nowhere/python")
    visitor.post("/sample", data={"do": "make"})
    soon(lambda: made.wrong != "")
    page = visitor.get("/").text
    assert "could not be made: No such file or directory." in page
    assert "Look at sample data" in page


def test_stopping_the_server_ends_the_making(tmp_path: Path) -> None:
    with gk.open(gk.create(tmp_path / "shop", name="Shop")) as shop:
        app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY)
        made: sample.Sample = app.state.sample
        with TestClient(app, base_url=PLACE, headers={"Authorization": f"Bearer {KEY}"}) as client:
            client.post("/sample", data={"do": "make"})
            soon(lambda: made._work is not None)
            work = made._work
        assert work is not None
        assert work.wait(30) != 0
        for thread in threading.enumerate():
            if thread.name == "sample":
                thread.join(30)
        assert made.app is None


def test_stopping_at_once_leaves_nothing_running(tmp_path: Path) -> None:
    with gk.open(gk.create(tmp_path / "shop", name="Shop")) as shop:
        made: sample.Sample = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY).state.sample
        made.start()
        made.close()
        assert made._work is None
        assert (made.app, made.is_made, made.wrong) == (None, False, "")


def test_a_folder_of_that_name_that_is_not_its_own_is_never_touched(visitor: TestClient, shop: Workspace) -> None:
    made: sample.Sample = visitor.app.state.sample  # type: ignore[attr-defined]
    mine = shop.folder / sample.FOLDER / "tickets.csv"
    mine.parent.mkdir()
    mine.write_text("mine")
    for do in ("make", "remove"):
        visitor.post("/sample", data={"do": do})
        soon(lambda: not made.is_made)
        assert "is not the sample's" in made.wrong
        assert mine.read_text() == "mine"


def test_it_is_not_shown_nor_made_where_there_is_data(desk: Workspace, tmp_path: Path) -> None:
    app = create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY)
    made: sample.Sample = app.state.sample
    made.start()
    assert not made.is_made
    with gk.open(gk.create(tmp_path / "other", name="Other")) as other:
        made.app = create_app(other, key=KEY, now=lambda: NOW, today=lambda: TODAY, is_sample=True)
        with TestClient(app, base_url=PLACE, headers={"Authorization": f"Bearer {KEY}"}) as client:
            assert MARK not in client.get("/").text
    assert made.shown() is None


@pytest.mark.parametrize("place", ["/goals", "/metrics", "/metrics/csat", "/tickets"])
def test_a_page_without_data_says_what_it_will_show_and_what_it_takes(shop_client: TestClient, place: str) -> None:
    page = shop_client.get(place)
    assert page.status_code == 200
    assert "Nothing is loaded yet." in page.text
    assert "This page will show" in page.text
    assert "It needs" in page.text
    assert 'href="/data/upload"' in page.text
    assert "/tmp" not in page.text


def test_known_exports_are_named_with_their_commands(shop_client: TestClient) -> None:
    page = shop_client.get("/connect").text
    assert "goalkeeper load FOLDER --mapping zendesk-export --workspace shop" in page
    assert "does not fetch from a help desk by itself yet" in page
    first = shop_client.get("/connect.json").json()[0]["command"]
    assert any(name in first for name in ("bank-calls", "call-log", "zendesk", "servicenow"))


def test_what_is_missing_is_told_with_the_day_on_which_it_is_there() -> None:
    last = date(2026, 3, 1)
    weeks = NoEstimate("too_few", 3, 8, "weeks with enough rows")
    assert ready_words(weeks, last, last) == "needs 8 weeks with enough rows, has 3, ready on 5 April 2026"
    history = NoEstimate("history", 640 * 86_400, 730 * 86_400)
    assert ready_words(history, last, last).endswith("ready on 30 May 2026")
    for unknown in (NoEstimate("no_data"), NoEstimate("too_few", 3, 5), NoEstimate("too_few", 0, 8, "weeks")):
        assert ready_words(unknown, last, last) == unknown.words
    assert ready_words(weeks, last, date(2026, 4, 6)) == weeks.words  # data stopped: that day is past


def test_a_metric_of_few_weeks_says_what_it_still_takes(client: TestClient) -> None:
    """The small desk has no reviews of answers before its last weeks."""
    assert (
        "stand out from those before cannot be said yet: needs 20 weeks before" in client.get("/metrics/qa_score").text
    )
