"""Each line of the security list has a test that is there; and those that belong to no other module."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import html5lib
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

import goalkeeper as gk
import goalkeeper.web
from goalkeeper.cli.serving import HOST, _listening
from goalkeeper.state import State, people
from goalkeeper.state.roles import ALLOWED, Permission, Role
from goalkeeper.web import create_app
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW, TODAY, Clock, sign_in
from web.security_list import HELD
from web.test_plans import GOOD as PLAN

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
BASE = "http://127.0.0.1:8765"
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("line", HELD)
def test_each_line_is_held_by_tests_that_are_there(line: str) -> None:
    assert HELD[line]
    for named in HELD[line]:
        file, _, test = named.partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert test in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, named


@pytest.fixture
def app(desk: Workspace, state: State, clock: Clock) -> FastAPI:
    return create_app(desk, key=KEY, now=clock, today=lambda: TODAY, people_of=state)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, follow_redirects=False) as opened:
        yield opened


def test_what_is_open_to_everybody(app: FastAPI) -> None:
    """A list to be looked at by whoever adds to it: none of these makes a person without a link."""
    needs = app.state.pages.access.needs
    assert {(method, path) for (path, method), needed in needs.items() if needed is Permission.OPEN} == {
        ("GET", "/healthz"), ("GET", "/enter"), ("GET", "/static/theme.css"), ("GET", "/signin"), ("HEAD", "/signin"),
        ("POST", "/signin"), ("GET", "/join"), ("HEAD", "/join"), ("POST", "/join"),
    }  # fmt: skip


def test_what_each_role_may() -> None:
    """A table to be looked at by whoever changes it."""
    numbers = {"open", "in", "numbers"}
    assert {role.value: {each.value for each in allowed} for role, allowed in ALLOWED.items()} == {
        "viewer": numbers, "agent": numbers, "lead": numbers | {"tickets", "plan"},
        "analyst": numbers | {"tickets", "plan", "data", "load", "settings"},
        "owner": {each.value for each in Permission},
    }  # fmt: skip


def test_many_ranges_cost_no_more_than_the_file(client: TestClient) -> None:
    whole = client.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    for ranges in (",".join(["0-"] * 1000), ",".join(f"{2 * n}-{2 * n}" for n in range(1000))):
        asked = {"Range": f"bytes={ranges}", "Accept-Encoding": "identity"}
        answer = client.get("/static/app.css", headers=asked)
        assert answer.status_code in (200, 206, 400, 416)
        assert len(answer.content) <= len(whole.content) + 200_000
    assert client.get("/static/app.css", headers={"Range": "bytes=99999999-"}).status_code == 416


def test_the_versions_that_mended_their_holes_are_asked_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = (*asked["dependencies"], *asked["optional-dependencies"]["oidc"])
    floors = dict(each.split(">=") for each in named if ">=" in each)
    for name, at_least in {"starlette": (1, 3, 1), "python-multipart": (0, 0, 30), "authlib": (1, 9, 10)}.items():
        assert _parts(floors[name]) >= at_least
        assert _parts(version(name)) >= at_least


def _parts(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text.partition(",")[0])))


UNKNOWN = ("99999999", "nobody", "0" * 16, "..%2f..%2fetc%2fpasswd", "%00", "x" * 3000, "-1", "1e9", "'--")


def test_an_id_that_is_not_there_is_not_found(client: TestClient, app: FastAPI) -> None:
    """On every page and call whose address holds one, asked for and sent to."""
    sign_in(client)
    seen = 0
    for route in [each for each in app.routes if isinstance(each, APIRoute) and "{" in each.path]:
        for method in sorted(route.methods - {"HEAD"}):
            for id in UNKNOWN:
                path = re.sub(r"{[^}]+}", id, route.path)
                answer = client.request(
                    method, path, **({"json": {"text": "", "mark": "x"}} if "/api/" in path else {})
                )
                assert answer.status_code in (404, 405, 422, 400), (method, path, answer.status_code)
                assert "root:" not in answer.text
                seen += answer.status_code == 404
    assert seen > 100


def test_no_answer_lets_another_site_read(client: TestClient) -> None:
    evil = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/signin", "/goals.json", "/api/v1/metrics", "/static/app.js", "/healthz", "/nothing"):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            answer = client.request(method, path, headers=evil)
            assert not [name for name in answer.headers if name.startswith("access-control")], path
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_no_route_takes_what_another_site_sends(client: TestClient, app: FastAPI, state: State) -> None:
    sign_in(client)
    sent = [(each.path, method) for each in app.routes if isinstance(each, APIRoute) for method in each.methods
            if method not in ("GET", "HEAD")]  # fmt: skip
    assert len(sent) > 15
    for path, method in sent:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
            answer = client.request(method, re.sub(r"{[^}]+}", "x", path), headers=headers)
            assert answer.status_code == 403, (method, path, headers)
    with state.reading() as session:
        assert len(people.people(session)) == len(Role)


def test_one_place_may_not_try_without_end(client: TestClient) -> None:
    """By however many names: each has a limit of its own, and so has the place they come from."""
    answers = [
        client.post("/signin", data={"email": f"n{number}@example.org", "password": "x"}).status_code
        for number in range(21)
    ]
    assert answers == [401] * 20 + [429]


def test_links_may_not_be_guessed_without_end(client: TestClient, state: State) -> None:
    with state.writing() as session:
        code = people.invite(session, people.find(session, "lead@example.org"), by="test", now=NOW)
    data = {"password": "seven rivers of blue glass"}
    for number in range(20):
        assert client.post("/join", data=data | {"code": f"guess {number}"}).status_code == 404
    assert client.post("/join", data=data | {"code": code}).status_code == 429  # even the right one


TYPED = (
    "{{ 7 * 191 }}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "${7*191}",
    "#{7*191}",
    "{% raw %}",
)


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_stays_text(desk: Workspace, state: State, clock: Clock, tmp_path: Path, typed: str) -> None:
    """In every field of every form, sent where it goes and shown again."""
    with gk.open(gk.create(tmp_path / "w", name="Own")) as own:
        (own.folder / "plan.toml").write_text(PLAN, encoding="utf-8")
        app = create_app(own, key=KEY, now=clock, today=lambda: TODAY, people_of=state)
        with TestClient(app, base_url=BASE) as client:
            assert b"Not signed in" not in sign_in(client).content
            forms = [
                ("/signin", ("email", "password", "to")), ("/join", ("code", "email", "name", "password")),
                ("/plans/plan.toml", ("do", "mark", "text")), ("/check", ("stage", "owner")),
                ("/jobs", ("job", "source")), ("/metrics/csat", ("day", "words")),
                ("/plans/plan.toml", ("goal", "name", "metric", "target", "by", "owner", "guard0", "limit0")),
                ("/settings/tokens", ("do", "name", "scope", "days")),
                ("/settings/people", ("do", "email", "name", "role", "team")),
                ("/settings/privacy", ("do", "person", "source", "mark")),
            ]  # fmt: skip
            for path, names in forms:
                answer = client.post(path, data=dict.fromkeys(names, typed))
                assert answer.status_code < 500, (path, answer.text[-800:])
                tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
                assert not [each for each in tree.iter("script") if each.text], path
                assert not list(tree.iter("img")), path
                shown = "".join(map(str, tree.itertext()))
                assert "1337" not in shown, path


def test_names_of_files_taken_away(client: TestClient) -> None:
    sign_in(client)
    for page in ("/metrics/csat?as=csv", "/metrics/csat?as=xlsx", "/reviews?as=pdf", "/manual?as=md",
                 "/metrics/csat/chart.png?what=trend", "/metrics/ticket_volume/rows?as=csv"):  # fmt: skip
        answer = client.get(page)
        assert answer.status_code == 200, page
        said = answer.headers["content-disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9._-]+"', said), said
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_secrets_come_from_where_nobody_guesses_them() -> None:
    """No module of the pages or of the state uses `random` or compares by time; digests are of 256 random bits."""
    source = Path(goalkeeper.web.__file__).parents[1]
    for path in (*source.glob("web/**/*.py"), *source.glob("state/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
        named |= {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
        assert not named & {"random", "uuid", "hashlib.md5"}, path
    assert "hmac.compare_digest" in (source / "web/entry.py").read_text(encoding="utf-8")
    assert "hmac.compare_digest" in (source / "web/oidc.py").read_text(encoding="utf-8")


def test_it_is_served_to_this_machine_alone(app: FastAPI) -> None:
    assert app.debug is False
    assert HOST == "127.0.0.1"
    with _listening(HOST, 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_every_package_is_pinned_by_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(pinned) > 50
    for each in pinned:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", each), each[:80]
        assert "--hash=sha256:" in each, each[:80]
