"""Up to when the data reaches: what is not known yet is not missing."""

from __future__ import annotations

from datetime import UTC, datetime

from goalkeeper.warehouse.store import Store

# Tickets have a horizon of their own, a source at a time.
_HAPPENED = (
    ("tickets", "created_at"),
    ("ticket_events", "occurred_at"),
    ("interactions", "started_at"),
    ("survey_responses", "responded_at"),
    ("survey_invitations", "sent_at"),
    ("orders", "ordered_at"),
    ("subscriptions", "started_at"),
    ("subscriptions", "ended_at"),
    ("subscription_events", "occurred_at"),
    ("reviews", "published_at"),
    ("self_service_sessions", "started_at"),
    ("qa_reviews", "reviewed_at"),
    ("trainings", "completed_at"),
    ("feedback_items", "created_at"),
    ("failures", "occurred_at"),
)


def newest_moment(store: Store) -> datetime:
    """The newest thing that happened, UTC; now where there is none. What lies ahead is planned."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    moments = " UNION ALL ".join(
        f"SELECT max({moment}) AS t FROM canon.{table} WHERE {moment} <= ?" for table, moment in _HAPPENED
    )
    found: datetime | None = store.one(f"SELECT max(t) FROM ({moments})", [now] * len(_HAPPENED))
    return found or now
