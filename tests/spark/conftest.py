"""Two companies with their facts by DuckDB, and one Spark for all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from goalkeeper.cli.demo import STEPS
from goalkeeper.sample.make import make_company
from shared import shared_file
from spark.standalone import Machines, require_java, standalone


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a command in this process."""
    return Runner(capsys, monkeypatch)


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machines, str]]:
    """A master with two workers on this machine."""
    require_java()
    with standalone(tmp_path_factory.mktemp("spark")) as running:
        yield running


@pytest.fixture
def on_master(master: tuple[Machines, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address; this process's drivers have its settings."""
    machines, address = master
    for name, value in machines.environment.items():
        monkeypatch.setenv(name, value)
    return address


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company, loaded and its facts computed by DuckDB."""
    folder = tmp_path_factory.mktemp("company") / "workspace"
    company = make_company(folder / "exports", tickets=1500)
    gk.create(folder, text=company.settings)
    with gk.open(folder) as workspace:
        for part, mapping, source in STEPS:
            workspace.load(folder / "exports" / part, mapping=mapping, source=source)
        workspace.refresh()
    return folder


@pytest.fixture
def company(company_folder: Path) -> Iterator[gk.Workspace]:
    with gk.open(company_folder) as workspace:
        yield workspace


@pytest.fixture
def incidents(tmp_path: Path) -> Iterator[gk.Workspace]:
    """The audit log of a real firm's ServiceNow, loaded and its facts computed by DuckDB."""
    path = shared_file("data", "uci-incident", "incident_event_log.zip")
    folder = gk.create(tmp_path / "workspace")
    with gk.open(folder) as workspace:
        workspace.load(path)
        workspace.refresh()
        yield workspace
