"""How long the pages of the sample company take: made anew, and for 10 readers at once at rest and during a load."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle

from starlette.testclient import TestClient

from goalkeeper.bench.company import KEY, sample_app
from goalkeeper.bench.measuring import report, timed
from goalkeeper.metrics import METRICS
from goalkeeper.workspace import Workspace

READERS, ROUNDS = 10, 3
PLACES = ("/", "/goals", "/metrics", "/tickets", "/data", "/reviews", "/manual")


def main() -> None:
    """Prints in seconds the 95th percentile of kept pages, of pages during a load, and of pages made anew."""
    tickets = int(sys.argv[1])
    pages = [*PLACES, *(f"/metrics/{key}" for key in METRICS)]
    with sample_app(tickets) as app:
        headers = {"Authorization": f"Bearer {KEY}"}
        with TestClient(app, base_url="http://127.0.0.1", headers=headers) as client:

            def read(page: str) -> float:
                return timed(lambda: client.get(page).raise_for_status())

            anew = list(map(read, pages))
            with ThreadPoolExecutor(READERS) as pool:
                kept = list(pool.map(read, pages * ROUNDS))
            loading = _while_loading(app.state.pages.workspace, read, pages)
    report(kept=_p95(kept), loading=_p95(loading), anew=_p95(anew), median_anew=statistics.median(anew))


def _while_loading(workspace: Workspace, read: Callable[[str], float], pages: Sequence[str]) -> list[float]:
    """What each page took of readers who read on, each in an order of its own, until a load is done."""

    def read_on(first: int, work: Future[None]) -> list[float]:
        took = list[float]()
        for page in cycle([*pages[first:], *pages[:first]]):
            if work.done():
                return took
            took.append(read(page))
        raise AssertionError("there are no pages")

    with ThreadPoolExecutor(READERS + 1) as pool:
        work = pool.submit(_load, workspace)
        readers = [pool.submit(read_on, number * len(pages) // READERS, work) for number in range(READERS)]
        work.result()
        return [each for reader in readers for each in reader.result()]


def _load(workspace: Workspace) -> None:
    """Loads the help desk's export again, and makes the facts of all tickets anew."""
    workspace.load(workspace.folder / "exports" / "helpdesk", mapping="zendesk-export")
    workspace.refresh(everything=True)
    workspace.store.leave()


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    main()
