"""One chart as a file to take away: SVG, or with its words as PDF (PDF/UA-1) and PNG, set by Typst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from goalkeeper.charts import ChartSpec, to_svg
from goalkeeper.charts.canvas import Mode, allowed
from goalkeeper.charts.theme import TOKENS
from goalkeeper.documents.page import TEMPLATES
from goalkeeper.documents.words import moment_words
from goalkeeper.errors import UnknownName

CHART_FORMS: Mapping[str, str] = {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}
"""The forms of a chart, each with its media type."""
_PPI = 192  # twice a screen's, for slides


def chart_file(chart: ChartSpec, form: str, *, company: str, as_of: datetime) -> bytes:
    """The chart in a form; the same chart gives the same bytes on one machine. UnknownName for no such form."""
    if form not in CHART_FORMS:
        raise UnknownName("form", form, CHART_FORMS)
    drawing = to_svg(chart, Mode.FIXED)
    if form == "svg":
        return drawing.encode()
    import typst  # here, since only this needs it and it is large

    facts = {
        "company": allowed(company),
        "title": allowed(chart.title),
        "takeaway": allowed(chart.takeaway),
        "alt": allowed(chart.label),
        "notes": [allowed(note.words) for note in chart.notes],
        "foot": f"Data as of {moment_words(as_of)}",
        "made": [as_of.year, as_of.month, as_of.day],
        "colours": {name: token.light for name, token in TOKENS.items()},
        "svg": drawing,
    }
    inputs = {"d": json.dumps(facts, ensure_ascii=False)}
    compiler = typst.Compiler(TEMPLATES / "chart.typ", root=TEMPLATES, sys_inputs=inputs)
    options: dict[str, Any] = {"format": form, "timestamp": round(as_of.astimezone(UTC).timestamp())}
    if form == "png":
        made = compiler.compile(**options, ppi=_PPI)
    else:
        try:
            made = compiler.compile(**options, pdf_standards=["ua-1"])
        except typst.TypstError as error:  # a letter that no font has; PDF/UA refuses it
            if "could not be displayed" not in str(error):
                raise
            made = compiler.compile(**options)
    assert isinstance(made, bytes)
    return made
