"""Service metrics computed exactly, with honest uncertainty, from the data a support team already has.

import goalkeeper as gk

with gk.open("desk") as ws:
    ws.load("tickets.csv")
    ws.refresh()
    ws.measure("first_response_time", by="channel", every="week").to_pandas()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from goalkeeper.connectors.mapping import Mapping, read_mapping
    from goalkeeper.errors import (
        Finding,
        Findings,
        GoalkeeperError,
        LoadStopped,
        SourceError,
        UsageError,
        WorkspaceBusy,
    )
    from goalkeeper.goals import Plan, read_plan
    from goalkeeper.lint.measured import check_plan
    from goalkeeper.measure import Cell, Estimates, Period
    from goalkeeper.metrics import METRICS, Metric
    from goalkeeper.reports.doctor import doctor
    from goalkeeper.reports.explain import explain
    from goalkeeper.reports.goals import goal_page, progress
    from goalkeeper.reports.scorecard import scorecard
    from goalkeeper.reports.why import why
    from goalkeeper.stats.estimate import Estimate, NoEstimate
    from goalkeeper.workspace import Workspace, create
    from goalkeeper.workspace import open_workspace as open

# Loaded on first use, so that the command line starts quickly.
_HOMES = {
    "Cell": "measure",
    "Estimate": "stats.estimate",
    "Estimates": "measure",
    "Finding": "errors",
    "Findings": "errors",
    "GoalkeeperError": "errors",
    "LoadStopped": "errors",
    "METRICS": "metrics",
    "Mapping": "connectors.mapping",
    "Metric": "metrics",
    "NoEstimate": "stats.estimate",
    "Period": "measure",
    "Plan": "goals",
    "SourceError": "errors",
    "UsageError": "errors",
    "Workspace": "workspace",
    "WorkspaceBusy": "errors",
    "check_plan": "lint.measured",
    "create": "workspace",
    "doctor": "reports.doctor",
    "explain": "reports.explain",
    "goal_page": "reports.goals",
    "open": "workspace",
    "progress": "reports.goals",
    "read_mapping": "connectors.mapping",
    "read_plan": "goals",
    "scorecard": "reports.scorecard",
    "why": "reports.why",
}

__all__ = [
    "METRICS",
    "Cell",
    "Estimate",
    "Estimates",
    "Finding",
    "Findings",
    "GoalkeeperError",
    "LoadStopped",
    "Mapping",
    "Metric",
    "NoEstimate",
    "Period",
    "Plan",
    "SourceError",
    "UsageError",
    "Workspace",
    "WorkspaceBusy",
    "check_plan",
    "create",
    "doctor",
    "explain",
    "goal_page",
    "open",
    "progress",
    "read_mapping",
    "read_plan",
    "scorecard",
    "why",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'goalkeeper' has no attribute '{name}'")
    home = import_module(f"goalkeeper.{_HOMES[name]}")
    return getattr(home, "open_workspace" if name == "open" else name)


def __dir__() -> list[str]:
    return __all__
