"""What pages say in words: each number with its period, and nothing that two pages could be read to contradict."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient


def test_each_headline_names_the_periods_that_it_compares(client: TestClient) -> None:
    """Home and the list compare months, a metric's page weeks: unnamed they would contradict each other."""
    card = client.get("/metrics").text
    period, before = re.findall(r'class="top"><span>(.+), compared with (.+)</span>', card)[0]
    for page in (client.get("/").text, card):
        assert f"{period} against {before}; only what chance cannot explain" in page
    assert re.search(f"<h1>({period} against {before}: |None of .* moved from {before} to {period} )", card)
    for key in ("csat", "first_response_time"):
        (headline,) = re.findall("<h1>(.+)</h1>", client.get(f"/metrics/{key}").text)
        assert ", last 13 weeks: " in headline
        assert headline.endswith("against the 13 weeks before.") or "better" not in headline
