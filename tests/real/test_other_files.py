"""Other public files: a shop's invoices through a mapping written here, and workbooks that are only read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import goalkeeper as gk
from goalkeeper.connectors.files import open_files
from shared import shared_file

INVOICES = """
name = "retail"
[[file]]
match = ["online_retail*"]
needs = ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
times = ["iso", "%m/%d/%Y %H:%M"]
zone = "Europe/London"
[[file.table]]
to = "orders"
where = "CustomerID IS NOT NULL"
keep = "first"
columns.order_id = "InvoiceNo"
columns.customer_id = "CustomerID"
columns.ordered_at = "InvoiceDate"
columns.gross = "abs(TRY_CAST(Quantity AS DOUBLE) * TRY_CAST(UnitPrice AS DOUBLE))"
columns.currency = { const = "GBP" }
columns.status = "CASE WHEN starts_with(InvoiceNo, 'C') THEN 'cancelled' ELSE 'paid' END"
"""


@pytest.mark.slow
def test_invoices_of_a_shop(ws: gk.Workspace, tmp_path: Path) -> None:
    path = shared_file("data", "online-retail", "online_retail.parquet")
    rows = pd.read_parquet(path).dropna(subset=["CustomerID"])
    mapping = tmp_path / "retail.toml"
    mapping.write_text(INVOICES, encoding="utf-8")
    report = ws.load(path, mapping=mapping)
    assert report.held == 0
    status = dict(ws.store.rows("SELECT status, count(*) FROM canon.orders GROUP BY 1"))
    invoices = rows.InvoiceNo.astype(str).drop_duplicates()
    assert status == {
        "paid": int((~invoices.str.startswith("C")).sum()),
        "cancelled": int(invoices.str.startswith("C").sum()),
    }
    buyers = "SELECT count(DISTINCT customer_id), count(*) FILTER (customer_id LIKE '%.0') FROM canon.orders"
    assert ws.store.rows(buyers) == [(rows.CustomerID.nunique(), 0)]
    assert rows.CustomerID.nunique() == 4_372


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "columns"), [("Telco_customer_churn.xlsx", 33), ("Telco_customer_churn_status.xlsx", 11)]
)
def test_workbooks_of_a_telephone_company(tmp_path: Path, name: str, columns: int) -> None:
    file = open_files(shared_file("data", "telco", name), tmp_path)[0]
    assert len(file.columns) == columns
    assert sum(1 for _ in pd.read_csv(file.path, dtype=str).itertuples()) == 7_043
