"""The closed lists of words and the shared rules that more than one table uses."""

from __future__ import annotations

from goalkeeper.schema.table import Rule, Severity

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed", "deleted", "merged", "spam")
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = ("email", "web", "chat", "messaging", "phone", "social", "api", "in_app", "sms", "other")
ACTORS = ("customer", "agent", "bot", "system", "unknown")
CLOCKS = ("calendar", "business")
SURVEYS = ("csat", "ces", "nps", "fcr", "enps", "esat", "brand", "other")

WEEK_S = 604_800  # a single contact longer than a week is nearly always milliseconds read as seconds

CURRENCY_IS_CODE = Rule(
    "currency_not_a_code",
    "NOT regexp_matches(currency, '^[A-Z]{3}$')",
    "currency is not a code; a code is three capital letters, such as EUR",
)

SCORE_ON_SCALE = (
    Rule(
        "scale_upside_down",
        "scale_min >= scale_max",
        "scale_min is not below scale_max; a scale runs from its lowest to its highest point",
    ),
    Rule(
        "score_off_scale",
        "score < scale_min OR score > scale_max",
        "score lies outside scale_min to scale_max; check which scale is in use",
    ),
)


def none_of(column: str, values: tuple[str, ...]) -> str:
    """The predicate that a text is none of the values; not true of NULL.

    DuckDB makes a join of a long NOT IN, at several times the cost.
    """
    known = " ".join("WHEN '" + value.replace("'", "''") + "' THEN false" for value in values)
    return f"CASE {column} {known} ELSE {column} IS NOT NULL END"


def priced(*amounts: str) -> Rule:
    """The rule that an amount comes with its currency, for tables where both are optional."""
    given = " OR ".join(f"{amount} IS NOT NULL" for amount in amounts)
    return Rule(
        "currency_missing",
        f"({given}) AND currency IS NULL",
        "an amount has no currency; every amount needs one",
    )


def in_order(earlier: str, later: str, about: str, *, key: str = "", severity: Severity = Severity.REJECT) -> Rule:
    """The rule that `later` is not before `earlier`."""
    key = key or f"{_stem(later)}_before_{_stem(earlier)}"
    return Rule(key, f"{later} < {earlier}", f"{later} is before {earlier}; {about}", severity)


def _stem(column: str) -> str:
    return column.removesuffix("_at").removesuffix("_on")
