"""What exports call things, as data: header words of each canonical column, in order of how sure they are."""

from __future__ import annotations

from collections.abc import Mapping

# Words are lower case, without accents and signs; "created at" stands for created_at, createdAt, Created-At.
ADDRESSES = (
    "customer email", "requester email", "contact email", "sender email", "client email", "user email",
    "customer email address",
    "email address", "email", "e mail", "e mail address", "mail", "kunden e mail", "e mail adresse", "emailadresse",
    "adresse e mail", "courriel", "correo electronico", "correo",
)  # fmt: skip
"""What a customer's e-mail address is called."""

TICKETS: Mapping[str, tuple[str, ...]] = {
    "ticket_id": (
        "ticket id", "case id", "issue id", "incident id", "conversation id", "request id", "ticket number",
        "case number", "incident number", "issue key", "ticket no", "ticket", "case concept name", "case",
        "number", "key", "ticketnummer", "ticket nummer", "ticket nr", "vorgangsnummer", "fallnummer",
        "anfrage id", "numero de ticket", "no de ticket", "numero ticket", "id ticket", "id del ticket",
        "numero de caso", "conversation", "hs object id", "record id", "id",
    ),
    "created_at": (
        "created at", "created", "creation date", "created date", "date created", "created time", "created on",
        "create date", "createdate", "created datetime", "opened at", "opened", "open date", "date opened",
        "opened on", "submitted at", "reported at", "started at", "conversation started at",
        "conversation created at", "erstellt am", "erstellt", "angelegt am", "eroffnet am", "erstellungsdatum",
        "cree le", "date de creation", "ouvert le", "date d ouverture", "creado", "creado el",
        "fecha de creacion", "fecha de apertura", "case reg date", "case created at", "timestamp",
    ),
    "updated_at": (
        "updated at", "last updated at", "updated", "last updated", "last update", "modified at",
        "last modified", "last modified date", "updated time", "sys updated at", "sys updated on",
        "update date", "last activity date", "aktualisiert am", "geandert am", "letzte anderung",
        "mis a jour le", "date de mise a jour", "actualizado", "fecha de actualizacion",
    ),
    "status": (
        "status", "ticket status", "state", "incident state", "case status", "conversation status",
        "conversation state", "current status", "issue status", "zustand", "statut", "etat", "estado",
    ),
    "subject": (
        "subject", "summary", "short description", "title", "ticket subject", "ticket name", "betreff", "titel",
        "objet", "sujet", "asunto",
    ),
    "channel": (
        "channel", "via channel", "contact type", "ticket channel", "created channel", "source", "via",
        "contact method", "origin", "case origin", "kanal", "kontaktart", "canal", "origen", "origine",
    ),
    "priority": ("priority", "ticket priority", "urgency", "prioritat", "priorite", "prioridad"),
    "type": ("type", "ticket type", "issue type", "case type", "typ", "tipo"),
    "requester_customer_id": (
        "requester id", "customer id", "requester", "customer", "contact id", "caller id", "caller", "contact",
        "reporter", "user id", "associated contact", "kunde", "kundennummer", "kunden id", "anfragender",
        "client", "id client", "demandeur", "cliente", "id cliente", "solicitante", *ADDRESSES,
    ),
    "account_id": (
        "account id", "organization id", "organisation id", "company id", "organization", "company", "account",
    ),
    "assignee_agent_id": (
        "assignee id", "assignee", "assigned to", "agent id", "agent", "owner", "owner id", "responder id",
        "handler", "ticket owner", "case owner", "admin assignee id", "assigned agent", "org resource",
        "teammate currently assigned", "teammate assigned",
        "bearbeiter", "zugewiesen an", "zustandig", "assigne a", "agent assigne", "asignado a", "agente",
    ),
    "team_id": (
        "group id", "team id", "assignment group", "group", "team", "queue", "assigned group",
        "team assignee id", "team currently assigned", "team assigned",
        "org group", "gruppe", "abteilung", "groupe", "equipe", "grupo", "equipo",
    ),
    "brand": ("brand id", "brand", "marke", "marque", "marca"),
    "language": ("language", "locale", "sprache", "langue", "idioma"),
    "reason": (
        "contact reason", "reason", "category", "topic", "issue category", "kategorie", "grund", "categorie",
        "motif", "categoria", "motivo",
    ),
    "reason_detail": (
        "subcategory", "sub category", "reason detail", "unterkategorie", "sous categorie", "subcategoria",
    ),
    "tags": ("tags", "labels", "ticket tags", "conversation tags", "schlagworte", "etiquettes", "etiquetas"),
    "product": ("product", "product name", "produkt", "produit", "producto"),
    "order_id": ("order id", "order number", "bestellnummer", "numero de commande", "numero de pedido"),
    "first_assigned_at": ("first assigned at", "initially assigned at", "assigned at"),
    "first_replied_at": (
        "first reply at", "first replied at", "first response at", "first responded at", "first agent reply at",
        "first agent response at", "initial response at", "initial response time", "first admin reply at",
        "first reply date", "first response date", "first agent reply date", "first agent email response date",
        "erste antwort am", "erste antwort", "erstantwort am", "erstantwort", "premiere reponse le", "premiere reponse",
        "primera respuesta el", "primera respuesta", "fecha de primera respuesta",
    ),
    "solved_at": (
        "solved at", "resolved at", "resolved", "resolution date", "resolved date", "resolved time",
        "date resolved", "solved", "gelost am", "resolu le", "date de resolution", "resuelto",
        "fecha de resolucion",
    ),
    "closed_at": (
        "closed at", "closed", "close date", "closed date", "date closed", "closed on", "closed time", "last closed at",
        "geschlossen am", "ferme le", "date de fermeture", "cerrado", "fecha de cierre",
    ),
    "due_at": ("due at", "due date", "due by", "due", "due by time", "fallig am", "echeance", "vencimiento"),
    "problem_ticket_id": ("problem id",),
}  # fmt: skip

