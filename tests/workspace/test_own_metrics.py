"""A workspace's own metrics are measured, listed and refused like any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from goalkeeper.errors import Findings, UnknownName
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.custom import metric_toml
from goalkeeper.workspace import known_metrics
from measure.small import Small, event, ticket


@pytest.fixture
def desk(tmp_path: Path) -> Small:
    tickets = [ticket(n, "03-02 09:00", "solved") for n in range(6)]
    events = [event(n, "03-02 10:00", "status", "ann", "solved") for n in range(6)]
    events.append(event(0, "03-02 09:30", "escalation", "ann"))
    small = Small(tmp_path).load(tickets=tickets, ticket_events=events)
    (small.workspace.folder / "metrics").mkdir(exist_ok=True)
    return small


def test_an_own_metric_is_measured(desk: Small) -> None:
    text = metric_toml(METRICS["escalation_rate"]).replace('key = "escalation_rate"', 'key = "came_back"')
    (desk.workspace.folder / "metrics" / "own.toml").write_text(text)
    with desk:
        ours, own = desk.measure("escalation_rate")[0], desk.measure("came_back")[0]
        assert (own.value, own.n) == (ours.value, 6)
        assert desk.measure("came_back").to_dicts()[0]["metric"] == "came_back"
        assert "came_back" in known_metrics(desk.workspace.folder)
        assert "came_back" not in METRICS
        with pytest.raises(UnknownName, match="Did you mean 'came_back'"):
            desk.measure("came_bak")


def test_one_made_in_code_is_measured(desk: Small) -> None:
    with desk:
        own = replace(METRICS["reopen_rate"], key="mine", formula=METRICS["reopen_rate"].variant("of_all"))
        assert desk.measure(own).metric.key == "mine"


def test_mistakes_are_told_when_the_metric_is_asked_for(desk: Small) -> None:
    (desk.workspace.folder / "metrics" / "own.toml").write_text("[[metric]]\nkey = 3\n")
    with desk, pytest.raises(Findings, match=r"own.toml:2:1: it is 3. Write a text"):
        desk.measure("csat")
