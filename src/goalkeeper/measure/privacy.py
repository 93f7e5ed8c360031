"""Keeps the answers of small groups of employees from being told, or worked out from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from goalkeeper.measure.estimates import Cell
from goalkeeper.stats.estimate import Estimate, NoEstimate

LEAST = 5


def hide_small_groups(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with the number of a second group hidden where the only hidden one would follow from the whole.

    Cells under ``LEAST`` answers have no number already. Within a period, all hidden groups together must hold at least
    ``LEAST`` answers, or none: the smallest shown group joins them until they do.
    """
    found: list[Cell] = []
    for _, group in groupby(cells, key=lambda cell: cell.period):
        found += _within(list(group))
    return found


def _within(cells: list[Cell]) -> list[Cell]:
    if len(cells) < 2:
        return cells
    shown = sorted((cell for cell in cells if isinstance(cell.value, Estimate)), key=lambda cell: cell.n)
    hidden = sum(cell.n for cell in cells if not isinstance(cell.value, Estimate))
    hide: list[Cell] = []
    while shown and 0 < hidden < LEAST:
        hide.append(shown.pop(0))
        hidden += hide[-1].n
    return [replace(cell, value=NoEstimate("people")) if cell in hide else cell for cell in cells]
