"""The voice of the customer: surveys, reviews, ideas, touches, messages, and failures written up."""

from __future__ import annotations

from goalkeeper.schema.columns import currency, flag, json, moment, money, number, text, whole
from goalkeeper.schema.table import Rule, Severity, Table
from goalkeeper.schema.words import ACTORS, CHANNELS, CURRENCY_IS_CODE, SCORE_ON_SCALE, SURVEYS, in_order

GROUP = "voice of the customer"

SURVEY_INVITATIONS = Table(
    name="survey_invitations",
    about="One row is one survey sent to one person",
    group=GROUP,
    key=("invitation_id",),
    columns=(
        text("invitation_id", "The source's id of the invitation", required=True),
        text("survey_id", "The survey, its version included", required=True),
        text("kind", "What the survey measures", required=True, values=SURVEYS),
        moment("sent_at", "When it went out", required=True),
        text("customer_id", "The customer asked", references="customers.customer_id"),
        text("agent_id", "The agent asked, in an employee survey", references="agents.agent_id"),
        text("ticket_id", "The ticket it asks about", references="tickets.ticket_id"),
        text("interaction_id", "The call or chat it asks about", references="interactions.interaction_id"),
        text("order_id", "The order it asks about", references="orders.order_id"),
        text("channel", "How it went out", values=CHANNELS),
        moment("opened_at", "When the person opened it"),
        moment("expires_at", "Until when it can be answered", future=True),
        text(
            "trigger",
            "Sent after one contact, or about the relationship as a whole",
            values=("transactional", "relationship"),
        ),
    ),
    rules=(
        in_order("sent_at", "opened_at", "an invitation is opened after it is sent"),
        in_order("sent_at", "expires_at", "an invitation expires after it is sent"),
    ),
)

SURVEY_RESPONSES = Table(
    name="survey_responses",
    about="One row is one person's answer to one survey; the last edit stands",
    group=GROUP,
    key=("response_id",),
    event_time="edited_at",
    columns=(
        text("response_id", "The source's id of the answer", required=True),
        text("survey_id", "The survey, its version included", required=True),
        text(
            "kind",
            "What the survey measures; fcr asks whether the matter was solved at the first contact and brand which "
            "brands come to mind, both with 1 for yes and 0 for no; enps and esat ask employees",
            required=True,
            values=SURVEYS,
        ),
        moment("responded_at", "When it was answered", required=True),
        number("score", "The point given, on the survey's own scale", required=True),
        number("scale_min", "The lowest point of the scale", required=True),
        number("scale_max", "The highest point of the scale", required=True),
        text("invitation_id", "The invitation it answers", references="survey_invitations.invitation_id"),
        text("customer_id", "The customer who answered", references="customers.customer_id"),
        text("agent_id", "The agent who answered, in an employee survey", references="agents.agent_id"),
        text(
            "team_id", "The team of the employee who answered, where the person is unnamed", references="teams.team_id"
        ),
        text("ticket_id", "The ticket it is about", references="tickets.ticket_id"),
        text("comment", "The person's own words", personal=True),
        json("answers", "The answers to the other questions by name"),
        flag("is_partial", "The person did not finish"),
        moment("edited_at", "When the answer last changed"),
        text("language", "The language of the comment, such as en or de-AT"),
    ),
    rules=(
        *SCORE_ON_SCALE,
        Rule(
            "nps_scale",
            "kind = 'nps' AND NOT (scale_min IN (0, 1) AND scale_max = 10)",
            "a net promoter answer is not on a scale of 0 to 10 or 1 to 10",
            Severity.WARN,
        ),
        Rule(
            "yes_or_no_scale",
            "kind IN ('fcr', 'brand') AND NOT (scale_min = 0 AND scale_max = 1)",
            "a yes-or-no question is not on a scale of 0 to 1; 1 is yes",
            Severity.WARN,
        ),
        in_order("responded_at", "edited_at", "an answer is edited after it is given", severity=Severity.WARN),
    ),
)

SPEND_ANSWERS = Table(
    name="spend_answers",
    about="One row is one person's answer on what they spend on things of this kind, and how much of it with us",
    group=GROUP,
    key=("answer_id",),
    columns=(
        text("answer_id", "The source's id of the answer", required=True),
        moment("answered_at", "When it was answered", required=True),
        money("spend_in_category", "Spent on things of this kind, with us and with others", required=True),
        money("spend_with_us", "Spent with us in the same time", required=True),
        currency(required=True),
        text("customer_id", "The customer who answered", references="customers.customer_id"),
        text("category", "The kind of things asked about"),
    ),
    rules=(
        CURRENCY_IS_CODE,
        Rule(
            "more_than_all",
            "spend_with_us > spend_in_category",
            "spend_with_us is more than spend_in_category, which holds it",
        ),
    ),
)

