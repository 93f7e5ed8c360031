"""For every rule a row that breaks it and a row, one step away, that does not."""

from __future__ import annotations

from typing import NamedTuple

from schema.rows import Row


class Example(NamedTuple):
    table: str
    rule: str
    bad: Row
    good: Row


NINE, TEN = "2026-02-01 09:00:00", "2026-02-01 10:00:00"


def late(table: str, rule: str, earlier: str, later: str) -> Example:
    """`later` an hour before `earlier`; good is the same instant, which no order rule may blame."""
    return Example(table, rule, {earlier: TEN, later: NINE}, {earlier: TEN, later: TEN})


def late_day(table: str, rule: str, earlier: str, later: str) -> Example:
    bad = {earlier: "2026-02-02", later: "2026-02-01"}
    return Example(table, rule, bad, bad | {later: "2026-02-02"})


def code(table: str) -> Example:
    return Example(table, "currency_not_a_code", {"currency": "eur"}, {"currency": "EUR"})


def on_scale(table: str) -> tuple[Example, ...]:
    upright = {"scale_min": "0", "scale_max": "1"}
    one_to_five = {"scale_min": "1", "scale_max": "5"}
    return (
        Example(table, "scale_upside_down", {"scale_min": "5", "scale_max": "5"}, upright),
        Example(table, "score_off_scale", one_to_five | {"score": "6"}, one_to_five | {"score": "5"}),
        Example(table, "score_off_scale", one_to_five | {"score": "0"}, one_to_five | {"score": "1"}),
    )


