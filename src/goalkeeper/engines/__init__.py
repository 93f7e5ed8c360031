"""Runs the declared SQL: a shape and a dataset become one query, and its answer comes back as Arrow."""
