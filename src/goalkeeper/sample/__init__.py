"""The sample company: a seeded generator of linked raw exports in their vendors' shapes, with known truths planted."""

from __future__ import annotations

from goalkeeper.sample.make import Company, make_company
from goalkeeper.sample.settings import settings_toml

__all__ = ["Company", "make_company", "settings_toml"]