LOG_TIMES: tuple[str, ...] = (
    "time timestamp", "sys updated at", "sys updated on", "updated at", "timestamp", "changed at", "event time",
    "occurred at", "event at", "complete timestamp", "end timestamp", "change date", "time", "date",
    "zeitpunkt", "geandert am", "updated",
)  # fmt: skip
LOG_STATES: tuple[str, ...] = (
    "status", "state", "incident state", "new status", "new state", "concept name", "activity",
    "lifecycle transition", "aktivitat", "activite", "actividad", "ticket status",
)  # fmt: skip
LOG_ACTORS: tuple[str, ...] = (
    "sys updated by", "updated by", "changed by", "org resource", "resource", "actor id", "author", "user",
    "agent",
)  # fmt: skip

INTERACTIONS: Mapping[str, tuple[str, ...]] = {
    "interaction_id": (
        "call id", "interaction id", "chat id", "contact id", "call sid", "sid", "session id", "uuid",
        "anruf id", "id appel", "id llamada", "id",
    ),
    "started_at": (
        "started at", "start time", "call start", "start", "call time", "call date", "date time", "timestamp",
        "initiated at", "created at", "vru entry", "call start time", "beginn", "anrufbeginn", "debut",
        "heure de debut", "inicio", "anrufdatum", "anrufzeit", "date", "time", "datum", "uhrzeit", "fecha", "hora",
        "heure",
    ),
    "ended_at": ("ended at", "end time", "call end", "end", "hangup time", "ser exit", "ende", "fin"),
    "answered_at": ("answered at", "answer time", "picked up at", "ser start", "angenommen um"),
    "queue_entered_at": ("queue entered at", "queue start", "q start", "enqueued at"),
    "customer_id": (
        "customer id", "caller id", "customer", "caller", "from", "kundennummer", "client", "cliente", *ADDRESSES,
    ),
    "agent_id": ("agent id", "agent", "server", "answered by", "user", "operator", "bearbeiter", "agente"),
    "team_id": (
        "queue", "queue name", "group", "team", "skill", "department", "warteschlange", "file d attente",
        "cola",
    ),
    "wait_s": (
        "wait time", "wait s", "wait seconds", "queue time", "q time", "waiting time", "speed of answer",
        "wartezeit", "temps d attente", "tiempo de espera",
    ),
    "ring_s": ("ring time", "ring s", "ring seconds"),
    "talk_s": (
        "talk time", "talk s", "talk seconds", "ser time", "duration", "call duration", "service time",
        "gesprachsdauer", "duree", "duracion",
    ),
    "hold_s": ("hold time", "hold s", "hold seconds", "haltezeit"),
    "wrap_s": ("wrap time", "wrap s", "wrap up time", "after call work", "acw", "nachbearbeitung"),
    "transfers": ("transfers", "transfer count"),
    "direction": ("direction", "call direction", "richtung", "sens"),
    "outcome": (
        "outcome", "call outcome", "result", "disposition", "call status", "ergebnis", "resultat", "resultado",
        "status",
    ),
    "ticket_id": ("ticket id", "case id", "ticket"),
}  # fmt: skip

