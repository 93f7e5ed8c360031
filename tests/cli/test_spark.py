"""What a user may get wrong about Spark is told with the next step, before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.run import Runner
from goalkeeper.engines import spark

NOBODY = "127.0.0.1:9"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--engine", "spak"), "no engine 'spak'.\n  Did you mean 'spark'?"),
        (("--master", "spark://x:7077"), "Add --engine spark."),
        (("--engine", "spark"), "Give --master spark://HOST:7077 or --remote sc://HOST:15002."),
        (("--engine", "spark", "--master", "spark://a", "--remote", "sc://a"), "Spark needs one address."),
        (("--engine", "spark", "--master", "http://x"), "'http://x' is no address of Spark."),
        (("--engine", "spark", "--remote", "spark://x"), "Valid: sc://HOST:15002."),
        (("--engine", "spark", "--remote", "sc://x:port"), "'x:port' is no host and port."),
        (("--engine", "spark", "--master", f"spark://{NOBODY}"), "no Spark answers there."),
        (("--engine", "spark", "--remote", f"sc://{NOBODY}/;token=secret"), f"sc://{NOBODY}/: no Spark answers there."),
        (("--engine", "spark", "--master", "local[2]", "--lake", "no-folder"), "no-folder: there is no such folder."),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_addresses_and_folders(run: Runner, desk: Path, words: tuple[str, ...], told: str) -> None:
    done = run("refresh", *words)
    assert done.code == 2
    assert told in done.err
    assert "secret" not in done.err
    assert done.out == ""


def test_no_java(run: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/no/java/here")
    done = run("refresh", "--engine", "spark", "--master", "local[2]")
    assert done.code == 2
    assert "openjdk-17-jre-headless" in done.err


def test_no_pyspark(run: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _name: None)
    done = run("refresh", "--engine", "spark", "--master", "local[2]")
    assert done.code == 2
    assert 'pip install "goalkeeper[spark]"' in done.err
