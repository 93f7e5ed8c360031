"""How the facts are stored: the view of tickets works out columns, and costs a join only for the two that need it."""

from __future__ import annotations

import pytest

from goalkeeper.datasets import DATASETS
from goalkeeper.tickets import TICKET_COLUMNS
from tickets.desk import Desk, ticket, timeline


def filled(desk: Desk) -> Desk:
    desk.load(
        tickets=[ticket("T", "Mon 08:00", requester_customer_id="c1"), ticket("U", "Mon 09:00")],
        ticket_events=timeline("T", "Mon 09:00 agent reply actor_id=a1", "Mon 10:00 agent status solved"),
    )
    desk.refresh()
    return desk


def test_the_view_has_the_declared_columns_in_order(desk: Desk) -> None:
    found = filled(desk).rows("DESCRIBE facts.tickets")
    assert [row["column_name"] for row in found] == [column.name for column in TICKET_COLUMNS]


@pytest.mark.parametrize("name", ["tickets", "turns", "open_spans"])
def test_counting_reads_no_canonical_table(desk: Desk, name: str) -> None:
    filled(desk)
    data = DATASETS[name]
    columns = [column for column in data.columns if column.name not in ("ticket_id", "customer")]
    counted = ", ".join(f"count({column.name})" for column in columns)
    (plan,) = desk.store.rows(f"EXPLAIN SELECT {counted} FROM {data.source} WHERE left_out IS NULL")
    assert "canon." not in plan[1]


def test_ids_come_from_the_canonical_table(desk: Desk) -> None:
    filled(desk)
    rows = desk.rows("SELECT ticket_id, customer FROM facts.tickets ORDER BY ticket_id")
    assert rows == [{"ticket_id": "T", "customer": "desk:c1"}, {"ticket_id": "U", "customer": None}]


def test_a_table_of_an_older_version_gives_way_to_the_view(desk: Desk) -> None:
    filled(desk)
    before = desk.facts()
    desk.store.con.execute("DROP VIEW facts.tickets; DROP TABLE facts.ticket_rows; CREATE TABLE facts.tickets (x INT)")
    desk.refresh()
    assert desk.facts() == before
