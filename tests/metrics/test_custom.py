"""Own metrics in TOML mean the same as declared ones, and mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goalkeeper.errors import Findings
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.custom import metric_toml, parse_metrics, read_metrics
from goalkeeper.tomlfile import parse_toml

OWN = """\
[[metric]]
key = "vip_escalated"
name = "Escalated, best customers"
asks = "How many tickets of our best customers are passed on?"
group = "operational"
unit = "share"
better = "lower"
about = "Tickets of priority high and urgent that reached a specialist."
watch_with = ["csat"]
benchmarks = [ { high = 0.05, words = "our promise", grade = "C", source = { key = "own", title = "House rules" } } ]
[metric.formula]
shape = "Share"
dataset = "tickets"
at = "created_day"
among = "priority IN ('high', 'urgent')"
hits = "escalated"
[metric.variants.solved]
shape = "Share"
dataset = "tickets"
at = "solved_day"
hits = "escalated"
"""


def parsed(text: str) -> list[Metric]:
    return [metric for metric, _ in parse_metrics(parse_toml(text, "own.toml"))]


@pytest.mark.parametrize("each", METRICS.values(), ids=METRICS)
def test_every_metric_can_be_written_and_read_back(each: Metric) -> None:
    (again,) = parsed(metric_toml(each))
    assert again == each
    assert again.version() == each.version()


def test_one_of_our_own() -> None:
    (own,) = parsed(OWN)
    assert own.key == "vip_escalated"
    assert own.variant("solved").at == "solved_day"
    assert own.benchmarks[0].source.title == "House rules"
    assert own.formula.statistics == ("share",)


def mistakes(text: str) -> list[str]:
    with pytest.raises(Findings) as caught:
        parsed(text)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "share"', 'unit = "shares"', "own.toml:6:1: no unit 'shares'. Did you mean 'share'?"),
        ('better = "lower"', "", "own.toml:1:1: `better` is missing."),
        ('hits = "escalated"\n[', 'hits = "esclated"\n[', "own.toml:1:1: no column 'esclated'."),
        ('shape = "Share"\ndataset = "tickets"\nat = "created_day"', 'shape = "Shar"',
         "own.toml:12:1: no shape 'Shar'. Did you mean 'Share'?"),
        ("watch_with = [", "watch_wth = [", "own.toml:9:1: no key 'watch_wth'. Did you mean 'watch_with'?"),
        ('watch_with = ["csat"]', "watch_with = [3]", "own.toml:9:15: it is 3. Write a text."),
        ('watch_with = ["csat"]', 'watch_with = "csat"', "own.toml:9:1: it is 'csat'. Write a list, in brackets."),
        ('source = { key = "own", title = "House rules" }', 'source = "X"', "no source 'X'. Valid: "),
        ('group = "operational"', "group = 7", "own.toml:5:1: no group '7'."),
        ("[[metric]]", "[metric]", "own.toml:1:1: `metric` is one table."),
        ("[metric.formula]", "formula = 3\n[metric.other]", "own.toml:11:1: a formula needs its `shape`."),
        ('better = "lower"', 'better = "lower"\nclock = "office"', "no clock 'office'. Valid: calendar, working."),
        ('dataset = "tickets"\nat = "solved_day"\nhits = "escalated"',
         'dataset = "peer_tickets"\nat = "opened_day"\nhits = "was_paused"', "peer_tickets is made for profiles"),
        ("high = 0.05", 'high = "low"', "own.toml:10:18: it is 'low'. Write a number."),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_line_and_column(old: str, new: str, told: str) -> None:
    assert OWN.count(old) >= 1
    assert any(told in each for each in mistakes(OWN.replace(old, new, 1))), mistakes(OWN.replace(old, new, 1))


def test_all_mistakes_are_told_at_once() -> None:
    text = OWN.replace('unit = "share"', 'unit = "x"').replace('shape = "Share"', 'shape = "y"')
    assert len(mistakes(text)) == 3


def test_a_key_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(OWN)
    assert list(read_metrics(tmp_path, METRICS)) == ["vip_escalated"]
    (tmp_path / "b.toml").write_text(OWN)
    with pytest.raises(Findings, match=r"b.toml:1:1: there is a metric 'vip_escalated' already"):
        read_metrics(tmp_path, METRICS)
    (tmp_path / "b.toml").write_text(OWN.replace("vip_escalated", "csat"))
    with pytest.raises(Findings, match="there is a metric 'csat' already"):
        read_metrics(tmp_path, METRICS)


def test_hostile_files(tmp_path: Path) -> None:
    texts: dict[str, Any] = {
        "deep": "metric = " + "[" * 900 + "]" * 900,
        "drop": OWN.replace('"escalated"', '"escalated); DROP TABLE facts.tickets; --"', 1),
        "call": OWN.replace('"escalated"', "\"read_csv('/etc/passwd') IS NULL\"", 1),
        "number": "metric = 3",
    }
    for name, text in texts.items():
        (tmp_path / "own.toml").write_text(text)
        with pytest.raises(Findings):
            read_metrics(tmp_path, METRICS)
        assert name


@pytest.mark.parametrize(
    ("among", "is_of_employees"),
    [
        ("true", True), ("kind = 'esat'", True), ("kind IN ('csat', 'enps')", True), ("kind = 'csat' OR true", True),
        ("kind = survey", True), ("kind <> 'esat'", True), ("kind NOT IN ('esat')", True), ("kind = 'csat'", False),
        ("(kind IN ('csat', 'ces')) AND channel = 'email'", False), ("kind NOT IN ('esat', 'enps', 'x')", False),
    ],
)  # fmt: skip
def test_answers_that_may_be_of_employees_are_guarded(among: str, is_of_employees: bool) -> None:
    shape = f'{{ shape = "Share", dataset = "answers", at = "responded_day", among = "{among}"'
    own = f"""
    [[metric]]
    key = "mood"
    name = "Mood"
    asks = "How is the mood?"
    group = "people"
    unit = "share"
    better = "higher"
    formula = {shape}, hits = "score > 3" }}
    variants.low = {shape}, hits = "score < 3" }}
    about = "x"
    gamed_by = "x"
    """
    (metric,) = parsed(own)
    assert (metric.formula.people, metric.variant("low").people) == (is_of_employees, is_of_employees)
