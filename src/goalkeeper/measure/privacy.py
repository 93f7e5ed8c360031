"""Keeps the answers of small groups of employees from being told, or worked out from what is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray

from goalkeeper.errors import UsageError
from goalkeeper.measure.periods import begin

LEAST = 5
# Of a year: the work grows with the square of both.
MOST_PIECES, MOST_SINGLE = 500, 150
_UNITS: tuple[str, ...] = ("", "year", "quarter", "month", "week")  # "" is all the years that stand together
_NONE = 1e-7
Vector = NDArray[np.float64]
Split = tuple[str | None, ...]


def refuse_other_columns(columns: Iterable[str], splits: Collection[str]) -> None:
    """UsageError for a condition on answers of employees that looks at more than their splits."""
    if other := sorted(set(columns) - set(splits)):
        raise UsageError(
            f"'{other[0]}' could tell one person's answer.",
            where="--where",
            hint=f"Valid for answers of employees: {', '.join(splits)}.",
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Answers that are told together or not at all: of some days, with the same values of all splits."""

    days: tuple[tuple[date, int], ...]
    by: Split

    @property
    def n(self) -> int:
        return sum(n for _, n in self.days)


class Tellable:
    """Which numbers of employees' answers may be told, where the answers are ``(local day, split values, how many)``.

    Told are years, quarters, months and weeks of every group, by any splits together, long times and large groups
    first, as long as no ``LEAST - 1`` answers or fewer follow from all that is told by adding and subtracting; and only
    of months before the day ``until``, since numbers that grow give away what is new. Any other range is told where it
    follows from them itself. Of groups that are many, weeks are not told, of too many nothing.
    """

    def __init__(self, answers: Iterable[tuple[date, Split, int]], until: date) -> None:
        until = begin(until, "month")
        self._years = [_Years(days, until) for days in _of_enough(answers)]

    def may_tell(self, since: date, until: date, chosen: Callable[[Split], bool]) -> bool:
        """Of the days from ``since`` to the one before ``until``, the answers whose values of splits are chosen."""
        return all(years.may_tell(since, until, chosen) for years in self._years)


def _of_enough(answers: Iterable[tuple[date, Split, int]]) -> list[list[tuple[date, Split, int]]]:
    """The answers of each year, or of years that together have enough; what is left at the end belongs to the last."""
    found: list[list[tuple[date, Split, int]]] = []
    # In full order, so that the same is told of groups alike in size each time.
    ordered = sorted(answers, key=lambda answer: (answer[0], repr(answer[1])))
    for _, year in groupby(ordered, key=lambda answer: answer[0].year):
        if found and _n(found[-1]) < LEAST:
            found[-1] += year
        else:
            found.append(list(year))
    if len(found) > 1 and _n(found[-1]) < LEAST:
        found[-2:] = [found[-2] + found[-1]]
    return found


def _n(answers: Iterable[tuple[date, Split, int]]) -> int:
    return sum(n for _, _, n in answers)


@lru_cache(maxsize=32)
def tellable(answers: tuple[tuple[date, Split, int], ...], until: date) -> Tellable:
    """The same for the same answers, kept: it may take a second."""
    return Tellable(answers, until)


class _Years:
    """What may be told of years by themselves."""

    def __init__(self, answers: Sequence[tuple[date, Split, int]], until: date) -> None:
        units = _UNITS
        pieces = _pieces(answers, ("month", "week"))
        if _are_many(pieces):
            units, pieces = units[:-1], _pieces(answers, ("month",))
        self.pieces = pieces
        self.basis: list[Vector] = []  # of all that is told, orthonormal
        if _are_many(pieces):
            return
        counts = np.array([piece.n for piece in pieces])
        is_open = np.array([piece.days[-1][0] >= until for piece in pieces])
        # What of each piece does not follow from what is told, seen along two directions at once: some pieces together
        # follow from it where theirs add up to nothing.
        seen = np.random.default_rng(0).standard_normal((2, len(pieces)))
        along = seen[0] + 1j * seen[1]
        hidden = along.copy()
        for places in _groups(pieces, units):
            if counts[places].sum() < LEAST or is_open[places].any():
                continue
            group = np.zeros(len(pieces))
            group[places] = 1
            new = self._new(group)
            if new is None:
                continue
            left = hidden - new * (new @ along)
            if not _few_follow(left, counts):
                hidden = left
                self.basis.append(new)

    def _new(self, vector: Vector) -> Vector | None:
        """The direction in which a group goes beyond what is told; None where it follows from it."""
        rest = vector
        for _ in range(2):  # once leaves too much of rounding
            for told in self.basis:
                rest = rest - (rest @ told) * told
        size = float(np.linalg.norm(rest))
        return rest / size if size > _NONE * float(np.linalg.norm(vector)) else None

    def may_tell(self, since: date, until: date, chosen: Callable[[Split], bool]) -> bool:
        """As of `Tellable`, of these years."""
        wanted = np.zeros(len(self.pieces))
        for place, piece in enumerate(self.pieces):
            if not chosen(piece.by):
                continue
            n = sum(n for day, n in piece.days if since <= day < until)
            if n not in (0, piece.n):
                return False
            wanted[place] = n > 0
        return not wanted.any() or self._new(wanted) is None


