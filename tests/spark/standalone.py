"""A real Spark on this machine: a master with two workers, or a Spark Connect server, each a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark
import pytest

HOME = Path(pyspark.__file__).parent
START_S = 180.0
# Small enough for two cores; a test's rows need no two hundred partitions.
DEFAULTS = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 700m
spark.executor.memory 700m
spark.sql.shuffle.partitions 2
spark.ui.enabled false
"""


def require_java() -> None:
    """Skips without Java; where CI is set its absence is a failure."""
    if shutil.which("java") is None:
        message = "java is absent; install the package openjdk-17-jre-headless to run the tests of Spark"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Machines:
    """Java machines started for a test, all with the settings of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        (folder / "spark-defaults.conf").write_text(DEFAULTS)
        self.environment = {
            "SPARK_HOME": str(HOME),
            "SPARK_CONF_DIR": str(folder),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(folder / "scratch"),
            "SPARK_DAEMON_MEMORY": "300m",
        }

    def start(self, name: str, *words: str, until: str) -> None:
        """Starts one and waits until its log says so."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as stream:
            child = subprocess.Popen(
                [HOME / "bin" / "spark-class", *words],
                env=os.environ | self.environment | {"SPARK_CONNECT_MODE": "0"},
                stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, cwd=self.folder,
            )  # fmt: skip
        self.running.append(child)
        deadline = time.monotonic() + START_S
        while until not in log.read_text(errors="replace"):
            assert child.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends them all, and sees that none of theirs is left."""
        for child in reversed(self.running):
            child.terminate()
        for child in self.running:
            child.wait(60)
        deadline = time.monotonic() + 60
        while left := self.left():
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.2)

    def left(self) -> list[str]:
        """The commands of processes that know the folder: machines and what they started."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes()
                if f"SPARK_CONF_DIR={self.folder}\0".encode() in environment and process.name != str(os.getpid()):
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode()[-200:])
            except OSError:  # it is gone meanwhile, or another user's
                continue
        return [command for command in found if command]


@contextmanager
def standalone(folder: Path) -> Iterator[tuple[Machines, str]]:
    """A master with two workers of one core each; gives the master's address."""
    machines = Machines(folder)
    address = f"spark://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    try:
        machines.start(
            "master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", port,
            "--webui-port", "0", until="New state: ALIVE",
        )  # fmt: skip
        for name in ("worker1", "worker2"):
            machines.start(
                name, "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "800m", "--webui-port", "0",
                "--work-dir", str(folder / name), address, until="Successfully registered with master",
            )  # fmt: skip
        yield machines, address
    finally:
        machines.stop()


@contextmanager
def connect_server(folder: Path) -> Iterator[tuple[Machines, str]]:
    """A Spark Connect server that works on its own; gives its address."""
    machines, port = Machines(folder), free_port()
    machines.environment["SPARK_DAEMON_MEMORY"] = "700m"  # the server is the driver too
    try:
        machines.start(
            "connect", "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]",
            "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            "--conf", f"spark.connect.grpc.binding.port={port}",
            "--conf", "spark.connect.grpc.binding.address=127.0.0.1", "spark-internal",
            until="Spark Connect server started at",
        )  # fmt: skip
        yield machines, f"sc://127.0.0.1:{port}"
    finally:
        machines.stop()
