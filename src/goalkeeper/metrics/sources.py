"""The bibliography: the texts that definitions and benchmarks come from."""

from __future__ import annotations

from goalkeeper.metrics.metric import Source

SERVICE_GOALS = Source("G", "Customer service goals: how to set and reach them")
TEN_OBJECTIVES = Source("O", "Ten customer service objectives with worked examples")
SEVENTEEN_TYPES = Source("T", "Seventeen types of customer service goals")
ELEVEN_METRICS = Source("M", "Eleven customer service metrics with benchmarks")
KPI_PROCESS = Source("K", "A process for customer service indicators")
SQM = Source("SQM", "SQM Group, survey-based first-contact resolution in call centres")
