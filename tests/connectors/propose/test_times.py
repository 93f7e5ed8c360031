"""The order of day and month is proved by a row, asked about, or contradicted."""

from __future__ import annotations

import pytest

from goalkeeper.connectors.propose.times import name_hints_at_time


def times(look, values: list[str], name: str = "created_at"):  # type: ignore[no-untyped-def]
    return (
        look(f"{name}|other\n" + "".join(f"{value}|{index}\n" for index, value in enumerate(values))).columns[0].times
    )


def test_a_day_beyond_twelve_proves_day_first(look) -> None:
    found = times(look, ["3/4/2016 9:00", "13/2/2016 9:00", "1/2/2016 9:00"])
    assert (found.formats, found.question) == (("%d/%m/%Y %H:%M",), "")
    assert found.evidence == "'13/2/2016 9:00' on row 2 can only be day first"


def test_a_month_place_beyond_twelve_proves_month_first(look) -> None:
    found = times(look, ["3/4/2016", "2/13/2016"])
    assert (found.formats, found.order, found.question) == (("%m/%d/%Y",), "mdy", "")
    assert found.evidence == "'2/13/2016' on row 2 can only be month first"


def test_values_that_read_both_ways_are_asked_about(look) -> None:
    found = times(look, ["03/04/2016", "05/06/2016"])
    assert found.question == (
        "day first (%d/%m/%Y) or month first (%m/%d/%Y)? Every value reads both ways ('03/04/2016' on row 1)"
    )


def test_rows_that_contradict_are_both_shown(look) -> None:
    found = times(look, ["03/04/2016", "13/06/2016", "06/14/2016"])
    assert found.question == (
        "rows contradict: '13/06/2016' on row 2 can only be day first; '06/14/2016' on row 3 can only be month first"
    )


@pytest.mark.parametrize(
    ("values", "formats", "has_zone"),
    [
        (["2016-04-28T11:19:34Z", "2016-04-28T11:19:34.5+02:00"], ("iso",), True),
        (["2016-04-28 11:19:34", "2016-04-28"], ("iso",), False),
        (["2016-04-28T11:19:34 -10:00", "2016-04-29T11:19:34 +01:00"], ("iso",), True),
        (["1461842374", "1461842999"], ("epoch_s",), True),
        (["1461842374123", "1461842999000"], ("epoch_ms",), True),
        (["42488.47192", "42490"], ("excel",), False),
        (["2016-04-28T09:00:00", "42490.5"], ("iso", "excel"), False),
        (["990201", "990228"], ("%y%m%d",), False),
        (["20160401", "20160430"], ("%Y%m%d",), False),
        (["1.4.2016 09:00", "13.4.2016 09:00:30"], ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"), False),
        (["Apr 1, 2016 1:05 PM", "Dec 24, 2016 11:05 AM"], ("%b %d, %Y %I:%M %p",), False),
        (["28 Apr 2016 10:00 +0200", "29 May 2016 10:00 +0200"], ("%d %b %Y %H:%M %z",), True),
    ],
)
def test_formats_are_found(look, values: list[str], formats: tuple[str, ...], has_zone: bool) -> None:
    found = times(look, values)
    assert (found.formats, found.has_zone, found.question, found.unread) == (formats, has_zone, "", 0)


def test_unset_marks_are_set_apart(look) -> None:
    found = times(look, ["2016-04-28 11:19:34", "1970-01-01 00:00:00", "2016-04-29 00:00:00"])
    assert found.unset == ("1970-01-01 00:00:00",)
    assert found.earliest == "2016-04-28 11:19:34"


def test_few_unreadable_values_are_counted_with_an_example(look) -> None:
    found = times(look, [f"2016-04-{day:02}" for day in range(1, 29)] + ["soon"])
    assert (found.unread, found.unread_example) == (1, "'soon' on row 29")


def test_numbers_are_times_only_where_the_name_says_so(look) -> None:
    assert times(look, ["1461842374", "1461842999"], "phone") is None
    assert times(look, ["990201", "990228"], "ticket_id") is None
    assert times(look, ["1.5", "2.5"], "created_at") is None


@pytest.mark.parametrize("name", ["created_at", "createdAt", "Order Date", "end time", "Erstellt am", "updated"])
def test_names_of_times_are_known(name: str) -> None:
    assert name_hints_at_time(name)


@pytest.mark.parametrize("name", ["status", "category", "attempts", "rate", "location", "candidate"])
def test_other_names_are_not(name: str) -> None:
    assert not name_hints_at_time(name)
