"""Documents: view models written out as files and terminal pages."""

from __future__ import annotations

from goalkeeper.documents.scorecard_html import scorecard_html
from goalkeeper.documents.scorecard_text import scorecard_text

__all__ = ["scorecard_html", "scorecard_text"]
