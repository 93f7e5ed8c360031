"""The ready mappings for exports: invented files in `fixtures`, recognised, loaded twice, and the rows they become."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import goalkeeper as gk
from goalkeeper.warehouse import LoadReport

FIXTURES = Path(__file__).parent / "fixtures"


def bring(ws: gk.Workspace, tmp_path: Path, name: str) -> LoadReport:
    """Loads the fixture of a mapping, which recognises it; the same rows in files of other bytes change nothing."""
    report = ws.load(FIXTURES / name)
    assert {file.mapping for file in report.files} == {name}
    assert report.skipped == []
    again = tmp_path / "again"
    again.mkdir()
    for path in (FIXTURES / name).iterdir():
        end = "\n".encode("utf-16-le") if path.read_bytes().startswith(b"\xff\xfe") else b"\n"
        (again / path.name).write_bytes(path.read_bytes() + end)
    repeated = ws.load(again)
    assert (repeated.loaded, repeated.held) == (0, report.held)
    return report


def rows(ws: gk.Workspace, sql: str) -> list[tuple[Any, ...]]:
    return ws.store.rows(sql)


def held(ws: gk.Workspace) -> list[tuple[Any, ...]]:
    return rows(ws, "SELECT table_name, code, found FROM meta.quarantine WHERE released_at IS NULL ORDER BY held_id")


def test_shopify_orders_are_one_row_each(ws: gk.Workspace, tmp_path: Path) -> None:
    bring(ws, tmp_path, "orders")
    select = "SELECT order_id, status, gross, discount, net, refunds, items, ordered_at FROM canon.orders ORDER BY 1"
    assert [(each[0], each[1], *map(float, each[2:7]), str(each[7])) for each in rows(ws, select)] == [
        ("#1001", "paid", 105.9, 10.0, 95.9, 0.0, 3, "2025-03-04 08:00:00"),
        ("#1002", "partially_refunded", 30.0, 0.0, 20.0, 10.0, 1, "2025-03-04 14:00:00"),
        ("#1003", "cancelled", 30.0, 0.0, 0.0, 0.0, 1, "2025-03-06 14:00:00"),
    ]
    assert held(ws) == [("orders", "customer_id_missing", None)]
    people = rows(ws, "SELECT external_id, country, phone_key IS NOT NULL FROM canon.customers ORDER BY 1")
    assert people == [("7001", "SE", True), ("7002", "GB", True)]
    owners = "SELECT count(*) FROM canon.orders SEMI JOIN canon.customers USING (source_id, customer_id)"
    assert ws.store.one(owners) == 3


def test_invoice_lines_become_orders_and_refunds(ws: gk.Workspace, tmp_path: Path) -> None:
    report = bring(ws, tmp_path, "online-retail")
    assert (report.files[0].rows, report.files[0].passed_over) == (11, 3)
    select = "SELECT order_id, customer_id, ordered_at::VARCHAR, gross, items FROM canon.orders ORDER BY 1"
    assert rows(ws, select) == [
        ("536365", "17850", "2010-12-01 08:26:00", Decimal("28.8800"), 10),
        ("536366", "12583", "2011-07-01 07:28:00", Decimal("7.4000"), 4),
    ]
    refunds = "SELECT refund_id, customer_id, order_id, amount, currency FROM canon.refunds"
    assert rows(ws, refunds) == [("C536369", "17850", None, Decimal("2.5500"), "GBP")]
    assert rows(ws, "SELECT customer_id, country FROM canon.customers ORDER BY 1") == [("12583", None), ("17850", "GB")]
    assert held(ws) == [("orders", "quantity_unreadable", "many"), ("orders", "rows_held_back", "536370")]