def _pieces(answers: Iterable[tuple[date, Split, int]], units: Sequence[str]) -> list[_Piece]:
    days: dict[object, list[tuple[date, int]]] = defaultdict(list)
    splits: dict[object, Split] = {}
    for day, by, n in answers:
        key = (*(begin(day, unit) for unit in units), by)
        days[key].append((day, n))
        splits[key] = by
    return [_Piece(tuple(counts), splits[key]) for key, counts in days.items()]


def _are_many(pieces: Sequence[_Piece]) -> bool:
    return len(pieces) > MOST_PIECES or sum(piece.n == 1 for piece in pieces) > MOST_SINGLE


def _telling_apart(pieces: Sequence[_Piece]) -> list[int]:
    """The places of the splits that tell pieces apart, each in its own way."""
    found: dict[tuple[int, ...], int] = {}
    for split in range(len(pieces[0].by)):
        numbers: dict[str | None, int] = {}
        found.setdefault(tuple(numbers.setdefault(piece.by[split], len(numbers)) for piece in pieces), split)
    return [split for numbers, split in found.items() if max(numbers)]


def _groups(pieces: Sequence[_Piece], units: Sequence[str]) -> list[list[int]]:
    """The places of the pieces of every group, in the order in which they are told as long as they may be."""
    found: dict[tuple[int, int, object], list[int]] = defaultdict(list)
    splits = _telling_apart(pieces)
    chosen = [each for size in range(len(splits) + 1) for each in combinations(splits, size)]
    for place, piece in enumerate(pieces):
        for number, unit in enumerate(units):
            start = begin(piece.days[0][0], unit) if unit else None
            for some in chosen:
                found[len(some), number, (start, tuple((split, piece.by[split]) for split in some))].append(place)

    def order(item: tuple[tuple[int, int, object], list[int]]) -> tuple[int, int, int]:
        (size, unit, _), places = item
        return size, unit, -sum(pieces[place].n for place in places)

    return [places for _, places in sorted(found.items(), key=order)]


def _few_follow(hidden: NDArray[np.complex128], counts: NDArray[np.int_]) -> bool:
    """Whether pieces with less than LEAST answers together add up to nothing; LEAST is five here."""
    ones, twos, threes, fours = (hidden[counts == n] for n in range(1, LEAST))
    nothing = np.zeros(1, dtype=np.complex128)
    pairs = _sums_of_two(ones)
    return (
        any(_meet(each, nothing) for each in (ones, twos, threes, fours, pairs, _sums_of_two(twos)))
        or any(_meet(ones, each) for each in (twos, threes, pairs))
        or _meet(pairs, twos)
        or _meet(pairs, pairs)
    )


def _sums_of_two(each: NDArray[np.complex128]) -> NDArray[np.complex128]:
    first, second = np.triu_indices(len(each), 1)
    return each[first] + each[second]


def _meet(some: NDArray[np.complex128], others: NDArray[np.complex128]) -> bool:
    """Whether one of some and one of the others add up to nothing."""
    return any(bool(np.isin(_cell(-some, shift), _cell(others, shift)).any()) for shift in (0.0, 0.5))


def _cell(numbers: NDArray[np.complex128], shift: float) -> NDArray[np.int64]:
    """The same for numbers that are the same but for rounding: if not with one shift, then with another."""
    wide = np.floor(numbers.real / _NONE + shift).astype(np.int64)
    return wide * 1_000_000_007 + np.floor(numbers.imag / _NONE + shift).astype(np.int64)
