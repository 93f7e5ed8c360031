"""People and organisation: customers, accounts, agents, teams, shifts, costs, training, calendars."""

from __future__ import annotations

from goalkeeper.schema.columns import clock_time, currency, day, flag, moment, money, number, text, whole
from goalkeeper.schema.table import Rule, Severity, Table
from goalkeeper.schema.words import CURRENCY_IS_CODE, in_order, priced

GROUP = "people and organisation"

CUSTOMERS = Table(
    name="customers",
    about="One row is a customer as one source knows them; identity_links joins the sources",
    group=GROUP,
    key=("customer_id",),
    columns=(
        text("customer_id", "The source's id of the person", required=True),
        text("email_key", "The e-mail address, hashed with the workspace's key", personal=True),
        text("phone_key", "The telephone number, hashed with the workspace's key", personal=True),
        text("external_id", "The id another system of the company gave the person", personal=True),
        text("account_id", "The customer's company", references="accounts.account_id"),
        moment("created_at", "When the source first knew the person"),
        text("segment", "The group of customers"),
        text("country", "An ISO 3166 code such as DE"),
        text("language", "The language, such as en or de-AT"),
        text("plan", "What the customer has subscribed to"),
        flag("is_internal", "One of the company's own people, whose tickets do not count"),
        flag("is_deleted", "Gone from the source"),
    ),
)

ACCOUNTS = Table(
    name="accounts",
    about="One row is a company that is a customer",
    group=GROUP,
    key=("account_id",),
    columns=(
        text("account_id", "The source's id of the company", required=True),
        text("name", "The company's name", personal=True),
        text("domain", "The company's internet domain"),
        text("parent_account_id", "The company it belongs to", references="accounts.account_id"),
        text("segment", "The group of accounts"),
        money("arr", "Recurring revenue in a year"),
        currency(),
        text("owner_agent_id", "Who looks after it", references="agents.agent_id"),
        day("started_on", "The day it became a customer"),
        flag("is_deleted", "Gone from the source"),
    ),
    rules=(
        CURRENCY_IS_CODE,
        priced("arr"),
        Rule(
            "parent_of_itself",
            "parent_account_id = account_id",
            "parent_account_id is the account itself; leave it empty for a company at the top",
        ),
    ),
)

IDENTITY_LINKS = Table(
    name="identity_links",
    about="One row says that a source's customer or account belongs to a profile, and by which rule",
    group=GROUP,
    key=("profile_id", "entity", "entity_id"),
    columns=(
        text("profile_id", "The profile, the same for all sources", required=True),
        text("entity", "What is linked", required=True, values=("customer", "account")),
        text("entity_id", "The source's id of it", required=True),
        text("rule", "The rule that found the link, such as same_email", required=True),
        number("confidence", "How sure the link is, 1 is certain", required=True, low=0, high=1),
        moment("linked_at", "When it was linked", required=True),
        moment("unlinked_at", "When it was taken apart again"),
        text("linked_by", "What made the link", values=("rule", "manual", "splink")),
    ),
    rules=(in_order("linked_at", "unlinked_at", "a link is taken apart after it is made"),),
)

AGENTS = Table(
    name="agents",
    about="One row is someone who answers customers, bots included",
    group=GROUP,
    key=("agent_id",),
    columns=(
        text("agent_id", "The source's id of the agent", required=True),
        text("name", "The agent's name", personal=True),
        text("email_key", "The e-mail address, hashed with the workspace's key", personal=True),
        text("team_id", "The agent's main team now", references="teams.team_id"),
        text("role", "What the agent may do", values=("agent", "lead", "admin", "light", "bot")),
        day("hired_on", "The first day"),
        day("left_on", "The last day; empty while the agent works here"),
        flag("is_bot", "A bot, not a person"),
        text("timezone", "The IANA zone, such as Europe/Berlin"),
        number("fte", "The share of a full-time job", low=0, high=2),
    ),
    rules=(in_order("hired_on", "left_on", "an agent leaves after the first day"),),
)

