"""Nobody is shown a link or a form that answers them 403."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import html5lib
import pytest
from fastapi import FastAPI
from starlette.routing import compile_path
from starlette.testclient import TestClient

from goalkeeper.state import State
from goalkeeper.state.roles import ALLOWED, Role
from goalkeeper.web import create_app
from goalkeeper.web.pages import Pages
from goalkeeper.workspace import Workspace
from web.conftest import KEY, NOW, TODAY, sign_in
from web.settings.walk import PAGES as OF_SETTINGS
from web.walk import PAGES

pytestmark = pytest.mark.slow
X = "{http://www.w3.org/1999/xhtml}"
MORE = (
    "/metrics/reopen_rate?by=agent", "/metrics/reopen_rate?by=team", "/metrics/reopen_rate/rows?by=agent", "/nowhere",
)  # fmt: skip


@pytest.fixture
def app(desk: Workspace, state: State) -> FastAPI:
    return create_app(desk, key=KEY, now=lambda: NOW, today=lambda: TODAY, people_of=state)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as opened:
        yield opened


def route_of(pages: Pages, path: str, method: str) -> str:
    """The address that a path is declared with."""
    path = path.removesuffix(".json")
    found = [address for address, verb in pages.access.needs if verb == method and compile_path(address)[0].match(path)]
    return found[0] if found else path


def kind_of(pages: Pages, link: str) -> tuple[object, ...]:
    """Links of one kind are let in alike: of one route, and for the same columns of people and teams."""
    parts = urlsplit(link)
    asked = " ".join(text for name, text in parse_qsl(parts.query) if name in ("by", "where"))
    return route_of(pages, parts.path, "GET"), "agent" in asked, "team" in asked


@pytest.mark.parametrize("role", list(Role))
def test_every_link_and_form_of_every_page_is_for_its_reader(client: TestClient, app: FastAPI, role: Role) -> None:
    sign_in(client, role)
    pages: Pages = app.state.pages
    followed, shown_on = set[tuple[object, ...]](), dict[str, str]()
    to_look_at = [*PAGES, *OF_SETTINGS, *MORE]
    refused, forms = [], set()
    while to_look_at:
        page = to_look_at.pop()
        answer = client.get(page)
        if page in shown_on and answer.status_code == 403:
            refused.append((shown_on[page], page))
        if answer.headers.get("content-type", "").partition(";")[0] != "text/html":
            continue
        tree = html5lib.parse(answer.text)
        for form in tree.iter(f"{X}form"):
            if form.get("method") == "post":
                forms.add((page, route_of(pages, urlsplit(urljoin(page, form.get("action", ""))).path, "POST")))
        for name, attribute in (("a", "href"), ("link", "href"), ("img", "src"), ("form", "action")):
            for element in tree.iter(f"{X}{name}"):
                given = element.get(attribute, "")
                if given.startswith("#") or not given or (name == "form" and element.get("method") == "post"):
                    continue
                link = urljoin(page, given).partition("#")[0]
                if not link.startswith("/") or link.startswith("/static/") or kind_of(pages, link) in followed:
                    continue
                followed.add(kind_of(pages, link))
                shown_on[link] = page
                to_look_at.append(link)
    assert not refused, "\n".join(f"{page} shows {link}" for page, link in refused)
    needs = pages.access.needs
    assert {(page, action) for page, action in forms if needs[action, "POST"] not in ALLOWED[role]} == set()
    assert len(followed) > 20
