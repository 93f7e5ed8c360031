"""The invoice lines of a real shop, against pandas and the published figures of the same file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pytest

import goalkeeper as gk
from goalkeeper.warehouse import LoadReport
from shared import shared_file

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gk.Workspace, LoadReport]]:
    with gk.open(gk.create(tmp_path_factory.mktemp("retail") / "workspace")) as ws:
        yield ws, ws.load(shared_file("data", "online-retail", "online_retail.csv.gz"))


@pytest.fixture(scope="module")
def shop(loaded: tuple[gk.Workspace, LoadReport]) -> gk.Workspace:
    return loaded[0]


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    lines = pd.read_parquet(shared_file("data", "online-retail", "online_retail.parquet"))
    lines["cancelled"] = lines.InvoiceNo.str.startswith("C")
    lines["amount"] = lines.Quantity * lines.UnitPrice
    return lines[lines.CustomerID.notna()]


@pytest.fixture(scope="module")
def sold(lines: pd.DataFrame) -> pd.DataFrame:
    """What the usual rule leaves: a known customer, no cancellation, something for some money."""
    return lines[~lines.cancelled & (lines.Quantity > 0) & (lines.UnitPrice > 0)]


def test_every_line_is_kept_and_what_is_passed_over_is_told(loaded: tuple[gk.Workspace, LoadReport]) -> None:
    shop, report = loaded
    file = report.files[0]
    assert (file.mapping, file.rows, file.held) == ("online-retail", 541_909, 0)
    assert file.passed_over == 135_080  # the lines of unknown customers
    assert shop.store.one("SELECT count(*) FROM raw.load_000001") == 541_909


def test_orders_are_invoices_with_all_their_lines(shop: gk.Workspace, sold: pd.DataFrame) -> None:
    assert len(sold) == 397_884
    count, customers, gross, items = shop.store.rows(
        "SELECT count(*), count(DISTINCT customer_id), sum(gross), sum(items) FROM canon.orders"
    )[0]
    assert (count, customers) == (18_532, 4_338)
    assert gross.quantize(Decimal("0.01")) == Decimal("8911407.90")
    assert items == sold.Quantity.sum()


def test_each_order_is_that_of_pandas(shop: gk.Workspace, sold: pd.DataFrame) -> None:
    own = sold.groupby("InvoiceNo").agg(
        amount=("amount", "sum"), at=("InvoiceDate", "first"), who=("CustomerID", "first")
    )
    select = "SELECT order_id, gross::DOUBLE, ordered_at, customer_id FROM canon.orders"
    rows = pd.DataFrame(shop.store.rows(select), columns=["InvoiceNo", "amount", "at", "who"]).set_index("InvoiceNo")
    rows = rows.loc[own.index]
    assert (rows.amount - own.amount).abs().max() < 1e-6
    london = pd.to_datetime(own["at"]).dt.tz_localize("Europe/London").dt.tz_convert("UTC").dt.tz_localize(None)
    assert (rows["at"] == london).all()
    assert (rows.who == own.who.astype(int).astype(str)).all()


def test_repeat_customers_and_the_value_of_an_order(shop: gk.Workspace) -> None:
    repeat = "SELECT avg((n > 1)::INT) FROM (SELECT count(*) AS n FROM canon.orders GROUP BY customer_id)"
    assert shop.store.one(repeat) == pytest.approx(0.6558, abs=5e-5)
    assert shop.store.one("SELECT avg(gross) FROM canon.orders") == pytest.approx(480.87, abs=0.005)


def test_metrics_of_the_shop(shop: gk.Workspace) -> None:
    shop.refresh()
    for variant, share in (("", 65.58), ("days", 64.32)):
        (cell,) = shop.measure("repeat_purchase_rate", variant=variant).cells
        assert isinstance(cell.value, gk.Estimate)
        assert (round(100 * cell.value.value, 2), cell.n) == (share, 4_338)


def test_what_a_customer_is_worth_is_not_said_of_one_year_without_departures(shop: gk.Workspace) -> None:
    shop.refresh()
    (cell,) = shop.measure("lifetime_value", variant="predicted").cells
    assert isinstance(cell.value, gk.NoEstimate)
    assert cell.value.words == "the data do not determine who has stopped buying"
    (cell,) = shop.measure("lifetime_value").cells
    assert isinstance(cell.value, gk.NoEstimate)
    assert cell.value.reason == "history"


def test_cancellations_are_refunds_to_their_customers(shop: gk.Workspace, lines: pd.DataFrame) -> None:
    back = lines[lines.cancelled]
    count, customers, amount = shop.store.rows(
        "SELECT count(*), count(DISTINCT customer_id), sum(amount)::DOUBLE FROM canon.refunds"
    )[0]
    assert (count, customers) == (back.InvoiceNo.nunique(), back.CustomerID.nunique()) == (3_654, 1_589)
    assert amount == pytest.approx(-back.amount.sum(), abs=1e-6)


def test_customers_and_their_countries(shop: gk.Workspace, lines: pd.DataFrame) -> None:
    count, floats = shop.store.rows("SELECT count(*), count(*) FILTER (customer_id LIKE '%.%') FROM canon.customers")[0]
    assert (count, floats) == (lines.CustomerID.nunique(), 0) == (4_372, 0)
    countries = dict(shop.store.rows("SELECT country, count(*) FROM canon.customers GROUP BY 1"))
    last = lines.groupby("CustomerID").Country.last().value_counts()
    assert countries["GB"] == last["United Kingdom"]
    assert countries["IE"] == last["EIRE"]
    assert countries[None] == last[["Unspecified", "European Community", "Channel Islands"]].sum()
    assert all(code is None or len(code) == 2 for code in countries)


def test_a_second_load_changes_nothing(shop: gk.Workspace) -> None:
    assert shop.load(shared_file("data", "online-retail", "online_retail.csv.gz")).loaded == 0
    again = shop.load(shared_file("data", "online-retail", "online_retail.parquet"))
    assert (again.loaded, again.held, again.files[0].mapping) == (0, 0, "online-retail")
