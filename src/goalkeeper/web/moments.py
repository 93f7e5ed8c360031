"""How pages say when something was: in the workspace's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goalkeeper.documents.words import moment_words
from goalkeeper.workspace import Workspace


def moments_of(workspace: Workspace, *, with_zone: bool = True) -> Callable[[datetime | None], str]:
    """How a moment of UTC is said in the workspace's zone; empty for none.

    Without the zone in tables, over which the page names it once.
    """
    zone = ZoneInfo(workspace.settings.timezone)

    def words(moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        return moment_words(local if with_zone else local.replace(tzinfo=None))

    return words
