"""How many of those asked answered, behind a number of a survey's answers."""

from __future__ import annotations

from goalkeeper.formulas import Predicate
from goalkeeper.measure.measure import Question, measure
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.warehouse.store import Store

WEAK_RESPONSE, NOISY_RESPONSE = 0.20, 0.10
"""Response rates under which answers speak for few, and under which they are noise."""


def response_rate(store: Store, metric: Metric, question: Question, *, zone: str) -> Result | None:
    """The response rate of the days and the segment of a question, over those asked the same kind of survey.

    None where the metric is not of answers, or the segment is not known of those asked.
    """
    formula, asked = metric.variant(question.variant), METRICS["survey_response_rate"]
    if formula.dataset != "answers":
        return None
    names = metric.dataset(question.variant).names
    tests = [test for test in (formula.among, question.where) if test]
    read = {name for test in tests for name in Predicate(test, names).columns}
    if not read <= set(asked.dataset().names):
        return None
    where = " AND ".join(f"({test})" for test in tests)
    cells = measure(store, asked, Question(where=where, since=question.since, until=question.until), zone=zone)
    return cells[0].value if len(cells) else NoEstimate("no_data")
