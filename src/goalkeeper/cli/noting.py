"""note, jobs: what happened on a day, and what is done without anybody asking."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.recording import now, record, record_job
from goalkeeper.cli.show import day_option, say, say_json, table


def note(workspace: str, words: str, on: str, metric: str, json: bool) -> None:
    """Keeps a note on a day, or shows all of them."""
    from goalkeeper.reports.notes import DayNote, add_note, notes

    with workspace_for(workspace) as opened:
        folder, metrics = opened.folder, opened.metrics
        if words:
            made = DayNote(day_option(on, "--on") or date.today(), words, metric)  # noqa: DTZ011 - the user's own day
            told = f"{made.day} {made.metric or 'all metrics'}: {made.words}"
            is_new = add_note(folder, metrics, made, lambda: record(opened, "note added", told))
        found = notes(folder, metrics)
    if json:
        say_json([asdict(each) for each in found])
    elif words:
        about = f"on the chart of {metric}" if metric else "on all charts"
        say(f"Noted {about} on {made.day}." if is_new else "It was noted already.")
    elif found:
        table(["day", "metric", "what happened"], [[str(each.day), each.metric or "all", each.words] for each in found])
    else:
        say("No day has a note. Example: goalkeeper note 'New help centre' --on 2026-03-02 --metric csat")


def jobs(workspace: str, run: str, json: bool) -> None:
    """Shows the jobs and their runs; does one first where it is named."""
    from goalkeeper.jobs import Jobs, State
    from goalkeeper.jobs.history import run_json
    from goalkeeper.jobs.work import find_work

    with workspace_for(workspace, writes=bool(run)) as opened:
        found = Jobs(opened, now, lambda: None)
        if run:
            find_work(run)
            record_job(opened, run)
            done = found.ask(run)
        planned, runs = found.planned, found.history.runs
    if json:
        listed = [{"job": each.time.job, "every": each.time.every, "next_due": each.next_due} for each in planned]
        say_json({"planned": listed, "runs": [run_json(each) for each in runs]})
        return
    for each in planned:
        say(
            f"{each.time.job}: every {each.time.every} at {each.time.at:%H:%M}, next {each.next_due:%Y-%m-%d %H:%M} UTC"
        )
    if not planned:
        say("No job has a time; write them under [jobs] in goalkeeper.toml.")
    rows = [[each.job, f"{each.began:%Y-%m-%d %H:%M}", each.state.value, each.said] for each in runs[:20]]
    if rows:
        table(["job", "began (UTC)", "ended", "what came of it"], rows)
    if run and done.state is not State.DONE:
        raise SystemExit(1)
