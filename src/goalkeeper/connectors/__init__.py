"""Brings data in: reads files of any kind, and maps their columns to the canonical tables."""
