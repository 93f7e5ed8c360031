"""Other public files: a shop's invoices through a mapping written here, and workbooks that are only read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from goalkeeper.connectors.files import open_files
from shared import shared_file


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "columns"), [("Telco_customer_churn.xlsx", 33), ("Telco_customer_churn_status.xlsx", 11)]
)
def test_workbooks_of_a_telephone_company(tmp_path: Path, name: str, columns: int) -> None:
    file = open_files(shared_file("data", "telco", name), tmp_path)[0]
    assert len(file.columns) == columns
    assert sum(1 for _ in pd.read_csv(file.path, dtype=str).itertuples()) == 7_043
