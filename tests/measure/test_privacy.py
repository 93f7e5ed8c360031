"""No group under five can be told, nor worked out from the others."""

from __future__ import annotations

from datetime import date

from goalkeeper.measure.estimates import Cell
from goalkeeper.measure.periods import Period
from goalkeeper.measure.privacy import hide_small_groups
from goalkeeper.stats.estimate import Estimate, NoEstimate

MAY = Period(date(2026, 5, 1), date(2026, 6, 1), "2026-05")
JUNE = Period(date(2026, 6, 1), date(2026, 7, 1), "2026-06")


def cells(*sizes: int, period: Period = MAY) -> list[Cell]:
    found = []
    for number, n in enumerate(sizes):
        value = Estimate(0.5, 0.4, 0.6, 0.95, n, "x") if n >= 5 else NoEstimate("too_few", n, 5)
        found.append(Cell(period, {"team": str(number)}, value, n))
    return found


def shown(found: list[Cell]) -> list[int]:
    return [cell.n for cell in found if cell.estimate]


def test_a_single_small_group_takes_the_next_one_along() -> None:
    found = hide_small_groups(cells(4, 20, 9, 30))
    assert shown(found) == [20, 30]
    assert found[2].value == NoEstimate("people")


def test_small_groups_hide_each_other() -> None:
    assert shown(hide_small_groups(cells(3, 2, 20, 9))) == [20, 9]
    assert shown(hide_small_groups(cells(2, 2, 20, 9))) == [20]


def test_nothing_is_hidden_without_need() -> None:
    assert shown(hide_small_groups(cells(5, 6, 7))) == [5, 6, 7]
    assert shown(hide_small_groups(cells(0, 6, 7))) == [6, 7]
    assert shown(hide_small_groups(cells(6))) == [6]


def test_each_period_by_itself() -> None:
    assert shown(hide_small_groups([*cells(4, 20), *cells(8, 20, period=JUNE)])) == [8, 20]
