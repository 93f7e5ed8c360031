"""Proposals: the plain cases load as they are, the others ask."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.connectors.files import open_files, stage
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.mapping.compile import compile_file
from goalkeeper.connectors.propose import profile, propose, propose_file
from goalkeeper.schema import Severity
from shared import shared_file

TICKETS = """Ticket ID,Created At,Status,Assignee,Resolved At,Priority,Mood
1,2024-03-01T10:00:00Z,Open,Anna,,High,fine
2,2024-03-02T11:00:00Z,Solved,Ben,2024-03-03T10:00:00Z,Low,sad
3,2024-03-04T11:00:00Z,Waiting on customer,Ben,,Normal,fine
"""


def test_a_plain_ticket_export_needs_no_answer(proposed) -> None:
    found = proposed(TICKETS)
    (table,) = found["table"]
    assert "ask" not in found
    assert found["needs"] == ["Ticket ID", "Created At", "Status"]
    assert table["to"] == "tickets"
    assert table["columns"]["ticket_id"] == '"Ticket ID"'
    assert table["columns"]["status"]["values"] == {
        "Open": "open",
        "Solved": "solved",
        "Waiting on customer": "pending",
    }
    assert table["columns"]["priority"] == "Priority"
    assert table["columns"]["solved_at"] == '"Resolved At"'
    assert "#   Mood: enum, 2 distinct, e.g. 'fine', 'sad'" in found["text"]


def test_headers_in_other_languages_are_known(proposed) -> None:
    found = proposed(
        "Ticketnummer;Erstellt am;Status;Bearbeiter;Betreff\n"
        "1;13.02.2024 09:00;Offen;Anna;x\n2;1.3.2024 09:00;Gelöst;Ben;y\n"
    )
    columns = found["table"][0]["columns"]
    assert columns["status"]["values"] == {"Offen": "open", "Gelöst": "solved"}
    assert (columns["created_at"], columns["assignee_agent_id"]) == ('"Erstellt am"', "Bearbeiter")
    assert "'13.02.2024 09:00' on row 1 can only be day first" in found["text"]
    assert 'zone = "workspace"  # the times have no offset' in found["text"]


def test_an_ambiguous_date_order_is_asked(proposed) -> None:
    text = TICKETS.replace("2024-03-01T10:00:00Z", "03/04/2024").replace("2024-03-02T11:00:00Z", "04/05/2024")
    found = proposed(text.replace("2024-03-04T11:00:00Z", "05/06/2024"))
    assert "is Created At day first (%d/%m/%Y) or month first (%m/%d/%Y)? Every value reads both ways" in found["ask"]


def test_another_column_of_the_file_settles_the_order(proposed) -> None:
    found = proposed(
        "ticket_id,created_at,status,closed_at\n1,03/04/2024,open,03/25/2024\n2,04/05/2024,closed,03/26/2024\n"
    )
    assert "ask" not in found
    assert found["times"] == ["%m/%d/%Y"]
    assert "as closed_at: '03/25/2024' on row 1 can only be month first" in found["text"]


def test_contradicting_rows_are_asked_about(proposed) -> None:
    found = proposed("ticket_id,created_at,status\n1,25/03/2024,open\n2,03/26/2024,closed\n")
    assert "rows contradict: '25/03/2024' on row 1 can only be day first; '03/26/2024' on row 2" in found["ask"]


def test_states_without_a_known_meaning_are_asked_about(proposed) -> None:
    found = proposed(TICKETS.replace("Solved", "Zorbed"))
    assert "which status do these values of Status mean: 'Zorbed'?" in found["ask"]


def test_an_event_log_is_recognised(proposed) -> None:
    rows = "".join(
        f"INC{case},{state},{at},2024-03-0{1 + case % 5} 08:00,Group {case % 2}\n"
        for case in range(20)
        for state, at in (
            ("New", "2024-03-06 09:00"),
            ("Active", f"2024-03-06 10:{case:02}"),
            ("Closed", f"2024-03-07 10:{case:02}"),
        )
    )
    found = proposed("number,incident_state,sys_updated_at,opened_at,assignment_group\n" + rows, "incidents.csv")
    assert found["log"] == {"case": '"number"', "order": ["sys_updated_at"]}
    assert (found["table"][0]["to"], found["table"][0]["keep"]) == ("tickets", "last")
    assert [event["type"] for event in found["event"]] == ["status", "team"]
    assert found["event"][0]["columns"]["new_value"]["values"] == {"New": "new", "Active": "open", "Closed": "closed"}


def test_an_activity_log_without_creation_times_takes_the_first_row(proposed) -> None:
    header = '<log><trace><string key="concept:name" value="{}"/>{}</trace>'
    event = (
        '<event><string key="concept:name" value="{}"/>'
        '<date key="time:timestamp" value="2012-10-0{}T0{}:50:17+02:00"/></event>'
    )
    traces = "".join(
        header.format(
            f"Case {case}", "".join(event.format(name, case, hour) for hour, name in enumerate(("Open", "Resolved")))
        )[5:]
        for case in range(1, 6)
    )
    found = proposed(f"<log>{traces}</log>", "log.xes")
    assert found["log"]["case"] == '"case:concept:name"'
    assert found["table"][0]["keep"] == "first"
    assert found["table"][0]["columns"]["created_at"] == '"time:timestamp"'


def test_calls_with_day_and_time_of_day_apart(proposed) -> None:
    rows = "".join(f"{n % 7},L{n // 7},99020{1 + n % 3},7:{n:02}:47,{n},{n * 2},AGENT,{n % 2}\n" for n in range(50))
    found = proposed("call_id,line,date,start time,wait time,talk time,outcome,customer id\n" + rows, "calls.csv")
    columns = found["table"][0]["columns"]
    assert found["table"][0]["to"] == "interactions"
    assert columns["started_at"] == {"from": '"date" || \' \' || "start time"', "times": ["%y%m%d %H:%M:%S"]}
    assert columns["interaction_id"] == "call_id || ':' || line"
    assert columns["customer_id"] == "nullif(\"customer id\", '0')"
    assert "69 to 99 are 1969 to 1999" in found["text"]


def test_survey_answers_get_their_scale(proposed) -> None:
    found = proposed(
        "response id,submitted at,NPS score,comment\n1,2024-03-01,9,good\n2,2024-03-02,0,bad\n", "answers.csv"
    )
    columns = found["table"][0]["columns"]
    assert found["table"][0]["to"] == "survey_responses"
    assert [columns[name]["const"] for name in ("kind", "scale_min", "scale_max")] == ["nps", "0", "10"]


def test_times_as_jira_writes_them(proposed) -> None:
    rows = "".join(f"SUP-{n},{n:02}/Mar/26 0{n % 9}:15 PM,Done\n" for n in range(1, 31))
    found = proposed("Issue key,Created,Status\n" + rows, "jira.csv")
    assert (found["table"][0]["to"], found["times"]) == ("tickets", ["%d/%b/%y %I:%M %p"])


def test_tickets_as_hubspot_exports_them(proposed) -> None:
    states = ("New", "Waiting on contact", "Waiting on us", "Closed")
    rows = "".join(
        f"{n},Help {n},{states[n % 4]} (Support Pipeline),2026-01-{n:02} 09:00,Ann Lee,c{n % 9}@x.org (C {n % 9})\n"
        for n in range(1, 31)
    )
    found = proposed("Ticket ID,Ticket name,Ticket status,Create date,Ticket owner,Associated Contact\n" + rows)
    columns = found["table"][0]["columns"]
    assert columns["status"]["values"] == {
        f"{state} (Support Pipeline)": word
        for state, word in zip(states, ("new", "pending", "open", "closed"), strict=True)
    }
    assert columns["requester_customer_id"] == 'email_key("Associated Contact")'
    assert columns["assignee_agent_id"] == '"Ticket owner"'
    assert "ask" not in found


def test_hubspots_record_id_is_the_tickets(proposed) -> None:
    text = "Record ID,Ticket name,Ticket status,Create date,Close date,Ticket owner\n"
    (found,) = proposed(text + "1,Refund,Closed,2026-03-31 09:14,2026-03-31 19:43,Ben\n", "hubspot-tickets.csv")[
        "table"
    ]
    assert (found["to"], found["columns"]["ticket_id"]) == ("tickets", '"Record ID"')


def test_conversations_as_intercom_exports_them(proposed) -> None:
    head = (
        "Conversation ID,Conversation started at (UTC),Conversation state,Channel,Teammate currently assigned,"
        "Team currently assigned,User email,User ID,First response at (UTC),Last closed at (UTC),Conversation tags\n"
    )
    rows = "7,2026-04-19 17:32:00,closed,WhatsApp,Ben,Support,a@x.de,u1,2026-04-19 17:45:48,2026-04-19 18:48:52,bug\n"
    tickets, customers = proposed(head + rows + rows.replace("7,", "8,").replace("closed", "snoozed"))["table"]
    assert tickets["columns"]["status"]["values"] == {"closed": "closed", "snoozed": "pending"}
    assert tickets["columns"]["channel"]["values"] == {"WhatsApp": "messaging"}
    assert [tickets["columns"][name] for name in ("first_replied_at", "closed_at", "assignee_agent_id", "team_id")] == [
        '"First response at (UTC)"',
        '"Last closed at (UTC)"',
        '"Teammate currently assigned"',
        '"Team currently assigned"',
    ]
    assert customers["where"] == '"User ID" IS NOT NULL AND email_key("User email") IS NOT NULL'
    assert customers["columns"] == {"customer_id": '"User ID"', "email_key": 'email_key("User email")'}


def test_tickets_as_freshdesk_exports_them(proposed) -> None:
    head = "Ticket ID,Subject,Status,Agent,Created time,Resolved time,Initial response time,Email,Contact ID\n"
    rows = "1,Hi,Closed,Eve,2026-02-15 11:49:00,2026-02-15 15:01:00,2026-02-15 12:08:00,a@x.de,9\n"
    tickets, customers = proposed(head + rows)["table"]
    assert tickets["columns"]["first_replied_at"] == '"Initial response time"'
    assert customers["columns"]["customer_id"] == tickets["columns"]["requester_customer_id"] == '"Contact ID"'


def test_callers_are_known_by_the_key_of_their_number(proposed) -> None:
    rows = "".join(f"{n},2026-01-{n:02} 10:00,{n * 7},{n * 9},+49 30 1234{n:02}\n" for n in range(1, 31))
    calls, customers = proposed("call id,start time,wait time,talk time,from\n" + rows, "calls.csv")["table"]
    key = calls["columns"]["customer_id"]
    assert key == 'phone_key("from")'
    assert customers["columns"] == {"customer_id": key, "phone_key": key}


def test_calls_under_german_headers(proposed) -> None:
    rows = "".join(f"{n};{n:02}.01.2026;8:{n:02};00:00:{n:02};beantwortet\n" for n in range(1, 31))
    found = proposed("Anruf-ID;Datum;Uhrzeit;Wartezeit;Ergebnis\n" + rows, "anrufe.csv")
    columns = found["table"][0]["columns"]
    assert columns["started_at"] == {"from": "Datum || ' ' || Uhrzeit", "times": ["%d.%m.%Y %H:%M"]}
    assert columns["wait_s"] == "Wartezeit"


FORM = "Zeitstempel;Wie zufrieden sind Sie? (1-5);Würden Sie uns empfehlen? (0-10);Kommentar\n"


def test_each_question_of_a_survey_becomes_an_answer(proposed) -> None:
    rows = "".join(f"{n:02}.01.2026 10:00;{1 + n % 5};{n % 11};gut\n" for n in range(1, 31))
    found = proposed(FORM + rows, "umfrage.csv")
    (rule,) = found["table"]
    assert (rule["to"], rule["questions"]) == ("survey_responses", {})
    assert "csat: Wie zufrieden sind Sie? (1-5); nps: Würden Sie uns empfehlen? (0-10)" in found["text"]
    assert set(rule["columns"]) == {"response_id", "responded_at", "comment"}
    assert (found["needs"], "ask" in found) == (["Zeitstempel"], False)


def test_a_scale_that_nothing_tells_is_asked_about(proposed) -> None:
    rows = "".join(f"{n},2026-01-{n:02},{2 + n % 3},{n % 11},words of rating {n}\n" for n in range(1, 31))
    found = proposed("id,submitted at,How satisfied are you?,Would you recommend us?,Rating text\n" + rows, "form.csv")
    assert found["ask"] == "what are the ends of the scale of How satisfied are you? (values 2 to 4)?"
    assert found["table"][0]["questions"] == {"How satisfied are you?": {"kind": "csat", "low": 1, "high": 5}}
    assert found["not_questions"] == ["Rating text"]


def test_one_question_under_its_own_words_is_the_score(proposed) -> None:
    rows = "".join(f"{n},2026-01-{n:02},{n % 11}\n" for n in range(1, 31))
    rows = rows.replace("\n", ",so many words\n")
    asked = "Would you recommend us to a friend?,What is the reason for your score?"
    found = proposed(f"id,submitted at,{asked}\n" + rows, "survey.csv")
    columns = found["table"][0]["columns"]
    assert columns["score"] == '"Would you recommend us to a friend?"'
    assert columns["comment"] == '"What is the reason for your score?"'
    assert [columns[name]["const"] for name in ("kind", "scale_min", "scale_max")] == ["nps", "0", "10"]


@pytest.mark.parametrize(("asked", "kind"), [("How satisfied are you?", "csat"), ("Rating", "nps"), ("eNPS", "enps")])
def test_what_is_asked_on_a_scale_to_ten(proposed, asked: str, kind: str) -> None:
    rows = "".join(f"{n},2026-01-{n:02},{n % 11}\n" for n in range(1, 31))
    columns = proposed(f"id,submitted at,{asked}\n" + rows, "survey.csv")["table"][0]["columns"]
    assert [columns[name]["const"] for name in ("kind", "scale_min", "scale_max")] == [kind, "0", "10"]


@pytest.mark.parametrize("header", ["Customer email", "E-Mail-Adresse", "email"])
def test_a_customer_is_known_by_the_key_of_their_address(proposed, header: str) -> None:
    rows = "".join(f"{n},2026-01-{n:02},open,c{n % 9}@example.org\n" for n in range(1, 31))
    found = proposed(f"ticket id,created at,status,{header}\n" + rows, "tickets.csv")
    tickets, customers = found["table"]
    key = tickets["columns"]["requester_customer_id"]
    assert key in (f'email_key("{header}")', f"email_key({header})")
    assert (customers["to"], customers["columns"]) == ("customers", {"customer_id": key, "email_key": key})
    assert "@" not in json.dumps(tickets)


@pytest.mark.parametrize(
    ("spelled", "source"),
    [
        (["usd"], "upper(currency)"), (["USD"], "currency"),
        (["€", "eur"], {"from": "currency", "values": {"€": "EUR", "eur": "EUR"}}),
    ],
)  # fmt: skip
def test_currencies_become_codes_where_they_are_told(proposed, spelled: list[str], source: object) -> None:
    rows = "".join(f"{n},c{n},2026-01-{n:02},{n}.50,{spelled[n % len(spelled)]}\n" for n in range(1, 31))
    found = proposed("order id,customer id,order date,total,currency\n" + rows, "orders.csv")
    assert (found["table"][0]["columns"]["currency"], "ask" in found) == (source, False)


def test_a_sign_of_several_currencies_is_asked_about(proposed) -> None:
    rows = "".join(f"{n},c{n},2026-01-{n:02},{n}.50,$\n" for n in range(1, 31))
    found = proposed("order id,customer id,order date,total,currency\n" + rows, "orders.csv")
    assert found["ask"] == "which currency is meant by '$' in currency?"


def test_employees_who_answer_stay_unnamed(proposed) -> None:
    rows = "".join(f"{n},2026-01-{n:02},a{n}@example.org,{n % 11}\n" for n in range(1, 31))
    asked = "Would you recommend us as a place to work?"
    found = proposed(f"id,submitted at,email,{asked}\n" + rows, "survey.csv")
    assert found["table"][0]["columns"]["kind"] == {"const": "enps"}
    assert ("email_key" in found["text"], len(found["table"])) == (False, 1)


def test_a_column_about_mail_without_addresses_is_nobody(proposed) -> None:
    rows = "".join(f"{n},2026-01-{n:02},open,yes\n" for n in range(1, 31))
    found = proposed("ticket id,created at,status,email\n" + rows, "tickets.csv")
    assert [rule["to"] for rule in found["table"]] == ["tickets"]
    assert "requester_customer_id" not in found["table"][0]["columns"]


def test_order_lines_become_orders_and_a_missing_currency_is_asked_about(proposed) -> None:
    rows = "".join(f"{n // 3},{n % 4}.0,2024-03-01 10:{n:02},{n},2.50\n" for n in range(1, 40))
    found = proposed("InvoiceNo,CustomerID,InvoiceDate,Quantity,UnitPrice\n" + rows, "orders.csv")
    assert found["table"][0]["to"] == "orders"
    assert found["ask"] == "which currency are the amounts in (columns.currency)?"
    assert "14 orders on 39 rows: their lines become one row" in found["text"]
    assert found["table"][0]["group"] == "InvoiceNo"
    assert found["table"][0]["lines"]["price"] == {"from": "UnitPrice", "type": "money"}
    columns = found["table"][0]["columns"]
    assert (columns["gross"], columns["items"]) == ("sum(quantity * price)", "sum(quantity)")
    assert columns["ordered_at"] == "first(InvoiceDate)"


def test_an_amount_on_order_lines_is_asked_about(proposed) -> None:
    rows = "".join(f"{n // 3},c,2024-03-01 10:{n:02},2.50,EUR\n" for n in range(1, 40))
    found = proposed("order id,customer id,order date,total,currency\n" + rows, "orders.csv")
    assert "is the amount that of a line or of the whole order?" in found["ask"]


@pytest.mark.parametrize(
    ("amounts", "decimal", "number"),
    [
        (("1.234,50 €", "12,00 €"), ",", "1.234,50"),
        (("$1,234.50", "$12"), ".", "1,234.50"),
        (("1 234,50", "1 000"), ",", "1234,50"),
        (("€1.000", "€2.000", "€300", "€12,50"), ",", "1.000"),
        (("€1.000", "€2.000"), "", "1.000"),
        (("€1.000", "€12,50", "€12.50"), "", "1.000"),
    ],
)
def test_amounts_with_signs_become_numbers_of_the_mark_that_they_prove(
    proposed, con, amounts: tuple[str, ...], decimal: str, number: str
) -> None:
    rows = "".join(f"{n};a;2024-03-01;{amount};EUR\n" for n, amount in enumerate(amounts))
    found = proposed("order id;customer id;order date;total;currency\n" + rows, "o.csv")
    gross = found["table"][0]["columns"]["gross"]
    source = gross["from"] if decimal else gross
    assert (gross["decimal"] if decimal else "") == decimal
    assert con.execute(f"SELECT {source} FROM (SELECT ? AS total)", [amounts[0]]).fetchone() == (number,)


def test_amounts_without_signs_keep_their_texts(proposed) -> None:
    rows = "1;a;2024-03-01;1.000;EUR\n2;a;2024-03-01;12,50;EUR\n"
    found = proposed("order id;customer id;order date;total;currency\n" + rows, "o.csv")
    assert found["table"][0]["columns"]["gross"] == {"from": "total", "decimal": ","}


def test_prices_of_lines_say_their_decimal_mark(proposed) -> None:
    rows = "".join(f"{n // 3};c;2024-03-01 10:{n:02};{n};2,50;EUR\n" for n in range(1, 40))
    found = proposed("InvoiceNo;CustomerID;InvoiceDate;Quantity;UnitPrice;Currency\n" + rows, "orders.csv")
    assert found["table"][0]["lines"]["price"] == {"from": "UnitPrice", "decimal": ",", "type": "money"}


PAID = """\
Subscription ID,Customer ID,Plan,Status,Currency,Start (UTC),Ended At (UTC),{header}
s1,c1,small,active,eur,2025-01-01 10:00,,{first}
s2,c2,large,active,eur,2025-02-01 10:00,,{second}
s3,c3,large,canceled,eur,2025-02-03 10:00,2025-05-03 10:00,{second}
"""


def test_an_amount_that_is_paid_each_interval_is_spread_over_it(proposed) -> None:
    found = proposed(PAID.format(header="Interval,Amount", first="month,9", second="year,240"), "subscriptions.csv")
    source = found["table"][0]["columns"]["mrr"]
    assert source == "TRY_CAST(Amount AS DOUBLE) / CASE \"Interval\" WHEN 'year' THEN 12 WHEN 'month' THEN 1 END"
    assert "ask" not in found
    assert found["zone"] == "UTC"
    assert 'zone = "UTC"  # as Ended At (UTC) says' in found["text"]


@pytest.mark.parametrize(
    ("month", "year", "said"),
    [
        ("9,50", '"1.240,00"', "replace(regexp_replace(Amount, '[^0-9,-]', '', 'g'), ',', '.')"),
        ("$9.50", '"$1,240.00"', "regexp_replace(Amount, '[^0-9.-]', '', 'g')"), ("9.50", "1240", "Amount"),
    ],
)  # fmt: skip
def test_the_decimal_mark_of_a_spread_amount_is_minded(proposed, con, month: str, year: str, said: str) -> None:
    first = f'month,"{month}"' if "," in month else f"month,{month}"
    text = PAID.format(header="Interval,Amount", first=first, second=f"year,{year}")
    source = proposed(text, "subscriptions.csv")["table"][0]["columns"]["mrr"]
    assert source.startswith(f"TRY_CAST({said} AS DOUBLE) / CASE")
    rows = [("month", month), ("year", year.strip('"'))]
    read = [
        con.execute(f'SELECT {source} FROM (SELECT ? AS "Interval", ? AS Amount)', [*row]).fetchone() for row in rows
    ]
    assert read == [(9.5,), (pytest.approx(1240 / 12),)]


def test_what_is_not_plain_about_an_amount_is_asked(proposed) -> None:
    text = PAID.format(header="Interval,Amount,Quantity", first="month,9,1", second="season,240,3")
    found = proposed(text, "subscriptions.csv")
    assert "how many months are season in Interval, over which Amount is spread (columns.mrr)?" in found["ask"]
    assert "is Amount the price of one, so that Quantity multiplies it, or of all (columns.mrr)?" in found["ask"]


def test_a_monthly_amount_stands_as_it_is(proposed) -> None:
    found = proposed(PAID.format(header="Interval,MRR", first="month,9", second="year,20"), "subscriptions.csv")
    assert found["table"][0]["columns"]["mrr"] == "MRR"


def test_how_calls_end_is_told_by_whether_somebody_spoke(proposed) -> None:
    text = "Call ID,Start,Wait time,Talk time\n1,2026-01-02 10:00:00,10,60\n2,2026-01-02 10:05:00,20,{}\n"
    (found,) = proposed(text.format("0"), "calls.csv")["table"]
    assert found["columns"]["outcome"] == (
        "CASE WHEN coalesce(regexp_matches(\"Talk time\", '[1-9]'), false) THEN 'answered' ELSE 'abandoned' END"
    )
    (found,) = proposed(text.format("30"), "calls.csv")["table"]  # it may list the answered ones alone
    assert "outcome" not in found["columns"]
    text = "Call ID,Start,Answered at,Queue\n1,2026-01-02 10:00,2026-01-02 10:01,a\n2,2026-01-02 10:05,,a\n"
    (found,) = proposed(text, "calls.csv")["table"]
    assert found["columns"]["outcome"].startswith('CASE WHEN "Answered at" IS NOT NULL THEN')


def test_the_way_of_calls_is_found_by_its_words(proposed) -> None:
    calls = ["Call ID,Call Type,Start Time,Wait Time,Talk Time,Outcome"]
    calls += [
        f"c{n},{kind},2025-01-0{n + 1} 10:00:00,5,60,answered" for n, kind in enumerate(("inbound", "outbound") * 3)
    ]
    found = proposed("\n".join(calls) + "\n", "calls.csv")
    assert found["table"][0]["columns"]["direction"] == {
        "from": '"Call Type"', "values": {"inbound": "in", "outbound": "out"}
    }  # fmt: skip
    mixed = proposed("\n".join([*calls, "c8,voicemail,2025-01-09 10:00:00,5,60,answered"]) + "\n", "calls.csv")
    assert "'voicemail'" in mixed["ask"]
    alone = proposed("\n".join(line.replace("outbound", "inbound") for line in calls) + "\n", "calls.csv")
    assert alone["table"][0]["columns"]["direction"] == {"const": "in"}


def test_subscriptions_are_recognised(proposed) -> None:
    found = proposed(
        "id,Customer ID,Status,Plan,Start Date (UTC),Canceled At (UTC),Currency,MRR\n"
        "s1,c1,active,basic,2024-03-01 10:00,,eur,10\ns2,c2,canceled,pro,2024-01-01 10:00,2024-02-01 10:00,eur,25\n",
        "subscriptions.csv",
    )
    columns = found["table"][0]["columns"]
    assert found["table"][0]["to"] == "subscriptions"
    assert columns["cancelled_at"] == '"Canceled At (UTC)"'
    assert columns["status"]["values"] == {"active": "active", "canceled": "cancelled"}
    assert "ask" not in found


def loaded(ws: gk.Workspace, folder: Path, name: str, text: str, query: str) -> list[tuple[object, ...]]:
    """What a file gives through its own proposal, as it is."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    (folder / "own.toml").write_text(propose_file(file, folder / "scratch"), encoding="utf-8")
    ws.load(file, mapping=str(folder / "own.toml"))
    return ws.store.rows(query)


