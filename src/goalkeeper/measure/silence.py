"""Keeps a question to the sources that tell what it needs: silence is not zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from goalkeeper.engines.sql import Asked
from goalkeeper.engines.text import literal
from goalkeeper.metrics.needs import NOTHING_UNTOLD, Untold, untold


def of_who_tells(asked: Asked, names: Mapping[str, frozenset[str]] | None) -> tuple[Asked, Untold]:
    """The question of rows whose sources tell all that the number needs, and what is not told; of no row if none do.

    ``names`` are what sources tell, as `told` gives them.
    """
    if names is None:
        return asked, NOTHING_UNTOLD
    lacking = untold(asked.formula, names)
    if lacking.what:
        return replace(asked, where="false"), lacking
    if lacking.only is None:
        return asked, lacking
    listed = ", ".join(map(literal, sorted(lacking.only)))
    return replace(asked, where=f"({asked.where}) AND source IN ({listed})"), lacking
