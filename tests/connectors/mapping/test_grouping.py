"""Rules that make one row of several lines: what they sum, and what holds a line or a whole group back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.errors import UsageError
from goalkeeper.warehouse import LoadReport

MAPPING = """
name = "shop"
[[file]]
match = ["*"]
needs = ["Invoice"]
times = ["%d/%m/%Y %H:%M"]
zone = "Europe/Berlin"
[[file.table]]
to = "orders"
group = "Invoice"
where = "Kind <> 'note'"
lines.quantity = { from = "Quantity", type = "whole number" }
lines.price = { from = "replace(Price, ',', '.')", type = "money" }
lines.at = { from = "At", type = "time" }
columns.order_id = "Invoice"
columns.customer_id = "Customer"
columns.ordered_at = { from = "min(at)", times = ["iso"], zone = "UTC" }
columns.gross = "sum(quantity * price)"
columns.items = "sum(quantity)"
columns.channel = "last(Channel)"
columns.currency = { const = "EUR" }
columns.status = { from = "CASE WHEN count(DISTINCT Kind) > 1 THEN 'mixed' ELSE Kind END", values = { sale = "paid" } }
"""
HEAD = "Invoice,Customer,At,Quantity,Price,Channel,Kind\n"
GOOD = """\
1,a,03/02/2026 09:30,2,"1,50",web,sale
2,b,03/02/2026 10:00,1,7.00,,sale
1,,03/02/2026 09:29,1,"0,25",app,sale
1,a,03/02/2026 09:31,5,"9,99",,note
"""


def loaded(ws: gk.Workspace, folder: Path, lines: str, mapping: str = MAPPING) -> LoadReport:
    (folder / "lines.csv").write_text(HEAD + lines, encoding="utf-8")
    return ws.load(folder / "lines.csv", mapping=read_mapping(mapping, "shop.toml"))


def held(ws: gk.Workspace) -> list[tuple[object, ...]]:
    return ws.store.rows("SELECT position, code, found FROM meta.quarantine WHERE released_at IS NULL ORDER BY 1, 2")


def test_lines_become_one_order(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, GOOD)
    assert (report.loaded, report.held, report.files[0].rows, report.files[0].passed_over) == (2, 0, 4, 1)
    select = (
        "SELECT order_id, customer_id, ordered_at::VARCHAR, gross, items, channel, status, _position FROM canon.orders"
    )
    assert ws.store.rows(f"{select} ORDER BY order_id") == [
        ("1", "a", "2026-02-03 08:29:00", Decimal("3.2500"), 3, "app", "paid", 1),
        ("2", "b", "2026-02-03 09:00:00", Decimal("7.0000"), 1, None, "paid", 2),
    ]


def test_the_same_lines_twice_change_nothing_and_a_new_line_does(ws: gk.Workspace, tmp_path: Path) -> None:
    loaded(ws, tmp_path, GOOD)
    assert loaded(ws, tmp_path, GOOD + "\n").loaded == 0
    report = loaded(ws, tmp_path, GOOD + "2,b,03/02/2026 10:00,1,1.00,,sale\n")
    assert (report.loaded, report.files[0].unchanged) == (1, 1)
    assert ws.store.one("SELECT gross FROM canon.orders WHERE order_id = '2'") == Decimal("8.0000")


def test_a_broken_line_holds_back_its_order_and_no_other(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, GOOD + "2,b,03/02/2026 10:01,many,1.00,,sale\n2,b,03/02/2026 10:02,,1.00,,sale\n")
    assert (report.loaded, report.held) == (1, 3)
    assert held(ws) == [
        (2, "rows_held_back", "2"),
        (5, "quantity_unreadable", "many"),
        (6, "quantity_missing", None),
    ]
    assert ws.store.one("SELECT count(*) FROM raw.load_000001") == 6
    reasons = report.files[0].reasons
    assert reasons["quantity cannot be read; valid: whole number"] == 1
    assert reasons["a row of this group is held back, so its sums would be wrong"] == 1


def test_a_held_order_comes_in_once_the_mapping_reads_its_lines(ws: gk.Workspace, tmp_path: Path) -> None:
    loaded(ws, tmp_path, GOOD + "2,b,03/02/2026 10:01,2 pcs,1.00,,sale\n")
    assert len(held(ws)) == 2
    better = MAPPING.replace('from = "Quantity"', "from = \"replace(Quantity, ' pcs', '')\"")
    (ws.folder / "mappings" / "shop.toml").write_text(better, encoding="utf-8")
    ws.replay()
    assert held(ws) == []
    assert ws.store.one("SELECT gross FROM canon.orders WHERE order_id = '2'") == Decimal("9.0000")


def test_what_the_lines_should_share_must_be_the_same(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, GOOD + "2,c,03/02/2026 10:01,1,1.00,,sale\n")
    assert (report.loaded, report.held) == (1, 1)
    assert held(ws) == [(2, "group_differs", "2")]
    assert next(iter(report.files[0].reasons)).startswith(
        "the rows of this group differ in 'Customer'; correct them, or"
    )


def test_a_line_of_no_group_is_held_back(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, GOOD + ",c,03/02/2026 10:01,1,1.00,,sale\n,c,03/02/2026 10:01,1,2.00,,sale\n")
    assert (report.loaded, report.held) == (2, 2)
    assert [code for _, code, _ in held(ws)] == ["group_missing", "group_missing"]


def test_orders_keep_their_contract(ws: gk.Workspace, tmp_path: Path) -> None:
    loaded(ws, tmp_path, GOOD + "3,d,03/02/2026 10:01,-1,1.00,,sale\n3,d,03/02/2026 10:01,-1,2.00,,sale\n")
    assert held(ws) == [(5, "gross_range", "-3.0000")]


def test_elements_of_json_are_lines_too(ws: gk.Workspace, tmp_path: Path) -> None:
    (tmp_path / "orders.ndjson").write_text(
        '{"id": 1, "buyer": {"id": 9}, "at": "2026-02-03T09:00:00Z", '
        '"lines": [{"n": 2, "p": "1.5"}, {"n": 1, "p": "4"}]}\n',
        encoding="utf-8",
    )
    text = """
