"""Builds the list of the rows behind one number of a metric: its tickets, calls or answers, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from goalkeeper.errors import UsageError
from goalkeeper.measure import Question
from goalkeeper.measure.listing import MOST_ROWS, Listing, listing
from goalkeeper.metrics import Metric
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.metric_page import recent_periods
from goalkeeper.warehouse.known import newest_local
from goalkeeper.warehouse.store import of_one_state
from goalkeeper.workspace import Workspace

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRows:
    """Whose rows, as their address says it; empty means the page's recent period, all segments, however they stand.

    ``value`` of the split ``by`` is None where no segment is asked for and empty for the one that is not known;
    ``page`` counts from 1.
    """

    key: str
    since: str = ""
    until: str = ""
    by: str = ""
    value: str | None = None
    where: str = ""
    variant: str = ""
    statistic: str = ""
    clock: str = ""
    stands: str = ""
    page: str = "1"


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of the rows, and how many pages there are."""

    asked: AskedRows
    listing: Listing
    page: int
    pages: int
    total: int

    @property
    def metric(self) -> Metric:
        """Whose rows they are."""
        return self.listing.metric


@of_one_state
def rows_page(workspace: Workspace, asked: AskedRows, *, everything: bool = False) -> RowsPage:
    """A page of the rows, or all of them for a file; UsageError for what is not there or too much."""
    workspace.require_facts()
    metric = find_metric(asked.key, workspace.metrics)
    zone = workspace.settings.timezone
    since, until = _day(asked.since, "since"), _day(asked.until, "until")
    if since is None or until is None:
        moment = newest_local(workspace.store, zone)
        recent, _ = recent_periods(metric, moment)
        since, until = since or recent.since, until or recent.until
    if not asked.page.isdecimal() or not 1 <= int(asked.page) <= 1_000_000:
        raise UsageError(f"'{asked.page}' is no page.", where="page", hint="Pages count from 1.")
    question = Question(
        where=asked.where, since=since, until=until, clock=asked.clock, statistic=asked.statistic, variant=asked.variant
    )
    segment = (asked.by, asked.value or None) if asked.by and asked.value is not None else None
    offset, limit = (0, MOST_ROWS) if everything else ((int(asked.page) - 1) * ON_A_PAGE, ON_A_PAGE)
    found = listing(
        workspace.store, metric, question, zone=zone, segment=segment, stands=asked.stands, offset=offset, limit=limit
    )
    total = found.counts.get(asked.stands, 0) if asked.stands else sum(found.counts.values())
    if everything and total > MOST_ROWS:
        raise UsageError(
            f"that is {total:,} rows; a file holds {MOST_ROWS:,}.", where=metric.key, hint="Take a shorter time."
        )
    return RowsPage(asked, found, int(asked.page), max(1, -(-total // ON_A_PAGE)), total)


def _day(text: str, name: str) -> date | None:
    """A day of an address; UsageError for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"'{text}' is no day.", where=name, hint="Write it as 2026-01-31.") from None
