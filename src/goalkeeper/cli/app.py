"""The commands and their options; what each does stands in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalkeeper.cli.commands import Commands

app = typer.Typer(
    cls=Commands,
    name="goalkeeper",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)
quarantine = typer.Typer(
    cls=Commands, help="Rows held back: list them, show them, try them again.", no_args_is_help=True
)
app.add_typer(quarantine, name="quarantine")
plan = typer.Typer(cls=Commands, help="Plans: targets from own history, agreed versions.", no_args_is_help=True)
app.add_typer(plan, name="plan")
people = typer.Typer(
    cls=Commands, help="People who sign in: add them, give them a role, make them a link.", no_args_is_help=True
)
app.add_typer(people, name="people")
token = typer.Typer(cls=Commands, help="Tokens by which programs come in, in a person's name.", no_args_is_help=True)
app.add_typer(token, name="token")
audit = typer.Typer(cls=Commands, help="The record of what people did.", no_args_is_help=True)
app.add_typer(audit, name="audit")

Home = Annotated[
    str,
    typer.Option(
        "--workspace", "-w", help="The workspace folder.", show_default="that of GOALKEEPER_HOME, or this folder"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
Since = Annotated[str, typer.Option(help="The first day, such as 2026-01-31.", show_default=False)]
Until = Annotated[str, typer.Option(help="The last day, itself included.", show_default=False)]
Where = Annotated[str, typer.Option(help="A condition, such as \"channel = 'email'\".", show_default=False)]
Clock = Annotated[str, typer.Option(help="working or calendar.", show_default="working")]
Segment = Annotated[
    list[str] | None, typer.Option(help="Such as topic=billing; may be given again.", show_default=False)
]
AsOf = Annotated[str, typer.Option(help="The evening.", show_default="the last that the data covers whole")]
Level = Annotated[float, typer.Option(help="The level of the intervals.")]


def _tell_version(wanted: bool) -> None:
    if wanted:
        from goalkeeper import __version__

        typer.echo(f"goalkeeper {__version__}")
        raise typer.Exit


@app.callback()
def goalkeeper(
    version: Annotated[
        bool, typer.Option("--version", help="The version, and nothing else.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Service metrics computed exactly, with honest uncertainty, from the data you already have."""


@app.command()
def demo(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Where to make it.")] = "goalkeeper-demo",
    tickets: Annotated[int, typer.Option(help="About how many tickets.")] = 60_000,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
    serve: Annotated[
        bool | None,
        typer.Option("--serve/--no-serve", help="Serve its pages in the end.", show_default="at a terminal"),
    ] = None,
) -> None:
    """Make a sample company, load its exports, compute every metric, show the scorecard, serve the pages."""
    from goalkeeper.cli.demo import run

    run(Path(workspace), tickets, open_page, serve)


@app.command()
def serve(
    workspace: Home = "",
    port: Annotated[int, typer.Option(help="The port; 0 takes any that is free.")] = 8765,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in a browser.")] = False,
    with_people: Annotated[
        bool, typer.Option("--people", help="Let people sign in, as it does by itself once somebody was added.")
    ] = False,
    public_address: Annotated[
        str,
        typer.Option(
            help="What people open where a proxy with TLS stands before it: https://NAME.", show_default=False
        ),
    ] = "",
    host: Annotated[
        str,
        typer.Option(help="The address to listen at; another than this machine's needs the two options of a proxy."),
    ] = "127.0.0.1",
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="That proxy's address or network; https and whose request it is are believed of it alone.",
            show_default=False,
        ),
    ] = None,
    log: Annotated[
        str, typer.Option(help="A file for a JSON line of each request; - for standard error.", show_default=False)
    ] = "",
) -> None:
    """Serve the pages of a workspace on this machine, until it is interrupted."""
    from goalkeeper.cli.serving import serve as run

    run(workspace, port, open_page, with_people, public_address, trusted_proxy or [], log, host)


