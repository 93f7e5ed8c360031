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

import httpx2
import pytest

import goalkeeper as gk
from cli.run import Runner
from goalkeeper.cli.serving import HOST, _network, _own_address
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
            link = next(found[0] for line in lines if (found := re.search(r"https?://\S+", line)))
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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--trusted-proxy", "10.0.0.5/24"), "host bits"), (("--trusted-proxy", "proxy"), "10.0.0.0/24"),
        (("--public-address", "https://goals.example.org"), "--trusted-proxy 127.0.0.1"),
        (("--public-address", "http://goals.example.org", "--trusted-proxy", "127.0.0.1"), "with TLS"),
        (("--public-address", "https://[", "--trusted-proxy", "127.0.0.1"), "with TLS"),
        (("--host", "0.0.0.0"), "proxy with TLS"), (("--host", "::"), "proxy with TLS"),
        (("--host", "192.0.2.1", "--trusted-proxy", "127.0.0.1"), "--public-address"),
        (("--host", "here"), "is no address"),
        (("--host", "192.0.2.1", "--public-address", "https://a.example.org", "--trusted-proxy", "10.0.0.1"),
         "cannot be had"),
    ],
)  # fmt: skip
def test_a_proxy_that_is_none_is_refused(home: Path, run: Runner, words: tuple[str, ...], told: str) -> None:
    refused = run("serve", "--workspace", home, *words)
    assert refused.code == 2
    assert told in refused.err


def test_behind_a_proxy_it_answers_to_the_public_name_and_believes_the_proxy(home: Path) -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    public = ("--public-address", "https://goals.example.org", "--trusted-proxy", "127.0.0.1", "--port", str(port))
    with serving(home, *public) as (process, link):
        assert link.startswith("https://goals.example.org/join?code=")  # people sign in there
        passed_on = {"Host": "goals.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        path = link.removeprefix("https://goals.example.org")
        asked = urllib.request.Request(f"http://{HOST}:{port}{path}", headers=passed_on)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert "Be the first owner" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=20)[1]


def test_at_another_address_only_its_proxy_is_answered(home: Path) -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    public = ("--public-address", "https://goals.example.org", "--host", "0.0.0.0", "--port", str(port))
    for trusted, status in (("10.0.0.1", 403), ("127.0.0.0/8", 200)):
        with serving(home, *public, "--trusted-proxy", trusted) as (process, _):
            answer = httpx2.get(f"http://{HOST}:{port}/signin", headers={"Host": "goals.example.org"}, timeout=30)
            assert answer.status_code == status
            assert ("proxy alone" in answer.text) == (status == 403)
            process.send_signal(signal.SIGINT)
            assert "Traceback" not in process.communicate(timeout=20)[1]


def test_an_ipv4_address_within_ipv6_is_that_address(home: Path) -> None:
    with serving(home, "--host", "::ffff:127.0.0.1") as (process, link):
        assert link.startswith(f"http://{HOST}:")  # browsers would write the long form otherwise than it was given
        opened(link)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=20)[1]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1", ("127.0.0.1", True)), ("::ffff:127.0.0.1", ("127.0.0.1", True)), ("::1", ("::1", True)),
        ("0:0:0:0:0:0:0:1", ("::1", True)), ("::ffff:0.0.0.0", ("0.0.0.0", False)), ("::", ("::", False)),
        ("::ffff:10.0.0.1", ("10.0.0.1", False)),
    ],
)  # fmt: skip
def test_whether_an_address_is_this_machine_alone(host: str, found: tuple[str, bool]) -> None:
    assert _own_address(host) == found


@pytest.mark.parametrize(
    ("written", "network"),
    [("::ffff:10.0.0.1", "10.0.0.1/32"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::/0", "::/0"),
     ("10.0.0.0/24", "10.0.0.0/24"), ("fd00::1", "fd00::1/128")],
)  # fmt: skip
def test_a_proxy_written_within_ipv6_is_found_as_it_connects(written: str, network: str) -> None:
    assert _network(written) == network


def test_the_log_is_lines_of_json_without_the_key(home: Path, run: Runner, tmp_path: Path) -> None:
    import json

    file = tmp_path / "requests.log"
    with serving(home, "--log", str(file)) as (process, link):
        page(opened(link), link, "/data")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [each["route"] for each in found if each["what"] == "request"] == ["/enter", "/", "/data"]
    assert link.partition("key=")[2] not in file.read_text(encoding="utf-8")
    refused = run("serve", "--workspace", home, "--log", tmp_path / "none" / "requests.log")
    assert refused.code == 2
    assert "nothing can be written there" in refused.err
