"""The rows behind one number of a metric: its tickets, calls or answers, and how each of them counts."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import date
from urllib.parse import urlencode

from fastapi import Request

from goalkeeper.documents.exports import XLSX, as_csv, as_xlsx
from goalkeeper.documents.row_words import row_value, rows_table, standing_words
from goalkeeper.documents.words import day_words, short_day, span_words
from goalkeeper.engines.listing import LEFT_OUT, PENDING
from goalkeeper.measure.listing import STANDS
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.metric_page import Asked
from goalkeeper.reports.rows import AskedRows, RowsPage, rows_page
from goalkeeper.state.roles import Permission
from goalkeeper.web.access import narrowed
from goalkeeper.web.pages import Choice, File, Made, Pages, View
from goalkeeper.workspace import Workspace

_SHARED = ("where", "variant", "statistic", "clock")


def declare(pages: Pages) -> None:
    """Declares the list of the rows behind a number."""
    pages.add("/metrics/{key}/rows", _rows, Permission.TICKETS)


def address(asked: AskedRows, *, form: str = "") -> str:
    """The address of a list of rows, or of all of them as a file of a form."""
    chosen = {name: text for name, text in asdict(asked).items() if text and (name, text) != ("page", "1")}
    chosen |= {"value": asked.value} if asked.value is not None else {}
    del chosen["key"]
    chosen |= {"as": form} if form else {}
    return f"/metrics/{asked.key}/rows" + (f"?{urlencode(chosen)}" if chosen else "")


def behind(asked: Asked, since: date, until: date, *, by: str = "", value: str | None = None) -> str:
    """The address of the rows behind a number of a metric's page; ``value`` empty for a segment that is not known."""
    shared = {name: getattr(asked, name) for name in _SHARED}
    return address(AskedRows(key=asked.key, since=str(since), until=str(until), by=by, value=value, **shared))


def _rows(workspace: Workspace, request: Request) -> Made:
    names = {each.name for each in fields(AskedRows)} - {"key"}
    given = {name: text for name, text in request.query_params.items() if name in names}
    asked = AskedRows(key=request.path_params["key"], **given)
    names_of = find_metric(asked.key, workspace.metrics).dataset(asked.variant).names
    asked = replace(asked, where=narrowed(asked.where, (asked.by,), names_of))
    form = request.query_params.get("as", "")
    page = rows_page(workspace, asked, everything=form in ("csv", "xlsx"))
    name = f"{page.metric.key}-rows.{form}"
    if form == "csv":
        return File(name, "text/csv; charset=utf-8", as_csv(*rows_table(page)))
    if form == "xlsx":
        return File(name, XLSX, as_xlsx(page.metric.name, *rows_table(page)))
    return View("rows.html", f"{page.metric.name}: rows", _facts(page), lambda: _json(page), place="metrics")


def _facts(page: RowsPage) -> dict[str, object]:
    listing, asked = page.listing, replace(page.asked, page="1")
    period, variant = listing.period, page.asked.variant
    standings = [
        Choice(f"{standing_words(listing, name)} {listing.counts[name]:,}", address(replace(asked, stands=name)),
               name == asked.stands) for name in STANDS if name in listing.counts
    ]  # fmt: skip
    segment = f"{asked.by.replace('_', ' ')} {asked.value or 'not known'}" if asked.value is not None else ""
    return {
        "page": page,
        "metric": page.metric,
        "listing": listing,
        "counted": f"{listing.n:,} {page.metric.counted(variant)}",
        "rows_are": page.metric.dataset(variant).rows,
        "days": span_words(period.since, period.until),
        "last": day_words(period.last),
        "uncounted": [standing_words(listing, name) for name in (PENDING, LEFT_OUT) if listing.counts.get(name)],
        "is_stock": page.metric.variant(variant).is_stock,
        "segment": segment,
        "choices_of": [Choice("all", address(replace(asked, stands="")), not asked.stands), *standings],
        "rows": [
            (row, standing_words(listing, row.stands), row_value(listing, row), short_day(row.day) if row.day else "")
            for row in listing.rows
        ],
        "has_day": any(row.day for row in listing.rows),
        "has_value": any(row.value is not None for row in listing.rows),
        "csv": address(asked, form="csv"),
        "xlsx": address(asked, form="xlsx"),
        "before": address(replace(asked, page=str(page.page - 1))) if page.page > 1 else "",
        "after": address(replace(asked, page=str(page.page + 1))) if page.page < page.pages else "",
    }


def _json(page: RowsPage) -> dict[str, object]:
    """The page as a dict; a row's value is in the metric's unit."""
    listing = page.listing
    return {
        "metric": page.metric.key,
        "asked": asdict(page.asked),
        "period": asdict(listing.period),
        "statistic": listing.statistic,
        "clock": listing.clock or None,
        "n": listing.n,
        "counts": listing.counts,
        "page": page.page,
        "pages": page.pages,
        "total": page.total,
        "rows": [
            {"source": row.source or None, "ticket": row.ticket_id or None, "subject": row.subject or None,
             "day": row.day, "stands": row.stands, "why": row.why or None, "value": row.value,
             **dict(zip(listing.names, row.columns, strict=True))} for row in listing.rows
        ],
    }  # fmt: skip