def test_a_list_of_agents_loads_as_it_is(ws: gk.Workspace, tmp_path: Path) -> None:
    text = (
        "Employee ID,Name,Work email,Team,Role,Hire date,Termination date\n"
        "7,Eve,eve@x.de,Billing,Team Lead,13.01.2024,\n8,Bob,bob@x.de,Billing,Agent,15.02.2024,31.03.2026\n"
    )
    query = "SELECT agent_id, name, team_id, role, hired_on, left_on, email_key IS NULL FROM canon.agents ORDER BY 1"
    assert loaded(ws, tmp_path, "staff.csv", text, query) == [
        ("7", "Eve", "Billing", "lead", date(2024, 1, 13), None, False),
        ("8", "Bob", "Billing", "agent", date(2024, 2, 15), date(2026, 3, 31), False),
    ]


def test_a_list_of_customers_loads_as_it_is(ws: gk.Workspace, tmp_path: Path) -> None:
    text = "Record ID,First Name,Email,Phone Number,Create Date,Country/Region\n"
    text += "1,A,a@x.de,+49 30 123456,2026-01-02 10:00,DE\n2,B,,,2026-01-03 10:00,FR\n"
    query = "SELECT customer_id, country, email_key IS NOT NULL, phone_key IS NOT NULL FROM canon.customers ORDER BY 1"
    found = loaded(ws, tmp_path, "contacts.csv", text, query)
    assert found == [("1", "DE", True, True), ("2", "FR", False, False)]


