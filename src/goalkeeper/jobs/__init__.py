"""What is done without anybody asking: refresh, the evening's evaluation, reports; each run is kept."""

from goalkeeper.jobs.history import Run, State
from goalkeeper.jobs.jobs import Jobs

__all__ = ["Jobs", "Run", "State"]
