"""Paths in SQL."""

from __future__ import annotations

import re
from pathlib import Path

from goalkeeper.engines.text import literal


def path_literal(path: Path) -> str:
    """A path literal that DuckDB's readers take for this one file: `a[1].csv` would else be the glob of `a1.csv`."""
    return literal(re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", str(path.absolute())))


def parquet_source(path: Path) -> str:
    """The table function that reads a Parquet file; a folder called `year=2024` adds no column to it."""
    return f"read_parquet({path_literal(path)}, hive_partitioning = false)"
