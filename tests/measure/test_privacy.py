"""No group under five can be told, nor worked out from what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.measure.periods import after, begin
from goalkeeper.measure.privacy import LEAST, MOST_PIECES, MOST_SINGLE, Split, Tellable

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
Answers = list[tuple[date, Split, int]]


def of(values: dict[int, str | None]) -> Callable[[Split], bool]:
    return lambda by: all(by[split] == value for split, value in values.items())


def told_of(answers: Answers) -> Tellable:
    return Tellable(answers, date(2030, 1, 1))


def on(day: date, *sizes: int) -> Answers:
    """Teams 0, 1, … with so many answers on one day."""
    return [(day, (str(team),), n) for team, n in enumerate(sizes) if n]


def shown(answers: Answers, since: date, until: date) -> list[int]:
    """The sizes of the teams that are told, of a range."""
    tellable, found = told_of(answers), []
    for team in sorted({by for _, by, _ in answers}):
        n = sum(n for day, by, n in answers if by == team and since <= day < until)
        if n >= LEAST and tellable.may_tell(since, until, of({0: team[0]})):
            found.append(n)
    return found


def test_a_single_small_group_takes_the_next_one_along() -> None:
    assert shown(on(MAY, 4, 20, 9, 30), MAY, JUNE) == [20, 30]


def test_small_groups_hide_each_other() -> None:
    assert shown(on(MAY, 3, 2, 20, 9), MAY, JUNE) == [20, 9]
    assert shown(on(MAY, 2, 2, 20, 9), MAY, JUNE) == [20]


def test_nothing_is_hidden_without_need() -> None:
    assert shown(on(MAY, 5, 6, 7), MAY, JUNE) == [5, 6, 7]
    assert shown(on(MAY, 0, 6, 7), MAY, JUNE) == [6, 7]
    assert shown(on(MAY, 6), MAY, JUNE) == [6]
    every_day = [(MAY + timedelta(days=number), ("a",), 5) for number in range(61)]
    assert shown(every_day, MAY, JUNE) == [155]
    assert shown(every_day, date(2026, 5, 25), date(2026, 6, 1)) == [35]


def test_a_small_month_is_not_the_quarter_without_the_others() -> None:
    months = [*on(date(2026, 4, 1), 12), *on(MAY, 3), *on(JUNE, 11)]
    months += on(JULY, 40)
    assert shown(months, date(2026, 4, 1), JULY) == [26]
    assert shown(months, date(2026, 4, 1), MAY) == [12]
    assert shown(months, JUNE, JULY) == []  # else the quarter less both is May
    assert shown(months, date(2026, 4, 1), JUNE) == []


def test_a_team_without_its_other_survey_is_not_told() -> None:
    both: Answers = [(MAY, ("a", "one"), 20), (MAY, ("a", "two"), 3), (MAY, ("b", "one"), 9), (MAY, ("b", "two"), 9)]
    tellable = told_of(both)
    assert tellable.may_tell(MAY, JUNE, of({0: "a"}))
    assert tellable.may_tell(MAY, JUNE, of({1: "one"}))
    assert not any(
        tellable.may_tell(MAY, JUNE, of({0: team, 1: survey})) for team, survey in product("ab", ("one", "two"))
    )


def test_no_answer_follows_from_two_splits_asked_one_by_one() -> None:
    """Of A, ten, and the first survey, nine of A, the one of A in the second would follow."""
    tellable = told_of([(MAY, ("a", "one"), 9), (MAY, ("a", "two"), 1), (MAY, ("b", "two"), 5)])
    told = [tellable.may_tell(MAY, JUNE, of(values)) for values in ({0: "a"}, {0: "b"}, {1: "one"}, {1: "two"})]
    assert told == [True, True, False, False]


def test_a_month_is_told_when_it_is_over() -> None:
    months = [*on(MAY, 9), *on(JUNE, 9)]
    for until, told in ((MAY, [False, False]), (date(2026, 6, 20), [True, False]), (JULY, [True, True])):
        tellable = Tellable(months, until)
        assert [tellable.may_tell(MAY, JUNE, of({})), tellable.may_tell(JUNE, JULY, of({}))] == told
        assert tellable.may_tell(MAY, JULY, of({})) == all(told)


def test_a_day_is_told_where_it_is_all_of_a_week() -> None:
    tellable = told_of([*on(date(2026, 5, 13), 9), *on(date(2026, 5, 20), 6), *on(date(2026, 5, 21), 6)])
    assert tellable.may_tell(date(2026, 5, 13), date(2026, 5, 14), of({}))
    assert tellable.may_tell(date(2026, 5, 1), date(2026, 5, 19), of({}))
    assert not tellable.may_tell(date(2026, 5, 20), date(2026, 5, 21), of({}))


def test_years_with_few_answers_stand_together() -> None:
    few = [(date(2024, 12, 1), (), 3), (date(2025, 3, 1), (), 30), (date(2026, 1, 1), (), 1)]
    tellable = told_of(few)
    assert tellable.may_tell(date(2024, 12, 1), date(2026, 2, 1), of({}))
    assert not tellable.may_tell(date(2025, 1, 1), date(2026, 1, 1), of({}))
    assert told_of([]).may_tell(MAY, JUNE, of({}))


def test_of_many_groups_weeks_are_not_told() -> None:
    weeks: Answers = [(MAY + timedelta(days=7 * week), (str(team),), 9) for week in range(4) for team in range(100)]
    assert told_of(weeks).may_tell(MAY, MAY + timedelta(days=7), of({0: "1"}))
    more: Answers = [*weeks, *[(MAY, (str(team),), 9) for team in range(100, 300)]]
    assert not told_of(more).may_tell(MAY, MAY + timedelta(days=7), of({0: "1"}))
    assert told_of(more).may_tell(MAY, JUNE, of({0: "1"}))


@pytest.mark.parametrize(("most", "n"), [(MOST_PIECES, 9), (MOST_SINGLE, 1)])
def test_of_too_many_groups_nothing_is_told(most: int, n: int) -> None:
    for groups, told in ((most, True), (most + 1, False)):
        tellable = told_of([(MAY, (str(number),), n) for number in range(groups)])
        assert tellable.may_tell(MAY, JUNE, lambda _: True) is told


def test_the_order_of_the_answers_plays_no_part() -> None:
    alike = [*on(MAY, 6, 6, 3, 6), *on(JUNE, 6, 6, 3, 6)]
    assert shown(alike, MAY, JUNE) == shown(alike[::-1], MAY, JUNE) == [6, 6]
    told = [of({0: "0"}), of({0: "1"}), of({0: "3"})]
    first, second = ([told_of(each).may_tell(MAY, JUNE, team) for team in told] for each in (alike, alike[::-1]))
    assert first == second


def test_a_group_that_is_put_together_is_told_where_it_follows() -> None:
    tellable = told_of(on(MAY, 9, 8, 7, 3, 2))
    assert tellable.may_tell(MAY, JUNE, lambda by: by[0] in "012")
    assert tellable.may_tell(MAY, JUNE, lambda by: by[0] in "34")
    assert not tellable.may_tell(MAY, JUNE, lambda by: by[0] in "0123")


# The oracle of a reader who adds and subtracts all that is told: is a small group a sum of such?

RANGES = [(unit, start) for unit in ("year", "quarter", "month", "week", "day")
          for start in sorted({begin(date(2026, 1, 1) + timedelta(days=n), unit) for n in range(190)})]  # fmt: skip
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))
GIVEN = st.lists(
    st.tuples(DAYS, st.tuples(st.sampled_from("abc"), st.sampled_from(("x", "y"))), st.integers(1, 9)),
    min_size=1,
    max_size=14,
)


def ranges(answers: Answers) -> Iterator[tuple[date, date, dict[int, str | None]]]:
    chosen = [each for size in range(3) for each in combinations(range(2), size)]
    for unit, start in RANGES:
        for some in chosen:
            for values in sorted({tuple(by[split] for split in some) for _, by, _ in answers}):
                yield start, after(start, unit), dict(zip(some, values, strict=True))


@settings(max_examples=60, deadline=None)
@given(GIVEN)
def test_no_small_group_follows_from_all_that_is_told(answers: Answers) -> None:
    tellable = told_of(answers)
    sizes = np.array([n for _, _, n in answers])
    told = []
    for since, until, by in ranges(answers):
        mine = [since <= day < until and of(by)(values) for day, values, _ in answers]
        vector = np.array(mine, dtype=float)
        n = int(vector @ sizes)
        if n >= LEAST and tellable.may_tell(since, until, of(by)):
            told.append(vector)
    known = np.array(told).reshape(len(told), len(answers))
    few = [some for size in range(1, LEAST) for some in combinations(range(len(answers)), size)
           if sizes[list(some)].sum() < LEAST]  # fmt: skip
    _, values, directions = np.linalg.svd(known if told else np.zeros((1, len(answers))))
    inside = directions[: int((values > 1e-9).sum())]
    for some in few:
        vector = np.zeros(len(answers))
        vector[list(some)] = 1
        assert np.linalg.norm(inside @ vector) ** 2 < len(some) - 1e-9, some
    if sizes.sum() >= LEAST:
        assert tellable.may_tell(date(2026, 1, 1), date(2027, 1, 1), of({}))
