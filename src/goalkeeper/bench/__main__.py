"""`make bench`: the design's speeds as ratios, each measured in one run on this machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from goalkeeper.bench.measuring import Measured, measured
from goalkeeper.bench.performance import Line, lines_of, write

ZENDESK = 100_000  # tickets with 1.03 million changes of fields

PAGES_OF = 60_000
"""The tickets of the sample company whose pages are measured."""


def line(what: str, reach: str, ratio: str, detail: str) -> None:
    """Prints one row."""
    print(f"{what:<52} {reach:>10} {ratio:>10}   {detail}", flush=True)


def main() -> None:
    """Runs every measurement, the short sizes unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes for the facts")
    parser.add_argument("--load", type=int, default=375_000, help="tickets (of eight rows) in the files to load")
    parser.add_argument("--full", action="store_true", help="grow to ten million tickets and write docs/performance.md")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, default=Path(), help="the project, where --full writes its page")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    line("work", "reach", "measured", "")
    short = list(_short(given.tickets, given.load))
    if given.full:
        sizes = [scaled(tickets) for tickets in given.sizes]
        large = lines_of(sizes)
        for each in large:
            line(*each)
        write([*short, *large], sizes, given.folder, datetime.now(UTC).date())


def scaled(tickets: int) -> dict[str, float]:
    """The measurements of one size, each in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "goalkeeper.bench.scale", str(tickets)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{tickets:,} tickets failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _short(sizes: Sequence[int], load: int) -> Iterator[Line]:
    for found in _measured(sizes, load):
        line(*found)
        yield found


def _measured(sizes: Sequence[int], load: int) -> Iterator[Line]:
    for tickets in sizes:
        found = measured("goalkeeper.bench.facts", str(tickets))
        scan, facts = found["scan"], found["facts"]
        what = f"facts of {tickets:,} tickets / bare scan"
        writing = f"; to write them alone {found['writing'].seconds / scan.seconds:.1f} ×"
        yield what, "≤ 10 ×", f"{facts.seconds / scan.seconds:.1f} ×", _detail(facts, scan) + writing
    found = measured("goalkeeper.bench.zendesk", str(ZENDESK))
    work = found["facts"].seconds + found["backlog"].seconds
    yield (
        f"facts, promises, daily backlog of {ZENDESK:,} Zendesk tickets",
        "≤ 0.5 s",
        f"{work:.1f} s",
        f"{work / found['scan'].seconds:.0f} × the scan, after a load of {found['load'].seconds:.1f} s",
    )
    for kind in ("csv", "ndjson"):
        found = measured("goalkeeper.bench.loading", kind, str(load))
        ours, own = found["ours"], found["own"]
        what = f"load of {load * 8:,} rows of {kind} / DuckDB reading it"
        yield what, "≤ 3 ×", f"{ours.seconds / own.seconds:.1f} ×", _detail(ours, own)
    found = measured("goalkeeper.bench.clock")
    for peer, least in (("businesstimedelta", 100), ("business_duration", 50)):
        ratio = f"{found[peer].seconds / found['ours'].seconds:,.0f} ×"
        yield f"working time, {peer} / ours", f"≥ {least} ×", ratio, _detail(found["ours"], found[peer])
    pages = measured("goalkeeper.bench.pages", str(PAGES_OF))
    kept, anew = pages["kept"].seconds * 1000, pages["anew"].seconds * 1000
    detail = f"made anew {anew:,.0f} ms, half of them within {pages['median_anew'].seconds * 1000:,.0f} ms"
    yield f"95 % of pages of {PAGES_OF:,} tickets, 10 readers", "≤ 100 ms", f"{kept:,.0f} ms", detail
    loading = f"{pages['loading'].seconds * 1000:,.0f} ms"
    yield "the same while a load and a refresh run", "≤ 150 ms", loading, "an older page is shown until it is made anew"


def _detail(ours: Measured, other: Measured) -> str:
    return f"{ours.seconds:.2f} s against {other.seconds:.2f} s, peak {ours.peak_mb:,.0f} MB"


if __name__ == "__main__":
    main()
