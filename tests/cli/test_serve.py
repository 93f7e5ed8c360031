"""serve: a browser is let in by the link, other commands work meanwhile, and an interruption ends it in order."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from goalkeeper.cli.serving import HOST
from goalkeeper.owner import NOTE
from measure.small import OFFICE, mapping_text, ticket

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = gk.create(tmp_path / "desk", text=OFFICE)
    (folder / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    return folder


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the link that it printed."""
    words = [sys.executable, "-m", "goalkeeper", "serve", "--workspace", str(folder), "--port", "0", *more]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = iter(process.stdout.readline, "")
            link = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
            yield process, link
        finally:
            process.kill()


def opened(link: str) -> urllib.request.OpenerDirector:
    """A browser without a screen, let in by the link."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(link, timeout=30) as answer:  # it was listening before it printed the link
        assert answer.status == 200
    return browser


def page(browser: urllib.request.OpenerDirector, link: str, path: str) -> str:
    with browser.open(link.partition("/enter")[0] + path) as answer:
        text: str = answer.read().decode()
        return text


def test_a_load_shows_on_the_open_pages(home: Path, run: Runner, tmp_path: Path) -> None:
    import json

    (tmp_path / "tickets.ndjson").write_text(json.dumps(ticket(1, "03-02 10:00")) + "\n", encoding="utf-8")
    with serving(home) as (process, link):
        browser = opened(link)
        assert "Nothing is loaded yet" in page(browser, link, "/")
        assert "goalkeeper serve" in (home / NOTE).read_text(encoding="utf-8")
        done = run("load", tmp_path / "tickets.ndjson", "--workspace", home)
        assert done.code == 0, done.err
        assert "Nothing is loaded yet" not in page(browser, link, "/")
        assert "T1" in page(browser, link, "/tickets")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert "Traceback" not in out + err
    assert not (home / NOTE).exists()
    with gk.open(home) as workspace:
        assert workspace.store.one("SELECT count(*) FROM canon.tickets") == 1


def test_a_port_that_is_taken_is_told(home: Path, run: Runner) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        done = run("serve", "--workspace", home, "--port", taken.getsockname()[1])
    assert done.code == 2
    assert "cannot be had" in done.err
    assert run("serve", "--workspace", home, "--port", 70_000).code == 2


def test_a_second_one_is_refused(home: Path, run: Runner) -> None:
    with serving(home) as (_, link):
        opened(link)
        done = run("serve", "--workspace", home, "--port", "0")
    assert done.code == 2
    assert "being served already" in done.err
