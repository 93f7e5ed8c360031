"""The workspace folder: made, opened, loaded, and what goes wrong on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.errors import LoadStopped, UnknownName, UsageError, WorkspaceBusy
from goalkeeper.workspace import SETTINGS_FILE
from measure.small import Small, mapping, mapping_text, ticket


def test_create_and_open(tmp_path: Path) -> None:
    path = gk.create(tmp_path / "deep" / "desk", timezone="Europe/Berlin")
    assert (path / "mappings").is_dir()
    with gk.open(path) as workspace:
        assert (workspace.settings.name, workspace.settings.timezone) == ("desk", "Europe/Berlin")
        assert not workspace.has_facts
        assert dict(workspace.mappings) == {}


def test_an_existing_one_is_left_alone(tmp_path: Path) -> None:
    gk.create(tmp_path, name="first")
    with pytest.raises(UsageError, match="this is a workspace already"):
        gk.create(tmp_path, name="second")
    assert '"first"' in (tmp_path / SETTINGS_FILE).read_text()


def test_bad_settings_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no time zone 'Berlin'"):
        gk.create(tmp_path / "x", timezone="Berlin")
    with pytest.raises(UsageError):
        gk.create(tmp_path / "x", text="timezone = 3")
    assert not (tmp_path / "x").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        gk.create(tmp_path / "file")


def test_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOALKEEPER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"there is no goalkeeper\.toml here.*goalkeeper init"):
        gk.open()
    with pytest.raises(UsageError, match=r"nowhere: there is no goalkeeper\.toml"):
        gk.open(tmp_path / "nowhere")


def test_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gk.create(tmp_path / "home", name="Home")
    gk.create(tmp_path / "other", name="Other")
    monkeypatch.setenv("GOALKEEPER_HOME", str(tmp_path / "home"))
    with gk.open() as workspace:
        assert workspace.settings.name == "Home"
    with gk.open(tmp_path / "other") as workspace:
        assert workspace.settings.name == "Other"


def test_one_process_at_a_time(tmp_path: Path) -> None:
    gk.create(tmp_path)
    attempt = f"try: gk.open({str(tmp_path)!r})"
    code = f"import goalkeeper as gk\n{attempt}\nexcept gk.UsageError as error: print(type(error).__name__)"
    with gk.open(tmp_path):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == WorkspaceBusy.__name__


def test_what_is_loaded_is_known_after_a_refresh(tmp_path: Path) -> None:
    with Small(tmp_path).load(tickets=[ticket(1, "03-02 10:00")]) as small:
        before = small.measure("ticket_volume")
        path = tmp_path / "tickets.ndjson"
        path.write_text(json.dumps(ticket(2, "03-05 10:00")) + "\n")
        small.workspace.load(path, mapping=mapping(), source="desk")
        assert small.measure("ticket_volume") == before
        small.workspace.refresh()
        after = small.measure("ticket_volume")
        assert (before.as_of.day, after.as_of.day) == (2, 5)


class TestLoad:
    def files(self, folder: Path) -> Path:
        path = folder / "exports" / "tickets.ndjson"
        path.parent.mkdir()
        path.write_text(json.dumps(ticket(1, "03-02 10:00")) + "\n")
        (path.parent / ".hidden").write_text("{")
        return path

    def test_nothing_is_measured_before(self, tmp_path: Path) -> None:
        with Small(tmp_path) as small:
            with pytest.raises(UsageError, match="nothing has been loaded yet"):
                small.measure("csat")
            small.workspace.refresh()
            assert len(small.measure("csat")) == 0

    def test_facts_of_another_version_must_be_refreshed(self, tmp_path: Path) -> None:
        with Small(tmp_path) as small:
            small.workspace.refresh()
            small.workspace.store.remember("datasets", "another")
            with pytest.raises(UsageError, match="another version"):
                small.measure("csat")
            small.workspace.refresh()
            assert len(small.measure("csat")) == 0

    def test_own_mappings_by_name_and_by_path(self, tmp_path: Path) -> None:
        path = self.files(tmp_path)
        with Small(tmp_path) as small:
            own = small.workspace.folder / "mappings" / "plain.toml"
            own.write_text(mapping_text())
            assert list(small.workspace.mappings) == ["plain"]
            assert small.workspace.load(path, mapping="plain").loaded == 1
            assert small.workspace.load(path.parent, mapping=own).loaded == 0  # the same file again
            small.workspace.refresh()
            assert small.measure("ticket_volume")[0].n == 1

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        path = self.files(tmp_path)
        (tmp_path / "empty").mkdir()
        with Small(tmp_path) as small:
            with pytest.raises(UsageError, match="there is no such file"):
                small.workspace.load(tmp_path / "nothing.csv")
            with pytest.raises(UsageError, match="the folder holds no file"):
                small.workspace.load(tmp_path / "empty")
            with pytest.raises(UsageError, match="'plane'"):
                small.workspace.load(path, mapping="plane")

    def test_a_folder_with_files_that_are_no_tables(self, tmp_path: Path) -> None:
        folder = self.files(tmp_path).parent
        (folder / "guide.pdf").write_bytes(b"%PDF-1.4")
        (folder / "empty.csv").write_bytes(b"")
        with Small(tmp_path) as small:
            (small.workspace.folder / "mappings" / "plain.toml").write_text(mapping_text())
            report = small.workspace.load(folder)
            assert report.loaded == 1
            assert report.unread == [
                "empty.csv: the file is empty.",
                "guide.pdf: this looks like a PDF document, not a table.",
            ]
            for file in folder.glob("*.ndjson"):
                file.unlink()
            with pytest.raises(UsageError, match=r"the folder holds no table\. empty\.csv: the file is empty"):
                small.workspace.load(folder)

    def test_stopped(self, tmp_path: Path) -> None:
        path = self.files(tmp_path)
        path.write_text(json.dumps(ticket(1, "03-02 10:00") | {"status": "odd"}) + "\n")
        with Small(tmp_path) as small:
            (small.workspace.folder / "mappings" / "plain.toml").write_text(mapping_text())
            with pytest.raises(LoadStopped):
                small.workspace.load(path, mapping="plain")
            assert small.workspace.load(path, mapping="plain", allow=1).held == 1
            path.write_text(path.read_text())
            done = small.workspace.replay()
            assert (done.released, done.still_held) == (0, 1)


def test_one_split_may_be_a_plain_text(tmp_path: Path) -> None:
    with Small(tmp_path).load(tickets=[ticket(1, "03-02 10:00")]) as small:
        one = small.measure("ticket_volume", by="channel", since=date(2026, 3, 2))
        assert one.to_dicts() == small.measure("ticket_volume", by=["channel"], since=date(2026, 3, 2)).to_dicts()