SURVEY_RESPONSES: Mapping[str, tuple[str, ...]] = {
    "response_id": (
        "response id", "responseid", "respondent id", "answer id", "submission id", "token", "rating id",
        "antwort id", "id reponse", "id",
    ),
    "responded_at": (
        "responded at", "surveyed at", "submitted at", "submit date utc", "submit date", "response date",
        "answered at", "timestamp", "recorded date", "recordeddate", "end date", "date modified",
        "completed at", "rated at", "zeitstempel", "horodateur", "marca temporal", "date", "created at",
    ),
    "score": (
        "score", "nps score", "nps", "csat", "csat score", "ces", "rating", "satisfaction score",
        "satisfaction", "satisfaction rating", "how likely are you to recommend", "bewertung", "zufriedenheit",
        "note", "puntuacion", "calificacion", "valoracion",
    ),
    "comment": ("comment", "comments", "feedback", "reason", "kommentar", "commentaire", "comentario", "why"),
    "customer_id": (
        "customer id", "user id", "contact id", "customer", "requester id", "kundennummer", "client", "cliente",
        *ADDRESSES,
    ),
    "agent_id": ("agent id", "agent", "assignee id", "assignee", "agente"),
    "ticket_id": ("ticket id", "case id", "conversation id", "ticket number", "ticket", "ticketnummer"),
    "language": ("language", "locale", "sprache", "langue", "idioma"),
}  # fmt: skip

ORDERS: Mapping[str, tuple[str, ...]] = {
    "order_id": (
        "order id", "order number", "invoice no", "invoice number", "invoice id", "order", "name",
        "bestellnummer", "bestellnr", "rechnungsnummer", "rechnungsnr", "numero de commande", "numero de pedido", "id",
    ),
    "customer_id": (
        "customer id", "customerid", "buyer id", "customer", "kundennummer", "kundennr", "kunden id", "id client",
        "id cliente", *ADDRESSES,
    ),
    "ordered_at": (
        "ordered at", "order date", "invoice date", "created at", "purchase date", "purchased at", "paid at",
        "date", "bestelldatum", "rechnungsdatum", "date de commande", "fecha de pedido",
    ),
    "gross": (
        "gross", "total", "order total", "total price", "amount", "total amount", "grand total", "revenue",
        "gesamtbetrag", "bruttobetrag", "brutto", "betrag", "summe", "montant",
        "montant total", "importe", "importe total",
    ),
    "net": ("net", "subtotal", "sub total", "net amount", "netto"),
    "discount": ("discount", "discount amount", "total discounts", "rabatt", "remise", "descuento"),
    "refunds": ("refunds", "refunded amount", "refunded", "amount refunded"),
    "currency": ("currency", "currency code", "wahrung", "devise", "moneda"),
    "status": (
        "financial status", "order status", "status", "payment status", "bestellstatus", "statut", "estado",
    ),
    "channel": ("channel", "source", "source name", "sales channel", "kanal", "canal"),
    "items": ("items", "item count", "quantity", "anzahl", "quantite", "cantidad"),
    "fulfilled_at": ("fulfilled at", "shipped at", "versendet am"),
    "delivered_at": ("delivered at", "delivery date", "geliefert am"),
    "cancelled_at": ("cancelled at", "canceled at", "storniert am"),
}  # fmt: skip

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "subscription_id": (
        "subscription id", "subscription", "abo id", "abonnement", "id abonnement", "id suscripcion", "id",
    ),
    "customer_id": (
        "customer id", "customer", "customerid", "kundennummer", "client", "cliente", "user id", *ADDRESSES,
    ),
    "started_at": (
        "started at", "start date", "start date utc", "start", "start utc", "created utc", "created at", "activated at",
        "signup date", "begonnen am", "startdatum", "date de debut", "fecha de inicio",
    ),
    "status": ("status", "subscription status", "state", "statut", "estado"),
    "mrr": (
        "mrr", "monthly recurring revenue", "monthly amount", "monthly charges", "monthly charge", "amount",
        "plan amount", "price", "monatlicher betrag", "montant mensuel", "importe mensual",
    ),
    "currency": ("currency", "currency code", "wahrung", "devise", "moneda"),
    "plan": ("plan", "plan name", "product", "price id", "tarif", "contract", "formule"),
    "quantity": ("quantity", "seats", "anzahl"),
    "billing_interval": ("interval", "billing interval", "billing period", "abrechnungszeitraum"),
    "cancel_at": ("cancel at",),
    "cancelled_at": (
        "cancelled at", "canceled at", "cancelled at utc", "canceled at utc", "cancellation date",
        "gekundigt am", "resilie le",
    ),
    "ended_at": (
        "ended at", "ended at utc", "end date", "expires at", "enddatum", "date de fin", "fecha de fin",
    ),
    "trial_end_at": ("trial end at", "trial end", "trial end utc", "trial ends at"),
}  # fmt: skip

