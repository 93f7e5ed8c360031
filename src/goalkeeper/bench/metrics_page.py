"""The document of the metrics, from the registry."""

from __future__ import annotations

from goalkeeper.metrics import METRICS, Metric
from goalkeeper.reports.benchmarks import benchmark_words


def metrics_page() -> str:
    """docs/metrics.md: every metric with its meaning, formula, variants, limits and benchmarks."""
    parts = ["# The metrics", "", "| metric | asks | shown as | better |", "|---|---|---|---|"]
    for metric in METRICS.values():
        shown = f"{metric.headline()} ({metric.unit.value})"
        parts.append(f"| [{metric.key}](#{metric.key}) | {metric.asks} | {shown} | {metric.better.value} |")
    for metric in METRICS.values():
        parts += ["", *_section(metric)]
    return "\n".join(parts) + "\n"


def _section(metric: Metric) -> list[str]:
    formula = metric.formula
    lines = [f"## {metric.key}", "", f"**{metric.name}.** {metric.asks}", "", metric.about, ""]
    lines += [
        f"- Counts over: {metric.dataset().rows}"
        + (f", on the day `{formula.at}`" if formula.at else ", at an instant")
    ]
    lines += [f"- Shape: {type(formula).__name__}; statistics: {', '.join(formula.statistics)}"]
    if formula.among != "true":
        lines.append(f"- Speaks of: `{formula.among}`")
    if formula.of != "true":
        lines.append(f"- Population: `{formula.of}`")
    lines += [f"- {name}: `{getattr(formula, name)}`" for name in _OWN if getattr(formula, name, None)]
    if formula.pending != "false":
        lines.append(f"- Pending while: `{formula.pending}`")
    lines += [f"- Left out as “{why}”: `{test}`" for why, test in formula.left_out.items()]
    if formula.has_clock:
        lines.append("- Clocks: working (unless asked otherwise) and calendar")
    if metric.variants:
        lines.append(f"- Variants: {', '.join(f'`{name}`' for name in metric.variants)}")
    if metric.aims:
        lines.append(f"- A goal on it pushes towards: {', '.join(metric.aims)}")
    if metric.watch_with:
        lines.append(f"- Watch it with: {', '.join(metric.watch_with)}")
    if metric.gamed_by:
        lines.append(f"- Gamed by: {metric.gamed_by}")
    lines += [f"- Benchmark: {benchmark_words(metric, each)}" for each in metric.benchmarks]
    return [*lines, f"- Definition version: `{metric.version()}`"]


_OWN = ("hits", "plus", "minus", "value", "duration", "done", "over", "under", "opened", "ended", "since")
