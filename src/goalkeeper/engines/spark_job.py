"""The process that talks to Spark: reads a job from standard input, tells each step it begins, ends with Spark.

A process of its own, so that its Java machine ends with it. Run by engines/spark.py.
"""

from __future__ import annotations

import json
import sys
from typing import Any

# Moments are UTC, numbers that do not fit are errors, and no page is served beside the work.
_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
_OWN_SETTINGS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}


def main() -> None:
    """Runs the job; what Spark says of a failure stands last on standard error, and the process ends with 1."""
    job = json.load(sys.stdin)
    try:
        spark = _session(job)
        try:
            _work(spark, job)
        finally:
            spark.stop()
    except Exception as error:
        sys.stderr.write(f"\n{type(error).__name__}: {error}\n")
        sys.exit(1)


def _session(job: dict[str, Any]) -> Any:
    from pyspark.sql import SparkSession

    if job["remote"]:
        spark = SparkSession.builder.remote(job["remote"]).getOrCreate()
    else:
        builder = SparkSession.builder.master(job["master"]).appName("goalkeeper")
        for name, value in _OWN_SETTINGS.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)
    return spark


def _work(spark: Any, job: dict[str, Any]) -> None:
    for name, folder in job["reads"].items():
        spark.read.parquet(folder).createOrReplaceTempView(name)
    for step in job["steps"]:
        sys.stdout.write(f"{step['name']}\n")
        sys.stdout.flush()
        answer = spark.sql(step["query"])
        if step["folder"]:
            answer.write.parquet(step["folder"])
            answer = spark.read.schema(answer.schema).parquet(step["folder"])
        answer.createOrReplaceTempView(step["name"])


if __name__ == "__main__":
    main()
