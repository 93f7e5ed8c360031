"""Short constructors for columns, one for each type, so that a table reads as a list."""

from __future__ import annotations

from goalkeeper.schema.table import Column, Type


def text(
    name: str,
    about: str,
    *,
    required: bool = False,
    values: tuple[str, ...] = (),
    personal: bool = False,
    references: str = "",
) -> Column:
    """A text column: an id, a word of a closed list, or free words."""
    return Column(name, Type.TEXT, about, required, values, personal, references=references)


def texts(name: str, about: str) -> Column:
    """A list of texts."""
    return Column(name, Type.TEXT_LIST, about)


def json(name: str, about: str) -> Column:
    """JSON kept as text; it can hold anything, so it counts as personal."""
    return Column(name, Type.JSON, about, personal=True)


def whole(name: str, about: str, *, required: bool = False, low: float | None = 0, high: float | None = None) -> Column:
    """A whole number, from 0 unless told otherwise."""
    return Column(name, Type.BIGINT, about, required, low=low, high=high)


def seconds(name: str, about: str, *, required: bool = False, high: float | None = None) -> Column:
    """A length of time in whole seconds, never negative."""
    return Column(name, Type.BIGINT, about, required, low=0, high=high)


def number(
    name: str, about: str, *, required: bool = False, low: float | None = None, high: float | None = None
) -> Column:
    """A number with a fraction."""
    return Column(name, Type.DOUBLE, about, required, low=low, high=high)


def money(name: str, about: str, *, required: bool = False, low: float | None = 0) -> Column:
    """An amount in units of the row's currency (not cents), from 0 unless told otherwise."""
    return Column(name, Type.DECIMAL, about, required, low=low)


def currency(*, required: bool = False) -> Column:
    """The currency of the row's amounts."""
    return Column("currency", Type.TEXT, "The currency of the amounts, an ISO 4217 code such as EUR", required)


def flag(name: str, about: str) -> Column:
    """A yes or no."""
    return Column(name, Type.BOOL, about)


def moment(name: str, about: str, *, required: bool = False, future: bool = False) -> Column:
    """A point in time, UTC; `future` if it may lie ahead of now."""
    return Column(name, Type.TIMESTAMP, about, required, future=future)


def day(name: str, about: str, *, required: bool = False) -> Column:
    """A local calendar day; it may lie ahead of now."""
    return Column(name, Type.DATE, about, required, future=True)


def clock_time(name: str, about: str, *, required: bool = False) -> Column:
    """A local time of day."""
    return Column(name, Type.TIME, about, required)
