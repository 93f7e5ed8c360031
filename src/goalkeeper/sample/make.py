"""Makes the sample company: all exports in one folder, and truths.json beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from goalkeeper.errors import UsageError
from goalkeeper.sample import (
    billing,
    helpcentre,
    helpdesk,
    marketing,
    phone,
    reviews,
    shop,
    surveys,
    team,
    truths_money,
    truths_planted,
    workplace,
)
from goalkeeper.sample import truths as measured
from goalkeeper.sample import truths_files as counts
from goalkeeper.sample.agents import Staff
from goalkeeper.sample.customers import make_customers
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import Period
from goalkeeper.sample.plan import agreed_at, plan_text
from goalkeeper.sample.planted import Planted
from goalkeeper.sample.settings import DEFAULT_UNTIL, settings_toml
from goalkeeper.sample.subscriptions import make_subscriptions
from goalkeeper.sample.tickets import Tickets, make_tickets

FEWEST, MOST = 100, 2_000_000
EARLIEST, LATEST = date(2002, 1, 1), date(2090, 12, 31)
_FOLDERS = (
    "helpdesk",
    "phone",
    "surveys",
    "shop",
    "billing",
    "reviews",
    "helpcentre",
    "team",
    "workplace",
    "marketing",
)
_FEWEST_CUSTOMERS, _CUSTOMERS_A_TICKET = 400, 0.45
_FEWEST_ORDERS, _ORDERS_A_TICKET = 300, 0.6


@dataclass(frozen=True, slots=True)
class Company:
    """The files made (by their path inside the folder, with `/`), the truths, the workspace settings, and the plan.

    The plan was agreed on its first day, at ``plan_agreed_at`` (UTC without zone).
    """

    folder: Path
    files: dict[str, Path]
    truths: measured.Truth
    settings: str
    plan: str
    plan_agreed_at: datetime


def _world(period: Period, seed: int, tickets: int) -> World:
    hours = AllHours(period)
    customers = make_customers(period, seed, max(_FEWEST_CUSTOMERS, int(tickets * _CUSTOMERS_A_TICKET)))
    orders = shop.make_orders(period, hours, customers, seed, max(_FEWEST_ORDERS, int(tickets * _ORDERS_A_TICKET)))
    subs = make_subscriptions(period, customers, seed)
    return World(period, Planted.within(period), hours, customers, orders, subs, seed)


def _write_helpdesk(
    folder: Path, world: World, tickets: Tickets, staff: Staff
) -> tuple[dict[str, Path], helpdesk.Written]:
    desk = folder / "helpdesk"
    files = helpdesk.write_small_files(desk, world.customers, staff)
    written = helpdesk.write_tickets(desk, tickets, staff, world)
    for name in ("tickets", "audits", "satisfaction_ratings"):
        files[f"helpdesk/{name}.ndjson"] = desk / f"{name}.ndjson"
    return files, written


def _check(tickets: int, until: date) -> None:
    if not FEWEST <= tickets <= MOST:
        raise UsageError(f"{tickets} tickets asked for; valid: {FEWEST} to {MOST}.", hint="The usual number is 60000.")
    if not EARLIEST <= until <= LATEST:
        raise UsageError(
            f"the last day asked for is {until}; valid: {EARLIEST} to {LATEST}.",
            hint=f"The usual day is {DEFAULT_UNTIL}.",
        )


def make_company(folder: Path, *, seed: int = 7, tickets: int = 60_000, until: date = DEFAULT_UNTIL) -> Company:
    """Writes the exports of the two years that end with `until`; the same arguments give the same bytes.

    Files that stand in the folder under the same names are replaced. Raises UsageError for a number of tickets
    or a day out of range.
    """
    _check(tickets, until)
    period = Period(until)
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    world = _world(period, seed, tickets)
    staff = Staff(period, seed)
    cases = make_tickets(world, staff, tickets)
    files, written = _write_helpdesk(folder, world, cases, staff)
    seen = measured.Seen.of(world, cases, written)
    facts: measured.Truth = {
        "company": {"seed": seed, "tickets": tickets, "first_day": str(period.first), "last_day": str(until)},
        "tickets": measured.ticket_counts(seen),
        "speed": measured.speed(seen),
        "quality": measured.quality(seen),
    }
    survey = surveys.make_survey(period, world.subscriptions, seed, tickets)
    facts["planted"] = {
        "mix_shift": truths_planted.mix_shift(seen, survey),
        "outage": truths_planted.outage(seen),
        "early_closer": truths_planted.early_closer(seen, staff),
        "process_change": truths_planted.process_change(seen),
    }
    _write_others(folder, world, cases, staff, survey, files, facts, tickets)
    path = folder / "truths.json"
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    files["truths.json"] = path
    return Company(folder, files, facts, settings_toml(until), plan_text(period), agreed_at(period))


def _write_others(
    folder: Path, world: World, cases: Tickets, staff: Staff, survey: surveys.Survey,
    files: dict[str, Path], facts: measured.Truth, size: int,
) -> None:  # fmt: skip
    """Writes all exports but the help desk's, adding their paths and truths."""
    calls = phone.make_calls(world, cases, staff)
    files |= phone.write_calls(folder / "phone", calls, world, cases, staff)
    files |= surveys.write_survey(folder / "surveys", survey, world.customers, world.hours, world.seed)
    names = (
        "shop/orders.csv", "billing/subscriptions.csv", "billing/subscription_events.csv", "reviews/reviews.csv",
        "helpcentre/sessions.csv",
    )  # fmt: skip
    orders, subs, events, review_file, session_file = (folder / name for name in names)
    files |= dict(zip(names, (orders, subs, events, review_file, session_file), strict=True))
    shop.write_orders(orders, world.orders, world.customers, world.hours, world.period, world.seed)
    billing.write_subscriptions(subs, world.subscriptions, world.customers, world.period)
    event_rows = billing.write_events(events, world.subscriptions)
    said = reviews.make_reviews(world, cases, size)
    reviews.write_reviews(review_file, said, world)
    visits = helpcentre.make_sessions(world, cases, size)
    helpcentre.write_sessions(session_file, visits, world, cases)
    team_files, team_rows = team.write_team_files(folder / "team", staff, world.period, world.seed)
    files |= team_files
    workplace_files, facts["workplace"] = workplace.write_workplace(folder / "workplace", world, cases, staff)
    files |= workplace_files
    marketing_files, facts["marketing"], won = marketing.write_marketing(folder / "marketing", world, cases)
    files |= marketing_files
    facts["money"] = truths_money.money_truths(world, won)
    facts["calls"] = counts.calls_truth(calls)
    facts["survey"] = counts.survey_truth(survey)
    facts["orders"] = counts.orders_truth(world.orders)
    facts["billing"] = counts.subscriptions_truth(world.subscriptions, world.period, event_rows)
    facts |= counts.other_truths(said, visits, team_rows)
