from __future__ import annotations

from datetime import date

import pytest

from goalkeeper.calendars.public_holidays import check_place, public_holidays
from goalkeeper.errors import UnknownName


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    womens_day = date(2024, 3, 8)
    assert womens_day in dict(public_holidays("DE-BE", 2024, 2024))
    assert womens_day not in dict(public_holidays("DE", 2024, 2024))
    assert dict(public_holidays("DE", 2024, 2024))[date(2024, 10, 3)]


def test_a_new_year_observed_in_the_old_year_is_found_in_the_old_year() -> None:
    assert date(2021, 12, 31) in dict(public_holidays("US", 2021, 2021))
    assert all(day.year == 2021 for day, _ in public_holidays("US", 2021, 2021))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("DX", "no country of holidays 'DX'"),
        ("de", "no country of holidays 'de'"),
        ("DE-XX", "no part of DE 'XX'"),
        ("DE-", "no part of DE ''"),
        ("", "no country of holidays ''"),
    ],
)
def test_unknown_places_are_told(code: str, message: str) -> None:
    with pytest.raises(UnknownName, match=message):
        check_place(code)
    check_place("DE-BE")
