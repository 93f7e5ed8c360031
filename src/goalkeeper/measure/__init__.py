"""Metric × period × split → Estimates: the one place where metrics, engines and statistics meet."""

from goalkeeper.measure.estimates import Cell, Estimates
from goalkeeper.measure.measure import FLOORS, Question, measure, measure_together
from goalkeeper.measure.periods import EVERY, Period
from goalkeeper.measure.running import running

__all__ = ["EVERY", "FLOORS", "Cell", "Estimates", "Period", "Question", "measure", "measure_together", "running"]