@app.command()
def init(
    folder: Annotated[str, typer.Argument(help="The folder to make.")] = ".",
    name: Annotated[str, typer.Option(help="The company's name.", show_default="the folder's")] = "",
    timezone: Annotated[str, typer.Option(help="The IANA zone whose days count.")] = "UTC",
) -> None:
    """Make a workspace: a folder with settings, mappings and the database."""
    from goalkeeper.cli.basics import init as run

    run(Path(folder), name, timezone)


@app.command("map")
def map_(
    file: Annotated[Path, typer.Argument(help="The file to look at, or a ready mapping's name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it.", show_default="print it")
    ] = None,
) -> None:
    """Look at a file and propose a mapping, with the evidence in comments; or print a ready one to change it."""
    from goalkeeper.cli.basics import propose

    propose(file, output)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    mapping: Annotated[
        str, typer.Option("--mapping", "-m", help="A mapping's name or file.", show_default="found out")
    ] = "",
    source: Annotated[str, typer.Option(help="The id of this source.", show_default="the mapping's name")] = "",
    allow: Annotated[float, typer.Option(help="The share of rows that may be held back.")] = 0.20,
    refresh_after: Annotated[bool, typer.Option("--refresh/--no-refresh", help="Compute the facts afterwards.")] = True,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Load files: all of it or none, bad rows held back with their reason."""
    from goalkeeper.cli.loading import load as run

    run(workspace, files, mapping, source, allow, refresh_after, json)


@quarantine.command("list")
def quarantine_list(workspace: Home = "", json: Json = False) -> None:
    """The reasons for which rows are held back."""
    from goalkeeper.cli.loading import quarantine_list as run

    run(workspace, json)


@quarantine.command("show")
def quarantine_show(
    which: Annotated[str, typer.Argument(help="A row's number, or a reason's code.")],
    limit: Annotated[int, typer.Option(help="At most so many rows.")] = 20,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Held rows as they came, with what is wrong."""
    from goalkeeper.cli.loading import quarantine_show as run

    run(workspace, which, limit, json)


@quarantine.command("replay")
def quarantine_replay(
    source: Annotated[str, typer.Option(help="Only this source.", show_default=False)] = "", workspace: Home = ""
) -> None:
    """Try held rows again, after a mapping or other data changed."""
    from goalkeeper.cli.loading import quarantine_replay as run

    run(workspace, source)


@app.command()
def refresh(
    everything: Annotated[bool, typer.Option("--all", help="Compute all tickets anew.")] = False,
    engine: Annotated[str, typer.Option(help="What computes the facts: duckdb, or spark.")] = "duckdb",
    master: Annotated[str, typer.Option(help="Spark's master, spark://HOST:7077.", show_default=False)] = "",
    remote: Annotated[str, typer.Option(help="A Spark Connect server, sc://HOST:15002.", show_default=False)] = "",
    lake: Annotated[
        Path | None,
        typer.Option(help="A folder that Spark sees under the same path.", show_default="inside the workspace"),
    ] = None,
    workspace: Home = "",
) -> None:
    """Bring the ticket facts up to date; on Spark those of all tickets."""
    from goalkeeper.cli.loading import refresh as run

    run(workspace, everything, engine, master, remote, lake)


@app.command()
def metrics(
    workspace: Home = "",
    toml: Annotated[
        str, typer.Option(help="Print one metric as TOML, to make your own of it.", show_default=False)
    ] = "",
    json: Json = False,
) -> None:
    """All metrics: what each asks, its unit and its variants; a workspace's own too."""
    from goalkeeper.cli.measuring import metrics as run

    run(workspace, toml, json)


