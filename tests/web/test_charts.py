"""Any chart of a page as a picture of its own: the same numbers as on the page, valid, and the same bytes twice."""

from __future__ import annotations

import csv
import io
import struct
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pypdf
import pytest
from starlette.testclient import TestClient

from goalkeeper.measure.periods import after, begin
from goalkeeper.metrics import METRICS

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


def test_a_quarter_that_is_not_over_is_told_so_far_in_all_forms(client: TestClient) -> None:
    whole = "/metrics/ticket_volume{}?every=quarter"
    told = client.get(whole.format(".json")).json()
    words = told["so_far"]
    assert words.startswith("The last quarter is told so far, up to ")
    last = told["series"][-1]["period"]["label"]
    assert [each["so_far"] for each in told["series"][-2:]] == [False, True]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{whole.format('')}&as=csv").content.decode("utf-8-sig"))))
    assert [row["so_far"] for row in rows[-2:]] == ["False", "True"]
    for page in (whole.format(""), whole.format("/numbers")):
        assert f"{last}, so far" in client.get(page).text
    for form in ("svg", "pdf"):
        found = client.get(whole.format(f"/chart.{form}")).content
        text = found.decode() if form == "svg" else "".join(pypdf.PdfReader(io.BytesIO(found)).pages[0].extract_text())
        assert " ".join(words.split()) in " ".join(text.split())
    assert client.get("/metrics/csat.json?every=quarter").json()["so_far"] == ""  # a share of few rows is no drop


@pytest.mark.parametrize("every", ["week", "quarter"])
def test_the_course_of_a_monthly_number_ends_with_a_whole_period_or_with_the_data(
    client: TestClient, every: str
) -> None:
    told = client.get(f"/metrics/churn_rate.json?every={every}").json()
    month_end = date.fromisoformat(told["recent"]["until"])
    last_day = datetime.fromisoformat(told["as_of"]).date()
    natural = after(begin(month_end - timedelta(days=1), every), every)
    until = date.fromisoformat(told["series"][-1]["period"]["until"])
    assert until == min(natural, last_day + timedelta(days=1)) >= month_end


def test_what_is_watched_alongside_stands_with_its_number(client: TestClient) -> None:
    page, told = client.get("/metrics/resolution_time").text, client.get("/metrics/resolution_time.json").json()
    assert "<h2>Watched alongside</h2>" in page
    assert [each["key"] for each in told["alongside"]] == list(METRICS["resolution_time"].watch_with)
    for each in told["alongside"]:
        assert f'<a href="/metrics/{each["key"]}">' in page
        value = client.get(f"/metrics/{each['key']}.json").json()["row"]["reading"]["value"]
        assert each["row"]["reading"]["value"] == value
    limited = client.get("/metrics/csat.json?where=channel = 'email'").json()["alongside"]
    whole = client.get("/metrics/csat.json").json()["alongside"]
    assert all(a["row"]["reading"]["n"] < b["row"]["reading"]["n"] for a, b in zip(limited, whole, strict=True))


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("first_response_time", "priority = 'urgent'"),  # its companions have no priority
        ("qa_score", "rubric = 'x'"),
        ("cost_per_resolution", "resolved > 10"),  # a count there, yes or no elsewhere
    ],
)
def test_a_condition_that_metrics_alongside_lack_takes_their_numbers_alone(
    client: TestClient, key: str, where: str
) -> None:
    answer = client.get(f"/metrics/{key}.json", params={"where": where})
    assert answer.status_code == 200
    told = {each["key"]: each["row"] for each in answer.json()["alongside"]}
    lacking = [each for each in told if where.split()[0] not in METRICS[each].dataset().splits]
    assert lacking
    assert [told[each] for each in lacking] == [None] * len(lacking)
