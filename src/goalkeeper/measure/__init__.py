"""Metric × period × split → Estimates: the one place where metrics, engines and statistics meet."""

from goalkeeper.measure.estimates import Cell, Estimates
from goalkeeper.measure.measure import FLOORS, Question, measure
from goalkeeper.measure.periods import EVERY, Period

__all__ = ["EVERY", "FLOORS", "Cell", "Estimates", "Period", "Question", "measure"]
