"""A vulnerability fails the audit; a list that cannot be asked is told and is no clean bill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goalkeeper.bench.audit import judged, run

CLEAN = {"name": "duckdb", "version": "2.0.0", "vulns": []}
BROKEN = {"name": "jinja2", "version": "3.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"], "aliases": []}]}
SKIPPED = {"name": "typer", "skip_reason": "Dependency not found"}


def told(*listed: object) -> str:
    return json.dumps({"dependencies": listed, "fixes": []})


def tool(folder: Path, answers: dict[str, str]) -> str:
    """A program that answers as pip-audit does of each service."""
    path = folder / "audit-tool"
    cases = "".join(f"  {name}) echo '{text}';;\n" for name, text in answers.items())
    path.write_text(f'#!/bin/sh\ncase "$2" in\n{cases}  *) exit 1;;\nesac\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_what_is_found_fails_and_names_the_version_that_mends_it() -> None:
    assert judged(told(CLEAN, BROKEN, SKIPPED)) == (
        1,
        ["jinja2 3.0.0: PYSEC-1; mended in 3.1.6.", "Not looked up: typer.",
         "2 libraries were looked up, 1 vulnerabilities are known."],
    )  # fmt: skip
    assert judged(told(CLEAN)) == (0, ["1 libraries were looked up, 0 vulnerabilities are known."])


@pytest.mark.parametrize("output", ["", "no json", "[]", "{}", told(), told(SKIPPED)])
def test_where_nothing_was_looked_up_nothing_is_known(output: str) -> None:
    assert judged(output) is None


def test_the_second_list_is_asked_where_the_first_knows_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tool(tmp_path, {"pypi": told(SKIPPED), "osv": told(BROKEN)})) == 1
    assert "make lock" in capsys.readouterr().out
    assert run(tool(tmp_path, {"pypi": told(SKIPPED)})) == 0
    assert "Not audited" in capsys.readouterr().out
    assert run(str(tmp_path / "none")) == 0
    assert "Not audited" in capsys.readouterr().out
