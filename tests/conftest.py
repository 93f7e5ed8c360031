"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from measure.small import Small

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")

# The same examples on every machine, and no deadline: machines are noisy.
settings.register_profile(
    "goalkeeper",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("goalkeeper")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

# Modules that load whole workspaces or compare with slow oracles, over a second each: `make fast` leaves them out.
SLOW_MODULES = {
    "bench/test_docs", "bench/test_metric_pages", "cli/test_commands", "cli/test_goals", "cli/test_mistakes",
    "connectors/files/test_eventlog", "connectors/files/test_real_files", "connectors/files/test_roundtrip",
    "connectors/files/test_staging", "connectors/test_canonical", "connectors/test_presets_fivetran",
    "connectors/test_presets_sample", "connectors/test_presets_zendesk", "contracts/test_datasets",
    "contracts/test_metrics", "contracts/test_profiles", "datasets/test_shop", "datasets/test_subscriptions",
    "goals/test_agree", "goals/test_evenings", "goals/test_suggest", "hostile/test_mappings", "hostile/test_refusals",
    "hostile/test_values", "insights/test_why", "lint/test_measured", "lint/test_starter",
    "measure/test_against_rules", "measure/test_against_span_rules", "measure/test_estimates", "measure/test_measure",
    "measure/printed/test_printed", "measure/test_running",
    "measure/test_sums", "metrics/test_growth_by_hand", "metrics/test_keeping_by_hand",
    "metrics/test_others_by_hand", "metrics/test_team_by_hand", "metrics/test_tickets_by_hand", "peers/test_build",
    "peers/test_vectors_dbt", "peers/test_vectors_others", "reports/test_doctor", "reports/test_explain",
    "reports/test_home", "reports/test_review", "reports/test_scorecard", "sample/test_make", "sla/test_promises",
    "sla/test_refresh", "stats/lifetime/test_value", "stats/test_evidence", "stats/test_survival",
    "tickets/test_inputs", "tickets/test_refresh", "tickets/test_sql", "tickets/test_stored", "tickets/test_touched",
    "warehouse/test_kill", "warehouse/test_load", "warehouse/test_quarantine", "web/test_budgets", "web/test_hostile",
    "web/test_plans",
    "web/test_security", "web/test_upload", "web/test_walk", "workspace/test_own_metrics", "workspace/test_workspace",
}  # fmt: skip


@pytest.fixture(scope="session")
def known_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """A desk of sixty weeks whose truth is known; tests only add agreed plans to it."""
    from goals.world import world

    with world(tmp_path_factory.mktemp("world")) as small:
        yield small


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, Debian's; absent, tests are skipped, and fail where CI is set."""
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is absent; install the package chromium to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield running
        running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of those modules as slow."""
    root = Path(__file__).parent
    for item in items:
        if item.path.relative_to(root).with_suffix("").as_posix() in SLOW_MODULES:
            item.add_marker(pytest.mark.slow)
