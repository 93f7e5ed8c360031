"""What states, channels and the like are called in exports."""

from __future__ import annotations

import re
from collections.abc import Mapping

from goalkeeper.connectors.words import plain_words

# Words are lower case, without accents and signs, as `plain_words` gives them.
VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "tickets.status": {
        "new": ("new", "neu", "nouveau", "nuevo", "unassigned", "to do", "submitted", "registered"),
        "pending": (
            "pending", "waiting on customer", "waiting for customer", "waiting on requester",
            "awaiting user info", "awaiting customer", "waiting on contact", "awaiting reply", "waiting for reply",
            "wartend", "wartet auf kunde", "en attente", "pendiente", "snoozed",
        ),
        "on_hold": (
            "on hold", "hold", "onhold", "waiting on third party", "awaiting vendor", "awaiting problem",
            "awaiting evidence", "waiting for vendor", "suspended", "zuruckgestellt", "suspendu", "en espera",
            "wait",
        ),
        "solved": (
            "solved", "resolved", "done", "completed", "complete", "fixed", "gelost", "erledigt", "resolu",
            "resuelto", "resolve ticket", "wait resolved",
        ),
        "closed": ("closed", "close", "archived", "geschlossen", "ferme", "cerrado", "cancelled", "canceled"),
        "deleted": ("deleted", "trashed", "geloscht", "supprime", "eliminado"),
        "merged": ("merged", "duplicate", "zusammengefuhrt", "fusionne"),
        "spam": ("spam", "junk"),
        "open": (
            "open", "active", "in progress", "assigned", "reopened", "re opened", "accepted",
            "work in progress", "waiting on us", "waiting for support", "escalated", "offen", "in bearbeitung",
            "ouvert", "en cours", "abierto", "en curso", "en proceso", "assign seriousness",
            "take in charge ticket", "started",
        ),
    },
    "tickets.channel": {
        "email": ("email", "e mail", "mail", "correo", "courriel"),
        "web": (
            "web", "website", "portal", "web form", "form", "webform", "self service", "help center",
            "formular", "formulaire",
        ),
        "chat": ("chat", "live chat", "webchat"),
        "messaging": ("messaging", "whatsapp", "whats app", "messenger", "facebook messenger", "native messaging"),
        "phone": ("phone", "call", "voice", "telephone", "telefon", "tel", "telefono", "ivr", "inbound call"),
        "social": ("social", "twitter", "x", "facebook", "instagram"),
        "api": ("api",),
        "in_app": ("in app", "app", "mobile", "mobile app"),
        "sms": ("sms", "text message"),
        "other": ("other", "direct opening", "walk in", "sonstige", "autre", "otro"),
    },
    "tickets.priority": {
        "urgent": (
            "urgent", "critical", "highest", "p 1", "1 critical", "dringend", "kritisch", "critique", "urgente",
            "blocker", "1",
        ),
        "high": ("high", "p 2", "2 high", "hoch", "haute", "alta", "major", "2"),
        "normal": (
            "normal", "medium", "moderate", "p 3", "3 moderate", "3 medium", "mittel", "moyenne", "media", "3",
        ),
        "low": (
            "low", "lowest", "p 4", "p 5", "4 low", "5 planning", "niedrig", "basse", "baja", "minor", "trivial",
            "4", "5",
        ),
    },
    "interactions.outcome": {
        "answered": (
            "answered", "agent", "completed", "connected", "handled", "beantwortet", "repondu", "contestada",
        ),
        "abandoned": ("abandoned", "hang", "hangup", "hung up", "lost", "abandonne", "abandonada", "aufgelegt"),
        "voicemail": ("voicemail", "voice mail", "mailbox"),
        "missed": (
            "missed", "no answer", "noanswer", "not answered", "unanswered", "busy", "failed", "verpasst",
            "manque", "perdida",
        ),
        "callback": ("callback", "call back", "ruckruf"),
        "short_abandon": ("short abandon", "short abandoned"),
    },
    "interactions.direction": {
        "in": ("in", "inbound", "incoming", "eingehend", "entrant", "entrante"),
        "out": ("out", "outbound", "outgoing", "ausgehend", "sortant", "saliente"),
        "internal": ("internal", "intern", "interne", "interno"),
    },
    "orders.status": {
        "pending": (
            "pending", "open", "authorized", "unpaid", "processing", "offen", "en attente", "pendiente",
        ),
        "paid": (
            "paid", "completed", "complete", "shipped", "delivered", "fulfilled", "bezahlt", "paye", "pagado",
        ),
        "partially_refunded": ("partially refunded", "partial refund"),
        "refunded": ("refunded", "returned", "erstattet", "rembourse", "reembolsado"),
        "cancelled": ("cancelled", "canceled", "voided", "storniert", "annule", "cancelado"),
    },
    "subscriptions.status": {
        "trialing": ("trialing", "trial", "in trial", "testphase"),
        "active": ("active", "aktiv", "actif", "activo", "stayed", "joined"),
        "past_due": ("past due", "unpaid", "incomplete", "dunning", "uberfallig"),
        "paused": ("paused", "pausiert", "en pause", "pausado"),
        "cancelled": ("cancelled", "canceled", "churned", "gekundigt", "resilie", "cancelado"),
        "expired": ("expired", "ended", "incomplete expired", "abgelaufen", "expire", "expirado"),
    },
    "subscriptions.billing_interval": {
        "day": ("day", "daily"),
        "week": ("week", "weekly"),
        "month": ("month", "monthly", "month to month", "monatlich", "mensuel", "mensual"),
        "quarter": ("quarter", "quarterly", "vierteljahrlich"),
        "year": ("year", "yearly", "annual", "annually", "one year", "jahrlich", "annuel", "anual"),
    },
    "agents.role": {
        "lead": ("lead", "team lead", "team leader", "supervisor", "manager", "teamleitung", "teamleiter"),
        "admin": ("admin", "administrator", "owner", "account owner"),
        "light": ("light", "light agent", "viewer", "read only", "collaborator", "occasional"),
        "bot": ("bot", "virtual agent"),
        "agent": ("agent", "support agent", "full agent", "member", "mitarbeiter"),
    },
}  # fmt: skip


_PIPELINE = re.compile(r"\s+\([^()]*\)\s*$")  # what some exports say behind a state: where it is one

# How many months an interval of payments takes.
MONTHS = {
    **dict.fromkeys(("month", "monthly", "months", "monat", "monatlich", "mois", "mensuel", "mes", "mensual"), "1"),
    **dict.fromkeys(("quarter", "quarterly", "quartal", "vierteljahrlich", "trimestre", "trimestriel"), "3"),
    **dict.fromkeys(("half year", "half yearly", "semi annual", "halbjahr", "halbjahrlich", "semestre"), "6"),
    **dict.fromkeys(
        ("year", "yearly", "annual", "annually", "jahr", "jahrlich", "an", "annee", "annuel", "ano", "anual"), "12"
    ),
    **dict.fromkeys(("week", "weekly", "woche", "wochentlich", "semaine", "semana"), "(84 / 365.25)"),
    **dict.fromkeys(("day", "daily", "tag", "taglich", "jour", "dia"), "(12 / 365.25)"),
}


def meaning(column: str, value: str) -> str | None:
    """The canonical word for a value of `table.column`; None where no word is known."""
    words = plain_words(_PIPELINE.sub("", value))
    for canonical, known in VALUES[column].items():
        if words == plain_words(canonical) or words in known:
            return canonical
    for canonical, known in VALUES[column].items():
        if any(re.search(rf"\b{re.escape(word)}\b", words) for word in known if len(word) > 4):
            return canonical
    return None