BRANDS = Table(
    name="brands",
    about="One row is a brand; tickets name it by id, people by name",
    group=GROUP,
    key=("brand_id",),
    columns=(
        text("brand_id", "The source's id of the brand", required=True),
        text("name", "What people call it", required=True),
    ),
)

TEAMS = Table(
    name="teams",
    about="One row is a team of agents",
    group=GROUP,
    key=("team_id",),
    columns=(
        text("team_id", "The source's id of the team", required=True),
        text("name", "The team's name", required=True),
        text("parent_team_id", "The team it is part of", references="teams.team_id"),
        whole("tier", "1 is the front line; a higher number is more senior or more special", low=1),
    ),
    rules=(
        Rule(
            "parent_of_itself",
            "parent_team_id = team_id",
            "parent_team_id is the team itself; leave it empty for a team at the top",
        ),
    ),
)

TEAM_MEMBERSHIP = Table(
    name="team_membership",
    about="One row is a stretch of days an agent was in a team",
    group=GROUP,
    key=("agent_id", "team_id", "valid_from"),
    columns=(
        text("agent_id", "The agent", required=True, references="agents.agent_id"),
        text("team_id", "The team", required=True, references="teams.team_id"),
        day("valid_from", "The first day", required=True),
        day("valid_to", "The last day; empty means still"),
    ),
    rules=(in_order("valid_from", "valid_to", "the last day follows the first"),),
)

AGENT_SHIFTS = Table(
    name="agent_shifts",
    about="One row is a stretch of time an agent was planned or busy with one thing",
    group=GROUP,
    key=("agent_id", "started_at", "kind"),
    columns=(
        text("agent_id", "The agent", required=True, references="agents.agent_id"),
        moment("started_at", "When it began or will begin", required=True, future=True),
        moment("ended_at", "When it ended or will end", required=True, future=True),
        text(
            "kind",
            "What it was; scheduled is the plan, the others are what took place",
            required=True,
            values=("scheduled", "worked", "available", "break", "training", "meeting", "offline"),
        ),
        flag("paid", "The agent is paid for it"),
    ),
    rules=(
        in_order("started_at", "ended_at", "a shift ends after it begins"),
        Rule(
            "shift_over_a_day",
            "date_diff('second', started_at, ended_at) > 86400",
            "the shift is longer than 24 hours; check both time formats and zones",
            Severity.WARN,
        ),
    ),
)

AGENT_COSTS = Table(
    name="agent_costs",
    about="One row is what an agent, a team or the whole company costs from one day on",
    group=GROUP,
    key=("scope", "scope_id", "valid_from"),
    columns=(
        text("scope", "Whose cost it is", required=True, values=("agent", "team", "company")),
        text("scope_id", "The agent's or team's id; for the company its name", required=True),
        day("valid_from", "The first day", required=True),
        money(
            "amount",
            "What the agent, the whole team or the whole company costs in the time of per; "
            "per hour means each hour that the agent, or any agent of the team or company, works",
            required=True,
        ),
        currency(required=True),
        text("per", "The time the amount pays for", required=True, values=("hour", "month", "year")),
        day("valid_to", "The last day; empty means still"),
        flag("loaded", "Overhead is in the amount"),
    ),
    rules=(CURRENCY_IS_CODE, in_order("valid_from", "valid_to", "the last day follows the first")),
)

COST_ITEMS = Table(
    name="cost_items",
    about="One row is a cost of service other than agents; a credit is negative",
    group=GROUP,
    key=("cost_id",),
    columns=(
        text("cost_id", "The source's id of the cost", required=True),
        text(
            "kind",
            "What it pays for",
            required=True,
            values=(
                "tooling",
                "outsourcing",
                "telephony",
                "acquisition",
                "refund",
                "goodwill",
                "training",
                "other",
            ),
        ),
        day("period_start", "The first day it pays for", required=True),
        day("period_end", "The last day it pays for", required=True),
        money("amount", "The cost of the whole period", required=True, low=None),
        currency(required=True),
        text("team_id", "The team it is for", references="teams.team_id"),
        text("channel", "The channel it is for, of service or of acquisition"),
        text("campaign", "The campaign it is for"),
        text("customer_id", "The customer it is for", references="customers.customer_id"),
    ),
    rules=(CURRENCY_IS_CODE, in_order("period_start", "period_end", "the last day follows the first")),
)

