"""Intervals that hold at all times at once, for numbers that are looked at while they grow.

A plain 95 % interval looked at every day of a year misses the truth at least once in 43–47 % of years. These miss it
at any time in at most 5 %. For closed periods the plain intervals are right, and narrower.
"""
