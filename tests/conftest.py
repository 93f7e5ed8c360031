"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples on every machine, and no deadline: machines are noisy.
settings.register_profile(
    "goalkeeper",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("goalkeeper")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