TRAININGS = Table(
    name="trainings",
    about="One row is a course or certificate an agent completed",
    group=GROUP,
    key=("agent_id", "training_id", "completed_at"),
    columns=(
        text("agent_id", "The agent", required=True, references="agents.agent_id"),
        text("training_id", "The course", required=True),
        text("kind", "What it is", required=True, values=("training", "certification")),
        moment("completed_at", "When it was completed", required=True),
        moment("started_at", "When it was begun"),
        text("topic", "The ticket reason it makes the agent expert in"),
        day("expires_on", "The last day it holds; empty means for good"),
        number("score", "The result, on the course's own scale"),
        number("hours", "The hours it took", low=0),
        flag("passed", "The agent passed"),
    ),
    rules=(
        in_order("started_at", "completed_at", "a course is completed after it is begun"),
        Rule(
            "expires_before_completed",
            "expires_on < CAST(completed_at AS DATE)",
            "expires_on is before completed_at; a certificate ends after it is earned",
            Severity.WARN,
        ),
    ),
)

TRAINING_REQUIREMENTS = Table(
    name="training_requirements",
    about="One row is a course that everyone in a team must complete",
    group=GROUP,
    key=("team_id", "training_id", "due_on"),
    columns=(
        text("team_id", "The team", required=True, references="teams.team_id"),
        text("training_id", "The course", required=True),
        day("due_on", "The day it is due", required=True),
    ),
)

TRAINING_ASSIGNMENTS = Table(
    name="training_assignments",
    about="One row is a course that one agent must complete, whatever the team",
    group=GROUP,
    key=("agent_id", "training_id", "due_on"),
    columns=(
        text("agent_id", "The agent", required=True, references="agents.agent_id"),
        text("training_id", "The course", required=True),
        day("due_on", "The day it is due", required=True),
        day("assigned_on", "The day it was given out"),
    ),
    rules=(in_order("assigned_on", "due_on", "a course is due after it is given out"),),
)

CALENDARS = Table(
    name="calendars",
    about="One row is one open span of a weekday; closing at or before opening means past midnight",
    group=GROUP,
    key=("calendar_id", "valid_from", "weekday", "open_local"),
    columns=(
        text("calendar_id", "The calendar", required=True),
        text("tz", "The IANA zone, such as Europe/Berlin", required=True),
        whole("weekday", "1 is Monday, 7 is Sunday", required=True, low=1, high=7),
        clock_time("open_local", "When it opens, local time", required=True),
        clock_time("close_local", "When it closes, local time; 24:00 is the end of the day", required=True),
        day("valid_from", "The first day", required=True),
        day("valid_to", "The last day; empty means still"),
    ),
    rules=(in_order("valid_from", "valid_to", "the last day follows the first"),),
)

HOLIDAYS = Table(
    name="holidays",
    about="One row is a day on which a calendar is closed",
    group=GROUP,
    key=("calendar_id", "on_date"),
    columns=(
        text("calendar_id", "The calendar", required=True, references="calendars.calendar_id"),
        day("on_date", "The local day", required=True),
        text("name", "The name of the holiday"),
    ),
)

PEOPLE = (
    CUSTOMERS,
    ACCOUNTS,
    IDENTITY_LINKS,
    AGENTS,
    BRANDS,
    TEAMS,
    TEAM_MEMBERSHIP,
    AGENT_SHIFTS,
    AGENT_COSTS,
    COST_ITEMS,
    TRAININGS,
    TRAINING_REQUIREMENTS,
    TRAINING_ASSIGNMENTS,
    CALENDARS,
    HOLIDAYS,
)
