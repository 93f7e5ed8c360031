"""Generated documents: written once, checked against the registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.bench.docs import GENERATED, differences, main, write
from goalkeeper.metrics import METRICS

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def test_the_documents_of_the_project_are_up_to_date() -> None:
    assert differences(PROJECT) == []


def test_writing_makes_all_and_then_nothing(root: Path) -> None:
    assert write(root) == [*GENERATED, *(f"docs/metrics/{key}.md" for key in METRICS)]
    assert write(root) == []
    assert differences(root) == []


def test_check_passes_after_writing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(root)]) == 0
    assert "wrote docs/schema.md" in capsys.readouterr().out
    assert main(["--root", str(root), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_shows_the_difference_and_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root)
    page = root / "docs/schema.md"
    edited = page.read_text("utf-8").replace("## tickets\n", "## cases\n", 1)
    page.write_text(edited, "utf-8")
    assert main(["--root", str(root), "--check"]) == 1
    out = capsys.readouterr().out
    assert "docs/schema.md differs: +1 −1 lines" in out
    assert "-## cases\n+## tickets" in out
    assert page.read_text("utf-8") == edited


def test_check_shortens_a_long_difference(root: Path) -> None:
    write(root)
    (root / "docs/schema.md").write_text("nothing left\n", "utf-8")
    (summary,) = [text for text in differences(root) if text.startswith("docs/schema.md")]
    assert len(summary.splitlines()) < 30
    assert summary.endswith("more lines")


def test_other_line_ends_are_a_difference(root: Path) -> None:
    write(root)
    page = root / "docs/schema.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert any(text.startswith("docs/schema.md differs") for text in differences(root))


def test_a_missing_document_is_named(root: Path) -> None:
    assert "docs/schema.md is missing" in differences(root)


def test_outside_a_project_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(tmp_path)]) == 2
    assert "pyproject.toml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