REVIEWS = Table(
    name="reviews",
    about="One row is one public review",
    group=GROUP,
    key=("review_id",),
    event_time="edited_at",
    columns=(
        text("review_id", "The site's id of the review", required=True),
        text("platform", "The site it stands on", required=True),
        moment("published_at", "When it was published", required=True),
        number("rating", "The stars given", required=True, low=0),
        number("scale_max", "The most stars the site allows", required=True, low=1),
        text("title", "The heading", personal=True),
        text("body", "The customer's own words", personal=True),
        text("language", "The language, such as en or de-AT"),
        text("product", "The product it is about"),
        text("app_version", "The version of the app it is about"),
        text("country", "The country of the site or writer, an ISO 3166 code such as DE"),
        moment("reply_at", "When the company replied in public"),
        moment("reply_updated_at", "When that reply last changed"),
        moment("edited_at", "When the customer last changed it"),
        flag("verified", "The site vouches that the writer bought it"),
        text("customer_id", "The customer, if known", references="customers.customer_id"),
        flag("is_deleted", "It no longer stands"),
    ),
    rules=(
        Rule(
            "rating_over_scale",
            "rating > scale_max",
            "rating is above scale_max; check how many stars the site allows",
        ),
        in_order("published_at", "reply_at", "a reply follows the review"),
        in_order("reply_at", "reply_updated_at", "a reply is changed after it is given", severity=Severity.WARN),
        in_order("published_at", "edited_at", "a review is changed after it is published", severity=Severity.WARN),
    ),
)

FEEDBACK_ITEMS = Table(
    name="feedback_items",
    about="One row is an idea, bug, complaint or word of praise, recorded to be acted on",
    group=GROUP,
    key=("item_id",),
    event_time="status_at",
    columns=(
        text("item_id", "The source's id of the item", required=True),
        moment("created_at", "When it was recorded", required=True),
        text("customer_id", "The customer it came from", references="customers.customer_id"),
        text("ticket_id", "The ticket it came from", references="tickets.ticket_id"),
        text("kind", "What it is", values=("idea", "bug", "complaint", "praise")),
        text("text", "The words", personal=True),
        text("status", "What became of it", values=("new", "planned", "done", "declined")),
        moment("status_at", "When that was decided"),
        whole("votes", "How many want it, those against taken off", low=None),
        text("agent_id", "The agent who recorded it", references="agents.agent_id"),
        moment("informed_at", "When the customer was told what became of it"),
    ),
    rules=(
        in_order("created_at", "status_at", "an item is decided after it is recorded"),
        in_order("created_at", "informed_at", "a customer is told after the item is recorded"),
    ),
)

TOUCHES = Table(
    name="touches",
    about="One row is one contact to keep a relationship, with a customer or an account",
    group=GROUP,
    key=("touch_id",),
    columns=(
        text("touch_id", "The source's id of the contact", required=True),
        moment("occurred_at", "When it took place or is planned", required=True, future=True),
        text(
            "kind",
            "What it was; qbr is a quarterly business review",
            required=True,
            values=("qbr", "check_in", "call", "email", "meeting", "onboarding", "birthday", "social"),
        ),
        text("customer_id", "The customer; this or account_id is needed", references="customers.customer_id"),
        text("account_id", "The account; this or customer_id is needed", references="accounts.account_id"),
        text("agent_id", "Who of the company took part", references="agents.agent_id"),
        text("initiated_by", "Who reached out", values=("company", "customer")),
        text("outcome", "What came of it"),
    ),
    rules=(
        Rule(
            "touch_with_nobody",
            "customer_id IS NULL AND account_id IS NULL",
            "customer_id and account_id are both empty; one of them is needed",
        ),
    ),
)

MESSAGES = Table(
    name="messages",
    about="One row is the text of one message on a ticket, kept apart from the events",
    group=GROUP,
    key=("ticket_id", "message_id"),
    columns=(
        text("ticket_id", "The ticket", required=True, references="tickets.ticket_id"),
        text("message_id", "The source's id of the message; its event's id where it has one", required=True),
        moment("occurred_at", "When it was sent", required=True),
        text("actor_type", "Who wrote it", values=ACTORS),
        text("actor_id", "The customer, agent or bot who wrote it"),
        flag("is_public", "The customer can see it"),
        text("text", "The words", personal=True),
        text("language", "The language, such as en or de-AT"),
    ),
)

FAILURES = Table(
    name="failures",
    about="One row is a failure of the service that the team wrote up",
    group=GROUP,
    key=("failure_id",),
    columns=(
        text("failure_id", "The source's id of the record", required=True),
        moment("occurred_at", "When the service failed", required=True),
        text("what", "What went wrong", required=True),
        text("cause", "Why; the same words for the same cause, so that repeats show"),
        moment("shared_at", "When the lesson was shared"),
    ),
    rules=(in_order("occurred_at", "shared_at", "a lesson is shared after the failure"),),
)

VOICE = (
    SURVEY_INVITATIONS,
    SURVEY_RESPONSES,
    SPEND_ANSWERS,
    REVIEWS,
    FEEDBACK_ITEMS,
    TOUCHES,
    MESSAGES,
    FAILURES,
)
