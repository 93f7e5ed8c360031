"""Public holidays of countries and their parts, by codes such as 'DE' or 'DE-BE'."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from goalkeeper.errors import UnknownName


def check_place(code: str, *, where: str = "") -> None:
    """UnknownName where no holidays are known for the code's country or its part."""
    country, _, part = code.partition("-")
    known = _places()
    if country not in known:
        see = "A part follows a dash: 'DE-BE'."
        raise UnknownName("country of holidays", country, known, where=where, see=see)
    if "-" in code and part not in known[country]:
        raise UnknownName(f"part of {country}", part, known[country], where=where)


@lru_cache(maxsize=256)
def public_holidays(code: str, first_year: int, last_year: int) -> tuple[tuple[date, str], ...]:
    """The public holidays of a place, with the days on which they are observed instead, and their names."""
    import holidays  # here, since it takes longer to load than most commands run

    country, _, part = code.partition("-")
    # The neighbours' years are asked too: a holiday may be observed across the turn of the year.
    found = holidays.country_holidays(
        country, subdiv=part or None, years=range(first_year - 1, last_year + 2), expand=False
    )
    return tuple((day, name) for day, name in sorted(found.items()) if first_year <= day.year <= last_year)


@lru_cache(maxsize=1)
def _places() -> dict[str, list[str]]:
    import holidays

    return {code: list(parts) for code, parts in holidays.list_supported_countries().items()}
