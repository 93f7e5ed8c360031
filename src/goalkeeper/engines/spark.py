"""Spark as an engine: queries written for DuckDB, run one after the other by a cluster over Parquet."""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import sqlglot
from sqlglot import exp

from goalkeeper.errors import UsageError

_ANSWER_S = 5.0  # how long a master may take to answer
_TICK_S = 0.2
_PORTS = {"spark": 7077, "sc": 15002}
_MASTER = re.compile(r"(spark://[^/\s]+|local(\[(\d+|\*)\])?|yarn|k8s://\S+)")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where Spark is: a master, such as spark://host:7077 or local[2], or a Spark Connect server, sc://host:15002.

    ``lake`` is a folder that this machine and all of the cluster see under the same path; without one it is inside the
    workspace.
    """

    master: str = ""
    remote: str = ""
    lake: Path | None = None

    def check(self) -> None:
        """UsageError where the address, pyspark, Java, the folder, or an answer from the address is missing."""
        address = self.remote or self.master
        if bool(self.master) == bool(self.remote):
            raise UsageError(
                "Spark needs one address.", hint="Give --master spark://HOST:7077 or --remote sc://HOST:15002."
            )
        if not (self.remote.startswith("sc://") if self.remote else _MASTER.fullmatch(self.master)):
            valid = "sc://HOST:15002" if self.remote else "spark://HOST:7077, local[2], yarn or k8s://…"
            raise UsageError(f"'{address}' is no address of Spark.", hint=f"Valid: {valid}.")
        if find_spec("pyspark") is None:
            raise UsageError("pyspark is not installed.", hint='Run `pip install "goalkeeper[spark]"`.')
        if self.master and _java() is None:
            raise UsageError(
                "there is no Java here, and Spark's driver needs it.",
                hint="Install Java 17 or newer, such as openjdk-17-jre-headless, or set JAVA_HOME.",
            )
        if self.lake and not self.lake.is_dir():
            raise UsageError(
                "there is no such folder.", where=str(self.lake), hint="Make it, or name another with --lake."
            )
        if address.startswith(("spark://", "sc://")):
            _await_answer(address)


@dataclass(frozen=True, slots=True)
class Step:
    """A query and the name that later ones know its answer by; written to the folder, if one is given."""

    name: str
    query: str
    folder: str = ""


def run(cluster: Cluster, reads: Mapping[str, Path], steps: Sequence[Step], tell: Callable[[str, float], None]) -> None:
    """Runs the steps in order, over Parquet that is read under the given names.

    Queries are written for DuckDB; a table ``a.b`` is known as ``a_b``. ``tell`` is called several times a second, and
    what it raises ends the work. UsageError with Spark's own words where Spark fails.
    """
    job = {
        "master": cluster.master,
        "remote": cluster.remote,
        "reads": {name: str(path) for name, path in reads.items()},
        "steps": [asdict(step) | {"query": spark_sql(step.query)} for step in steps],
    }
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as told:
        stdin.write(json.dumps(job).encode())
        stdin.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "goalkeeper.engines.spark_job"],
            stdin=stdin, stdout=subprocess.PIPE, stderr=told, text=True,
            start_new_session=True,  # Ctrl-C is heard here, and ends it from here
            env={name: value for name, value in os.environ.items() if name != "SPARK_REMOTE"},
        )  # fmt: skip
        try:
            _follow(child, [step.name for step in steps], tell)
        except BaseException:
            child.terminate()
            raise
        finally:
            child.wait()
            assert child.stdout
            child.stdout.close()
        if child.returncode:
            told.seek(0)
            raise UsageError(
                f"Spark could not do the work: {_said(told.read().decode(errors='replace'))}",
                where=cluster.remote.split(";")[0] or cluster.master,  # what follows may be a token
                hint="Nothing was changed; see the logs of Spark.",
            )


def spark_sql(query: str) -> str:
    """A query written for DuckDB, as Spark reads it; a table ``a.b`` becomes ``a_b``."""
    tree = sqlglot.parse_one(query, read="duckdb")
    for moment in list(tree.find_all(exp.UnixToTime)):  # so sqlglot reads epoch_ms
        stamp = exp.cast(moment.this.copy(), exp.DataType.Type.TIMESTAMPLTZ)
        moment.replace(exp.Anonymous(this="UNIX_MILLIS", expressions=[stamp]))
    for table in tree.find_all(exp.Table):
        if table.db:
            name = f"{table.db}_{table.name}"
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(name))
            table.set("db", None)
    return tree.sql(dialect="spark", comments=False)


def _follow(child: subprocess.Popen[str], names: list[str], tell: Callable[[str, float], None]) -> None:
    assert child.stdout
    what, share = "waiting for Spark", 0.0
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            tell(what, share)
            if not ready.select(_TICK_S):
                continue
            line = child.stdout.readline()
            if not line:
                return
            if line.strip() in names:
                what, share = "computing on Spark", names.index(line.strip()) / len(names)


def _said(text: str) -> str:
    """The line that tells what went wrong: the last that begins with an error's name."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"\w*(Exception|Error)\b.*: ", line)]
    return (errors or lines or ["it ended without a word."])[-1][:500]


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")


def _await_answer(address: str) -> None:
    """UsageError unless one of the named masters takes a connection."""
    scheme, _, rest = address.partition("://")
    for host in rest.split("/")[0].split(","):
        try:
            named = urlsplit(f"//{host}")
            place = (named.hostname or "", named.port or _PORTS[scheme])
        except ValueError:
            raise UsageError(
                f"'{host}' is no host and port.", hint=f"Write {scheme}://HOST:{_PORTS[scheme]}."
            ) from None
        with suppress(OSError), socket.create_connection(place, _ANSWER_S):
            return
    raise UsageError(
        "no Spark answers there.",
        where=address.split(";")[0],
        hint="Start it, or see whether the address is right and can be reached from here.",
    )
