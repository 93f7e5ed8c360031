"""Look at a file and propose a commented mapping for it."""

from __future__ import annotations

from goalkeeper.connectors.propose.dates import FORMATS, TimeFormat
from goalkeeper.connectors.propose.profile import Column, Profile, profile
from goalkeeper.connectors.propose.propose import propose, propose_file, propose_opened

__all__ = ["FORMATS", "Column", "Profile", "TimeFormat", "profile", "propose", "propose_file", "propose_opened"]