def test_customers_without_a_number_are_known_by_their_address(proposed) -> None:
    columns = proposed("Email,Client since,Plan,Country\na@x.de,x,pro,DE\nb@x.de,y,pro,FR\n", "clients.csv")["table"][0]
    assert columns["to"] == "customers"
    assert columns["columns"]["customer_id"] == columns["columns"]["email_key"] == "email_key(Email)"


def test_public_reviews_load_as_they_are(ws: gk.Workspace, tmp_path: Path) -> None:
    text = (
        "App Version Name,Review Submit Date and Time,Star Rating,Review Title,Review Text,"
        "Developer Reply Date and Time\n"
        "1.2,2026-01-02T10:00:00Z,4,Good,Very good,\n1.2,2026-01-03T10:00:00Z,2,,Bad,2026-01-04T10:00:00Z\n"
    )
    query = "SELECT platform, rating, scale_max, body, reply_at IS NULL FROM canon.reviews ORDER BY published_at"
    assert loaded(ws, tmp_path, "Google Play reviews.csv", text, query) == [
        ("google play", 4, 5, "Very good", True),
        ("google play", 2, 5, "Bad", False),
    ]


def test_reviews_of_an_unnamed_site_ask_which(proposed) -> None:
    found = proposed("Review ID,Date,Rating,Review\n1,2026-01-02,4,fine\n2,2026-01-03,9,x\n", "export.csv")
    assert found["ask"] == "which site are the reviews from (columns.platform)?"
    assert found["table"][0]["columns"]["scale_max"] == {"const": "10"}


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("Ticket ID,Created At,Status,Customer ID,Email,Country\n1,2024-03-01,open,7,a@x.de,DE\n", "tickets"),
        ("Order ID,Order date,Total,Currency,Customer ID,Country\n1,2024-03-01,5,EUR,7,DE\n", "orders"),
        ("Record ID,Ticket status,Create date,Email,Country\n1,open,2024-03-01,a@x.de,DE\n", "tickets"),
        ("Agent,Date,Rating,Comment,Customer ID\n7,2024-03-01,5,fine,8\n", "survey_responses"),
    ],
)
def test_a_file_that_names_customers_or_agents_is_no_list_of_them(proposed, text: str, to: str) -> None:
    assert proposed(text, "export.csv")["table"][0]["to"] == to


