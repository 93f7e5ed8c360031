"""Sums of metrics per day and segment, kept beside the facts, so that a period or a split is an addition."""

from goalkeeper.sums.answer import Kept, kept_sums
from goalkeeper.sums.keep import KEEP_FROM, Keeper

__all__ = ["KEEP_FROM", "Keeper", "Kept", "kept_sums"]
