"""What each metric means, written a second time in plain Python over rows of facts, one row at a time.

A rule gives for a row: None (the metric does not speak of it), "pending", a reason for which it is left out, or what it
is counted as: a truth, a number, or (duration, whether it finished).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Rule = Callable[[Row, str], Any]
PENDING = "pending"
DAY = 86_400


class Out(str):
    """A reason for which a row is left out."""


def first_response(row: Row, clock: str) -> Any:
    if row["first_response_from"] is None:
        return Out("started by the company")
    return row[f"first_response{clock}_s"], row["first_response_done"]


def next_response(row: Row, clock: str) -> Any:
    return row[f"waited{clock}_s"], row["answered"]


def resolution(row: Row, clock: str) -> Any:
    if row["closed_unsolved"]:
        return Out("closed without being solved")
    return row[f"resolution{clock}_s"], row["resolved"]


def first_resolution(row: Row, clock: str) -> Any:
    if row["closed_unsolved"] and row["first_solved_at"] is None:
        return Out("closed without being solved")
    return row[f"first_resolution{clock}_s"], row["first_solved_at"] is not None


def within(seconds: int) -> Rule:
    def rule(row: Row, clock: str) -> Any:
        in_time = row[f"first_resolution{clock}_s"] <= seconds
        if row["closed_unsolved"] and row["first_solved_at"] is None and in_time:
            return Out("closed without being solved")
        if row[f"followed{clock}_s"] < seconds:
            return PENDING
        return row["first_solved_at"] is not None and in_time

    return rule


def first_contact(days: int, gap: str = "next_same_topic_s") -> Rule:
    def rule(row: Row, _: str) -> Any:
        if row["solved_at"] is None:
            return None
        if row["contacts"] == 0:
            return Out("solved without a human contact")
        if row["quiet_s"] < days * DAY:
            return PENDING
        came_back = row[gap] is not None and row[gap] <= days * DAY
        alone = row["contacts"] == 1 and not row["transfers"] and not row["escalated"] and not row["reopens"]
        return row["resolved"] and alone and not came_back

    return rule


def no_reopen(row: Row, _: str) -> Any:
    if row["solved_at"] is None:
        return None
    return PENDING if row["quiet_s"] < 7 * DAY else row["reopens"] == 0


def reopened(days: int) -> Rule:
    def rule(row: Row, _: str) -> Any:
        if row["first_solved_at"] is None:
            return None
        if row["horizon_at"] - row["first_solved_at"] < days * DAY * 1000:
            return PENDING
        back = row["reopened_at"]
        return back is not None and 0 <= (back - row["first_solved_at"]) // 1000 <= days * DAY

    return rule


def one_touch(row: Row, _: str) -> Any:
    return None if row["solved_at"] is None else bool(row["one_touch"])


def people(row: Row, _: str) -> Any:
    if row["solved_at"] is None:
        return None
    if row["people"] is None:
        return Out("with a reply that names nobody")
    return row["people"] or Out("without a human reply")


def csat(row: Row, _: str) -> Any:
    if row["kind"] != "csat":
        return None
    return Out("on a scale without known top boxes") if row["satisfied"] is None else row["satisfied"]


def nps(row: Row, _: str) -> Any:
    if row["kind"] != "nps":
        return None
    if row["promoter"] is None:
        return Out("not on a scale of 0 to 10")
    return row["promoter"] - row["detractor"]


def waited(row: Row) -> Any:
    return Out("answered, but without a waiting time") if row["wait_s"] is None else row["wait_s"]


def speed_of_answer(row: Row, _: str) -> Any:
    return waited(row) if row["outcome"] == "answered" and not row["passed_on"] else None


def service_level(row: Row, _: str) -> Any:
    if row["passed_on"]:
        return None
    if row["outcome"] != "answered":
        return False if row["outcome"] in ("abandoned", "short_abandon") else None
    found = waited(row)
    return found if isinstance(found, Out) else found <= 20


def service_level_of_answered(row: Row, clock: str) -> Any:
    return service_level(row, clock) if row["outcome"] == "answered" else None


def abandonment(row: Row, _: str) -> Any:
    if row["outcome"] not in ("answered", "abandoned", "short_abandon") or row["passed_on"]:
        return None
    return row["outcome"] == "abandoned"


def handle_time(row: Row, _: str) -> Any:
    if row["outcome"] != "answered":
        return None
    return Out("answered, but without a handling time") if row["handle_s"] is None else row["handle_s"]


def promised(*names: str) -> Rule:
    def rule(row: Row, _: str) -> Any:
        if row["promise"] not in names:
            return None
        if row["due_at"] is None or row["due_at"] > row["horizon_at"]:
            return PENDING
        return row["status"] == "kept"

    return rule


def after_contact_work(row: Row, _: str) -> Any:
    if row["outcome"] != "answered":
        return None
    return Out("answered, but without after-contact work logged") if row["wrap_s"] is None else row["wrap_s"]


def effort(row: Row, _: str) -> Any:
    if row["kind"] != "ces":
        return None
    if (row["scale_min"], row["scale_max"]) != (1, 7):
        return Out("not on a scale of 1 to 7")
    return row["score"]


def easy(row: Row, clock: str) -> Any:
    score = effort(row, clock)
    return score if score is None or isinstance(score, str) else score >= 5


def automated(row: Row, _: str) -> Any:
    if not row["bot_replies"]:
        return None
    quiet = row["followed_s"] if row["quiet_s"] is None else row["quiet_s"]
    if quiet < 7 * DAY:
        return PENDING
    came_back = row["next_same_topic_s"] is not None and row["next_same_topic_s"] <= 7 * DAY
    return row["resolved"] and not row["contacts"] and not came_back


def saved(days: int) -> Rule:
    return lambda row, _: PENDING if row["followed_s"] < days * DAY else row[f"saved_{days}"]


def kept(row: Row, _: str) -> Any:
    return PENDING if row["followed_s"] < 30 * DAY else row["kept_30"]


def match_kept(row: Row, _: str) -> Any:
    if row["match_kept_30"] is None:
        return Out("without a subscriber like it")
    return PENDING if row["followed_s"] < 30 * DAY else row["match_kept_30"]


def bought_again(row: Row, _: str) -> Any:
    if row["followed_s"] < 365 * DAY:
        return PENDING
    return row["second_after_s"] is not None and row["second_after_s"] <= 365 * DAY


def visit(chatted: bool) -> Rule:
    def rule(row: Row, _: str) -> Any:
        if row["chatted"] is None:
            return Out("nobody knows whether they chatted")
        if row["chatted"] is not chatted:
            return None
        return PENDING if row["followed_s"] < 3 * DAY else row["bought_3"]

    return rule


def brand(row: Row, _: str) -> Any:
    if row["kind"] != "brand":
        return None
    yes_or_no = (row["scale_min"], row["scale_max"]) == (0, 1)
    return row["score"] == 1 if yes_or_no else Out("not a question of yes or no")


def referred(row: Row, _: str) -> Any:
    return Out("nobody knows how they came") if row["referred"] is None else row["referred"]


# (metric, variant): the rows, the column of their day, the rule. Stocks are not among them: they have instants.
RULES: dict[tuple[str, str], tuple[str, str, Rule]] = {
    ("first_response_time", ""): ("tickets", "created_day", first_response),
    ("next_response_time", ""): ("turns", "started_day", next_response),
    ("resolution_time", ""): ("tickets", "created_day", resolution),
    ("resolution_time", "first"): ("tickets", "created_day", first_resolution),
    ("resolved_in_target", ""): ("tickets", "created_day", within(DAY)),
    ("resolved_in_target", "4h"): ("tickets", "created_day", within(4 * 3600)),
    ("resolved_in_target", "8h"): ("tickets", "created_day", within(8 * 3600)),
    ("resolved_in_target", "48h"): ("tickets", "created_day", within(2 * DAY)),
    ("resolved_in_target", "7d"): ("tickets", "created_day", within(7 * DAY)),
    ("sla_attainment", ""): ("promises", "applied_day", promised("first_reply", "next_reply", "resolution")),
    **{
        ("sla_attainment", name): ("promises", "applied_day", promised(name))
        for name in ("first_reply", "next_reply", "resolution", "requester_wait", "agent_work")
    },
    ("first_contact_resolution", ""): ("tickets", "solved_day", first_contact(7)),
    ("first_contact_resolution", "1d"): ("tickets", "solved_day", first_contact(1)),
    ("first_contact_resolution", "3d"): ("tickets", "solved_day", first_contact(3)),
    ("first_contact_resolution", "14d"): ("tickets", "solved_day", first_contact(14)),
    ("first_contact_resolution", "30d"): ("tickets", "solved_day", first_contact(30)),
    ("first_contact_resolution", "any_topic"): ("tickets", "solved_day", first_contact(7, "next_contact_s")),
    ("first_contact_resolution", "no_reopen"): ("tickets", "solved_day", no_reopen),
    ("first_contact_resolution", "one_touch"): ("tickets", "solved_day", one_touch),
    ("reopen_rate", ""): ("tickets", "first_solved_day", reopened(7)),
    ("reopen_rate", "14d"): ("tickets", "first_solved_day", reopened(14)),
    ("reopen_rate", "30d"): ("tickets", "first_solved_day", reopened(30)),
    ("reopen_rate", "ever"): ("tickets", "first_solved_day", lambda row, _: row["reopens"] > 0),
    ("reopen_rate", "of_all"): ("tickets", "created_day", lambda row, _: row["reopens"] > 0),
    ("escalation_rate", ""): ("tickets", "created_day", lambda row, _: row["escalated"]),
    ("people_per_ticket", ""): ("tickets", "solved_day", people),
    ("csat", ""): ("answers", "responded_day", csat),
    ("survey_response_rate", ""): (
        "invitations",
        "sent_day",
        lambda row, _: PENDING if row["is_open"] else row["answered"],
    ),
    ("nps", ""): ("answers", "responded_day", nps),
    ("ticket_volume", ""): ("tickets", "created_day", lambda _row, _: True),
    ("speed_of_answer", ""): ("calls", "started_day", speed_of_answer),
    ("service_level", ""): ("calls", "started_day", service_level),
    ("service_level", "of_answered"): ("calls", "started_day", service_level_of_answered),
    ("abandonment_rate", ""): ("calls", "started_day", abandonment),
    ("handle_time", ""): ("calls", "started_day", handle_time),
    ("after_contact_work", ""): ("calls", "started_day", after_contact_work),
    ("effort_score", ""): ("answers", "responded_day", effort),
    ("easy_share", ""): ("answers", "responded_day", easy),
    ("comment_rate", ""): ("answers", "responded_day", lambda row, _: row["has_comment"]),
    ("automated_resolution_rate", ""): ("tickets", "created_day", automated),
    ("save_rate", ""): ("cancel_requests", "asked_day", saved(30)),
    ("save_rate", "90d"): ("cancel_requests", "asked_day", saved(90)),
    ("post_ticket_retention", ""): ("subscriber_tickets", "solved_day", kept),
    ("post_ticket_retention", "without_ticket"): ("subscriber_tickets", "solved_day", match_kept),
    ("repeat_purchase_rate", "within_365_days"): ("buyers", "first_ordered_day", bought_again),
    ("wallet_share", ""): (
        "spending",
        "answered_day",
        lambda row, _: (float(row["spend_with_us"]), float(row["spend_in_category"])),
    ),
    ("upsell_revenue", ""): (
        "upsells",
        "occurred_day",
        lambda row, _: float(row["sold_for"]) if row["accepted"] else None,
    ),
    ("assisted_conversion", ""): ("shop_visits", "started_day", visit(True)),
    ("assisted_conversion", "without_chat"): ("shop_visits", "started_day", visit(False)),
    ("referral_rate", ""): ("acquisitions", "acquired_day", referred),
    ("brand_recall", ""): ("answers", "responded_day", brand),
}
