"""The package's public face: few names, documented, and nothing heavy before it is needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import goalkeeper as gk

HEAVY = ("duckdb", "numpy", "pandas", "pyarrow", "rich", "scipy", "sqlglot", "openpyxl", "jinja2")


def test_few_names_and_sorted() -> None:
    assert len(gk.__all__) <= 40
    assert len(set(gk.__all__)) == len(gk.__all__)
    kinds = [(not name.isupper(), name[0].islower(), name) for name in gk.__all__]
    assert kinds == sorted(kinds)
    assert list(gk._HOMES) == sorted(gk._HOMES)
    assert set(gk._HOMES) == set(gk.__all__)


@pytest.mark.parametrize("name", gk.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    found = getattr(gk, name)
    assert found.__doc__
    if name != "METRICS":
        assert not found.__doc__.startswith(f"{name}(")  # a docstring that nobody wrote
        assert getattr(import_module(f"goalkeeper.{gk._HOMES[name]}"), found.__name__) is found


@pytest.mark.parametrize("name", ["Workspace", "Estimates", "Cell", "Metric", "Estimate", "NoEstimate"])
def test_every_public_method_is_documented(name: str) -> None:
    for method, found in vars(getattr(gk, name)).items():
        if not method.startswith("_") and (callable(found) or isinstance(found, property)):
            assert found.__doc__, f"{name}.{method}"


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        gk.opne  # type: ignore[attr-defined]  # noqa: B018


def help_of(*words: str) -> str:
    """Code that asks the command line for help."""
    lines = [f"import sys; sys.argv = {['goalkeeper', *words]}", "from goalkeeper.cli import main"]
    return "\n".join([*lines, "try: main()", "except SystemExit: pass"])


@pytest.mark.parametrize(
    "code",
    ["import goalkeeper", help_of("--help"), help_of("metric", "--help"), help_of("nonsense")],
    ids=["import", "help", "metric help", "mistake"],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    ask = f"\nimport sys; print('\\n' + ' '.join(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code + ask], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