REVIEWS: Mapping[str, tuple[str, ...]] = {
    "review_id": ("review id", "id"),
    "platform": ("platform", "review site", "site", "source"),
    "published_at": (
        "published at", "review date", "review submit date and time", "review created utc", "submitted at", "posted at",
        "date posted", "created at", "date", "datum", "fecha",
    ),
    "rating": (
        "rating", "star rating", "review rating", "review stars", "stars", "score", "bewertung", "sterne", "etoiles",
        "note", "puntuacion", "calificacion",
    ),
    "title": ("title", "review title", "headline", "titel", "titre", "titulo"),
    "body": (
        "review text", "review body", "review content", "review", "body", "text", "content", "comment", "rezension",
        "avis", "resena",
    ),
    "language": ("language", "reviewer language", "review language", "sprache", "langue", "idioma"),
    "product": ("product", "product name", "product title", "app", "app name", "produkt", "produit", "producto"),
    "app_version": ("app version name", "app version", "version"),
    "country": ("country", "territory", "land", "pays", "pais"),
    "reply_at": (
        "reply at", "replied at", "reply date", "developer reply date and time", "company reply date", "answered at",
    ),
    "verified": ("verified", "verified purchase", "is verified"),
    "customer_id": ("customer id", "customer", "kundennummer", "reviewer email", *ADDRESSES),
}  # fmt: skip

CUSTOMERS: Mapping[str, tuple[str, ...]] = {
    "customer_id": (
        "customer id", "customerid", "contact id", "client id", "user id", "record id", "customer number",
        "customer no", "kundennummer", "kundennr", "kunden id", "id client", "id cliente", "customer",
        "contact", "kunde", "id",
    ),
    "email_key": ADDRESSES,
    "phone_key": (
        "phone", "phone number", "mobile phone", "mobile phone number", "mobile", "telephone", "telefon",
        "telefonnummer", "handy", "telefono",
    ),
    "account_id": (
        "account id", "company id", "organization id", "organisation id", "associated company id", "company",
        "company name", "organization", "organisation", "account", "firma", "unternehmen", "entreprise", "empresa",
    ),
    "created_at": (
        "created at", "create date", "created", "customer since", "signup date", "signed up at", "registered at",
        "registration date", "kunde seit", "angelegt am", "erstellt am", "client depuis", "cliente desde",
    ),
    "segment": ("segment", "customer segment", "customer group", "tier", "kundengruppe"),
    "country": ("country", "country region", "country code", "land", "pays", "pais"),
    "language": ("language", "preferred language", "locale", "sprache", "langue", "idioma"),
    "plan": ("plan", "plan name", "subscription plan", "tarif", "formule"),
}  # fmt: skip

