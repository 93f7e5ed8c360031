"""One piece of work in a process of its own: seconds and peak memory, printed as JSON for the parent."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the work itself, and the process's peak memory in MB."""

    seconds: float
    peak_mb: float


def measured(module: str, *arguments: str) -> dict[str, Measured]:
    """Runs `python -m module arguments` and reads the measurements it printed, by name."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: Measured(*values) for name, values in found.items()}


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report(**seconds: float) -> None:
    """Prints measurements for the parent; the peak is the whole process's so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({name: (value, peak) for name, value in seconds.items()}))
