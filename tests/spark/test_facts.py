"""Facts and sums by Spark are those by DuckDB: a real master with two workers, and Spark Connect."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from goalkeeper.engines import spark
from goalkeeper.engines.spark import Cluster
from goalkeeper.measure.fetch import query_of
from goalkeeper.measure.measure import Question, asked_of
from goalkeeper.metrics import METRICS
from goalkeeper.tickets.spark import Recorded
from goalkeeper.tickets.stored import STORED
from goalkeeper.warehouse import Store
from spark.standalone import Machines, connect_server, require_java

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```spark\n(.*?)^```", re.MULTILINE | re.DOTALL)
DAYS = """
CREATE OR REPLACE TEMP TABLE periods AS
SELECT DISTINCT created_day AS day, CAST(created_day // 7 AS INTEGER) AS period FROM facts.ticket_rows
"""
INSTANTS = """
CREATE OR REPLACE TEMP TABLE instants AS
SELECT period, min(day) * CAST(86400000 AS BIGINT) AS start_t, (max(day) + 1) * CAST(86400000 AS BIGINT) - 1 AS t
FROM periods WHERE period % 8 = 0 GROUP BY period
"""


def agree(workspace: gk.Workspace, cluster: Cluster) -> dict[str, int]:
    """Computes the facts anew on the cluster; every row must be as it was. Gives how many rows each table has."""
    store = workspace.store
    for table in STORED:
        store.con.execute(f"CREATE OR REPLACE TEMP TABLE was_{table} AS FROM facts.{table}")
    report = workspace.refresh(spark=cluster)
    assert report.everything
    assert report.tickets == store.one("SELECT count(*) FROM canon.tickets")
    for table in STORED:
        now, was = f"facts.{table}", f"was_{table}"
        for one, other in ((now, was), (was, now)):
            assert store.rows(f"FROM {one} EXCEPT ALL FROM {other} LIMIT 3") == []
    return {table: store.one(f"SELECT count(*) FROM facts.{table}") for table in STORED}


def test_the_sample_company(company: gk.Workspace, on_master: str, tmp_path: Path) -> None:
    assert company.store.one("SELECT count(*) FROM canon.agents WHERE is_bot OR role = 'bot'")
    assert company.store.one("SELECT count(*) FROM canon.tickets WHERE merged_into_ticket_id IS NOT NULL")
    rows = agree(company, Cluster(master=on_master, lake=tmp_path))
    assert rows["ticket_rows"] > 1000
    assert rows["turn_rows"] > 100
    assert rows["open_spans"] > rows["ticket_rows"]
    assert list(tmp_path.iterdir()) == []  # customers' data does not stay in the lake


def test_a_real_firms_incidents(incidents: gk.Workspace, on_master: str) -> None:
    assert agree(incidents, Cluster(master=on_master))["ticket_rows"] == 24_918


def test_spark_connect(
    company: gk.Workspace, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_java()
    with connect_server(tmp_path_factory.mktemp("connect")) as (_, address):
        monkeypatch.setenv("JAVA_HOME", "/no/java/here")  # the server's is enough
        assert agree(company, Cluster(remote=address))["ticket_rows"] > 1000


def test_the_commands_of_the_document(company_folder: Path, on_master: str, run: Runner, tmp_path: Path) -> None:
    commands = BLOCK.findall((ROOT / "docs" / "spark.md").read_text(encoding="utf-8"))
    assert [command.split()[4] for command in commands] == ["--master", "--remote"]
    command = commands[0].replace("spark://HOST:7077", on_master).replace("/shared/lake", str(tmp_path))
    before = run("metric", "first_response_time", "--json", "--workspace", company_folder)
    done = run(*command.split()[1:], "--workspace", company_folder)
    assert (done.code, done.err) == (0, "")
    assert "Computed the facts of" in done.out
    assert run("metric", "first_response_time", "--json", "--workspace", company_folder).out == before.out
    nobody = commands[1].replace("sc://HOST:15002", "sc://127.0.0.1:9").replace("/shared/lake", str(tmp_path))
    assert "no Spark answers there." in run(*nobody.split()[1:], "--workspace", company_folder).err


def test_an_interruption_leaves_the_facts_and_no_process(
    company: gk.Workspace, on_master: str, master: tuple[Machines, str], tmp_path: Path
) -> None:
    def interrupt(what: str, _share: float) -> None:
        if what == "computing on Spark":
            raise KeyboardInterrupt

    before = company.store.rows("SELECT * FROM facts.ticket_rows ORDER BY ticket_key")
    with pytest.raises(KeyboardInterrupt):
        company.refresh(spark=Cluster(master=on_master, lake=tmp_path), progress=interrupt)
    assert company.store.rows("SELECT * FROM facts.ticket_rows ORDER BY ticket_key") == before
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 60
    while len(left := master[0].left()) > 3:  # the master and its two workers
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def test_what_spark_says_of_a_failure_is_told(company: gk.Workspace, on_master: str) -> None:
    steps = [spark.Step("t", "SELECT CAST('x' AS BIGINT) AS n"), spark.Step("u", "SELECT n FROM nowhere")]
    with pytest.raises(gk.UsageError, match="nowhere"):
        spark.run(Cluster(master=on_master), {}, steps, lambda _what, _share: None)


def asked_queries() -> dict[str, str]:
    """The query of every metric and variant over tickets or turns, split by channel, by what it is of."""
    found: dict[str, str] = {}
    for metric in METRICS.values():
        for variant in ("", *metric.variants):
            if metric.dataset(variant).name in ("tickets", "turns"):
                asked, _ = asked_of(metric, Question(by=("channel",), variant=variant), metric.headline(variant))
                query = query_of(asked)
                if query not in found.values():
                    found[f"{metric.key}_{variant}"] = query
    return found


def test_the_sums_of_every_metric_of_tickets(company: gk.Workspace, on_master: str, tmp_path: Path) -> None:
    queries = asked_queries()
    assert len(queries) > 20
    store = company.store
    for statement in (DAYS, INSTANTS):
        store.con.execute(statement)
    recorded = Recorded(store, tmp_path)
    for name, query in queries.items():
        recorded.take(f"CREATE TEMP TABLE {name} AS {query}")
    spark.run(Cluster(master=on_master), recorded.write_inputs(), recorded.steps, lambda _what, _share: None)
    filled = 0
    for name, query in queries.items():
        ours, theirs = table(store, f"({query})"), table(store, f"read_parquet('{tmp_path / name}/*.parquet')")
        assert len(ours) == len(theirs), name
        for one, other in zip(ours, theirs, strict=True):
            assert all(map(same, one, other)), (name, one, other)
        filled += bool(ours)
    assert filled > len(queries) * 0.8


def table(store: Store, source: str) -> list[tuple[object, ...]]:
    """The rows in one order, whatever engine they come from."""
    return sorted(
        store.rows(f"SELECT * FROM {source}"), key=lambda row: [(value is not None, str(value)) for value in row]
    )


def same(one: object, other: object) -> bool:
    """Equal; numbers that are no whole ones within 1e-9."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
