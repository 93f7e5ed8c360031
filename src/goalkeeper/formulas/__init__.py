"""The shapes a metric can have; each names the rows it counts and the sums it needs."""

from goalkeeper.formulas.predicate import Predicate
from goalkeeper.formulas.shapes import Formula, Index, Level, LevelShare, Mean, Quantile, Rate, Ratio, Share, TimeTo

__all__ = [
    "Formula",
    "Index",
    "Level",
    "LevelShare",
    "Mean",
    "Predicate",
    "Quantile",
    "Rate",
    "Ratio",
    "Share",
    "TimeTo",
]
