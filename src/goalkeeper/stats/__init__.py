"""Mergeable sums in, Estimate or NoEstimate out; one file per method; numpy and scipy only."""
