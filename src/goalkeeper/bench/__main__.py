"""`make bench`: the design's speeds as ratios, each measured in one run on this machine."""

from __future__ import annotations

import argparse
import os
import platform

from goalkeeper.bench.measuring import Measured, measured


def line(what: str, reach: str, ratio: str, detail: str) -> None:
    """Prints one row."""
    print(f"{what:<52} {reach:>10} {ratio:>10}   {detail}", flush=True)


def main() -> None:
    """Runs every measurement, the short sizes unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes for the facts")
    parser.add_argument("--load", type=int, default=375_000, help="tickets (of eight rows) in the files to load")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    line("work", "reach", "measured", "")
    for tickets in given.tickets:
        found = measured("goalkeeper.bench.facts", str(tickets))
        scan, facts = found["scan"], found["facts"]
        what = f"facts of {tickets:,} tickets / bare scan"
        line(what, "≤ 10 ×", f"{facts.seconds / scan.seconds:.1f} ×", _detail(facts, scan))
    for kind in ("csv", "ndjson"):
        found = measured("goalkeeper.bench.loading", kind, str(given.load))
        ours, own = found["ours"], found["own"]
        what = f"load of {given.load * 8:,} rows of {kind} / DuckDB reading it"
        line(what, "≤ 3 ×", f"{ours.seconds / own.seconds:.1f} ×", _detail(ours, own))
    found = measured("goalkeeper.bench.clock")
    peer, ours = found["peer"], found["ours"]
    line(
        "working time, businesstimedelta / ours",
        "≥ 100 ×",
        f"{peer.seconds / ours.seconds:,.0f} ×",
        _detail(ours, peer),
    )


def _detail(ours: Measured, other: Measured) -> str:
    return f"{ours.seconds:.2f} s against {other.seconds:.2f} s, peak {ours.peak_mb:,.0f} MB"


if __name__ == "__main__":
    main()
