"""Loading into checked canonical tables, against the engine's own reading of the same file into a table."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from goalkeeper.bench.data import MAPPING, write_events_csv, write_events_ndjson
from goalkeeper.bench.measuring import report, timed
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.warehouse import Store, load


def main(kind: str, tickets: int) -> None:
    """Writes a file of events, reads it both ways, and reports both times."""
    mapping = read_mapping(MAPPING, "bench.toml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plain").mkdir()
        (folder / "checked").mkdir()
        file = folder / f"events.{kind}"
        reader = "read_csv" if kind == "csv" else "read_json"
        with Store(folder / "plain", threads=2) as store:
            (write_events_csv if kind == "csv" else write_events_ndjson)(store, file, tickets)
            own = timed(lambda: store.con.execute(f"CREATE TABLE own AS FROM {reader}('{file}')"))
        with Store(folder / "checked", threads=2) as store:
            ours = timed(lambda: load(store, [file], mapping))
            rows = store.one("SELECT count(*) FROM canon.ticket_events")
        assert rows == tickets * 8, f"{rows} rows of {tickets * 8} were loaded"
        report(own=own, ours=ours)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
