"""The online shop's customers buy on and on: nobody can say who is gone, and the lifetime model must say so."""

from __future__ import annotations

import pandas as pd
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.lifetime.bg_nbd import fit_bg_nbd
from goalkeeper.stats.lifetime.purchases import Purchases
from shared import shared_file


@pytest.mark.slow
def test_who_has_stopped_buying_is_not_determined() -> None:
    rows = pd.read_parquet(shared_file("data", "online-retail", "online_retail.parquet"))
    bought = rows[
        rows.CustomerID.notna()
        & (rows.Quantity > 0)
        & (rows.UnitPrice > 0)
        & ~rows.InvoiceNo.astype(str).str.startswith("C")
    ].copy()
    bought["day"] = pd.to_datetime(bought.InvoiceDate).dt.normalize()
    by_customer = bought.groupby("CustomerID").day.agg(["min", "max", "nunique"])
    assert len(by_customer) == 4_338
    last, observed = (by_customer["max"] - by_customer["min"]).dt.days, (bought.day.max() - by_customer["min"]).dt.days
    found = fit_bg_nbd(Purchases.of(by_customer["nunique"] - 1, last, observed))
    assert found == NoEstimate("undetermined", what="who has stopped buying")
    assert found.words == "the data do not determine who has stopped buying"
