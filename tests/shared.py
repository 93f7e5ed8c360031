"""Where the real data and the peers' vectors stand: beside the project, never inside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("GOALKEEPER_SHARED", Path(__file__).parents[2] / "shared"))


def shared_file(*parts: str) -> Path:
    """The path of a shared file; skips where the folder is absent, but in CI its absence is a failure."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        message = f"{'/'.join(parts)} is not in {SHARED}; set GOALKEEPER_SHARED to the folder that holds it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
