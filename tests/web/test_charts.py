"""Any chart of a page as a picture of its own: the same numbers as on the page, valid, and the same bytes twice."""

from __future__ import annotations

import io
import struct
from xml.etree import ElementTree

import pypdf
import pytest
from starlette.testclient import TestClient

CHARTS = (
    "/metrics/csat/chart.{}", "/metrics/csat/chart.{}?what=segments&by=channel",
    "/metrics/first_response_time/chart.{}?range=26w&every=month&clock=calendar&what=trend", "/goals/seldom/chart.{}",
    "/goals/satisfied/chart.{}?what=track",
)  # fmt: skip


@pytest.mark.parametrize("chart", CHARTS)
def test_each_form_is_what_it_says(client: TestClient, chart: str) -> None:
    found = {form: client.get(chart.format(form)) for form in ("svg", "pdf", "png")}
    assert [each.status_code for each in found.values()] == [200, 200, 200]
    assert [each.headers["content-type"] for each in found.values()] == [
        "image/svg+xml",
        "application/pdf",
        "image/png",
    ]
    drawing = ElementTree.fromstring(found["svg"].content)
    title = next(drawing.iter("{http://www.w3.org/2000/svg}title")).text or ""
    assert title == drawing.get("aria-label")
    pdf = pypdf.PdfReader(io.BytesIO(found["pdf"].content))
    words = " ".join(pdf.pages[0].extract_text().split())
    assert title.split(". ")[0].split(" <")[0] in words
    assert len(pdf.pages) == 1
    assert "/StructTreeRoot" in pdf.trailer["/Root"]
    width, height = struct.unpack(">II", found["png"].content[16:24])
    assert width == 1536
    assert 300 < height < 1800
    assert found["png"].content[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_same_chart_gives_the_same_bytes(client: TestClient) -> None:
    for form in ("svg", "pdf", "png"):
        once = client.get(f"/metrics/csat/chart.{form}").content
        client.app.state.pages.kept.forget()  # type: ignore[attr-defined]
        assert client.get(f"/metrics/csat/chart.{form}").content == once


def test_pages_lead_to_their_pictures(client: TestClient) -> None:
    page = client.get("/metrics/csat?range=26w&by=channel").text
    assert 'href="/metrics/csat/chart.png?range=26w&amp;every=week&amp;by=channel&amp;what=trend"' in page
    assert 'href="/goals/seldom/chart.pdf?what=trend"' in client.get("/goals/seldom").text


@pytest.mark.parametrize(
    "wrong", ["/metrics/csat/chart.gif", "/metrics/csat/chart.png?what=moon", "/goals/seldom/chart.png?what=others",
              "/metrics/moon/chart.png"]
)  # fmt: skip
def test_what_is_not_there_says_so(client: TestClient, wrong: str) -> None:
    assert client.get(wrong).status_code == 404
