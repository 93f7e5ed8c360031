"""Comparing groups fairly: what is chance, what is theirs, and how sure a rank is."""