def test_a_table_that_fits_nothing_is_described(proposed) -> None:
    found = proposed("colour,shape\nred,round\nblue,square\n", "x.csv")
    assert found["ask"].startswith("which table do these rows fill?")
    assert "#   colour: enum, 2 distinct, e.g. 'red', 'blue'" in found["text"]


def test_hostile_headers_and_values_stay_in_their_strings(look) -> None:
    header = '"id\n[[file]]","created_at","sta""tus","x\ty # \\ \x7f","status"\n'
    text = propose(look(header + '1,2024-03-01,"a\n]","b",\'"open"\n', '"""evil\' name [1].csv'))
    parsed = tomllib.loads(text)
    assert len(parsed["file"]) == 1
    read_mapping(text, "proposal") if parsed["file"][0].get("table") else None


def test_tables_of_one_workbook_are_proposed_together(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Tickets"
    for line in TICKETS.splitlines():
        book.active.append(line.split(","))
    notes = book.create_sheet("Notes")
    notes.append(["colour", "shape"])
    notes.append(["red", "round"])
    book.save(tmp_path / "b.xlsx")
    text = propose_file(tmp_path / "b.xlsx", tmp_path / "s")
    mapping = read_mapping(text, "proposal")
    assert [rule.match for rule in mapping.files] == [("Tickets",)]
    assert "# b.xlsx › Notes: 1 rows, 2 columns" in text


REAL = [
    ("uci-incident/incident_event_log.zip", "tickets", 141_712),
    ("bank-calls/data_anonymous_bank_february.txt.gz", "interactions", 33_344),
    ("nps-survey/nps_survey_2017.csv", "survey_responses", 8_273),
    ("fivetran-zendesk/ticket_data.csv", "tickets", 10),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "to", "rows"), REAL)
