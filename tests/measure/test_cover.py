"""Nothing counted is zero only where the data is known: by source, by table, and between first and last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from goalkeeper.formulas import Retained, Total
from goalkeeper.measure import Estimates
from goalkeeper.measure.lengths import in_as_many_days
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.small import Row, Small, ticket

SETTINGS = 'timezone = "UTC"\n'
FIRST, LAST = datetime(2026, 1, 1, 14), datetime(2026, 3, 31, 14)
BREAK, BEGIN = datetime(2026, 3, 1), datetime(2026, 2, 1)
JANUARY_TO_MARCH = {"since": date(2026, 1, 1), "until": date(2026, 4, 1), "every": "month"}


def _tickets(name: str, since: datetime, until: datetime) -> list[Row]:
    """Two a day, none in the week of 9 February."""
    days = [since + timedelta(days=day) for day in range((until - since).days + 1)]
    moments = [day for day in days if not date(2026, 2, 9) <= day.date() < date(2026, 2, 16) for _ in range(2)]
    return [
        ticket(0, "01-01 00:00", ticket_id=f"{name}{number}", created_at=moment.isoformat() + "Z")
        for number, moment in enumerate(moments)
    ]


def _reviews(until: datetime) -> list[Row]:
    moments = [FIRST + timedelta(days=day) for day in range((until - FIRST).days + 1)]
    return [
        {"review_id": f"r{number}", "platform": "shop", "published_at": moment.isoformat() + "Z", "rating": 5,
         "scale_max": 5} for number, moment in enumerate(moments)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """One desk from January to March, one to February, one from February; a shop whose reviews end in February."""
    with Small(tmp_path_factory.mktemp("desks"), SETTINGS) as small:
        small.load("whole", tickets=_tickets("a", FIRST, LAST))
        small.load("ended", tickets=_tickets("b", FIRST, BREAK))
        small.load("begun", tickets=_tickets("c", BEGIN, LAST))
        yield small.load("shop", reviews=_reviews(BREAK))


def _values(found: Estimates) -> list[float | None]:
    return [None if cell.estimate is None else round(cell.estimate.value, 2) for cell in found]


def test_a_source_has_no_number_outside_of_its_own_days(desks: Small) -> None:
    found = desks.measure("ticket_volume", by="source", **JANUARY_TO_MARCH)
    february = 2 * 21 / 28
    values = {(cell.period.label, cell.by["source"]): cell.estimate and cell.estimate.value for cell in found}
    assert values == {
        ("2026-01", "begun"): None, ("2026-01", "ended"): 2, ("2026-01", "whole"): 2,
        ("2026-02", "begun"): february, ("2026-02", "ended"): february, ("2026-02", "whole"): february,
        ("2026-03", "begun"): 2, ("2026-03", "ended"): None, ("2026-03", "whole"): 2,
    }  # fmt: skip
    assert all(cell.value == NoEstimate("no_data", what="tickets") for cell in found if not cell.estimate)


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ("source = 'ended'", [2, 1.5, None]),
        ("source = 'begun' AND channel = 'email'", [None, 1.5, 2]),
        ("(source = 'ended' AND channel = 'email')", [2, 1.5, None]),
        ("source = 'nope'", [None, None, None]),
        ("source IN ('ended', 'begun')", [2, 3, 2]),
        ("source = 'whole' AND channel = 'chat'", [0, 0, 0]),
        ("source = 'ended' OR channel = 'chat'", [2, 1.5, 0]),  # of all sources, so zero it is
        ("channel = 'chat'", [0, 0, 0]),
    ],
)
def test_a_condition_on_the_source_counts_its_days(desks: Small, where: str, values: list[float | None]) -> None:
    assert _values(desks.measure("ticket_volume", where=where, **JANUARY_TO_MARCH)) == values


def test_a_quiet_week_within_what_is_known_is_zero(desks: Small) -> None:
    week = {"since": date(2026, 2, 9), "until": date(2026, 2, 16)}
    assert _values(desks.measure("ticket_volume", by="source", since=date(2026, 2, 2), until=date(2026, 2, 23),
                                 every="week", where="source = 'ended'")) == [2, 0, 2]  # fmt: skip
    assert _values(desks.measure("ticket_volume", where="source = 'ended'", **week)) == [0]


def test_a_table_of_a_source_of_its_own_ends_with_its_rows(desks: Small) -> None:
    assert _values(desks.measure("review_volume", **JANUARY_TO_MARCH)) == [1, 1, None]


def test_a_table_of_a_source_with_tickets_is_known_as_long_as_these(tmp_path: object) -> None:
    with Small(tmp_path, SETTINGS) as small:  # type: ignore[arg-type]
        small.load(tickets=_tickets("a", FIRST, LAST), reviews=_reviews(BREAK))
        assert _values(small.measure("review_volume", **JANUARY_TO_MARCH)) == [1, 1, 0]


class TestAsManyDays:
    def value(self, number: float) -> Estimate:
        return Estimate(number, number * 0.9, number * 1.1, 0.95, 100, "x")

    def test_a_sum_grows_with_the_days(self) -> None:
        formula = METRICS["upsell_revenue"].formula
        assert isinstance(formula, Total)
        told = in_as_many_days(formula, self.value(280.0), 28, 31)
        assert isinstance(told, Estimate)
        assert told.value == pytest.approx(310)
        assert in_as_many_days(formula, self.value(20.0), 2, 31) == self.value(20.0).scaled(15.5)
        assert in_as_many_days(formula, self.value(20.0), 0, 31) == NoEstimate("unlike_days", 0, 31)

    @pytest.mark.parametrize(("key", "was", "told"), [("churn_rate", 0.028, 0.031), ("retention_rate", 0.972, 0.969)])
    def test_so_does_a_loss(self, key: str, was: float, told: float) -> None:
        formula = METRICS[key].formula
        assert isinstance(formula, Retained)
        found = in_as_many_days(formula, self.value(was), 28, 31)
        assert isinstance(found, Estimate)
        assert found.low is not None
        assert found.high is not None
        assert found.value == pytest.approx(told)
        assert found.low < found.value < found.high
        assert in_as_many_days(formula, self.value(was), 2, 31) == NoEstimate("unlike_days", 2, 31)

    def test_other_numbers_stay(self) -> None:
        assert in_as_many_days(METRICS["csat"].formula, self.value(0.5), 28, 31) == self.value(0.5)
