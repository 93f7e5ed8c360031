"""Public exports with known row counts are read whole."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import pytest

from shared import shared_file

FILES = [
    ("uci-incident/incident_event_log.zip", 141_712, 36),
    ("bank-calls/data_anonymous_bank_february.txt.gz", 33_344, 17),
    ("bank-calls/data_anonymous_bank_shifts.csv", 24, 10),
    ("nps-survey/nps_survey_2017.csv", 8_273, 7),
    ("telco/WA_Fn-UseC_-Telco-Customer-Churn.csv", 7_043, 21),
    ("airline-tweets/Tweets.csv.gz", 14_640, 6),
    ("fivetran-zendesk/ticket_field_history_data.csv", 38, 6),
    ("bitext/Bitext_Sample_Customer_Service_Testing_Dataset.csv", 810, 8),
]


@pytest.mark.parametrize(("name", "rows", "columns"), FILES)
def test_every_row_is_read(one, name: str, rows: int, columns: int) -> None:
    found = one(shared_file("data", *name.split("/")))
    assert (len(found.rows), len(found.file.columns), found.rejects) == (rows, columns, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["online_retail.csv.gz", "online_retail.parquet"])
def test_a_shops_orders_add_up(one, name: str) -> None:
    found = one(shared_file("data", "online-retail", name))
    assert len(found.rows) == 541_909
    at = {column: index for index, column in enumerate(found.file.columns)}
    total = sum(float(row[at["Quantity"]]) * float(row[at["UnitPrice"]]) for row in found.rows)
    assert round(total, 2) == 9_747_747.93
    assert len({row[at["InvoiceNo"]] for row in found.rows}) == 25_900


@pytest.mark.slow
def test_a_workbook_agrees_with_the_same_customers_csv(one) -> None:
    status = one(shared_file("data", "telco", "Telco_customer_churn_status.xlsx"))
    at = {column: index for index, column in enumerate(status.file.columns)}
    scores = [row[at["Satisfaction Score"]] for row in status.rows]
    assert [scores.count(str(score)) for score in range(1, 6)] == [922, 518, 2665, 1789, 1149]
    customers = one(shared_file("data", "telco", "WA_Fn-UseC_-Telco-Customer-Churn.csv"))
    assert {row[0] for row in customers.rows} == {row[at["Customer ID"]] for row in status.rows}


@pytest.mark.slow
def test_cells_are_those_that_pythons_own_reader_finds(one) -> None:
    path = shared_file("data", "uci-incident", "incident_event_log.zip")
    with zipfile.ZipFile(path) as archive:
        text = archive.read("incident_event_log.csv").decode()
    assert one(path).rows == [tuple(row) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    path = shared_file("data", "airline-tweets", "Tweets.csv.gz")
    text = gzip.decompress(path.read_bytes()).decode()
    assert one(path).rows == [tuple(row) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