AGENTS: Mapping[str, tuple[str, ...]] = {
    "agent_id": (
        "agent id", "assignee id", "employee id", "staff id", "user id", "employee number", "agent", "employee",
        "personalnummer", "mitarbeiternummer", "mitarbeiter id", "mitarbeiter", "id",
    ),
    "name": ("name", "agent name", "full name", "employee name", "display name", "nom", "nombre"),
    "email_key": ("agent email", "work email", *ADDRESSES),
    "team_id": (
        "team id", "team", "group id", "group", "groups", "department", "abteilung", "gruppe", "equipe", "equipo",
    ),
    "role": ("role", "agent role", "user role", "rolle", "rol"),
    "hired_on": (
        "hired on", "hire date", "date of hire", "hired", "start date", "joined on", "joined", "eingestellt am",
        "eintrittsdatum", "eintritt", "date d embauche", "fecha de ingreso",
    ),
    "left_on": (
        "left on", "leaving date", "termination date", "end date", "left", "austrittsdatum", "austritt",
        "date de depart", "fecha de salida",
    ),
    "timezone": ("time zone", "timezone", "zeitzone", "fuseau horaire", "zona horaria"),
    "fte": ("fte", "full time equivalent", "vollzeitaquivalent"),
}  # fmt: skip

COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "tickets": TICKETS,
    "interactions": INTERACTIONS,
    "survey_responses": SURVEY_RESPONSES,
    "orders": ORDERS,
    "subscriptions": SUBSCRIPTIONS,
    "reviews": REVIEWS,
    "customers": CUSTOMERS,
    "agents": AGENTS,
}
LISTS = ("customers", "agents")  # what a file is only where it is nothing else: others name customers and agents too

# Columns without which a file is not that table, and those whose presence speaks for it.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "tickets": ("ticket_id", "created_at"),
    "interactions": ("started_at",),
    "survey_responses": ("score", "responded_at"),
    "orders": ("order_id", "ordered_at"),
    "subscriptions": ("customer_id", "started_at"),
    "reviews": ("rating", "published_at"),
    "customers": (),
    "agents": ("agent_id",),
}
TELLING: Mapping[str, tuple[str, ...]] = {
    "tickets": (
        "status", "assignee_agent_id", "team_id", "priority", "subject", "solved_at", "closed_at", "channel",
    ),
    "interactions": (
        "wait_s", "talk_s", "hold_s", "wrap_s", "answered_at", "ended_at", "queue_entered_at", "outcome",
        "direction", "agent_id",
    ),
    "survey_responses": ("comment", "response_id"),
    "orders": ("gross", "currency", "customer_id", "fulfilled_at", "discount", "items"),
    "subscriptions": (
        "subscription_id", "mrr", "plan", "cancelled_at", "ended_at", "billing_interval", "status",
    ),
    "reviews": ("rating", "body", "title", "platform", "reply_at", "app_version", "verified"),
    "customers": ("customer_id", "email_key", "phone_key", "created_at", "segment", "country", "plan", "account_id"),
    "agents": ("agent_id", "name", "email_key", "team_id", "role", "hired_on", "left_on", "fte", "timezone"),
}  # fmt: skip
# Words of headers and file names that speak for a table.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "tickets": (
        "ticket", "incident", "case", "issue", "conversation", "helpdesk", "vorgang", "caso", "assignee",
    ),
    "interactions": (
        "call", "caller", "ring", "hold", "talk", "queue", "vru", "ivr", "anruf", "appel", "llamada", "chat",
    ),
    "survey_responses": (
        "nps", "csat", "ces", "survey", "satisf", "recommend", "rating", "umfrage", "zufrieden", "empfehl",
        "enquete", "encuesta",
    ),
    "orders": (
        "order", "invoice", "cart", "sku", "shipping", "bestellung", "rechnung", "commande", "pedido", "stock",
        "price",
    ),
    "subscriptions": ("subscription", "mrr", "plan", "trial", "renewal", "abo", "abonnement", "suscripcion"),
    "reviews": ("review", "rezension", "avis", "resena", "trustpilot", "app store", "google play"),
    "customers": ("customer", "client", "contact", "crm", "kunde", "cliente", "signup", "lifecycle"),
    "agents": ("agent", "employee", "staff", "hire", "fte", "mitarbeiter", "personal", "empleado"),
}  # fmt: skip
