"""Writes the documents that are generated from the registries, or checks that they are up to date.

`python -m goalkeeper.bench.docs` writes them; `--check` changes nothing and exits with 1 if one differs.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from goalkeeper.bench.coverage_page import coverage_page
from goalkeeper.bench.facts_page import facts_page
from goalkeeper.bench.metrics_page import metric_page, metrics_page
from goalkeeper.bench.plan_page import plan_page, plan_schema_text
from goalkeeper.bench.profiles_page import profiles_page
from goalkeeper.bench.rules_page import rules_page
from goalkeeper.bench.schema_page import schema_page
from goalkeeper.errors import UsageError
from goalkeeper.metrics import METRICS

GENERATED: dict[str, Callable[[], str]] = {
    "docs/coverage.md": coverage_page,
    "docs/facts.md": facts_page,
    "docs/metrics.md": metrics_page,
    "docs/plan.md": plan_page,
    "docs/plan.schema.json": plan_schema_text,
    "docs/rules.md": rules_page,
    "docs/profiles.md": profiles_page,
    "docs/schema.md": schema_page,
}

SHOWN_LINES = 20  # of a difference; enough to see where it is


def write(root: Path) -> list[str]:
    """Writes every document that differs; returns the paths written."""
    changed = []
    for path, text in _texts().items():
        if _read(root / path) != text:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def differences(root: Path) -> list[str]:
    """One summary for each document that is absent or differs from its registry."""
    found = ((path, _read(root / path), text) for path, text in _texts().items())
    return [_summary(path, stands, text) for path, stands, text in found if stands != text]


def _texts() -> dict[str, str]:
    pages = {f"docs/metrics/{metric.key}.md": metric_page(metric) for metric in METRICS.values()}
    return {path: make() for path, make in GENERATED.items()} | pages


def _read(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.exists() else None


def _summary(path: str, stands: str | None, text: str) -> str:
    if stands is None:
        return f"{path} is missing"
    lines = list(difflib.unified_diff(stands.splitlines(), text.splitlines(), path, "registry", "", "", 0, ""))
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    more = [f"… {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else []
    head = f"{path} differs: +{added} −{removed} lines"
    return "\n".join([head, *lines[:SHOWN_LINES], *more])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done or up to date, 1 a document differs, 2 not a project folder."""
    parser = argparse.ArgumentParser(prog="python -m goalkeeper.bench.docs", description="Generated documents.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if one differs")
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: this one)")
    options = parser.parse_args(arguments)
    try:
        return _run(options.root, check=options.check)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2


def _run(root: Path, *, check: bool) -> int:
    if not (root / "pyproject.toml").is_file():
        raise UsageError(f"{root} holds no pyproject.toml.", hint="Run it in the project's folder or give --root.")
    if not check:
        for path in write(root):
            print(f"wrote {path}")
        return 0
    found = differences(root)
    for summary in found:
        print(summary)
    if found:
        print("Run: python -m goalkeeper.bench.docs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
