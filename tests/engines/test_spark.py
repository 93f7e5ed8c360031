"""The text that Spark is given."""

from __future__ import annotations

from goalkeeper.engines.spark import spark_sql


def test_the_text_for_spark() -> None:
    query = "SELECT epoch_ms(t.created_at) // 1000 AS s, tickets.k FROM canon.tickets t JOIN facts.tickets ON true"
    text = spark_sql(query)
    assert "UNIX_MILLIS(CAST(t.created_at AS TIMESTAMP_LTZ)) DIV 1000 AS s" in text
    assert "FROM canon_tickets AS t JOIN facts_tickets AS tickets" in text
