"""Each command's own way, from an empty folder to the scorecard."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import goalkeeper as gk
from cli.run import Runner
from goalkeeper import __version__
from goalkeeper.formulas import Part
from goalkeeper.metrics import METRICS
from goalkeeper.reports.scorecard import standing_of
from measure.dozen import EVENTS, TICKETS, dozen
from measure.small import Row, event, mapping_text, ticket
from measure.test_estimates import KEYS


def write(folder: Path, name: str, rows: list[Row]) -> Path:
    path = folder / f"{name}.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_from_nothing_to_a_number(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "desk"
    made = run("init", home, "--name", "Desk", "--timezone", "Europe/Berlin")
    assert (made.code, made.out.splitlines()[-1]) == (0, f"Next: goalkeeper load FILE --workspace {home}")
    monkeypatch.setenv("GOALKEEPER_HOME", str(home))
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    files = [write(tmp_path, "tickets", TICKETS), write(tmp_path, "ticket_events", EVENTS)]

    loaded = run("load", *files, "--mapping", "plain", "--source", "north")
    assert loaded.code == 0
    assert "Loaded 41 rows" in loaded.out
    assert "Computed the facts of 13 tickets" in loaded.out
    again = run("load", *files, "-m", "plain", "--source", "north", "--json").json
    assert again["load"]["loaded"] == 0
    assert again["refresh"]["tickets"] == 0

    found = run("metric", "first_response_time", "--clock", "calendar")
    assert found.code == 0
    assert "9 h" in found.out
    assert "1 spam, 1 started by the company" in found.out
    assert run("refresh", "--all").out.startswith("Computed the facts of 13 tickets")
    assert "12 tickets are counted" in run("doctor").out


def test_rows_held_back(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = gk.create(tmp_path / "desk")
    monkeypatch.setenv("GOALKEEPER_HOME", str(home))
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    assert run("quarantine", "list").out == "Nothing is held back.\n"
    rows = [ticket(number, "03-02 10:00") for number in range(9)] + [ticket(9, "03-02 10:00", "odd")]
    loaded = run("load", write(tmp_path, "tickets", rows), "-m", "plain", "--no-refresh")
    assert "See `goalkeeper quarantine list`." in loaded.out
    assert "Computed" not in loaded.out
    (held,) = run("quarantine", "list", "--json").json
    assert (held["rows"], held["table"]) == (1, "tickets")
    assert held["code"] in run("quarantine", "list").out
    shown = run("quarantine", "show", held["code"])
    assert "(found in status: odd)" in shown.out
    assert run("quarantine", "show", held["code"], "--json").json[0]["found"] == "odd"
    assert run("quarantine", "replay").out == "Released 0 rows; 1 are still held back.\n"
    assert run("quarantine", "show", "no_such_reason").code == 2


def test_a_ready_mapping_is_printed_to_be_changed(run: Runner, tmp_path: Path) -> None:
    printed = run("map", "typeform")
    assert printed.code == 0
    assert '[[file.table]]\nto = "survey_responses"\nquestions = {}' in printed.out
    written = run("map", "typeform", "--output", tmp_path / "typeform.toml")
    assert "stands before the ready one" in written.out
    assert (tmp_path / "typeform.toml").read_text(encoding="utf-8").strip() == printed.out.strip()
    assert "no ready mapping of that name" in run("map", "typefrom").err


def test_a_mapping_is_proposed(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    rows = [f"{number},2026-03-{1 + number % 28:02}T10:00:00Z,open,email" for number in range(40)]
    file.write_text("ticket id,created at,status,channel\n" + "\n".join(rows), encoding="utf-8")
    printed = run("map", file)
    assert printed.code == 0
    assert "ticket_id" in printed.out
    written = run("map", file, "--output", tmp_path / "own.toml")
    assert written.code == 0
    assert (tmp_path / "own.toml").read_text(encoding="utf-8").strip() == printed.out.strip()
    assert "Read it, then:" in written.out
    assert run("map", file, "-o", tmp_path / "own.toml").code == 2
    assert run("map", file, "-o", tmp_path / "no" / "folder.toml").code == 2


def test_a_proposal_names_the_ready_mapping_that_a_load_takes_and_what_it_asks(run: Runner, tmp_path: Path) -> None:
    form = tmp_path / "my form.csv"
    form.write_text("Timestamp,How likely are you to recommend us?\n2026-01-02 10:00:00,9\n", encoding="utf-8")
    assert "takes the ready mapping 'google-forms' for this file: Google Forms answers." in run("map", form).out
    odd = tmp_path / "odd ones.csv"
    odd.write_text("colour,size\nred,3\nblue,4\n", encoding="utf-8")
    written = run("map", odd, "-o", tmp_path / "odd.toml").out
    assert "Read it, answer what it asks, then:" in written
    assert f"load '{odd}' --mapping" in written


def test_the_version_is_told(run: Runner) -> None:
    assert run("--version").out == f"goalkeeper {__version__}\n"


def test_metrics(run: Runner) -> None:
    listed = run("metrics")
    assert all(key in listed.out for key in METRICS)
    found = {each["key"]: each for each in run("metrics", "--json").json}
    assert list(found) == list(METRICS)
    assert found["resolution_time"]["variants"] == ["first"]
    assert found["resolution_time"]["clock"] is True
    assert "channel" in found["csat"]["splits"]


class TestMetric:
    def test_json_is_that_of_the_library(self, run: Runner, desk: Path) -> None:
        options = ("--by", "channel", "--by", "source", "--every", "week", "--statistic", "p90", "--level", "0.9")
        found = run("metric", "resolution_time", *options, "--variant", "first", "--json").json
        assert all(cell.keys() == KEYS | {"benchmark", "benchmark_note"} for cell in found)
        assert {cell.pop("benchmark") for cell in found} == {None}
        assert {cell.pop("benchmark_note") for cell in found} == {
            "benchmarks are of the main definition, not of a variant"
        }
        with gk.open(desk) as workspace:
            same = workspace.measure(
                "resolution_time", by=("channel", "source"), every="week", statistic="p90", level=0.9, variant="first"
            )
        assert found == same.to_dicts()

    def test_a_period_that_is_not_over_is_told_so_far(self, run: Runner, desk: Path) -> None:
        cells = run("metric", "ticket_volume", "--every", "quarter", "--json").json
        assert [cell["so_far"] for cell in cells] == [False] * (len(cells) - 1) + [True]
        assert f"{cells[-1]['period']['label']}, so far" in run("metric", "ticket_volume", "--every", "quarter").out

    def test_until_is_the_last_day(self, run: Runner, desk: Path) -> None:
        (cell,) = run("metric", "ticket_volume", "--since", "2026-03-23", "--until", "2026-03-29", "--json").json
        assert cell["period"] == {"label": "2026-03-23 to 2026-03-29", "since": "2026-03-23", "until": "2026-03-30"}
        days = run(
            "metric", "ticket_volume", "--since", "2026-03-23", "--until", "2026-03-29", "--every", "day", "--json"
        )
        assert len(days.json) == 7
        assert sum(day["n"] for day in days.json) == cell["n"]

    def test_table(self, run: Runner, desk: Path) -> None:
        shown = run("metric", "service_level", "--variant", "of_answered", "--by", "kind").out
        assert shown.startswith("Service level, variant of_answered: share. How many callers")
        assert "95 % interval" in shown
        assert "answered calls" in shown
        assert "Method: Wilson. Definition" in shown
        assert "(not known)" in run("metric", "escalation_rate", "--by", "topic").out
        assert "cannot say" in run("metric", "csat", "--every", "day").out
        assert "No data." in run("metric", "csat", "--where", "kind = 'brand'").out

    def test_what_an_empty_metric_needs_is_told(self, run: Runner, desk: Path) -> None:
        shown = run("metric", "qa_score").out
        assert "It needs judgements: qa_reviews, agents are empty." in shown

    @pytest.mark.parametrize(
        ("table", "text", "key", "said"),
        [
            (
                "customers",
                "customer_id,country\n1,DE\n",
                "acquisition_rate",
                "It needs customers: subscriptions, subscription_events, identity_links are empty.",
            ),
            (
                "interactions",
                "interaction_id,kind,direction,started_at\n1,call,in,2026-01-02T10:00:00Z\n",
                "abandonment_rate",
                "Cannot say: no source tells how calls end, answered or abandoned.",
            ),
        ],
    )
    def test_what_is_lacking_is_named(
        self, run: Runner, tmp_path: Path, table: str, text: str, key: str, said: str
    ) -> None:
        run("init", tmp_path / "own")
        file = tmp_path / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        assert run("load", file, "-w", tmp_path / "own").code == 0
        assert said in run("metric", key, "-w", tmp_path / "own").out

    def test_benchmarks_compare_like_with_like(self, run: Runner, desk: Path) -> None:
        cells = run("metric", "speed_of_answer", "--by", "channel", "--json").json
        marks = {cell["by"]["channel"]: cell["benchmark"] for cell in cells}
        assert marks["phone"]["high"] == 20
        assert marks["chat"] is None
        assert "Benchmark: ≤ 20 s (phone; 20 s; " in run("metric", "speed_of_answer", "--by", "channel").out

    def test_a_metric_as_toml_can_be_made_ones_own(self, run: Runner, desk: Path) -> None:
        text = run("metrics", "--toml", "csat").out
        (desk / "metrics").mkdir()
        (desk / "metrics" / "own.toml").write_text(text.replace('key = "csat"', 'key = "own_csat"'))
        try:
            assert "own_csat" in run("metrics").out
            assert (
                run("metric", "own_csat", "--json").json[0]["value"] == run("metric", "csat", "--json").json[0]["value"]
            )
            (desk / "metrics" / "own.toml").write_text(text)
            done = run("metrics")
            assert done.code == 2
            assert "own.toml:1:1: there is a metric 'csat' already." in done.err
        finally:
            (desk / "metrics" / "own.toml").unlink()

    def test_condition(self, run: Runner, desk: Path) -> None:
        one, other, both = (
            run("metric", "escalation_rate", "--where", where, "--json").json[0]["n"]
            for where in ("channel = 'chat'", "channel = 'web'", "channel = 'chat' OR channel = 'web'")
        )
        assert one + other == both > 0


class TestScorecard:
    def test_text_and_page(self, run: Runner, desk: Path, tmp_path: Path) -> None:
        days = ("--since", "2026-03-30", "--until", "2026-04-08")
        shown = run("scorecard", *days)
        assert shown.code == 0
        assert "Small: service scorecard, 2026-03-30 to 2026-04-08" in shown.out
        page = tmp_path / "card.html"
        assert run("scorecard", *days, "--html", page).out == f"Wrote {page}.\n"
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")

    def test_json(self, run: Runner, desk: Path, tmp_path: Path) -> None:
        page = tmp_path / "card.html"
        found = run("scorecard", "--since", "2026-03-30", "--until", "2026-04-08", "--json", "--html", page).json
        assert page.exists()
        assert (found["since"], found["until"]) == ("2026-03-30", "2026-04-09")
        rows = [row for section in found["sections"] for row in section["rows"]]
        assert {row["verdict"] for row in rows} <= {"better", "worse", "moved", "same", "unknown"}
        parts = sum(isinstance(metric.formula, Part) for metric in METRICS.values())
        assert len(rows) + len(found["without_data"]) == len(METRICS) - parts

    def test_open_intervals_are_null(self, run: Runner, desk: Path) -> None:
        """Kaplan–Meier limits that the data does not reach are no number that JSON has."""
        found = run("scorecard", "--since", "2026-04-06", "--until", "2026-04-08", "--json").json
        values = [row["reading"]["value"] for section in found["sections"] for row in section["rows"]]
        assert any("low" in value and value["low"] is not None for value in values)


def test_explain(run: Runner, desk: Path) -> None:
    shown = run("explain", "T3")
    assert shown.code == 0
    assert shown.out.startswith("Ticket T3 of desk\n")
    assert "First response time" in shown.out
    found = run("explain", "T3", "--source", "desk", "--json").json
    assert found["ticket_id"] == "T3"
    assert {metric["metric"] for metric in found["metrics"]} >= {"First response time", "Ticket volume"}
    assert found["timeline"][0]["at"].startswith("2026-0")
    assert "T" in found["timeline"][0]["at"]


def test_doctor(run: Runner, desk: Path) -> None:
    shown = run("doctor").out
    assert "without data: " in shown
    assert "ideas_adopted" in shown
    assert "first_response_time" not in shown
    assert {check["sign"] for check in run("doctor", "--json").json} <= {"ok", "look"}


def test_data_is_no_markup(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = gk.create(tmp_path / "desk")
    monkeypatch.setenv("GOALKEEPER_HOME", str(home))
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    odd = [ticket(1, "03-02 10:00", reason="[red]big[/red] [/]")]
    noted = [event(1, "03-02 11:00", "note", "[bold]ann")]
    files = [write(tmp_path, "tickets", odd), write(tmp_path, "ticket_events", noted)]
    assert run("load", *files, "-m", "plain").code == 0
    assert "[red]big[/red] [/]" in run("metric", "ticket_volume", "--by", "topic").out
    assert "[bold]ann" in run("explain", "T1").out


def test_numbers_say_that_the_settings_changed_since(run: Runner, tmp_path: Path) -> None:
    home = tmp_path / "desk"
    gk.create(home, text='name = "Desk"\ntimezone = "Europe/Berlin"\n')
    (home / "mappings").mkdir(exist_ok=True)
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    files = [write(tmp_path, "tickets", TICKETS), write(tmp_path, "ticket_events", EVENTS)]
    assert run("load", *files, "-m", "plain", "--workspace", home).code == 0
    asked = [("metric", "resolution_time", "--workspace", home), ("scorecard", "--json", "--workspace", home)]
    assert [run(*words).err for words in asked] == ["", ""]
    with (home / "goalkeeper.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[schedule]]\nid = "office"\ntz = "Europe/Berlin"\nhours = { mon-fri = ["09:00-17:00"] }\n')
    for words in asked:
        found = run(*words)
        assert (found.code, found.err) == (
            0, "Not up to date: the settings changed since. Run `goalkeeper refresh`.\n"
        )  # fmt: skip
    assert run("refresh", "--workspace", home).code == 0
    assert [run(*words).err for words in asked] == ["", ""]


def test_what_is_to_be_known_of_numbers_stands_once_each(run: Runner, tmp_path: Path) -> None:
    gk.create(tmp_path / "desk", text='name = "Desk"\ntimezone = "UTC"\n')
    customers = [
        {"subscription_id": f"s{each}", "customer_id": f"c{each}", "started_at": "2026-01-01T00:00:00Z", "mrr": 10,
         "currency": "EUR", "status": "active" if each else "cancelled"} | ({} if each else {"ended_at": "2026-04-20"})
        for each in range(10)
    ]  # fmt: skip
    (tmp_path / "desk" / "mappings").mkdir(exist_ok=True)
    (tmp_path / "desk" / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    file, at = write(tmp_path, "subscriptions", customers), ("--workspace", tmp_path / "desk")
    assert run("load", file, "-m", "plain", *at).code == 0
    asked = ("metric", "net_revenue_retention", "--since", "2026-02-01", "--until", "2026-05-01", "--every", "month")
    said = " ".join(run(*asked, *at).out.split())
    assert "2026-02, 2026-03: every row has the same ratio." in said
    assert "2026-04: the data covers 20 of 30 days." in said
    assert " Without changes of what subscriptions bring in, which nobody tells." in said


def test_what_no_row_has_and_days_without_data_are_told(run: Runner, tmp_path: Path) -> None:
    home = gk.create(tmp_path / "desk")
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    (tmp_path / "files").mkdir()
    rows = [ticket(1, "03-02 10:00", brand="north"), ticket(2, "03-03 10:00", brand="south")]
    write(tmp_path / "files", "tickets", rows)
    (tmp_path / "files" / "guide.pdf").write_bytes(b"%PDF-1.4")
    at = ("--workspace", home)
    loaded = run("load", tmp_path / "files", "-m", "plain", *at)
    assert "  passed over guide.pdf: this looks like a PDF document, not a table.\n" in loaded.out
    asked = run("metric", "ticket_volume", "--where", "brand = 'nroth' OR channel = 'sms'", *at)
    assert asked.code == 0
    assert asked.err == (
        "No row has brand = 'nroth'. Did you mean 'north'?\nNo row has channel = 'sms'. Valid: email.\n"
    )
    assert run("metric", "ticket_volume", "--where", "brand = 'north'", *at).err == ""
    words = "without --since and --until all of it is counted."
    assert words in run("metric", "ticket_volume", "--since", "2030-01-01", *at).out
    assert words in run("metric", "ticket_volume", "--until", "2001-01-01", *at).out
    assert words not in run("metric", "ticket_volume", "--since", "2026-03-01", *at).out
    again = run("init", home)
    assert (again.code, "Load into it with `goalkeeper load FILE`" in again.err) == (2, True)


def test_rates_and_counts_say_what_they_are_of(run: Runner, tmp_path: Path) -> None:
    home = gk.create(tmp_path / "desk")
    (home / "mappings" / "plain.toml").write_text(mapping_text(), encoding="utf-8")
    at = ("--workspace", home)
    rows = [ticket(number, f"03-0{number} 10:00") for number in range(1, 9)]
    run("load", write(tmp_path, "tickets", rows), "-m", "plain", *at)
    listed = [" ".join(line.split()) for line in run("metrics", *at).out.splitlines()]
    assert any(line.startswith("ticket_volume") and line.endswith("tickets a day") for line in listed)
    assert any(line.startswith("agent_attrition") and line.endswith("share a year") for line in listed)
    assert any(line.startswith("backlog How") and "open tickets" in line for line in listed)
    assert " 1.00 a day " in run("metric", "ticket_volume", *at).out
    card = run("scorecard", "--since", "2026-03-01", *at).out
    assert "a day, 8 tickets" in " ".join(card.split())


def test_the_help_tells_each_command_whole(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    for words in ((), ("quarantine",), ("plan",)):
        told = run(*words, "--help").out
        assert "..." not in told.partition("Commands:")[2]
        assert max(map(len, told.splitlines())) <= 60


def test_leavers_are_told_a_year(tmp_path: Path) -> None:
    with dozen(tmp_path) as desk:
        assert (
            standing_of(desk.measure("agent_attrition", since=date(2026, 3, 1), until=date(2026, 3, 9))).statistic
            == "a year"
        )
        assert (
            standing_of(desk.measure("ticket_volume", since=date(2026, 3, 1), until=date(2026, 3, 9))).statistic
            == "a day"
        )