EXAMPLES = (
    late("tickets", "solved_before_created", "created_at", "solved_at"),
    late("tickets", "closed_before_created", "created_at", "closed_at"),
    late("tickets", "updated_before_created", "created_at", "updated_at"),
    late("tickets", "first_replied_before_created", "created_at", "first_replied_at"),
    late("tickets", "first_assigned_before_created", "created_at", "first_assigned_at"),
    late("tickets", "due_before_created", "created_at", "due_at"),
    late("tickets", "closed_before_solved", "solved_at", "closed_at"),
    Example(
        "tickets",
        "merged_into_itself",
        {"ticket_id": "1", "merged_into_ticket_id": "1"},
        {"ticket_id": "1", "merged_into_ticket_id": "2"},
    ),
    Example(
        "tickets",
        "merged_without_target",
        {"status": "merged"},
        {"status": "merged", "merged_into_ticket_id": "2"},
    ),
    Example(
        "tickets",
        "follows_itself",
        {"ticket_id": "1", "followup_of_ticket_id": "1"},
        {"ticket_id": "1", "followup_of_ticket_id": "2"},
    ),
    Example(
        "ticket_events",
        "status_event_value",
        {"type": "status", "new_value": "Resolved"},
        {"type": "status", "new_value": "solved"},
    ),
    Example("ticket_events", "status_event_value", {"type": "status"}, {"type": "assign"}),
    Example(
        "ticket_events",
        "status_event_old_value",
        {"type": "status", "old_value": "6", "new_value": "open"},
        {"type": "status", "new_value": "open"},
    ),
    Example(
        "ticket_events",
        "priority_event_value",
        {"type": "priority", "new_value": "P1"},
        {"type": "priority", "new_value": None},
    ),
    Example(
        "ticket_events",
        "field_event_without_field",
        {"type": "field", "new_value": "x"},
        {"type": "field", "field": "color", "new_value": "x"},
    ),
    Example(
        "ticket_events",
        "merge_event_without_ticket",
        {"type": "merge_into", "ticket_id": "1"},
        {"type": "merge_into", "ticket_id": "1", "new_value": "2"},
    ),
    Example(
        "ticket_events",
        "merge_event_with_itself",
        {"type": "merged_from", "ticket_id": "1", "new_value": "1"},
        {"type": "merged_from", "ticket_id": "1", "new_value": "2"},
    ),
    late("ticket_events", "occurred_before_occurred_after", "occurred_after", "occurred_at"),
    Example(
        "ticket_events",
        "public_note",
        {"type": "note", "is_public": "true"},
        {"type": "note", "is_public": "false"},
    ),
    Example("ticket_events", "private_reply", {"type": "reply", "is_public": "false"}, {"type": "reply"}),
    Example(
        "ticket_events",
        "value_unchanged",
        {"type": "assign", "old_value": "7", "new_value": "7"},
        {"type": "assign", "old_value": "7", "new_value": "8"},
    ),
    late("ticket_sla", "breached_before_applied", "applied_at", "breached_at"),
    late("ticket_sla", "fulfilled_before_applied", "applied_at", "fulfilled_at"),
    late("interactions", "answered_before_queue_entered", "queue_entered_at", "answered_at"),
    late("interactions", "ended_before_answered", "answered_at", "ended_at"),
    late("interactions", "ended_before_started", "started_at", "ended_at"),
    late("interactions", "queue_entered_before_started", "started_at", "queue_entered_at"),
    Example(
        "interactions",
        "abandoned_but_answered",
        {"outcome": "abandoned", "answered_at": TEN},
        {"outcome": "answered", "answered_at": TEN},
    ),
    Example(
        "interactions",
        "wait_differs_from_times",
        {"queue_entered_at": NINE, "answered_at": TEN, "wait_s": "3661"},
        {"queue_entered_at": NINE, "answered_at": TEN, "wait_s": "3660"},
    ),
    Example(
        "interactions",
        "work_exceeds_length",
        {"started_at": NINE, "ended_at": TEN, "talk_s": "3600", "hold_s": "61"},
        {"started_at": NINE, "ended_at": TEN, "talk_s": "3600", "hold_s": "60"},
    ),
    Example(
        "self_service_sessions",
        "more_failed_searches",
        {"searches": "1", "searches_no_result": "2"},
        {"searches": "2", "searches_no_result": "2"},
    ),
    Example(
        "self_service_sessions",
        "contact_mismatch",
        {"contacted_ticket_id": "1", "ended_in": "left"},
        {"contacted_ticket_id": "1", "ended_in": "contact"},
    ),
    Example(
        "self_service_sessions",
        "resolved_but_handed_off",
        {"resolved": "true", "handed_off": "true"},
        {"resolved": "true", "handed_off": "false"},
    ),
    late("articles", "updated_before_published", "published_at", "updated_at"),
    *on_scale("qa_reviews"),
    Example("qa_reviews", "review_of_nothing", {"agent_id": "1"}, {"interaction_id": "1"}),
    Example(
        "qa_reviews",
        "reviewed_by_self",
        {"agent_id": "1", "reviewer_id": "1"},
        {"agent_id": "1", "reviewer_id": "2"},
    ),
    code("accounts"),
    Example("accounts", "currency_missing", {"arr": "1"}, {"arr": "1", "currency": "EUR"}),
    Example(
        "accounts",
        "parent_of_itself",
        {"account_id": "1", "parent_account_id": "1"},
        {"account_id": "1", "parent_account_id": "2"},
    ),
    late("identity_links", "unlinked_before_linked", "linked_at", "unlinked_at"),
    late_day("agents", "left_before_hired", "hired_on", "left_on"),
    Example(
        "teams",
        "parent_of_itself",
        {"team_id": "1", "parent_team_id": "1"},
        {"team_id": "1", "parent_team_id": "2"},
    ),
    late_day("team_membership", "valid_to_before_valid_from", "valid_from", "valid_to"),
    late("agent_shifts", "ended_before_started", "started_at", "ended_at"),
    Example(
        "agent_shifts",
        "shift_over_a_day",
        {"started_at": NINE, "ended_at": "2026-02-02 09:00:01"},
        {"started_at": NINE, "ended_at": "2026-02-02 09:00:00"},
    ),
    code("agent_costs"),
    late_day("agent_costs", "valid_to_before_valid_from", "valid_from", "valid_to"),
    code("cost_items"),
    late_day("cost_items", "period_end_before_period_start", "period_start", "period_end"),
    late_day("training_assignments", "due_before_assigned", "assigned_on", "due_on"),
    late("trainings", "completed_before_started", "started_at", "completed_at"),
    Example(
        "trainings",
        "expires_before_completed",
        {"completed_at": NINE, "expires_on": "2026-01-31"},
        {"completed_at": NINE, "expires_on": "2026-02-01"},
    ),
    late_day("calendars", "valid_to_before_valid_from", "valid_from", "valid_to"),
    code("subscriptions"),
    late("subscriptions", "ended_before_started", "started_at", "ended_at"),
    late("subscriptions", "trial_end_before_started", "started_at", "trial_end_at"),
    late("subscriptions", "cancel_before_asked", "cancelled_at", "cancel_at"),
    Example(
        "subscriptions",
        "over_without_end",
        {"status": "cancelled"},
        {"status": "cancelled", "cancelled_at": NINE},
    ),
    code("subscription_events"),
    Example("subscription_events", "currency_missing", {"mrr_after": "9"}, {"mrr_after": "9", "currency": "USD"}),
    Example(
        "subscription_events",
        "upgrade_without_gain",
        {"type": "upgraded", "mrr_before": "9", "mrr_after": "9"},
        {"type": "upgraded", "mrr_before": "9", "mrr_after": "9.01"},
    ),
    Example(
        "subscription_events",
        "downgrade_without_loss",
        {"type": "downgraded", "mrr_before": "9", "mrr_after": "9"},
        {"type": "downgraded", "mrr_before": "9", "mrr_after": "8.99"},
    ),
    Example(
        "subscription_events",
        "unwanted_cancel_request",
        {"type": "cancel_requested", "voluntary": "false"},
        {"type": "cancelled", "voluntary": "false"},
    ),
    code("orders"),
    late("orders", "fulfilled_before_ordered", "ordered_at", "fulfilled_at"),
    late("orders", "delivered_before_ordered", "ordered_at", "delivered_at"),
    late("orders", "cancelled_before_ordered", "ordered_at", "cancelled_at"),
    late("orders", "delivered_before_fulfilled", "fulfilled_at", "delivered_at"),
    Example("orders", "discount_over_gross", {"gross": "5", "discount": "5.01"}, {"gross": "5", "discount": "5"}),
    code("refunds"),
    Example("refunds", "refund_to_nobody", {"ticket_id": "1"}, {"customer_id": "1"}),
    late("shop_visits", "ordered_before_started", "started_at", "ordered_at"),
    Example(
        "shop_visits",
        "chat_without_chatting",
        {"interaction_id": "1", "chatted": "false"},
        {"interaction_id": "1", "chatted": "true"},
    ),
    code("upsells"),
    late("upsells", "occurred_before_offered", "offered_at", "occurred_at"),
    code("acquisitions"),
    Example("acquisitions", "currency_missing", {"cost": "0"}, {"cost": None}),
    Example(
        "acquisitions",
        "referred_by_self",
        {"customer_id": "1", "referred_by_customer_id": "1"},
        {"customer_id": "1", "referred_by_customer_id": "2"},
    ),
    late("survey_invitations", "opened_before_sent", "sent_at", "opened_at"),
    late("survey_invitations", "expires_before_sent", "sent_at", "expires_at"),
    *on_scale("survey_responses"),
    Example(
        "survey_responses",
        "nps_scale",
        {"kind": "nps", "scale_min": "1", "scale_max": "5"},
        {"kind": "nps", "scale_min": "1", "scale_max": "10"},
    ),
    Example(
        "survey_responses",
        "yes_or_no_scale",
        {"kind": "brand", "scale_min": "1", "scale_max": "5"},
        {"kind": "brand", "scale_min": "0", "scale_max": "1"},
    ),
    code("spend_answers"),
    Example(
        "spend_answers",
        "more_than_all",
        {"spend_with_us": "300.01", "spend_in_category": "300"},
        {"spend_with_us": "300", "spend_in_category": "300"},
    ),
    late("survey_responses", "edited_before_responded", "responded_at", "edited_at"),
    Example("reviews", "rating_over_scale", {"rating": "5.5", "scale_max": "5"}, {"rating": "5", "scale_max": "5"}),
    late("reviews", "reply_before_published", "published_at", "reply_at"),
    late("reviews", "reply_updated_before_reply", "reply_at", "reply_updated_at"),
    late("reviews", "edited_before_published", "published_at", "edited_at"),
    late("feedback_items", "status_before_created", "created_at", "status_at"),
    late("feedback_items", "informed_before_created", "created_at", "informed_at"),
    Example("touches", "touch_with_nobody", {"agent_id": "1"}, {"account_id": "1"}),
    late("failures", "shared_before_occurred", "occurred_at", "shared_at"),
)
