"""goals, goal: where the agreed goals stand, and how one got there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.screen import screen
from goalkeeper.cli.show import day_option, say, say_json, table

if TYPE_CHECKING:
    from goalkeeper.goals.evaluation import Evaluation
    from goalkeeper.reports.goals import GoalPage, GoalRow, Progress


def goals(workspace: str, plan: str, as_of: str, json: bool) -> None:
    """Prints all goals as a table."""
    from goalkeeper.documents.as_json import progress_json
    from goalkeeper.reports.goals import progress

    with workspace_for(workspace) as opened:
        view = progress(opened, as_of=day_option(as_of, "--as-of"), plan=plan)
    if json:
        say_json(progress_json(view))
    else:
        _show(view)


def goal(workspace: str, id: str, plan: str, as_of: str, json: bool) -> None:
    """Prints one goal with its history."""
    from goalkeeper.documents.as_json import page_json
    from goalkeeper.reports.goals import goal_page

    with workspace_for(workspace) as opened:
        page = goal_page(opened, id, as_of=day_option(as_of, "--as-of"), plan=plan)
    if json:
        say_json(page_json(page))
    else:
        _show_page(page)


def _show(view: Progress) -> None:
    from goalkeeper.documents.words import day_words

    for refused in view.unreadable:
        say(f"The plan '{refused.plan}' cannot be read any more: {refused.why}")
    if not view.rows:
        say(f"No agreed plan has a goal that runs on {view.as_of}: goalkeeper plan agree FILE.")
        return
    say(f"{view.company}: goals on the evening of {day_words(view.as_of)}, {view.met} of {len(view.rows)} met.")
    for name in dict.fromkeys(row.plan for row in view.rows):
        rows = [row for row in view.rows if row.plan == name]
        lines = [line for row in rows for line in _lines(row)]
        head = ["goal", "so far", "wanted", "level, pace", "chance", "status"]
        table(head, lines, title=f"{name}, version {rows[0].version}")
    say(
        "So far: since the plan began, with an interval that holds however often one looks; once due, the last 4 weeks."
    )
    say("Level: the last week, smoothed; pace: where it would be on an even way to the target.")
    say(f"More about one: goalkeeper goal {view.rows[0].goal.id}")


def _lines(row: GoalRow) -> list[list[str]]:
    """A goal's line of the table, and one for each counterweight."""
    from goalkeeper.documents import goal_words as words

    goal, found, show = row.goal, row.evaluation, row.goal.watched.format
    name = goal.name if goal.name == goal.watched.words else f"{goal.name}\n{goal.watched.words}"
    wanted = words.wanted_words(row) + (f"\nby {row.due}" if row.due else "")
    if found is None:
        return [[name, "", wanted, "", "", row.refused or f"begins on {row.begins}"]]
    level = words.level_words(row, found) + (f"\n{show(found.pace)}" if found.pace is not None else "")
    status = found.words + (f"\n(not evaluated after {found.day}: {row.refused})" if row.refused else "")
    value, chance = "\n".join(words.value_lines(row, found)), "\n".join(words.chance_lines(found))
    lines = [[name, value, wanted, level, chance, status]]
    for guard in found.guards:
        holding = f"{words.MARKS[guard.holding]} {guard.holding}"
        value = "\n".join(words.guard_lines(guard))
        lines.append([f"· {guard.name}", value, words.guard_limit(guard), "", "", holding])
    return [*lines, [""] * 6]


def _show_page(page: GoalPage) -> None:
    from goalkeeper.charts.text import to_text
    from goalkeeper.documents import goal_words as words
    from goalkeeper.documents.change_words import change_sentences
    from goalkeeper.documents.goal_charts import trend_of
    from goalkeeper.insights.changes import Changes
    from goalkeeper.reports.goals import EVENINGS

    row, goal, found = page.row, page.row.goal, page.row.evaluation
    owners = ", ".join(map(str, goal.owners)) or "nobody"
    due = f" by {row.due}" if row.due else ""
    say(f"{goal.name} ({row.plan}, version {row.version}; owner: {owners})")
    say(f"{goal.watched.words}: {goal.aim_words}{due}. {f'Because {goal.because}.' if goal.because else ''}".strip())
    if row.refused:
        say(f"Not evaluated: {row.refused}")
    if found is None:
        say(f"Its first evening is {row.begins}.")
        return
    say()
    say(f"{found.words} on the evening of {found.day}.")
    say(f"  {found.since} to {found.last}: {words.value_words(row, found)}; wanted {words.wanted_words(row)}")
    say(f"  chance: {' '.join(words.chance_lines(found))}; when it was agreed: {words.first_forecast_words(row)}")
    if found.track_record:
        say(f"  {words.record_words(found.track_record)}.")
    for guard in found.guards:
        say(f"  {words.guard_words(guard)}")
    say()
    say(to_text(trend_of(page), screen().picture_width))
    say()
    if isinstance(page.changes, Changes):
        for sentence in change_sentences(page.changes):
            say(sentence)
    rows = [[str(each.by), goal.watched.format(each.to), _step(each.is_reached)] for each in found.steps]
    if rows:
        table(["milestone", "value", ""], rows)
    if page.turns:
        table(["evening", "what changed"], [[str(each.day), each.words] for each in page.turns])
    evenings = [[str(each.day), *_evening(row, each)] for each in page.sundays[-EVENINGS:]]
    table(["evening", "so far", "pace", "chance", "status", ""], evenings)
    if len(page.sundays) > EVENINGS:
        say("All evenings: --json.")


def _evening(row: GoalRow, found: Evaluation) -> list[str]:
    from goalkeeper.documents.goal_words import tenths, value_words

    chance = tenths(found.chance) if found.chance else ""
    late = f"computed late, {found.computed_at:%Y-%m-%d}" if found.is_late else ""
    return [value_words(row, found), row.goal.watched.format(found.pace), chance, found.words, late]


def _step(is_reached: bool | None) -> str:
    return {True: "reached", False: "missed", None: "to come"}[is_reached]