name = "shop"
[[file]]
match = ["*"]
needs = ["id"]
[[file.table]]
to = "orders"
explode = "lines"
group = ["id"]
lines.n = { from = "lines.n", type = "whole number" }
lines.p = { from = "lines.p", type = "money" }
columns.order_id = "id"
columns.customer_id = "buyer.id"
columns.ordered_at = "first(at)"
columns.gross = "sum(n * p)"
columns.currency = { const = "EUR" }
columns.status = { const = "paid" }
"""
    assert ws.load(tmp_path / "orders.ndjson", mapping=read_mapping(text, "shop.toml")).loaded == 1
    assert ws.store.rows("SELECT customer_id, gross FROM canon.orders") == [("9", Decimal("7.0000"))]


EXPLODED = """
name = "shop"
[[file]]
match = ["*"]
needs = ["id"]
[[file.table]]
to = "orders"
explode = "parts"
columns.order_id = "parts.id"
columns.customer_id = "id"
columns.ordered_at = { const = "2026-02-03 10:00:00" }
columns.gross = "1"
columns.currency = { const = "EUR" }
columns.status = { const = "paid" }
"""


def test_one_element_without_brackets_is_a_list_of_one(ws: gk.Workspace, tmp_path: Path) -> None:
    rows = ['[{"id": 1}, {"id": 2}]', '{"id": 3}', "[]", "null", '""', '"4"']
    text = "".join(f'{{"id": {number}, "parts": {parts}}}\n' for number, parts in enumerate(rows))
    (tmp_path / "orders.ndjson").write_text(text + '{"id": 6}\n', encoding="utf-8")
    report = ws.load(tmp_path / "orders.ndjson", mapping=read_mapping(EXPLODED, "shop.toml"))
    assert ws.store.rows("SELECT order_id, customer_id FROM canon.orders ORDER BY 1") == [
        ("1", "0"), ("2", "0"), ("3", "1"),
    ]  # fmt: skip
    assert report.files[0].reasons == {"order_id is missing": 1}
    assert report.files[0].passed_over == 4  # three empty lists and the row without one


def test_an_object_in_a_table_of_texts_is_one_element(ws: gk.Workspace, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text('id;parts\n1;"{""id"": 7, ""n"": 2}"\n2;a,b\n', encoding="utf-8")
    text = EXPLODED.replace('"parts.id"', '"parts"')
    ws.load(tmp_path / "orders.csv", mapping=read_mapping(text, "shop.toml"))
    assert ws.store.rows("SELECT order_id FROM canon.orders ORDER BY 1") == [("a",), ("b",), ('{"id": 7, "n": 2}',)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"sum(quantity)"', '"sum(sum(quantity))"', "sum takes one expression over the columns of one row"),
        ('"sum(quantity)"', '"sum(quantity, 2)"', "is not an expression"),
        ('"sum(quantity)"', '"count(*)"', "holds a star"),
        ('"sum(quantity)"', '"count()"', "count takes one expression"),
        ('"sum(quantity)"', '"sum(quantity) FILTER (price > 0)"', "holds a filter"),
        ('"sum(quantity)"', '"sum(quantity) OVER ()"', "holds a window"),
        ('"sum(quantity)"', '"sum(quantity ORDER BY price)"', "holds an order"),
        ('"sum(quantity)"', '"list(Channel)"', "calls "),
        ('"sum(quantity)"', '"previous(Quantity)"', "looks along a case, which a rule with `group` does not"),
        ("where = \"Kind <> 'note'\"", 'where = "sum(Quantity) > 1"', "A rule with `group` may."),
        ('type = "money"', 'type = "mony"', "no type 'mony'. Did you mean 'money'?"),
        (', type = "money"', "", "`type` is missing"),
        ('type = "money" }', 'type = "money", const = "1" }', "unknown key 'const'"),
        ('group = "Invoice"', 'group = "Invoice"\nkeep = "last"', "nothing to keep"),
        ('group = "Invoice"', "", "`lines` need a `group`"),
        ('group = "Invoice"', "group = []", "`group` is empty"),
        ('lines.at = { from = "At", type = "time" }', "lines.at = 3", "`lines` is not a table of tables"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(old: str, new: str, words: str) -> None:
    with pytest.raises(UsageError, match=r"shop\.toml:\d+: ") as caught:
        read_mapping(MAPPING.replace(old, new, 1), "shop.toml")
    assert words in str(caught.value)


def test_an_unknown_column_of_a_line_is_told(ws: gk.Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column 'qantity'"):
        loaded(ws, tmp_path, GOOD, MAPPING.replace("sum(quantity)", "sum(qantity)"))
