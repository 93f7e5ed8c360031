"""Every block of the documents runs, or is read by the reader it is written for."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from goalkeeper.cli.app import serve
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.goals import read_plan
from goalkeeper.measure import Question
from goalkeeper.measure.printed import WarehouseQuestion, warehouse_query
from goalkeeper.metrics import METRICS
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web.security import MOST_UPLOADED
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
    assert {block.kind for block in blocks()} <= {"sh", "python", "toml", "make", "sql", "spark", "nginx"}


def test_the_readme_has_blocks_of_each_kind() -> None:
    kinds = {block.kind for block in blocks() if block.document.name == "README.md"}
    assert kinds == {"make", "sh", "python"}


@pytest.mark.parametrize("block", [b for b in blocks() if b.kind == "sql"], ids=lambda b: b.document.name)
def test_a_shown_query_is_the_end_of_the_printed_one(block: Block) -> None:
    question = Question(by=("channel",), since=date(2026, 1, 1), until=date(2026, 4, 1), every="month")
    asked = WarehouseQuestion(question=question, dialect="postgres", today=date(2026, 4, 1))
    assert warehouse_query(METRICS["reopen_rate"], asked).endswith(f")\n{block.text}")


def test_the_proxy_passes_on_what_is_believed_of_it() -> None:
    (block,) = (each for each in blocks() if each.kind == "nginx")
    said = dict(re.findall(r"^\s*proxy_set_header (\S+)\s+(\S+);$", block.text, re.MULTILINE))
    assert said == {"Host": "$host", "X-Forwarded-Proto": "$scheme", "X-Forwarded-For": "$remote_addr"}
    port = inspect.signature(serve).parameters["port"].default
    assert f"proxy_pass http://127.0.0.1:{port};" in block.text
    assert f"client_max_body_size {MOST_UPLOADED // 1_000_000}m;" in block.text
    assert block.text.count("{") == block.text.count("}") == 2


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
        assert settings.schedules.rules or settings.policies or settings.jobs or settings.state_url or settings.oidc


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
