"""XES logs: an event a row, with its trace's attributes."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from goalkeeper.errors import SourceError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="x"/>
  <global scope="event"><string key="concept:name" value="none"/></global>
  <trace>
    <string key="concept:name" value="case 1"/>
    <event>
      <string key="concept:name" value="Assign, seriously &amp; &quot;now&quot;"/>
      <date key="time:timestamp" value="2012-10-09T14:50:17.000+02:00"/>
      <string key="org:resource" value="Value 1"/>
    </event>
    <event>
      <string key="concept:name" value="Closed"/>
      <int key="cost" value="5"><string key="currency" value="EUR"/></int>
      <list key="tags"><values><string key="tag" value="a"/></values></list>
    </event>
    <string key="outcome" value="late"/>
  </trace>
  <trace><string key="concept:name" value="case 2"/></trace>
  <event><string key="concept:name" value="alone"/></event>
</log>
"""


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz", "log.csv"])
def test_events_become_rows(one, name: str) -> None:
    data = LOG.encode()
    found = one(gzip.compress(data) if name.endswith("gz") else data, name)
    rows = [dict(zip(found.file.columns, row, strict=True)) for row in found.rows]
    assert [row["concept:name"] for row in rows] == ['Assign, seriously & "now"', "Closed", "alone"]
    assert [row["case:concept:name"] for row in rows] == ["case 1", "case 1", ""]
    assert [row["case:outcome"] for row in rows] == ["late", "late", ""]
    assert rows[0]["time:timestamp"] == "2012-10-09T14:50:17.000+02:00"
    assert (rows[1]["cost"], rows[1]["cost:currency"], rows[1]["tags:tag"]) == ("5", "EUR", "a")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE log SYSTEM "http://example.com/x.dtd">',
    ],
)
def test_entities_and_document_types_are_refused(one, head: str) -> None:
    with pytest.raises(SourceError, match="defines entities or a document type"):
        one(f"{head}<log><trace><event/></trace></log>".encode(), "x.xes")


def test_broken_and_empty_logs_are_refused(one) -> None:
    with pytest.raises(SourceError, match="the XML breaks"):
        one(LOG[:900].encode(), "x.xes")
    with pytest.raises(SourceError, match="holds no events"):
        one(b"<log></log>", "x.xes")


def test_memory_holds_one_trace_at_a_time(one) -> None:
    event = '<event><string key="concept:name" value="step"/><string key="note" value="' + "x" * 200 + '"/></event>'
    trace = f'<trace><string key="concept:name" value="c"/>{event * 10}</trace>'
    data = f"<log>{trace * 1500}</log>".encode()
    tracemalloc.start()
    found = one(data, "x.xes")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.rows) == 15_000
    # The rows fetched by this test weigh about 6 MB and the reader's chunks 8 MB; the whole tree would be 40 MB more.
    assert peak < 30_000_000
