"""Every page: valid, with one heading and a title of its own, a JSON twin, and nothing that a policy would stop."""

from __future__ import annotations

import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import html5lib
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import goalkeeper.web
from goalkeeper.web.pages import TEMPLATES, state_of
from goalkeeper.workspace import Workspace
from web.walk import ADDRESSES, MOST_ON_A_PAGE, PAGES

X = "{http://www.w3.org/1999/xhtml}"
STATIC = Path(goalkeeper.web.__file__).with_name("static")
LIVE = ["/static/htmx.min.js", "/static/hx-csp.min.js"]
ELSEWHERE = {"/data/upload/{token}", "/metrics/{key}/chart.{form}", "/goals/{id}/chart.{form}"}
"""What test_upload and test_charts look at."""


def test_every_page_is_walked(app: FastAPI) -> None:
    assert set(app.state.pages.declared) == {*ADDRESSES, *ELSEWHERE}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_sound(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < MOST_ON_A_PAGE
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(answer.text)
    assert len(list(tree.iter(f"{X}h1"))) == 1
    scripts = list(tree.iter(f"{X}script"))
    places = [each.get("src") for each in scripts]
    assert places in (["/static/app.js"], [*LIVE, "/static/app.js"])
    nonce = re.search("'nonce-([^']+)'", answer.headers["content-security-policy"])[1]  # type: ignore[index]
    assert {(each.get("nonce"), each.text) for each in scripts} == {(nonce, None)}
    for each in tree.iter():
        live = [name for name in each.attrib if str(name).startswith("hx-")]
        assert not live or (places[:2] == LIVE and each.get("hx-nonce") == nonce), each.attrib
        assert not [name for name in each.attrib if name == "style" or str(name).startswith("on")], each.attrib
        assert not str(each.get("href", "")).startswith(("javascript:", "http:", "https:"))
    assert not list(tree.iter(f"{X}style"))
    labels = {each.get("for") for each in tree.iter(f"{X}label")}
    hidden = {each.get("id") for each in tree.iter(f"{X}input") if each.get("type") == "hidden"}
    assert {
        each.get("id") for kind in ("input", "textarea", "select") for each in tree.iter(f"{X}{kind}")
    } <= labels | hidden


def test_titles_differ(client: TestClient) -> None:
    titles = [re.search("<title>(.*)</title>", client.get(page).text)[1] for page in PAGES[: len(ADDRESSES)]]  # type: ignore[index]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_twin(client: TestClient, page: str) -> None:
    path, _, query = page.partition("?")
    path = "/home" if path == "/" else path
    answer = client.get(f"{path}.json?{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    json.loads(answer.text, parse_constant=pytest.fail)


def test_looking_changes_nothing(client: TestClient, desk: Workspace) -> None:
    for page in PAGES:
        client.get(page)
    before = state_of(desk)
    client.app.state.pages.kept.forget()  # type: ignore[attr-defined]
    for page in PAGES:
        client.get(page)
    assert state_of(desk) == before


def test_templates_have_nothing_inline() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", text), path.name
        # What htmx would have to evaluate, or would hand on to what stands inside, injected or not.
        assert not re.search(r"hx-on|hx-vals|hx-nonce:|hx-trigger=\"[^\"]*\[|\bjs:", text), path.name
        assert all("src=" in tag for tag in re.findall("<script[^>]*>", text)), path.name


@pytest.mark.parametrize("folder", [STATIC, Path(__file__).with_name("assets")], ids=lambda path: path.name)
def test_what_comes_from_elsewhere_is_what_it_was(folder: Path) -> None:
    listed = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    assert {each["name"] for each in listed} == {
        path.name for path in folder.iterdir() if path.suffix in (".woff2", ".js") and path.name != "app.js"
    }
    for each in listed:
        assert sha256((folder / each["name"]).read_bytes()).hexdigest() == each["sha256"]
        assert all(each[fact] for fact in ("package", "version", "licence"))
