"""Metric × period × split → Estimates: the one place where metrics, engines and statistics meet."""

from goalkeeper.measure.estimates import Cell, Estimates
from goalkeeper.measure.measure import Question, measure, newest_moment
from goalkeeper.measure.periods import EVERY, Period

__all__ = ["EVERY", "Cell", "Estimates", "Period", "Question", "measure", "newest_moment"]