@app.command()
def metric(
    key: Annotated[str, typer.Argument(help="The metric, such as first_response_time.")],
    by: Annotated[list[str] | None, typer.Option(help="Split by this; may be given again.", show_default=False)] = None,
    where: Where = "",
    since: Since = "",
    until: Until = "",
    every: Annotated[str, typer.Option(help="day, week, month, quarter or year.", show_default=False)] = "",
    clock: Clock = "",
    statistic: Annotated[str, typer.Option(help="Such as p90 or mean.", show_default="the metric's own")] = "",
    variant: Annotated[str, typer.Option(help="A named variant.", show_default=False)] = "",
    profile: Annotated[
        str, typer.Option(help="As another program defines it, such as zendesk.", show_default="ours")
    ] = "",
    level: Level = 0.95,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """One metric, per period and split, with its intervals."""
    from goalkeeper.cli.measuring import metric as run

    run(workspace, key, by or [], where, since, until, every, clock, statistic, variant, profile, level, json)


@app.command()
def sql(
    key: Annotated[str, typer.Argument(help="The metric, such as reopen_rate.")],
    dialect: Annotated[
        str,
        typer.Option(
            help="snowflake, bigquery, databricks, redshift, trino, postgres, clickhouse, spark or duckdb.",
            show_default=False,
        ),
    ],
    tables: Annotated[str, typer.Option(help="canonical or fivetran-zendesk: what the warehouse has.")] = "canonical",
    schema: Annotated[
        str, typer.Option(help="The schema they are in, or database.schema.", show_default="canon or zendesk")
    ] = "",
    by: Annotated[list[str] | None, typer.Option(help="Split by this; may be given again.", show_default=False)] = None,
    where: Where = "",
    since: Since = "",
    until: Until = "",
    every: Annotated[str, typer.Option(help="day, week, month, quarter or year.", show_default=False)] = "",
    clock: Clock = "",
    variant: Annotated[str, typer.Option(help="A named variant.", show_default=False)] = "",
    workspace: Home = "",
) -> None:
    """One metric as a query for a warehouse that has the tables already."""
    from goalkeeper.cli.querying import sql as run

    run(workspace, key, dialect, by or [], where, since, until, every, clock, variant, tables, schema)


@app.command()
def scorecard(
    since: Since = "",
    until: Until = "",
    where: Where = "",
    clock: Clock = "",
    level: Level = 0.95,
    group: Annotated[
        str, typer.Option(help="operational, quality, strategic or people: one screen.", show_default=False)
    ] = "",
    html: Annotated[Path | None, typer.Option(help="Write a page to this file.", show_default=False)] = None,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Every metric of a period against the one before; by default the last whole month."""
    from goalkeeper.cli.measuring import scorecard as run

    run(workspace, since, until, where, clock, level, group, html, json)


@app.command()
def why(
    key: Annotated[str, typer.Argument(help="The metric, such as nps.")],
    by: Annotated[str, typer.Option(help="The split whose mix may have changed.")],
    since: Since = "",
    until: Until = "",
    against: Annotated[
        str,
        typer.Option(help="Other days to compare with, such as 2026-01-01..2026-03-31.", show_default="those before"),
    ] = "",
    where: Where = "",
    clock: Clock = "",
    statistic: Annotated[str, typer.Option(help="Such as mean.", show_default="the metric's own")] = "",
    variant: Annotated[str, typer.Option(help="A named variant.", show_default=False)] = "",
    level: Level = 0.95,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Why a metric moved: what changed within a split, and what by its mix alone. The last whole month by default."""
    from goalkeeper.cli.why import why as run

    run(workspace, key, by, since, until, against, where, clock, statistic, variant, level, json)


@app.command()
def changes(
    key: Annotated[str, typer.Argument(help="The metric, such as csat.")],
    by: Annotated[str, typer.Option(help="Which values of this split changed.", show_default=False)] = "",
    segment: Segment = None,
    since: Annotated[str, typer.Option(help="The first day looked at.", show_default="13 weeks back")] = "",
    until: Until = "",
    every: Annotated[str, typer.Option(help="week or day.")] = "week",
    clock: Clock = "",
    statistic: Annotated[str, typer.Option(help="Such as p90 or mean.", show_default="the metric's own")] = "",
    variant: Annotated[str, typer.Option(help="A named variant.", show_default=False)] = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """What really changed: weeks beyond the limits of the year before, runs, a new level."""
    from goalkeeper.cli.why import changes as run

    run(workspace, key, by, segment or [], since, until, every, clock, statistic, variant, json)


@app.command()
def explain(
    ticket: Annotated[str, typer.Argument(help="The ticket's id.")],
    source: Annotated[str, typer.Option(help="Its source, where several have the id.", show_default=False)] = "",
    profiles: Annotated[
        str, typer.Option(help="Why these differ on it, such as zendesk,goalkeeper.", show_default=False)
    ] = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """One ticket: what happened, what follows, how each metric counts it."""
    from goalkeeper.cli.measuring import compare
    from goalkeeper.cli.measuring import explain as run

    if profiles:
        compare(workspace, ticket, profiles, source, json)
    else:
        run(workspace, ticket, source, json)


@app.command()
def doctor(workspace: Home = "", json: Json = False) -> None:
    """Look the workspace over: what is missing, stale or contradictory."""
    from goalkeeper.cli.basics import doctor as run

    run(workspace, json)


@app.command("goals")
def goals_(
    plan: Annotated[str, typer.Option(help="Only this plan.", show_default="those that run or ended lately")] = "",
    as_of: AsOf = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Where the agreed goals stand: value, pace, chance, status, counterweights."""
    from goalkeeper.cli.goals import goals as run

    run(workspace, plan, as_of, json)


@app.command()
def goal(
    id: Annotated[str, typer.Argument(help="The goal's id, as `goalkeeper goals` shows it.")],
    plan: Annotated[str, typer.Option(help="Its plan, where several have the id.", show_default=False)] = "",
    as_of: AsOf = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """One goal: its weeks, evenings and milestones, what changed, and how good such forecasts were."""
    from goalkeeper.cli.goals import goal as run

    run(workspace, id, plan, as_of, json)


@app.command()
def check(
    plan: Annotated[Path | None, typer.Argument(help="The plan file.", show_default=False)] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend in the file what can be mended.")] = False,
    explain: Annotated[str, typer.Option(help="Print this rule and its examples instead.", show_default=False)] = "",
    sarif: Annotated[bool, typer.Option("--sarif", help="SARIF, for code hosts.")] = False,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Check a plan: 0 nothing found, 1 findings, 2 the file cannot be read. With a workspace, by its own data too."""
    from goalkeeper.cli.checking import check as run

    run(plan, workspace, fix, json, sarif, explain)


@plan.command("new")
def plan_new(
    stage: Annotated[str, typer.Option(help="pre-launch, under-50k, 50k-500k or over-500k: revenue a month.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it.", show_default="print it")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who owns the goals.")] = "team:support",
    due: Annotated[
        str, typer.Option(help="A day of the quarter to plan.", show_default="the quarter after the data")
    ] = "",
    workspace: Home = "",
) -> None:
    """A plan to start from; with a workspace its starts are measured and its targets come from own history."""
    from goalkeeper.cli.planning import new as run

    run(workspace, stage, output, owner, due)


@plan.command("suggest")
def plan_suggest(
    key: Annotated[str, typer.Argument(help="The metric, such as csat.")],
    by: Annotated[str, typer.Option(help="One line for each value of this split.", show_default=False)] = "",
    segment: Segment = None,
    due: Annotated[str, typer.Option(help="The due day.", show_default="the end of the quarter after the data")] = "",
    clock: Clock = "",
    statistic: Annotated[str, typer.Option(help="Such as p90 or mean.", show_default="the metric's own")] = "",
    variant: Annotated[str, typer.Option(help="A named variant.", show_default=False)] = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Targets from own history with their chances: safe, fair, stretch."""
    from goalkeeper.cli.planning import suggest as run

    run(workspace, key, by, segment or [], due, clock, statistic, variant, json)


@plan.command("agree")
def plan_agree(
    file: Annotated[Path, typer.Argument(help="The plan file.")], workspace: Home = "", json: Json = False
) -> None:
    """Check a plan, measure its starts, freeze definitions and the first forecast, and keep it as a version."""
    from goalkeeper.cli.planning import agree as run

    run(workspace, file, json)


@plan.command("versions")
def plan_versions(workspace: Home = "", json: Json = False) -> None:
    """All agreed versions of all plans."""
    from goalkeeper.cli.planning import versions as run

    run(workspace, json)


@plan.command("show")
def plan_show(
    name: Annotated[str, typer.Argument(help="The plan's name.")],
    version: Annotated[int, typer.Option(help="Which version.", show_default="the latest")] = 0,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """An agreed version: the plan's text as it was agreed; with --json what was frozen too."""
    from goalkeeper.cli.planning import show_agreed as run

    run(workspace, name, version, json)


Page = Annotated[Path | None, typer.Option("--html", help="Write a page.", show_default=False)]
Pdf = Annotated[Path | None, typer.Option("--pdf", help="Write a PDF.", show_default=False)]
Markdown = Annotated[Path | None, typer.Option("--markdown", help="Write Markdown.", show_default=False)]


@app.command()
def note(
    words: Annotated[str, typer.Argument(help="What happened.", show_default="show all notes")] = "",
    on: Annotated[str, typer.Option("--on", help="The day.", show_default="today")] = "",
    metric: Annotated[str, typer.Option(help="On whose chart.", show_default="all metrics")] = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """Note what happened on a day; the charts of that metric, or of all, show it."""
    from goalkeeper.cli.noting import note as run

    run(workspace, words, on, metric, json)


@app.command()
def jobs(
    run: Annotated[str, typer.Option(help="Do one now: refresh, evaluate or report.", show_default=False)] = "",
    workspace: Home = "",
    json: Json = False,
) -> None:
    """What `goalkeeper serve` does by itself: when next, and what came of each run."""
    from goalkeeper.cli.noting import jobs as show

    show(workspace, run, json)


@app.command()
def forget(
    person: Annotated[
        str, typer.Argument(help="A mail address, phone number, or customer's id.", show_default=False)
    ] = "",
    source: Annotated[str, typer.Option(help="Whose id it is, where several have it.", show_default=False)] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only what would go is shown.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Make facts and file anew where that broke off.")] = False,
    workspace: Home = "",
) -> None:
    """Take a person's words and ids out of all tables and raw rows; counts stay.

    Later loads of the person come in without them. What others write of them later stays until you forget them again.
    """
    from goalkeeper.cli.forgetting import forget as run

    run(workspace, person, source, yes, finish)


@app.command()
def manual(
    plan: Annotated[str, typer.Argument(help="The plan's name.", show_default="the plan agreed last")] = "",
    version: Annotated[int, typer.Option(help="Which version.", show_default="the latest")] = 0,
    html: Page = None,
    pdf: Pdf = None,
    markdown: Markdown = None,
    workspace: Home = "",
) -> None:
    """The customer service manual of an agreed plan: goals, definitions, hours, promises, and what changed."""
    from goalkeeper.cli.sharing import manual as run

    run(workspace, plan, version, html, pdf, markdown)


@app.command()
def review(
    plan: Annotated[str, typer.Argument(help="The plan's name.", show_default="the plan agreed last")] = "",
    quarter: Annotated[str, typer.Option(help="Such as 2027Q1.", show_default=False)] = "",
    html: Page = None,
    pdf: Pdf = None,
    markdown: Markdown = None,
    workspace: Home = "",
    json: Json = False,
) -> None:
    """The quarterly review: plan, forecast then, result, what was tried, keep, change or stop, the next draft."""
    from goalkeeper.cli.sharing import review as run

    run(workspace, plan, quarter, html, pdf, markdown, json)


@plan.command("note")
def plan_note(
    goal: Annotated[str, typer.Argument(help="The goal's id.")],
    words: Annotated[str, typer.Argument(help="What was begun, in a sentence.")],
    on: Annotated[str, typer.Option("--on", help="The day.", show_default="today")] = "",
    name: Annotated[str, typer.Option("--plan", help="The plan's name.", show_default="the plan agreed last")] = "",
    workspace: Home = "",
) -> None:
    """Note what was tried for a goal; the review shows it with the weeks before and after."""
    from goalkeeper.cli.planning import note as run

    run(workspace, goal, words, on, name)


Email = Annotated[str, typer.Argument(help="The person's mail address.")]
RoleName = Annotated[str, typer.Option(help="owner, analyst, lead, agent or viewer.")]


@people.command("add")
def people_add(
    email: Email,
    name: Annotated[str, typer.Option(help="Their name.", show_default="the address")] = "",
    role: RoleName = "viewer",
    team: Annotated[str, typer.Option(help="Their team, as tickets name it.", show_default=False)] = "",
    workspace: Home = "",
) -> None:
    """Add somebody, and print the link by which they choose a password."""
    from goalkeeper.cli.people import add as run

    run(workspace, email, name, role, team)


@people.command("list")
def people_list(workspace: Home = "", json: Json = False) -> None:
    """Who may sign in, and as what."""
    from goalkeeper.cli.people import listed as run

    run(workspace, json)


@people.command("role")
def people_role(
    email: Email,
    role: Annotated[str, typer.Argument(help="owner, analyst, lead, agent or viewer.")],
    team: Annotated[str | None, typer.Option(help="Their team.", show_default="as before")] = None,
    workspace: Home = "",
) -> None:
    """Give somebody another role; they sign in anew."""
    from goalkeeper.cli.people import change_role as run

    run(workspace, email, role, team)


@people.command("link")
def people_link(email: Email, workspace: Home = "") -> None:
    """Print a new link by which somebody chooses a password, once."""
    from goalkeeper.cli.people import link as run

    run(workspace, email)


@people.command("unlink")
def people_unlink(email: Email, workspace: Home = "") -> None:
    """End somebody's single sign-on, and make them a link to choose a password."""
    from goalkeeper.cli.people import unlink as run

    run(workspace, email)


@people.command("remove")
def people_remove(email: Email, workspace: Home = "") -> None:
    """Take somebody away, with their sessions and tokens."""
    from goalkeeper.cli.people import remove as run

    run(workspace, email)


@token.command("create")
def token_create(
    email: Email,
    name: Annotated[str, typer.Option(help="What uses it.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="numbers, tickets, data, load or plan; may be given again.", show_default="numbers"),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lasts.")] = 90,
    workspace: Home = "",
) -> None:
    """Make a token and print it, this once."""
    from goalkeeper.cli.people import token_create as run

    run(workspace, email, name, scope or ["numbers"], days)


@token.command("list")
def token_list(workspace: Home = "", json: Json = False) -> None:
    """All tokens, without what they are."""
    from goalkeeper.cli.people import token_list as run

    run(workspace, json)


@token.command("revoke")
def token_revoke(
    number: Annotated[int, typer.Argument(help="The token's number, as `goalkeeper token list` tells it.")],
    workspace: Home = "",
) -> None:
    """End a token."""
    from goalkeeper.cli.people import token_revoke as run

    run(workspace, number)


@audit.command("list")
def audit_list(
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50, workspace: Home = "", json: Json = False
) -> None:
    """What people did, the newest first."""
    from goalkeeper.cli.people import audit_list as run

    run(workspace, limit, json)


@audit.command("verify")
def audit_verify(workspace: Home = "") -> None:
    """Find a changed, added or missing entry; ends with 1 where there is one."""
    from goalkeeper.cli.people import audit_verify as run

    run(workspace)
