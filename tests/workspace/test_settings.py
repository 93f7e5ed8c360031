"""The settings file: what it may say, and each mistake with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.errors import Findings, UsageError
from goalkeeper.workspace import SETTINGS_FILE, read_settings, settings_text


@pytest.mark.parametrize(
    "name", ["Plain", 'With "quotes"', "back\\slash \\q", "line\nbreak", "tab\t", "Ünïcode ☂", "'''"]
)
def test_any_name_survives(tmp_path: Path, name: str) -> None:
    gk.create(tmp_path / "w", name=name)
    assert read_settings(tmp_path / "w" / SETTINGS_FILE).name == name


def test_the_template_can_be_uncommented(tmp_path: Path) -> None:
    text = settings_text("x", "Europe/Berlin")
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    start = lines.index("[[schedule]]")
    kept = [line for line in text.splitlines()[:start] if not line.startswith("#")] + lines[start:]
    toml = "\n".join("" if line == "#" else line for line in kept)
    assert tomllib.loads(toml)["schedule"][0]["tz"] == "Europe/Berlin"
    path = tmp_path / SETTINGS_FILE
    path.write_text(toml, encoding="utf-8")
    assert "support" in [each.id for each in read_settings(path).schedules.schedules]


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(
        'name = 3\ntimezone = "Europe/Berlim"\nspecialist_teams = "x"\nmemory_limit = "lots"\ncolour = "red"\n'
    )
    with pytest.raises(Findings) as caught:
        read_settings(path)
    told = {finding.where: str(finding) for finding in caught.value.findings}
    assert set(told) == {f"{SETTINGS_FILE}:{line}" for line in (1, 2, 3, 4, 5)}
    assert "Europe/Berlin" in told[f"{SETTINGS_FILE}:2"]
    assert "'4 GB'" in told[f"{SETTINGS_FILE}:4"]
    assert "unknown key 'colour'" in told[f"{SETTINGS_FILE}:5"]


@pytest.mark.parametrize("limit", ["1GB", "512 MB", "1.5 GiB"])
def test_memory_limits_reach_the_database(tmp_path: Path, limit: str) -> None:
    gk.create(tmp_path, text=f'memory_limit = "{limit}"')
    with gk.open(tmp_path) as workspace:
        assert workspace.store.one("SELECT current_setting('memory_limit')") != ""


@pytest.mark.parametrize("limit", ["", "1", "1 GB'; DROP TABLE x", "80%", "-1 GB", "GB"])
def test_memory_limits_that_are_none(tmp_path: Path, limit: str) -> None:
    text = f'memory_limit = "{limit}"'
    if not limit:
        gk.create(tmp_path, text=text)
        return
    with pytest.raises(UsageError, match=r"goalkeeper\.toml:1: it is .* Write a size"):
        gk.create(tmp_path, text=text)
    assert not (tmp_path / SETTINGS_FILE).exists()


def test_the_reopening_grace_reaches_the_facts(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text("reopen_grace_minutes = 10\n")
    assert read_settings(path).facts.reopen_grace_s == 600
    for wrong in ("-1", "true", "'ten'", "1.5"):
        path.write_text(f"reopen_grace_minutes = {wrong}\n")
        with pytest.raises(Findings, match="Write whole minutes"):
            read_settings(path)


def test_a_rule_for_hours_names_a_channel_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text('[[schedule_for]]\nchannel = ["phone", "emial"]\nbrand = "any"\nschedule = "24x7"\n')
    with pytest.raises(Findings, match=r"\[\[schedule_for\]\] 1 channel: no channel 'emial'. Did you mean 'email'\?"):
        read_settings(path)