def test_proposals_for_real_files_pass_the_contract_unchanged(
    tmp_path: Path, con, name: str, to: str, rows: int
) -> None:
    (file,) = open_files(shared_file("data", *name.split("/")), tmp_path / "s")
    mapping = read_mapping(propose(profile(con, file)), "proposal")
    assert (mapping.files[0].ask, mapping.files[0].tables[0].to) == ("", to)
    assert mapping.files[0].fits_name(file.member)
    stage(con, file, "raw_rows")
    compiled = compile_file(
        mapping.files[0].in_zone("UTC"),
        "raw_rows",
        file.columns,
        is_json=False,
        name="proposal",
        key=lambda _, text: f"sha256({text})",
    )
    for statement in compiled.prepare:
        con.execute(statement)
    for rule in compiled.rules:
        found = con.execute(f"SELECT * FROM ({rule.rows})")
        if rule.rule.to == to:
            assert len(found.fetchall()) == rows
        for check in rule.checks:
            if check.severity is Severity.REJECT and check.column != "event_id":
                predicate = check.predicate.replace("{now}", "TIMESTAMP '2030-01-01'")
                failing = con.execute(f"SELECT count(*) FROM ({rule.rows}) WHERE {predicate}").fetchone()
                assert failing == (0,), check.code
    con.execute("DROP TABLE raw_rows")
