"""The documents of the metrics, from the registry: a list, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from goalkeeper.bench.coverage_page import filled, need_words
from goalkeeper.bench.metric_example import example
from goalkeeper.connectors.presets import presets
from goalkeeper.formulas import Departures, Formula, Level, LevelRatio, LevelShare, Rate
from goalkeeper.measure import FLOORS
from goalkeeper.measure.measure import GROWING, OF_EVENTS
from goalkeeper.metrics import METRICS, Group, Metric
from goalkeeper.metrics.needs import missing, needs
from goalkeeper.metrics.profiles import PROFILES
from goalkeeper.reports.benchmarks import benchmark_words


def metrics_page() -> str:
    """docs/metrics.md: every metric by group, with what it asks and how it is shown."""
    parts = [
        "# The metrics",
        "",
        "Each has a page of its own. [Which source gives which](coverage.md); a company's own metrics stand in TOML "
        "files in the workspace's folder `metrics`: `goalkeeper metrics --toml KEY` prints one to start from.",
    ]
    for group in Group:
        own = [metric for metric in METRICS.values() if metric.group is group]
        parts += [
            "",
            f"## {group.value.capitalize()}",
            "",
            "| metric | asks | shown as | better |",
            "|---|---|---|---|",
        ]
        for metric in own:
            shown = f"{metric.headline()} ({metric.unit.value})"
            link = f"[{metric.key}](metrics/{metric.key}.md)"
            parts.append(f"| {link} | {metric.asks} | {shown} | {metric.better.value} |")
    return "\n".join(parts) + "\n"


def metric_page(metric: Metric) -> str:
    """docs/metrics/KEY.md: its meaning, formula, example, limits, benchmarks, needs and sources."""
    parts = [f"# {metric.name}", "", f"`{metric.key}`: {metric.asks}", "", metric.about]
    if worked := example(metric):
        parts += ["", "## Example", "", worked]
    parts += ["", "## Definition", "", *_definition(metric)]
    parts += ["", "## Limits", "", *_limits(metric)]
    parts += ["", "## Benchmarks", ""]
    marks = [f"- {benchmark_words(metric, each)}" for each in metric.benchmarks]
    parts += marks or ["None that compares like with like."]
    parts += ["", "## What it needs", "", *_needed(metric)]
    parts += ["", "## Sources", "", *(f"- {source.title}" for source in metric.sources)]
    return "\n".join(parts) + "\n"


def _definition(metric: Metric) -> Iterator[str]:
    formula = metric.formula
    day = f", on the day `{formula.at}`" if formula.at else ", at an instant or between two"
    yield f"- Counts over: {metric.dataset().rows}{day}"
    yield f"- Shape: {type(formula).__name__}; statistics: {', '.join(formula.statistics)}"
    if formula.among != "true":
        yield f"- Speaks of: `{formula.among}`"
    if formula.of != "true":
        yield f"- Population: `{formula.of}`"
    yield from (
        f"- {name}: `{getattr(formula, name)}`" for name in _OWN if getattr(formula, name, "true") not in ("", "true")
    )
    if formula.pending != "false":
        yield f"- Pending while: `{formula.pending}`"
    yield from (f"- Left out as “{why}”: `{test}`" for why, test in formula.left_out.items())
    if formula.has_clock:
        yield "- Clocks: working (unless asked otherwise) and calendar"
    if metric.every:
        yield f"- Read by the {metric.every}, where no range is asked for"
    if metric.dataset().splits:
        yield f"- Splits: {', '.join(metric.dataset().splits)}"
    if metric.variants:
        yield f"- Variants: {', '.join(f'`{name}`' for name in metric.variants)}"
    yield f"- Unit: {metric.unit.value}; better: {metric.better.value}"
    yield f"- Definition version: `{metric.version()}`"


def _limits(metric: Metric) -> Iterator[str]:
    if metric.gamed_by:
        yield f"- Gamed by: {metric.gamed_by}"
    if metric.watch_with:
        yield f"- Watch it with: {', '.join(f'[{key}]({key}.md)' for key in metric.watch_with)}"
    if metric.aims:
        yield f"- A goal on it pushes towards: {', '.join(metric.aims)}"
    if metric.formula.window_days:
        yield f"- A row can be judged after {metric.formula.window_days} days; until then it is pending"
    if metric.formula.people:
        yield "- Groups of under five answers are not shown, and neither is one that would give a smaller one away"
    if others := [each.key for each in PROFILES.values() if metric.key in each.definitions]:
        yield f"- Other programs define it in their own way: {', '.join(others)} ([profiles](../profiles.md))"
    if isinstance(metric.formula, GROWING):
        yield "- Told so far, and not compared, while its period is not over"
    if metric.formula.depends_on_length:
        yield "- Compared with what the period before would have been in as many days"
    yield f"- {_floors(metric.formula)}"


def _floors(formula: Formula) -> str:
    """From how many rows on there is a number, and a judgement of its change."""
    told_at_once = isinstance(formula, OF_EVENTS)
    number = "A number from the first row on" if told_at_once else f"No number under {FLOORS.show} rows"
    match formula:
        case Rate():
            return f"{number}; a change is judged by its interval, from however few"
        case Level() | LevelRatio():
            return f"{number}; counted, so it has no interval and no change of it is judged"
        case LevelShare() if not formula.sample:
            return f"{number}; counted, so it has no interval and no change of it is judged"
        case Departures():
            return f"{number}; no judgement of a change under {FLOORS.judge} days of service"
    return f"{number}{';' if told_at_once else ','} no judgement of a change under {FLOORS.judge}"


def _needed(metric: Metric) -> Iterator[str]:
    needed = needs(metric.formula)
    yield from (f"- {need_words(need)}" for need in needed)
    enough = [name for name, mapping in presets().items() if not missing(needed, filled(mapping))]
    yield ""
    yield f"Enough by itself: {', '.join(f'`{name}`' for name in enough)}."


_OWN = (
    "hits", "plus", "minus", "value", "duration", "done", "over", "under", "first", "second", "opened", "ended",
    "since", "who", "because", "amount", "is_order", "on_day", "serving", "leaves", "won_for",
)  # fmt: skip
