"""How pages say when something was: in the workspace's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from goalkeeper.documents.words import local_words
from goalkeeper.workspace import Workspace


def moments_of(workspace: Workspace, *, with_zone: bool = True) -> Callable[[datetime | None], str]:
    """How a moment of UTC is said in the workspace's zone; empty for none.

    Without the zone in tables, over which the page names it once.
    """
    zone = ZoneInfo(workspace.settings.timezone)

    def words(moment: datetime | None) -> str:
        return local_words(moment, zone, with_zone=with_zone) if moment else ""

    return words
