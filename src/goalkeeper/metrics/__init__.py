"""The registry of metrics: each defined once, in a themed module; the order is the order people see."""

from __future__ import annotations

from collections.abc import Mapping

from goalkeeper.errors import UnknownName
from goalkeeper.metrics.calls import CALLS
from goalkeeper.metrics.growth import GROWTH
from goalkeeper.metrics.keeping import KEEPING
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric, Source
from goalkeeper.metrics.people import PEOPLE
from goalkeeper.metrics.quality import QUALITY
from goalkeeper.metrics.selfservice import SELF_SERVICE
from goalkeeper.metrics.speed import SPEED
from goalkeeper.metrics.voice import VOICE
from goalkeeper.metrics.workload import WORKLOAD

__all__ = ["METRICS", "Aim", "Benchmark", "Group", "Metric", "Source", "metric"]

METRICS: dict[str, Metric] = {
    each.key: each for each in (*SPEED, *QUALITY, *SELF_SERVICE, *WORKLOAD, *CALLS, *VOICE, *KEEPING, *GROWTH, *PEOPLE)
}


def metric(key: str, among: Mapping[str, Metric] = METRICS) -> Metric:
    """The metric of that key; UnknownName if there is none."""
    if key not in among:
        raise UnknownName("metric", key, among, see='Run "goalkeeper metrics" for all.')
    return among[key]
