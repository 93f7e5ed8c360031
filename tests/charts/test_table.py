"""Every chart has its numbers as a table."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from charts.specs import CASES, any_spec, share_marks, spec_of, steady
from goalkeeper.charts import Kind, to_table


@steady
@given(spec=any_spec)
def test_a_row_for_every_mark(spec):
    table = to_table(spec)
    assert len(table.rows) == len(spec.series)
    assert all(len(row) == len(table.head) for row in table.rows)


def test_cells_are_worded():
    table = to_table(CASES["trend_gaps"])
    assert table.head == ("Period", "Value", "95 % interval", "n")
    assert table.rows[0] == ("W1", "60 %", "55–65 %", "100")
    assert table.rows[2] == ("W3", "needs 5 answers, has 3", "–", "3")


def test_a_period_that_is_not_over_says_so():
    *marks, last = share_marks(3)
    rows = to_table(spec_of(Kind.TREND, (*marks, replace(last, so_far=True)))).rows
    assert [row[0] for row in rows] == ["W1", "W2", "W3, so far"]
