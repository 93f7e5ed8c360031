"""The runner, and a desk to run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.run import Runner
from measure.crowd import Crowd


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a command in this process; nothing of the environment shines through."""
    monkeypatch.delenv("GOALKEEPER_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return Runner(capsys, monkeypatch)


@pytest.fixture(scope="session")
def desk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random desk's workspace, closed; tests only read from it."""
    folder = tmp_path_factory.mktemp("crowd")
    with Crowd(8).load(folder):
        pass
    return folder / "workspace"


@pytest.fixture
def desk(desk_folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, named by the environment."""
    monkeypatch.setenv("GOALKEEPER_HOME", str(desk_folder))
    return desk_folder
