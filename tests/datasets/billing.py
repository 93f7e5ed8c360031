"""What subscriptions and their logs mean, told a second time: at any moment, one subscription at a time, in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
OVER = ("cancelled", "expired")
STAYS = ("cancel_revoked", "paused", "downgraded", "upgraded", "renewed", "resumed", "reactivated")
PRICED = (
    "started", "trial_started", "trial_converted", "renewed", "upgraded", "downgraded", "quantity_changed",
    "price_changed", "paused", "resumed", "reactivated",
)  # fmt: skip


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass
class Subscription:
    """One subscription with its log in order of time."""

    row: Row
    log: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started, self.ended = moment(self.row["started_at"]), moment(self.row.get("ended_at"))
        self.trial_end = moment(self.row.get("trial_end_at"))
        self.is_over = self.row["status"] in OVER
        if self.is_over and self.ended is None:
            self.ended = moment(self.row.get("cancel_at")) or moment(self.row.get("cancelled_at"))

    @staticmethod
    def asked(event: Row) -> datetime:
        return datetime.fromisoformat(event["occurred_at"])

    @classmethod
    def effective(cls, event: Row) -> datetime:
        return moment(event.get("effective_at")) or cls.asked(event)

    def of(self, *types: str) -> list[Row]:
        return sorted((e for e in self.log if e["type"] in types), key=self.effective)

    @property
    def paid_from(self) -> datetime | None:
        converted = self.of("trial_converted")
        if converted:
            return self.effective(converted[0])
        if self.row["status"] == "trialing":
            return None
        if self.trial_end:
            return self.trial_end
        if self.of("trial_started") and self.row["status"] not in ("active", "past_due", "paused"):
            return None
        return self.started

    def stays(self) -> list[tuple[datetime, datetime | None]]:
        """From when to when it is paid for."""
        begins = [] if self.paid_from is None else [(self.paid_from, self.started, True)]
        begins += [(self.effective(e), self.effective(e), False) for e in self.of("reactivated")]
        begins = sorted({each[0]: each for each in reversed(begins)}.values())
        found = []
        for number, (begin, since, is_first) in enumerate(begins):
            ends = [self.effective(e) for e in self.of(*OVER)]
            ends = [t for t in ends if t > since or (is_first and t == since)]
            if not ends and self.ended and (self.ended > since or (is_first and self.ended == since)):
                ends = [self.ended]
            if number + 1 < len(begins):
                ends.append(begins[number + 1][0])
            end = min(ends, default=None)
            if end is None or end > begin:
                found.append((begin, end))
        return found

    @property
    def is_undated(self) -> bool:
        """Over, but nobody knows since when: its last stay has no end."""
        return self.is_over and any(end is None for _, end in self.stays())

    def is_paid(self, t: datetime) -> bool:
        return not self.is_undated_at(t) and any(a <= t and (b is None or t < b) for a, b in self.stays())

    def is_undated_at(self, t: datetime) -> bool:
        return self.is_over and any(a <= t and b is None for a, b in self.stays())

    def is_tried(self, t: datetime) -> bool:
        over = [self.effective(e) for e in self.of(*OVER)] + ([self.ended] if self.ended else [])
        until = min([*over, *([self.paid_from] if self.paid_from else [])], default=None)
        return self.started <= t and (until is None or t < until) and (self.paid_from is None or t < self.paid_from)

    def price(self, t: datetime) -> float:
        """What it costs at a moment at which it is paid for: by the last change, the next one, or its latest state."""
        begin, end = next((a, b) for a, b in self.stays() if a <= t and (b is None or t < b))
        priced = [event for event in self.of(*PRICED) if event.get("mrr_after") is not None]
        priced.sort(key=lambda event: (event["mrr_after"] != event["mrr_before"], event["event_id"]))
        changes: dict[datetime, Row] = {}
        for event in priced:  # of those at one moment the last that says a change
            changes[self.effective(event)] = event
        inside = [when for when in changes if begin < when <= t]
        if inside:
            return float(changes[max(inside)]["mrr_after"])
        before = [when for when in changes if when <= begin]
        if before and changes[max(before)]["mrr_after"]:
            return float(changes[max(before)]["mrr_after"])
        later = [when for when in changes if when > begin and (end is None or when < end)]
        if later:
            same = [event for event in priced if self.effective(event) == min(later)]
            first = next((event for event in same if event["mrr_after"] != event["mrr_before"]), same[0])
            return float(first["mrr_before"] or self.row["mrr"])
        return float(self.row["mrr"])

    def saved(self, request: Row, days: int) -> bool:
        """Whether after so many days it is paid for and its last word is that it stays."""
        later = self.asked(request) + timedelta(days=days)
        after = [e for e in self.log if e["type"] in (*OVER, *STAYS, "cancel_requested") and e is not request
                 and (self.asked(e) > self.asked(request)
                      or (self.asked(e) == self.asked(request) and e["type"] in OVER))]  # fmt: skip
        words = [e for e in after if self.asked(e) <= later]
        words.sort(key=lambda e: (self.asked(e), e["type"] == "cancel_requested", e["event_id"]))
        stays = words[-1]["type"] in STAYS if words else not after and self.runs_on
        return stays and self.is_paid(later)

    @property
    def runs_on(self) -> bool:
        """Its latest state says that no request stands."""
        planned = (self.row.get(name) for name in ("cancel_at", "cancelled_at", "ended_at"))
        return self.row["status"] in ("active", "past_due", "paused") and not any(planned)


def read(rows: Sequence[Row], events: Sequence[Row]) -> list[Subscription]:
    found = {row["subscription_id"]: Subscription(row) for row in rows}
    for event in events:
        found[event["subscription_id"]].log.append(event)
    return list(found.values())


def millis(t: datetime) -> int:
    return round(t.astimezone(UTC).timestamp() * 1000)
