"""What programs do by the API: load a file, write and agree to a plan, start a job; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from goalkeeper import reports
from goalkeeper.goals.agreed import versions
from goalkeeper.jobs.history import History
from goalkeeper.state import audit, open_state, people, tokens
from goalkeeper.state.tables import Entry
from goalkeeper.web import create_app
from goalkeeper.web.security import API, MOST_UPLOADED
from goalkeeper.web.uploads import MOST_MAPPING
from goalkeeper.workspace import Workspace
from goals.world import world
from measure.small import Small
from web.conftest import KEY, NOW, TODAY
from web.test_plans import GOOD
from web.test_upload import ODD, ORDERS, files_of

pytestmark = pytest.mark.slow


@pytest.fixture
def client(shop_client: TestClient) -> TestClient:
    return shop_client


def load(client: TestClient, name: str, content: bytes, **fields: str) -> Any:
    return client.post(f"{API}/load", files={"file": (name, content)}, data=fields)


def test_a_file_is_loaded_and_counted(client: TestClient, shop: Workspace) -> None:
    bad = b"3,c3,no day,9.00,EUR,paid\n"
    rows = b"".join(b"%d,c9,2026-02-03T10:00:00Z,1.00,EUR,paid\n" % number for number in range(10, 60))
    answer = load(client, "orders.csv", ORDERS + bad + rows, source="till")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["source"], told["loaded"], told["held"]) == ("till", 52, 1)
    (file,) = told["files"]
    assert (file["rows"], file["tables"]) == (53, {"orders": 52})
    assert sum(file["reasons"].values()) == 1
    assert shop.store.one("SELECT count(*) FROM canon.orders WHERE source_id = 'till'") == 52
    assert shop.has_facts is False or shop.store.one("SELECT count(*) FROM facts.ticket_rows") == 0
    (held,) = client.get(f"{API}/quarantine").json()["items"]
    assert (held["source_id"], held["rows"]) == ("till", 1)
    assert client.post(f"{API}/quarantine/replay", params={"source": "till"}).json() == {"released": 0, "still_held": 1}
    assert load(client, "orders.csv", ORDERS + bad + rows, source="till").json()["files"][0]["already"] is True
    assert files_of(shop) == []


def test_a_load_is_recorded_before_it_begins(shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_state(tmp_path) as state:
        with state.writing() as session:
            ann = people.add(session, "ann@example.org", "Ann", "owner", by="test", now=NOW)
            _, text = tokens.create(session, ann, "x", ["load"], by="test", now=NOW)
        app, real = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state), audit.record

        def refuses(session: Session, who: str, what: str, about: str = "", *, now: datetime) -> Entry:
            if what in ("load begun", "job begun", "rows tried again"):
                raise OperationalError("INSERT", {}, OSError())
            return real(session, who, what, about, now=now)

        with TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {text}"}) as client:
            with monkeypatch.context() as patch:
                patch.setattr(audit, "record", refuses)
                assert load(client, "orders.csv", ORDERS).status_code == 503
                assert client.post(f"{API}/jobs", json={"job": "refresh"}).status_code == 503
                assert client.post(f"{API}/quarantine/replay").status_code == 503
            assert files_of(shop) == []
            assert shop.store.one("SELECT count(*) FROM canon.orders") == 0
            assert History(shop.folder).runs == []
            assert load(client, "orders.csv", ORDERS, source="till").status_code == 200
        with state.reading() as session:
            told = [(each.what, each.about) for each in audit.entries(session, who="ann@example.org")]
        size = f"{len(ORDERS):,} bytes"
        assert told == [("load begun", "orders.csv as till"), *[("file sent", f"orders.csv, {size}")] * 2]


def test_a_mapping_comes_with_its_file_and_is_known_from_then_on(client: TestClient, shop: Workspace) -> None:
    unknown = load(client, "odd.csv", ODD)
    assert unknown.status_code == 422
    assert unknown.headers["content-type"] == "application/problem+json"
    assert "no ready mapping knows" in unknown.json()["detail"]
    page = client.post("/data/upload", files={"file": ("odd.csv", ODD)})
    text = client.get(f"{page.url.path}.json").json()["proposed"]
    client.post(page.url.path, data={"do": "drop"})
    broken = load(client, "odd.csv", ODD, mapping=text.replace("[[file]]", "[[fiel]]", 1))
    assert broken.status_code == 422
    assert "fiel" in broken.json()["detail"]
    assert load(client, "odd.csv", ODD, mapping=text).json()["loaded"] == 3
    name = shop.store.one("SELECT count(*) FROM canon.tickets")
    assert name == 3
    assert load(client, "odd.csv", ODD + b"104;17/02/2026 10:00;;open;Chat\n").json()["loaded"] == 1
    assert files_of(shop) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"preset": "none"}, "no mapping"), ({"preset": "a/b.toml"}, "no mapping"),
        ({"preset": "x", "mapping": "y"}, "two"),
        ({"loaded_by": "eve"}, "no field"), ({"mapping": "name = ["}, "mapping:1"),
    ],
)  # fmt: skip
def test_what_is_sent_beside_it_is_looked_at(
    client: TestClient, shop: Workspace, fields: dict[str, str], words: str
) -> None:
    answer = load(client, "orders.csv", ORDERS, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert files_of(shop) == []
    assert shop.store.one("SELECT count(*) FROM canon.orders") == 0


def test_a_load_has_limits(client: TestClient, shop: Workspace) -> None:
    address = f"{API}/load"
    assert client.post(address, headers={"Content-Length": str(MOST_UPLOADED + 1)}).status_code == 413
    assert load(client, "orders.csv", ORDERS, mapping="x" * (MOST_MAPPING + 1)).status_code == 400
    assert client.post(address, json={"file": "text"}).status_code == 422
    assert client.post(address, data={"file": "text"}).status_code == 422
    two = client.post(address, files=[("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))])
    assert two.status_code == 400
    held = load(client, "orders.csv", ORDERS.replace(b"2026-02", b"2026-99"))
    assert held.status_code == 422
    assert "ordered_at" in held.json()["detail"]
    assert files_of(shop) == []


def test_a_job_is_started_and_followed(client: TestClient) -> None:
    load(client, "orders.csv", ORDERS)
    started = client.post(f"{API}/jobs", json={"job": "refresh"})
    assert started.status_code == 202
    number = started.json()["number"]
    for _ in range(200):
        run = client.get(f"{API}/jobs/{number}").json()
        if run["ended"]:
            break
    assert (run["state"], run["said"]) == ("done", "Computed the facts of 0 tickets.")
    assert [each["number"] for each in client.get(f"{API}/jobs").json()["items"]] == [number]
    assert client.get(f"{API}/jobs/{number + 1}").status_code == 404
    assert client.post(f"{API}/jobs", json={"job": "format"}).status_code == 404
    assert client.post(f"{API}/jobs", json={"job": "refresh", "by": "eve"}).status_code == 422


def test_scopes(shop: Workspace, tmp_path: Path) -> None:
    """Each call with a token of each scope: it is let in by its own alone."""
    calls = {
        ("POST", "/load"): "load", ("GET", "/jobs"): "data", ("GET", "/jobs/1"): "data", ("POST", "/jobs"): "load",
        ("POST", "/quarantine/replay"): "load", ("GET", "/quarantine"): "data", ("GET", "/plans"): "plan",
        ("GET", "/plans/plan.toml"): "plan", ("PUT", "/plans/plan.toml"): "plan", ("POST", "/plans/check"): "plan",
        ("POST", "/plans/plan.toml/agree"): "plan", ("GET", "/goals"): "numbers", ("GET", "/goals/x"): "numbers",
        ("GET", "/metrics"): "numbers", ("GET", "/metrics/csat"): "numbers", ("GET", "/metrics/csat/values"): "numbers",
    }  # fmt: skip
    with open_state(tmp_path) as state:
        texts = {}
        with state.writing() as session:
            person = people.add(session, "ann@example.org", "Ann", "owner", by="test", now=NOW)
            for scope in set(calls.values()):
                _, texts[scope] = tokens.create(session, person, scope, [scope], by="test", now=NOW)
        app = create_app(shop, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)
        described = app.openapi()["paths"]
        assert len(calls) == sum(map(len, described.values()))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            for (method, path), needed in calls.items():
                for scope, text in texts.items():
                    answer = client.request(method, API + path, headers={"Authorization": f"Bearer {text}"})
                    assert (answer.status_code == 403) == (scope != needed), (method, path, scope, answer.text)
                    assert answer.status_code < 500


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with world(tmp_path_factory.mktemp("api")) as opened:
        yield opened


@pytest.fixture
def planner(small: Small) -> Iterator[TestClient]:
    now, today = datetime(2026, 3, 1, 6), date(2026, 3, 1)
    app = create_app(small.workspace, key=KEY, now=lambda: now, today=lambda: today)
    with TestClient(app, base_url="http://127.0.0.1:8765", headers={"Authorization": f"Bearer {KEY}"}) as opened:
        yield opened
    (small.workspace.folder / "plan.toml").unlink(missing_ok=True)


def put(client: TestClient, text: str, mark: str, name: str = "plan.toml") -> Any:
    return client.put(f"{API}/plans/{name}", json={"text": text, "mark": mark})


def test_a_plan_is_begun_checked_changed_and_agreed_to(planner: TestClient, small: Small) -> None:
    assert planner.get(f"{API}/plans/plan.toml").status_code == 404
    begun = put(planner, GOOD, "")
    assert begun.status_code == 200, begun.text
    told = planner.get(f"{API}/plans/plan.toml").json()
    assert (told["text"], told["problem"]) == (GOOD, None)
    assert told == begun.json()
    bare = GOOD.replace('because = "few answers say little"\n', "")
    checked = planner.post(f"{API}/plans/check", json={"text": bare}).json()["check"]
    assert checked["findings"]
    assert put(planner, bare, told["mark"]).json()["check"]["findings"] == [
        each | {"where": each["where"].replace("plan:", "plan.toml:")} for each in checked["findings"]
    ]
    mark = planner.get(f"{API}/plans/plan.toml").json()["mark"]
    refused = planner.post(f"{API}/plans/plan.toml/agree", json={"mark": mark})
    assert refused.status_code == 422
    assert checked["findings"][0]["code"] in refused.json()["detail"]
    assert planner.post(f"{API}/plans/plan.toml/agree", json={"mark": told["mark"]}).status_code == 409
    mark = put(planner, GOOD, mark).json()["mark"]
    agreed = planner.post(f"{API}/plans/plan.toml/agree", json={"mark": mark})
    assert agreed.json()["plan"] == "Ours"
    assert agreed.json()["version"] == len(versions(small.workspace.store, "Ours")) == 1
    assert "measure" not in planner.get(f"{API}/plans/plan.toml").json()["text"]


def test_what_is_no_plan_yet_is_told_and_kept(planner: TestClient) -> None:
    broken = "[plan\n"
    assert "plan:1" in planner.post(f"{API}/plans/check", json={"text": broken}).json()["problem"]
    kept = put(planner, broken, "").json()
    assert (kept["text"], kept["check"]) == (broken, None)
    assert "plan.toml:1" in kept["problem"]


def test_words_written_while_another_agrees_are_not_lost(
    planner: TestClient, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = put(planner, GOOD.replace('"Ours"', '"Raced"'), "").json()["mark"]
    path, real = small.workspace.folder / "plan.toml", reports.plans.agree

    def then_theirs(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        path.write_text("# theirs\n", encoding="utf-8")
        return done

    monkeypatch.setattr(reports.plans, "agree", then_theirs)
    answer = planner.post(f"{API}/plans/plan.toml/agree", json={"mark": mark})
    assert answer.status_code == 409
    assert "nothing was written" in answer.json()["detail"]
    assert path.read_text(encoding="utf-8") == "# theirs\n"
    assert versions(small.workspace.store, "Raced") == ()


def test_of_many_writers_one_wins_and_the_others_are_told(planner: TestClient, small: Small) -> None:
    mark = put(planner, GOOD, "").json()["mark"]
    texts = [GOOD + f"# by writer {number}\n" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: put(planner, text, mark), texts))
    assert sorted(each.status_code for each in answers) == [200, *[409] * 7]
    (won,) = (text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 200)
    assert (small.workspace.folder / "plan.toml").read_text(encoding="utf-8") == won
    assert "Somebody else saved it" in next(each.json()["detail"] for each in answers if each.status_code == 409)
    assert put(planner, GOOD, "").status_code == 409


@pytest.mark.parametrize("name", ["goalkeeper.toml", "..%2fx.toml", "plans/../goalkeeper.toml", "plans/a b.toml", "x"])
def test_no_other_file_is_written(planner: TestClient, small: Small, name: str) -> None:
    before = sorted(path for path in small.workspace.folder.rglob("*.toml"))
    assert put(planner, "x", "", name).status_code in (404, 405)
    assert planner.get(f"{API}/plans/{name}").status_code == 404
    assert sorted(path for path in small.workspace.folder.rglob("*.toml")) == before


def test_nothing_but_its_fields_is_taken(planner: TestClient) -> None:
    for method, path in (("PUT", "/plans/plan.toml"), ("POST", "/plans/check"), ("POST", "/plans/plan.toml/agree")):
        answer = planner.request(method, API + path, json={"text": "", "mark": "", "agreed_by": "eve"})
        assert answer.status_code == 422
        assert "agreed_by" in answer.text


def test_the_page_of_calls_names_each_with_its_fields(planner: TestClient) -> None:
    told = {(each["method"], each["path"]): each for each in planner.get("/api.json").json()}
    assert told["POST", f"{API}/load"]["parameters"] == ["file", "preset", "mapping", "source"]
    assert told["PUT", f"{API}/plans/{{name}}"]["parameters"] == ["name", "text", "mark"]
    assert all(each["words"] for each in told.values())
