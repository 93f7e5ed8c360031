"""The numbers of a chart on a page of their own, where they are more than should stand beside it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from goalkeeper.charts import ChartSpec, to_table
from goalkeeper.errors import UsageError
from goalkeeper.web.pages import View

MOST_BESIDE = 60
"""Up to so many marks a chart has its numbers beside it."""
PER_PAGE = 100


def numbers_view(
    chart: ChartSpec, request: Request, *, name: str, back: tuple[str, str], place: str, links: Sequence[str] = ()
) -> View:
    """A page of a chart's numbers, the newest first; its JSON twin has all of them, the oldest first.

    ``back`` is the name and address of the page with the chart, ``links`` where the rows behind each mark are listed.
    """
    table = to_table(chart)
    rows = [(cells, links[place] if links else "") for place, cells in enumerate(table.rows)]
    pages = max(1, -(-len(rows) // PER_PAGE))
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= pages):
        raise UsageError(f"'{asked}' is no page.", where="page", hint=f"There are 1 to {pages:,}.")
    number = int(asked)

    def leading_to(page: int) -> str:
        return str(request.url.include_query_params(page=page).replace(scheme="", netloc=""))

    newest_first = rows[::-1][(number - 1) * PER_PAGE : number * PER_PAGE]
    return View(
        "numbers.html",
        f"{name}: numbers",
        {
            "chart": chart, "table": table, "rows": newest_first, "back": back, "page": number, "pages": pages,
            "before": leading_to(number - 1) if number > 1 else "",
            "after": leading_to(number + 1) if number < pages else "",
        },
        lambda: {"head": table.head, "rows": [{"cells": cells, "behind": link or None} for cells, link in rows]},
        place=place,
    )  # fmt: skip
