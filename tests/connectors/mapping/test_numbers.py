"""Decimal marks: said by the mapping, or told by a file's own texts; a number that may be either is held back."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import openpyxl
import pytest

import goalkeeper as gk
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.mapping.numbers import proof, with_point
from goalkeeper.errors import Findings
from goalkeeper.warehouse import LoadReport, listed

MAPPING = """
name = "shop"
[[file]]
match = ["*"]
needs = ["Id"]
[[file.table]]
to = "orders"
columns.order_id = "Id"
columns.customer_id = "Id"
columns.ordered_at = { const = "2026-02-03 10:00:00" }
columns.currency = { const = "EUR" }
columns.status = { const = "paid" }
columns.gross = "Gross"
columns.items = "Items"
"""
COMMA, POINT = (
    MAPPING.replace('= ["Id"]', '= ["Id"]\ndecimal = ","'),
    MAPPING.replace('= ["Id"]', '= ["Id"]\ndecimal = "."'),
)
GROSS = "gross cannot be read; valid: money; "
BY_OTHERS = "other values of the column have a decimal comma, so that 1.000 would be a thousand: "
BOTH = "values of the column have a decimal point and others a decimal comma, so that 1.000 may be either: "
NOTHING = "no value of the column tells whether 1.000 is one or a thousand: "


def loaded(ws: gk.Workspace, folder: Path, gross: list[str], items: str = "1", mapping: str = MAPPING) -> LoadReport:
    lines = "".join(f'{number},"{text}","{items}"\n' for number, text in enumerate(gross))
    (folder / "orders.csv").write_text("Id,Gross,Items\n" + lines, encoding="utf-8")
    return ws.load(folder / "orders.csv", mapping=read_mapping(mapping, "shop.toml"), allow=1.0)


def read(ws: gk.Workspace, column: str = "gross") -> dict[str, object]:
    return dict(ws.store.rows(f"SELECT order_id, {column} FROM canon.orders"))


def test_a_comma_elsewhere_keeps_a_thousand_from_being_one(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, ["12,50", "1.000", "+2.500", "300"])
    assert report.files[0].reasons == {GROSS + BY_OTHERS + 'write decimal = "," in the mapping': 3}
    assert read(ws) == {"3": Decimal(300)}


@pytest.mark.parametrize("name", ["orders.parquet", "orders.xlsx"])
def test_numbers_that_are_no_texts_have_a_point(ws: gk.Workspace, tmp_path: Path, name: str) -> None:
    rows = [("0", Decimal("12.500"), 1), ("1", Decimal("1.000"), 1), ("2", Decimal("45.375"), 1)]
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in (("Id", "Gross", "Items"), *((key, float(gross) + 0.125, n) for key, gross, n in rows)):
            book.active.append(row)
        book.save(tmp_path / name)
    else:
        given = "VALUES ('0', 12.625::DECIMAL(12, 3), 1), ('1', 1.125, 1), ('2', 45.5, 1)"
        duckdb.sql(f"COPY (SELECT * FROM ({given}) t(Id, Gross, Items)) TO '{tmp_path / name}'")
    assert ws.load(tmp_path / name, mapping=read_mapping(MAPPING, "shop.toml")).held == 0
    assert read(ws) == {key: gross + Decimal("0.125") for key, gross, _ in rows}


def test_the_mapping_says_comma(ws: gk.Workspace, tmp_path: Path) -> None:
    texts = ["12,50", "1.000", "+2.500", "300", "1.234.567,8", " 7,5 ", ",5", "12.50", "1.00,5", "1,2,3"]
    report = loaded(ws, tmp_path, texts, mapping=COMMA)
    assert report.files[0].reasons == {"gross cannot be read; valid: money with a decimal comma": 3}
    numbers = ["12.50", "1000", "2500", "300", "1234567.8", "7.5", "0.5"]
    assert read(ws) == {str(n): Decimal(number) for n, number in enumerate(numbers)}


def test_the_mapping_says_point(ws: gk.Workspace, tmp_path: Path) -> None:
    texts = ["12.50", "1.000", "+2.500", "1,000", "1,234,567.8", "1.5E3", "12,50"]
    report = loaded(ws, tmp_path, texts, mapping=POINT)
    assert report.files[0].reasons == {"gross cannot be read; valid: money with a decimal point": 1}
    numbers = ["12.50", "1", "2.5", "1000", "1234567.8", "1500"]
    assert read(ws) == {str(n): Decimal(number) for n, number in enumerate(numbers)}


def test_a_column_of_its_own_mark(ws: gk.Workspace, tmp_path: Path) -> None:
    mapping = COMMA.replace('columns.items = "Items"', 'columns.items = { from = "Items", decimal = "." }')
    assert loaded(ws, tmp_path, ["1.000"], "2.000", mapping).held == 0
    assert (read(ws), read(ws, "items")) == ({"0": Decimal(1000)}, {"0": 2})


@pytest.mark.parametrize("proving", ["12.5", "0.125", "1234.567", "1,234.50", "1.0000", "2.5e3"])
def test_a_point_elsewhere_lets_it_be_read(ws: gk.Workspace, tmp_path: Path, proving: str) -> None:
    report = loaded(ws, tmp_path, [proving, "1.000", "2.125"])
    assert report.held == ("," in proving)
    assert {"1": Decimal(1), "2": Decimal("2.125")}.items() <= read(ws).items()


def test_where_values_contradict_only_what_may_be_either_is_held_back(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, ["12.50", "12,50", "1.000"])
    assert report.files[0].reasons == {GROSS + BOTH + 'write decimal = "." or decimal = "," in the mapping': 2}
    assert read(ws) == {"0": Decimal("12.5")}


def test_where_nothing_tells_it_is_held_back(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, ["1.000", "300", "2.500"])
    assert report.files[0].reasons == {GROSS + NOTHING + 'write decimal = "." or decimal = "," in the mapping': 2}
    assert read(ws) == {"1": Decimal(300)}


def test_one_proof_far_away_tells_whatever_the_order(ws: gk.Workspace, tmp_path: Path) -> None:
    texts = ["1.000"] * 300_000 + ["12.5"]
    assert loaded(ws, tmp_path, texts).held == 0
    assert loaded(ws, tmp_path, texts[::-1]).held == 0
    assert set(read(ws).values()) == {Decimal(1), Decimal("12.5")}


def test_a_replay_after_the_mapping_says_it_lets_them_in(ws: gk.Workspace, tmp_path: Path) -> None:
    loaded(ws, tmp_path, ["12,50", "1.000", "300"])
    report = loaded(ws, tmp_path, ["12,50", "1.000", "300"], mapping=COMMA)
    assert (report.files[0].again, report.held) == (True, 0)
    assert read(ws) == {"0": Decimal("12.5"), "1": Decimal(1000), "2": Decimal(300)}
    assert ws.store.one("SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL") == 0


def test_whole_numbers_are_no_different(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, ["1"], "1.000")
    (reason,) = report.files[0].reasons
    assert reason.startswith("items cannot be read; valid: whole number; no value of the column tells")


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("replace(replace(Gross, '.', ''), ',', '.')", 1000),
        ("regexp_replace(Gross, '[.]', '')", 1000),
        ("CAST(Gross AS DECIMAL(18, 4)) * 2", 2),
    ],
)
def test_an_expression_that_settles_it_is_taken_at_its_word(
    ws: gk.Workspace, tmp_path: Path, source: str, number: int
) -> None:
    assert loaded(ws, tmp_path, ["1.000"], mapping=MAPPING.replace('gross = "Gross"', f'gross = "{source}"')).held == 0
    assert read(ws) == {"0": Decimal(number)}


@pytest.mark.parametrize("source", ["trim(Gross)", "regexp_replace(Gross, '[^0-9.,-]', '', 'g')", "nullif(Gross, '?')"])
def test_an_expression_that_keeps_the_marks_settles_nothing(ws: gk.Workspace, tmp_path: Path, source: str) -> None:
    report = loaded(ws, tmp_path, ["1.000"], mapping=MAPPING.replace('gross = "Gross"', f'gross = "{source}"'))
    assert report.held == 1


def test_rows_that_take_no_part_neither_prove_nor_fail(ws: gk.Workspace, tmp_path: Path) -> None:
    mapping = MAPPING.replace('to = "orders"', 'to = "orders"\nwhere = "Gross <> \'total 12.5\'"')
    mapping = mapping.replace('"Gross"', "\"CASE WHEN CAST(replace(Gross, ' ', '') AS DOUBLE) > 0 THEN Gross END\"")
    report = loaded(ws, tmp_path, ["1.000", "total 12.5"], mapping=mapping)
    assert (report.held, report.files[0].passed_over) == (1, 1)


def test_lines_of_a_group_are_looked_at_before_they_are_summed(ws: gk.Workspace, tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        'to = "orders"', 'to = "orders"\ngroup = "Id"\nlines.part = { from = "Gross", type = "money" }'
    )
    mapping = mapping.replace('gross = "Gross"', 'gross = "sum(part)"').replace('"Items"', '"max(Items)"')
    report = loaded(ws, tmp_path, ["1.000", "12,50", "7"], mapping=mapping)
    assert read(ws) == {"2": Decimal(7)}
    assert any(
        reason.startswith("part cannot be read; valid: money; other values") for reason in report.files[0].reasons
    )
    assert loaded(ws, tmp_path, ["3"], "1.000", mapping).held == 1
    said = mapping.replace('type = "money"', 'type = "money", decimal = ","')
    loaded(ws, tmp_path, ["1.000", "12,50", "7"], mapping=said)
    assert read(ws) == {"0": Decimal(1000), "1": Decimal("12.5"), "2": Decimal(7)}


def test_no_other_mark_is_valid() -> None:
    with pytest.raises(Findings, match=r"`decimal` is ';'"):
        read_mapping(MAPPING.replace("needs", 'decimal = ";"\nneeds'), "shop.toml")


def test_no_text_proves_both_marks_and_each_number_reads_one_way() -> None:
    """Any text of digits and marks: what proves a mark can be read by it, and what proves the other one cannot."""
    random = Random(7)
    texts = {
        "".join(random.choices("0123456789.,", (6, *[3] * 9, 8, 8), k=random.randint(1, 9))) for _ in range(60_000)
    }
    with duckdb.connect() as con:
        reads = ", ".join(f"TRY_CAST({with_point('text', mark)} AS DOUBLE)" for mark in ".,")
        texts_sql = "(SELECT unnest(?::VARCHAR[]) AS text)"
        rows = con.execute(f"SELECT text, {reads} FROM {texts_sql}", [sorted(texts)]).fetchall()
    proved = {".": 0, ",": 0}
    for text, point, comma in rows:
        proofs = [mark for mark in ".," if re.fullmatch(proof(mark), text)]
        assert len(proofs) < 2, text
        if proofs:
            proved[proofs[0]] += 1
            right, wrong = (point, comma) if proofs == ["."] else (comma, point)
            assert right is not None, text
            assert wrong is None, text
        elif point is not None and comma is not None and point != comma:
            assert re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text), text
    assert min(proved.values()) > 1000


def test_a_doubtful_mark_is_no_reason_for_what_is_no_number(ws: gk.Workspace, tmp_path: Path) -> None:
    report = loaded(ws, tmp_path, ["12,50", "1.000", "abc", "300", "n.a."])
    assert report.files[0].reasons == {
        GROSS + BY_OTHERS + 'write decimal = "," in the mapping': 2,
        GROSS.removesuffix("; "): 2,
    }
    assert [(held.reason, held.rows) for held in listed(ws.store)] == list(report.files[0].reasons.items())
