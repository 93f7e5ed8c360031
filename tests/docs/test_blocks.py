"""Every block of the documents runs, or is read by the reader it is written for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.goals import read_plan
from goalkeeper.tomlfile import parse_toml
from goalkeeper.workspace.settings import parse_settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUNNABLE = {"sh", "python"}


@dataclass(frozen=True)
class Block:
    document: Path
    kind: str
    text: str


def blocks() -> list[Block]:
    """All blocks but those of the rules, which tests/lint runs from the docstrings they come from."""
    found = [path for path in DOCUMENTS if path.name != "rules.md"]
    return [Block(path, kind, text) for path in found for kind, text in BLOCK.findall(path.read_text(encoding="utf-8"))]


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    assert {block.kind for block in blocks()} <= {"sh", "python", "toml", "make"}


def test_the_readme_has_blocks_of_each_kind() -> None:
    kinds = {block.kind for block in blocks() if block.document.name == "README.md"}
    assert kinds == {"make", "sh", "python"}


@pytest.mark.parametrize("block", [b for b in blocks() if b.kind == "toml"], ids=lambda b: b.document.name)
def test_toml_blocks_are_read(block: Block) -> None:
    head = block.text.splitlines()[0]
    if head == "# mapping":
        assert read_mapping(block.text, block.document.name).files
    elif head == "# plan":
        assert read_plan(block.text, block.document.name).goals
    else:
        assert head == "# settings"
        settings = parse_settings(parse_toml(block.text, block.document.name))
        assert settings.schedules.rules or settings.policies


@pytest.mark.parametrize("block", [b for b in blocks() if b.kind == "make"], ids=lambda b: b.document.name)
def test_make_targets_exist(block: Block) -> None:
    for line in block.text.split("\n"):
        if line:
            tool, target = line.split()
            assert tool == "make"
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if any(b.document == path and b.kind in RUNNABLE for b in blocks())],
    ids=lambda path: path.name,
)
def test_commands_and_code_run_in_order(document: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("GOALKEEPER_HOME", None)
    for block in blocks():
        if block.document != document or block.kind not in RUNNABLE:
            continue
        command = (
            ["bash", "-euo", "pipefail", "-c", block.text] if block.kind == "sh" else [sys.executable, "-c", block.text]
        )
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
