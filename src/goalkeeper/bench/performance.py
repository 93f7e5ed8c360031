"""The page of measured speeds and its chart, made by `make bench-full`."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from goalkeeper.charts import ChartSpec, Kind, Mark, to_svg
from goalkeeper.units import Unit

PAGE, CHART = "docs/performance.md", "docs/images/performance.svg"
Line = tuple[str, str, str, str]  # work, reach, ratio, detail


def lines_of(sizes: Sequence[Mapping[str, float]]) -> list[Line]:
    """The ratios of the largest size, and of it to the smallest."""
    large, small = sizes[-1], sizes[0]
    tickets = f"{large['tickets']:,.0f} tickets"
    build = large["build_s"]
    page, least = large["page_s"], small["page_s"]

    def to_build(way: str) -> Line:
        took = large[f"refresh_{way}_s"]
        what = "on the newest tickets" if way == "recent" else "on any tickets"
        return (f"refresh of 10,000 new events {what}, {tickets}", "≤ 1/50", f"1/{build / took:.0f}", f"{took:.2f} s")

    lines = [
        (f"facts and sums of {tickets} / bare scan", "≤ 10 ×", f"{build / large['scan_s']:.1f} ×", f"{build:.1f} s"),
        (f"peak memory, {tickets}", "≤ 4 GB", f"{large['peak_mb'] / 1024:.1f} GB", "limit of the engine 3 GB"),
        to_build("recent"),
        to_build("anywhere"),
        (
            f"a metric's page, {tickets} / {small['tickets']:,.0f}", "≤ 1.5 ×", f"{page / least:.1f} ×",
            f"{page:.2f} s against {least:.2f} s, made anew; kept pages take 2 ms",
        ),
    ]  # fmt: skip
    for key, name in (("resolved_in_target", "a share"), ("first_response_time", "a time to an event")):
        lines += [
            (f"{name} by week and channel for a year", "≤ 50 ms", f"{large[f'{key}_s'] * 1000:,.0f} ms", tickets),
            (f"{name} by week for a year", "≤ 50 ms", f"{large[f'{key}_whole_s'] * 1000:,.0f} ms", tickets),
        ]
    return lines


def write(lines: Sequence[Line], sizes: Sequence[Mapping[str, float]], folder: Path, today: date) -> None:
    """Writes the page and the chart into a folder of the project."""
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    growth = "\n".join(
        f"| {each['tickets']:,.0f} | {each['scan_s']:.2f} s | {each['build_s']:.1f} s | {each['peak_mb']:,.0f} MB | "
        f"{each['refresh_recent_s']:.2f} s | {each['resolved_in_target_s'] * 1000:,.0f} ms | {each['page_s']:.2f} s |"
        for each in sizes
    )
    (folder / CHART).write_text(to_svg(_chart(sizes), "fixed"), encoding="utf-8")
    (folder / PAGE).write_text(
        f"""# Performance

Measured by `make bench-full` on {today}, Python {platform.python_version()}, {os.cpu_count()} cores, {_memory_gb()} GB.
Every ratio is of one run on one machine. What is not reached is shown too.

| work | to reach | measured | |
|---|---|---|---|
{rows}

## How it grows

Tickets of eight events each over two years. The build makes the facts of all of them and the sums of all metrics; the
refresh follows 10,000 new events (or a tenth of the tickets) on the newest tickets, one in a hundred on an old one.
They come a second apart after all that was known, so windows close on other tickets too. The share is a metric by week
and channel for a year; the page is a metric's, made anew.

![Seconds to build, for a million tickets](images/performance.svg)

| tickets | scan | build | peak | refresh | share | page |
|---|---|---|---|---|---|---|
{growth}

Sums are kept from 500,000 rows on; below that every number is counted from the rows.
""",
        encoding="utf-8",
    )


def _chart(sizes: Sequence[Mapping[str, float]]) -> ChartSpec:
    each = [(f"{size['tickets']:,.0f}", size["build_s"] / size["tickets"] * 1e6) for size in sizes]
    low, high = min(value for _, value in each), max(value for _, value in each)
    return ChartSpec(
        Kind.BARS,
        "Time to build facts and sums, for a million tickets",
        f"From {each[0][0]} to {each[-1][0]} tickets a million takes between {low:.0f} and {high:.0f} seconds.",
        Unit.DURATION,
        tuple(Mark(label, value) for label, value in each),
        axis="Tickets",
    )


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
