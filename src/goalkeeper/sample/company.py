"""The invented company: brands with their hours, teams, topics, channels, products, plans."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Tarnfolk"
CURRENCY = "EUR"

FRONT_LINE, SPECIALISTS, BILLING = range(3)
TEAM_KINDS = ("Front line", "Specialists", "Billing")
TEAM_TIERS = (1, 2, 1)
TEAM_SIZES = (8, 4, 3)

Weekly = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand served from one place in its own hours."""

    brand_id: int
    key: str
    name: str
    domain: str
    city: str
    zone: str
    country: str
    holidays: str
    share: float
    order_prefix: str
    hours: Weekly
    later_hours: Weekly | None = None
    eve_closed: bool = False


BRANDS = (
    Brand(
        4410001, "pinetarn", "Pinetarn", "pinetarn.example", "Berlin", "Europe/Berlin", "DE", "DE-BE", 0.42, "PT",
        hours={"mon-fri": ("08:00-18:00",), "sat": ("10:00-14:00",)},
        eve_closed=True,
    ),
    Brand(
        4410002, "brackenbox", "Brackenbox", "brackenbox.example", "New York", "America/New_York", "US", "US-NY",
        0.35, "BB",
        hours={"mon-fri": ("09:00-20:00",), "sat-sun": ("10:00-16:00",)},
    ),
    Brand(
        4410003, "saltfern", "Saltfern", "saltfern.example", "Sydney", "Australia/Sydney", "AU", "AU-NSW", 0.23, "SF",
        hours={"mon-fri": ("08:30-12:30", "13:00-17:30")},
        later_hours={"mon-fri": ("08:00-18:00",)},
    ),
)  # fmt: skip

# What customers are promised: a first reply within so much working time.
FIRST_REPLY_S = 4 * 3600

# The month of the period in which a brand's later hours begin.
LATER_HOURS_MONTH = 15

TEAMS = len(BRANDS) * len(TEAM_KINDS)


def team_index(brand: int, kind: int) -> int:
    """Where a brand's team stands in the flat list of teams."""
    return brand * len(TEAM_KINDS) + kind


def team_name(team: int) -> str:
    """'Front line Berlin'."""
    brand, kind = divmod(team, len(TEAM_KINDS))
    return f"{TEAM_KINDS[kind]} {BRANDS[brand].city}"


def group_id(team: int) -> int:
    """The help desk's id of a team."""
    return 5510001 + team


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket is about, who gets it first, and how often one answer is enough."""

    key: str
    share: float
    team_kind: int
    one_touch: float
    asker: str  # "buyer": wrote about an order; "subscriber"; "any"
    bot_can: bool = False


TOPICS = (
    Topic("delivery_late", 0.18, FRONT_LINE, 0.77, "buyer", bot_can=True),
    Topic("refund", 0.11, BILLING, 0.68, "buyer"),
    Topic("sizing", 0.09, FRONT_LINE, 0.85, "any", bot_can=True),
    Topic("billing", 0.09, BILLING, 0.71, "subscriber"),
    Topic("login", 0.07, FRONT_LINE, 0.80, "any", bot_can=True),
    Topic("damaged_item", 0.09, FRONT_LINE, 0.62, "buyer"),
    Topic("product_question", 0.12, FRONT_LINE, 0.86, "any", bot_can=True),
    Topic("subscription_change", 0.06, BILLING, 0.79, "subscriber"),
    Topic("cancellation", 0.05, BILLING, 0.74, "subscriber"),
    Topic("warranty", 0.06, SPECIALISTS, 0.59, "buyer"),
    Topic("address_change", 0.05, FRONT_LINE, 0.90, "buyer", bot_can=True),
    Topic("other", 0.03, FRONT_LINE, 0.74, "any"),
)
LOGIN = next(index for index, topic in enumerate(TOPICS) if topic.key == "login")
CANCELLATION = next(index for index, topic in enumerate(TOPICS) if topic.key == "cancellation")


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to write in; the median first reply is in working seconds."""

    key: str
    via: str
    share: float
    reply_median_s: float
    reply_sigma: float
    customer_median_s: float
    open_hours_only: bool = False


EMAIL, WEB, CHAT, PHONE, SOCIAL = range(5)
CHANNELS = (
    Channel("email", "email", 0.38, 5400, 0.95, 18_000),
    Channel("web", "web", 0.18, 6600, 0.95, 20_000),
    Channel("chat", "chat", 0.18, 55, 0.70, 110, open_hours_only=True),
    Channel("phone", "voice", 0.20, 4300, 0.90, 15_000, open_hours_only=True),
    Channel("social", "twitter", 0.06, 2100, 0.90, 7_000),
)

PLANS = ("basic", "plus", "pro")
PLAN_CENTS = (1900, 3400, 5900)  # a month
PLAN_LOSS_A_MONTH = (0.055, 0.035, 0.022)

PRODUCTS = (
    ("Ridge tent, two persons", 24900), ("Down quilt, 400 g", 18900), ("Trail pack 38 l", 12900),
    ("Rain shell", 15900), ("Merino base layer", 6900), ("Hiking socks, 3 pairs", 2900),
    ("Titanium pot 0,9 l", 4900), ("Gas stove \"Ember\"", 5900), ("Headlamp 400 lm", 3900),
    ("Sleeping mat", 9900), ("Water filter", 4500), ("Folding knife", 3500),
    ("Dry bags; set of 4", 2600), ("Season box", 3400),
)  # fmt: skip

ARTICLES = (
    "track-a-parcel", "return-an-item", "find-your-size", "reset-your-password", "change-your-plan",
    "pause-your-box", "care-for-down", "pitch-the-tent", "warranty-terms", "change-your-address",
)  # fmt: skip
