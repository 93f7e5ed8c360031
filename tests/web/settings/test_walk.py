"""Every page of settings where people sign in: valid, with a title of its own, labels, and a JSON twin."""

from __future__ import annotations

import json
import re

import html5lib
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from web.conftest import sign_in
from web.settings.walk import OF_PEOPLE, PAGES
from web.walk import ADDRESSES

pytestmark = pytest.mark.slow
X = "{http://www.w3.org/1999/xhtml}"


def test_every_page_is_walked(app: FastAPI) -> None:
    declared = {each for each in app.state.pages.declared if each.startswith("/settings")}
    assert declared == {*PAGES, "/settings/audit.csv"}
    assert {*OF_PEOPLE}.isdisjoint(ADDRESSES)


def test_each_page_is_sound_and_has_a_twin(client: TestClient) -> None:
    sign_in(client)
    titles = set()
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert len(answer.content) < 40_000
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(answer.text)
        assert len(list(tree.iter(f"{X}h1"))) == 1
        titles.add(re.search("<title>(.*)</title>", answer.text)[1])  # type: ignore[index]
        labels = {each.get("for") for each in tree.iter(f"{X}label")}
        fields = [each for kind in ("input", "select", "textarea") for each in tree.iter(f"{X}{kind}")]
        assert {each.get("id") for each in fields if each.get("type") != "hidden"} <= labels, page
        twin = client.get(f"{page}.json")
        assert twin.status_code == 200
        json.loads(twin.text, parse_constant=pytest.fail)
    assert len(titles) == len(PAGES)
