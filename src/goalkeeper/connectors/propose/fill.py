"""For each canonical column the text that fills it, the evidence beside it, and what only a person can say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from goalkeeper.connectors.mapping.model import OF_QUESTION
from goalkeeper.connectors.mapping.numbers import MARKS, proof
from goalkeeper.connectors.mapping.questions import EMPLOYEES, Question, asked_for, questions, settled
from goalkeeper.connectors.mapping.scales import Scale, scale_seen, scale_told
from goalkeeper.connectors.propose.fit import KEYS, Fit, is_question, key_function
from goalkeeper.connectors.propose.profile import Column, Profile
from goalkeeper.connectors.propose.synonyms import ADDRESSES, LISTS
from goalkeeper.connectors.propose.times import TimeFinding
from goalkeeper.connectors.propose.toml import comment, identifier, literal, plain, slug
from goalkeeper.connectors.propose.words import MONTHS, VALUES, meaning
from goalkeeper.connectors.words import plain_words
from goalkeeper.schema import Type, table
from goalkeeper.tomlfile import written

_TOLERATED = 0.005
_NOBODY = re.compile(
    r"0|-1|(no|not)[ _-]\w+|none|nobody|unassigned|unknown|anonymous|nicht zugewiesen|sin asignar", re.I
)
_SIGNS = {"€": "EUR", "£": "GBP"}  # those of one currency only
_SITES = ("google play", "app store", "trustpilot", "capterra", "g2", "tripadvisor", "yelp", "amazon", "google")
_OTHERWISE = {"tickets.status": "open", "tickets.channel": "other"}


@dataclass
class Filled:
    """The lines of one [[file.table]] with their comments, the questions open, the file's columns used."""

    lines: dict[str, tuple[str, str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    needs: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)  # the lines that make one row of several, or several of one
    not_questions: list[str] = field(default_factory=list)  # columns whose header asks for a score, and that hold none
    made: set[str] = field(default_factory=lambda: {"event_id"})  # columns that the load fills by itself
    # Where customers are known by a key: its function, and SQL of what it takes and of their id, which may be the key.
    known_by: tuple[str, str, str] = ("", "", "")

    def add(self, name: str, source: str, why: str, *columns: Column) -> None:
        """Fill one canonical column."""
        self.lines[name] = (source, why)
        self.used.update(column.name for column in columns)


class Filler:
    """Fills the columns of the table that a file fits."""

    def __init__(self, profile: Profile, fit: Fit) -> None:
        self.profile, self.fit = profile, fit
        self.times = settled_times(profile.columns)
        self.common = common_times(fit, self.times)
        self.filled = Filled()

    def fill(self) -> Filled:
        """Every column that can be filled, in the table's own order."""
        for name, column in self.fit.columns.items():
            self._column(name, column)
        {
            "tickets": self._tickets,
            "interactions": self._interactions,
            "survey_responses": self._survey,
            "orders": self._orders,
            "subscriptions": self._subscriptions,
            "reviews": self._reviews,
            "customers": self._customers,
            "agents": self._agents,
        }[self.fit.to]()
        self._missing()
        order = [column.name for column in table(self.fit.to).columns]
        self.filled.lines = dict(sorted(self.filled.lines.items(), key=lambda line: order.index(line[0])))
        return self.filled

    def sql(self, column: Column) -> str:
        """The column in SQL."""
        return identifier(self.profile.file, column.name)

    def _column(self, name: str, column: Column) -> None:
        target = table(self.fit.to).column(name)
        required = target.required
        if f"{self.fit.to}.{name}" in VALUES:
            self._enum(name, column, required)
        elif target.type in (Type.TIMESTAMP, Type.DATE):
            if column.times is not None:
                self.filled.add(name, self.time_source(column), self._time_evidence(column), column)
        elif name == "currency":
            self._currencies(column)
        elif name in KEYS:
            self.filled.add(name, written(f"{name}({self.sql(column)})"), "kept as a key that names nobody", column)
        elif target.type is Type.DECIMAL:
            source, said = _amount(self.sql(column), column)
            self.filled.add(name, f"{{ from = {source}{said} }}" if said else source, _seen(column), column)
        else:
            self._plain(name, column)
        if required and name in self.filled.lines:
            self.filled.needs.append(column.name)

    def _plain(self, name: str, column: Column) -> None:
        """The column as it is; in ids a zero, or a word for nobody, means that the id is not known."""
        source, why = self.sql(column), _seen(column)
        if name.endswith("customer_id") and (key := key_function(column)):
            if self._asks_employees():
                return
            self.filled.known_by = key, source, f"{key}({source})"
            self.filled.add(name, written(f"{key}({source})"), "kept as keys that name nobody", column)
            return
        if name.endswith("_id") and name not in table(self.fit.to).key:
            nobody = [value for value, _ in column.values if _NOBODY.fullmatch(value.strip())]
            nobody += ["0"] if column.zeros and "0" not in nobody else []
            for value in nobody:
                source = f"nullif({source}, {literal(value)})"
                why += f"; '{plain(value, 40)}' taken as not known"
        self.filled.add(name, written(source), why, column)
        if name in ("customer_id", "requester_customer_id") and self.fit.to not in LISTS:
            self._address(source)

    def _address(self, customer: str) -> None:
        """An e-mail address beside a customer's own id: by its key they are found in other sources."""
        if self._asks_employees():
            return
        taken = {each.name for each in self.fit.columns.values()}
        for column in self.profile.columns:
            is_address = plain_words(column.name) in ADDRESSES and key_function(column) == "email_key"
            if is_address and column.name not in taken:
                self.filled.known_by = "email_key", self.sql(column), customer
                self.filled.used.add(column.name)
                return

    def _asks_employees(self) -> bool:
        """Whether a question is one for employees, who stay unnamed."""
        return any(asked_for(each.name) in EMPLOYEES for each in self.profile.columns)

    def _currencies(self, column: Column) -> None:
        """Codes of codes in small letters and of signs; a sign of several currencies is asked about."""
        sql, found = self.sql(column), [value for value, _ in column.values]
        codes = {value: _SIGNS.get(value, value.upper()) for value in found}
        source = written(sql)
        if any(value in _SIGNS for value in found):
            source = f"{{ from = {source}, values = {written(codes)} }}"
        elif list(codes) != list(codes.values()):
            source = written(f"upper({sql})")
        self.filled.add("currency", source, _seen(column), column)
        strange = [value for value, code in codes.items() if not re.fullmatch("[A-Z]{3}", code)]
        if strange:
            said = ", ".join(f"'{plain(value, 20)}'" for value in strange[:5])
            self.filled.questions.append(f"which currency is meant by {said} in {column.name}?")

    def time_source(self, column: Column) -> str:
        """A time column's text; with formats of its own where the file's do not read it."""
        finding = self.times[column.name]
        if set(finding.formats) <= set(self.common):
            return written(self.sql(column))
        return f"{{ from = {written(self.sql(column))}, times = {written(finding.formats)} }}"

    def _time_evidence(self, column: Column) -> str:
        finding = self.times[column.name]
        said = [finding.evidence] if finding.evidence else []
        if finding.two_digit_year:
            said.append("years of two digits: 69 to 99 are 1969 to 1999")
        if finding.unset:
            said.append(f"'{finding.unset[0]}' means not set")
        if finding.unread:
            said.append(
                f"{finding.unread:,} values cannot be read ({finding.unread_example}), their rows are set aside"
            )
        if finding.question:
            self.filled.questions.append(f"is {column.name} {finding.question}")
        return "; ".join([*said, f"{finding.earliest} to {finding.latest}"])

    def _enum(self, name: str, column: Column, required: bool) -> None:
        key = f"{self.fit.to}.{name}"
        known = {value: word for value, _ in column.values if (word := meaning(key, value))}
        strange = [(value, count) for value, count in column.values if value not in known]
        if not known:
            if required:
                self.filled.questions.append(_what_mean(column, strange, key))
            return
        source = self.sql(column)
        why = f"{len(column.values)} value{'s' if len(column.values) != 1 else ''}"
        if strange:
            why += "; not known: " + ", ".join(f"'{plain(value, 40)}' ({count:,})" for value, count in strange[:8])
            share = sum(count for _, count in strange) / max(1, column.rows)
            if key in _OTHERWISE:
                if name == "status" and share > _TOLERATED:
                    self.filled.questions.append(_what_mean(column, strange, key))
            elif required:
                self.filled.questions.append(_what_mean(column, strange, key))
            else:
                source = f"CASE WHEN {source} IN ({', '.join(map(literal, known))}) THEN {source} END"
        otherwise = f", otherwise = {written(_OTHERWISE[key])}" if key in _OTHERWISE and strange else ""
        if all(plain_words(value).replace(" ", "_") == word for value, word in known.items()) and not strange:
            self.filled.add(name, written(source), why, column)
        else:
            text = f"{{ from = {written(source)}, values = {written(known)}{otherwise} }}"
            self.filled.add(name, text, why, column)

    def _tickets(self) -> None:
        lines, columns = self.filled.lines, self.fit.columns
        for name in ("status", "channel"):
            if name in columns:
                self.filled.add(f"{name}_raw", written(self.sql(columns[name])), "as the source says it", columns[name])
        if "status" not in lines and not self.filled.questions:
            whens = [
                f"WHEN {self.sql(columns[name])} IS NOT NULL THEN '{name.removesuffix('_at')}'"
                for name in ("closed_at", "solved_at")
                if name in columns
            ]
            if whens:
                self.filled.add(
                    "status", written(f"CASE {' '.join(whens)} ELSE 'open' END"), "from the times of solving"
                )
        if self.fit.log is None:
            self._key("ticket_id")

    def _interactions(self) -> None:
        self._key("interaction_id")
        self._started()
        words = plain_words(" ".join([self.profile.file.member, *(column.name for column in self.profile.columns)]))
        kind = "chat" if words.count("chat") > words.count("call") else "call"
        self.filled.add("kind", f'{{ const = "{kind}" }}', "valid: call, chat, video, callback, in_person")
        self._ending()
        if "direction" not in self.filled.lines:
            ways = [set(VALUES["interactions.direction"][way]) for way in ("in", "out")]
            free = (column for column in self.profile.columns if column.name not in self.filled.used)
            told = next(
                (c for c in free if all(way & {plain_words(value) for value, _ in c.values} for way in ways)), None
            )
            if told is not None:
                self._enum("direction", told, required=True)
            else:
                self.filled.add("direction", '{ const = "in" }', "no column tells it; valid: in, out, internal")

    def _ending(self) -> None:
        """How calls end, by whether they have a time at which somebody spoke, where some have and some have not."""
        talk, answer = (self.fit.columns.get(name) for name in ("talk_s", "answered_at"))
        told = answer if answer is not None and answer.nulls else talk
        if "outcome" in self.filled.lines or told is None or not (told.nulls or told.zeros):
            return
        spoke = f"{self.sql(told)} IS NOT NULL"
        if told is talk:
            spoke = f"coalesce(regexp_matches({self.sql(told)}, '[1-9]'), false)"
        self.filled.add(
            "outcome",
            written(f"CASE WHEN {spoke} THEN 'answered' ELSE 'abandoned' END"),
            f"answered where {told.name} tells so, else taken as abandoned in the queue; no column tells it",
            told,
        )

    def _started(self) -> None:
        """A start told by a day in one column and a time of day in another."""
        columns = self.fit.columns
        if "started_at" in self.filled.lines and (
            columns["started_at"].times is None or self.times[columns["started_at"].name].has_clock
        ):
            return
        day = next((c for c in self.profile.columns if c.times and not self.times[c.name].has_clock), None)
        clock = columns.get("started_at") if columns.get("started_at", day) is not day else None
        if clock is None or clock.type != "clock":
            clock = next((column for column in self.profile.columns if column.type == "clock"), None)
        if day is None or clock is None:
            return
        seconds = all(example.count(":") == 2 for example in clock.examples)
        end = " %H:%M:%S" if seconds else " %H:%M"
        formats = [("%Y-%m-%d" if form == "iso" else form) + end for form in self.times[day.name].formats]
        source = f"{self.sql(day)} || ' ' || {self.sql(clock)}"
        text = f"{{ from = {written(source)}, times = {written(formats)} }}"
        self.filled.add("started_at", text, f"day and time of day; {self._time_evidence(day)}", day, clock)
        self.filled.needs += [day.name, clock.name]

    def _survey(self) -> None:
        self._key("response_id")
        score = self.fit.columns["score"]
        if sum(map(is_question, self.profile.columns)) > 1:
            self._questions(score)
            return
        self.filled.add("survey_id", f"{{ const = {written(slug(self.profile.file.member))} }}", "one survey a file")
        kind, low, high = survey_kind(self.profile, score)
        if not kind:
            self.filled.questions.append(
                f"is {score.name} (values {score.smallest} to {score.largest}) csat, ces, nps or another score, and "
                "what are its scale's ends?"
            )
        seen = f"values seen are {score.smallest} to {score.largest}"
        self.filled.add("kind", f'{{ const = "{kind or "csat"}" }}', seen)
        self.filled.add("scale_min", f'{{ const = "{low}" }}', "the scale's lowest point")
        self.filled.add("scale_max", f'{{ const = "{high}" }}', "the scale's highest point")

    def _questions(self, score: Column) -> None:
        """Several questions in a row, each of which becomes an answer of its own."""
        del self.filled.lines["score"]
        self.filled.needs.remove(score.name)
        self.filled.used.discard(score.name)
        self.filled.made.update(OF_QUESTION)
        kept, unclear = [], []
        for each in questions(column.name for column in self.profile.columns):
            column = self.profile.column(each.column)
            if column is None or not is_question(column):
                self.filled.not_questions.append(each.column)
                continue
            self.filled.used.add(column.name)
            kept.append(f"{each.kind}: {plain(column.name, 60)}")
            if settled(each, column.values).scale is None:
                unclear.append(_scale_to_say(each, column))
                self.filled.questions.append(
                    f"what are the ends of the scale of {column.name} (values {column.smallest} to {column.largest})?"
                )
        said = f"{{ {', '.join(unclear)} }}" if unclear else "{}"
        self.filled.group = [f"questions = {said}  {comment('; '.join(kept))}"]
        if "comment" in self.filled.lines:  # one column's words are not those of every question
            self.filled.lines["comment"] = (
                "{ from = \"asks('comment')\", optional = true }",
                "what follows a question",
            )

    def _orders(self) -> None:
        order, count = self.fit.columns["order_id"], self.fit.columns.get("items")
        price = next((c for c in self.profile.columns if re.search(r"\bprice\b", plain_words(c.name))), None)
        on_lines = order.distinct < order.rows
        if price is not None and count is not None and "gross" not in self.filled.lines:
            if on_lines:
                self._order_lines(order, count, price)
            else:
                source = f"CAST({self.sql(price)} AS DECIMAL(18, 4)) * CAST({self.sql(count)} AS DECIMAL(18, 4))"
                self.filled.add("gross", written(source), "price times quantity", price, count)
        elif on_lines:
            self.filled.questions.append(
                f"{order.distinct:,} orders stand on {order.rows:,} rows: is the amount that of a line or of the whole "
                "order? Give the rule a `group`"
            )
        if "status" not in self.filled.lines:
            self.filled.add("status", '{ const = "paid" }', "no column tells it; valid: " + ", ".join(
                table("orders").column("status").values
            ))  # fmt: skip
        self._currency()

    def _order_lines(self, order: Column, count: Column, price: Column) -> None:
        """One order of all rows with its number."""
        rows = f"{order.distinct:,} orders on {order.rows:,} rows: their lines become one row"
        self.filled.group = [
            f"group = {written(self.sql(order))}  {comment(rows)}",
            f'lines.quantity = {{ from = {written(self.sql(count))}, type = "whole number" }}',
            f'lines.price = {{ from = {"".join(_amount(self.sql(price), price))}, type = "money" }}',
        ]
        self.filled.add("gross", written("sum(quantity * price)"), "price times quantity of each line", price, count)
        self.filled.add("items", written("sum(quantity)"), _seen(count), count)
        at = self.fit.columns["ordered_at"]
        if self.filled.lines["ordered_at"][0] == written(self.sql(at)):
            self.filled.add("ordered_at", written(f"first({self.sql(at)})"), self.filled.lines["ordered_at"][1], at)

    def _subscriptions(self) -> None:
        if "subscription_id" not in self.filled.lines:
            customer = self.fit.columns["customer_id"]
            if customer.unique:
                self.filled.add("subscription_id", written(self.sql(customer)), "one row a customer", customer)
        else:
            self._key("subscription_id")
        self._in_a_month()
        self._currency()

    def _in_a_month(self) -> None:
        """An amount that is paid each interval, as what it is in a month."""
        columns = self.fit.columns
        amount, interval, count = (columns.get(name) for name in ("mrr", "billing_interval", "quantity"))
        if amount is None or interval is None or re.search(r"\bmrr\b|mont|monat|mens", plain_words(amount.name)):
            return
        months = {value: MONTHS.get(plain_words(value)) for value, _ in interval.values}
        if strange := [value for value, known in months.items() if known is None]:
            self.filled.questions.append(
                f"how many months are {', '.join(plain(value, 20) for value in strange[:5])} in {interval.name}, over "
                f"which {amount.name} is spread (columns.mrr)?"
            )
        per = " ".join(f"WHEN {literal(value)} THEN {known}" for value, known in months.items() if known)
        source = f"TRY_CAST({_number(self.sql(amount), amount)} AS DOUBLE)"
        why = f"{_seen(amount)}; spread over {interval.name}"
        if count is not None and [value for value, _ in count.values] != ["1"]:
            source += f" * coalesce(TRY_CAST({self.sql(count)} AS DOUBLE), 1)"
            why += f", times {count.name}"
            self.filled.questions.append(
                f"is {amount.name} the price of one, so that {count.name} multiplies it, or of all (columns.mrr)?"
            )
        if per:
            source += f" / CASE {self.sql(interval)} {per} END"
        self.filled.add("mrr", written(source), why, amount, interval)

    def _reviews(self) -> None:
        self._key("review_id")
        rating = self.fit.columns["rating"]
        seen = f"values seen are {rating.smallest} to {rating.largest}"
        self.filled.add("scale_max", f'{{ const = "{_shortest_scale(rating).high}" }}', seen)
        if "platform" not in self.filled.lines:
            words = plain_words(self.profile.file.name)
            site = next((site for site in _SITES if site in words), "")
            why = "as the file is called" if site else ""
            self.filled.add("platform", f"{{ const = {written(site or 'reviews')} }}", why)
            if not site:
                self.filled.questions.append("which site are the reviews from (columns.platform)?")

    def _customers(self) -> None:
        email = self.fit.columns.get("email_key")
        if "customer_id" not in self.filled.lines and email is not None:
            self.filled.add("customer_id", self.filled.lines["email_key"][0], "no other column names them", email)
        elif "customer_id" in self.filled.lines:
            self._key("customer_id")
            self._of_a_source("customer_id")

    def _agents(self) -> None:
        self._key("agent_id")
        self._of_a_source("agent_id")

    def _of_a_source(self, name: str) -> None:
        source, why = self.filled.lines[name]
        self.filled.lines[name] = source, f"{why}; load with --source and the name of the source whose ids these are"

    def _currency(self) -> None:
        if "currency" not in self.filled.lines:
            self.filled.add("currency", '{ const = "EUR" }', "no column tells it")
            self.filled.questions.append("which currency are the amounts in (columns.currency)?")

    def _key(self, name: str) -> None:
        """The row's key: its own column where unique, else one with it, else any two that are."""
        column = self.fit.columns.get(name)
        if column is not None and column.unique:
            return
        pairs = self.profile.keys
        pair = next((pair for pair in pairs if column is not None and column.name in pair), None)
        if pair is None and column is None:
            kinds = ("id", "text", "time") if name in ("response_id", "review_id") else ("id", "text")
            alone = next((c for c in self.profile.columns if c.unique and c.type in kinds), None)
            if alone is not None:
                self.filled.add(name, written(self.sql(alone)), "the one column that differs on every row", alone)
                return
            pair = pairs[0] if pairs else None
        if pair is None:
            if column is None:
                self.filled.questions.append(f"no column differs on every row: which make up {name}?")
            elif column.distinct < 0.98 * (column.rows - column.nulls):
                self.filled.questions.append(
                    f"{column.name} repeats ({column.distinct:,} values on {column.rows:,} rows): what makes up {name}?"
                )
            return
        one, other = (part for part in map(self.profile.column, pair) if part is not None)
        source = f"{self.sql(one)} || ':' || {self.sql(other)}"
        self.filled.add(name, written(source), "each repeats alone, together they differ on every row", one, other)

    def _missing(self) -> None:
        for column in table(self.fit.to).columns:
            if column.required and column.name not in self.filled.lines and column.name not in self.filled.made:
                told = f" (valid: {', '.join(column.values)})" if column.values else ""
                if not any(column.name in question for question in self.filled.questions):
                    self.filled.questions.append(f"which column is {column.name}, {_lowered(column.about)}{told}?")


def _scale_to_say(question: Question, column: Column) -> str:
    """A question with its scale as a mapping says it, as good as the values tell."""
    scale = _shortest_scale(column)
    return f'{written(question.column)} = {{ kind = "{question.kind}", low = {scale.low}, high = {scale.high} }}'


def _shortest_scale(column: Column) -> Scale:
    """The shortest of the usual scales that holds all values seen."""
    low, high = float(column.smallest or 0), float(column.largest or 0)
    return Scale(0 if low < 1 else 1, next((end for end in (5, 7, 10, 100) if high <= end), int(high)))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _seen(column: Column) -> str:
    said: list[str] = [column.type]
    if column.nulls:
        said.append(f"{column.null_share:.0%} not known")
    if column.float_ids:
        said.append("ids that passed through a float; the .0 is dropped")
    said.append("e.g. " + ", ".join(f"'{plain(example, 40)}'" for example in column.examples[:2]))
    return "; ".join(said)


def _what_mean(column: Column, strange: list[tuple[str, int]], key: str) -> str:
    name = key.split(".")[1]
    shown = ", ".join(f"'{plain(value, 40)}'" for value, _ in strange[:8]) + (", …" if len(strange) > 8 else "")
    return f"which {name} do these values of {column.name} mean: {shown or 'all of them'}?"


def _amount(sql: str, column: Column) -> tuple[str, str]:
    """An amount's source without signs of currencies, then its decimal mark where the texts seen prove one."""
    texts = [text.strip() for text in (*column.examples, *(value for value, _ in column.values))]
    if all(re.fullmatch(r"[+-]?\d+(\.\d+)?", text) for text in texts):
        return written(sql), ""
    if not all(re.fullmatch(r"[+-]?[\d.,]+", text) for text in texts):
        sql = f"regexp_replace({sql}, '[^0-9.,-]', '', 'g')"
    proved = [mark for mark in MARKS if any(re.fullmatch(proof(mark), re.sub("[^0-9.,-]", "", t)) for t in texts)]
    return written(sql), f', decimal = "{proved[0]}"' if len(proved) == 1 else ""


def _number(sql: str, column: Column) -> str:
    """An amount as a text that CAST reads: digits, and a point where the texts seen prove a decimal mark."""
    source, said = _amount(sql, column)
    if (source, said) == (written(sql), ""):
        return sql
    if said.endswith('","'):
        return f"replace(regexp_replace({sql}, '[^0-9,-]', '', 'g'), ',', '.')"
    return f"regexp_replace({sql}, '[^0-9.-]', '', 'g')"


def survey_kind(profile: Profile, score: Column) -> tuple[str, str, str]:
    """The survey's kind ("" where unclear) and its scale's ends, from header words and the values seen."""
    low, high = float(score.smallest or 0), float(score.largest or 0)
    kind = asked_for(score.name) or asked_for(profile.file.member)
    # A mere rating from 0 to 10 is a recommendation; one of satisfaction is not.
    is_vague = not kind or (kind == "csat" and not re.search(r"csat|satisf|zufrieden", plain_words(score.name)))
    kind = "nps" if is_vague and low == 0 and 7 < high <= 10 else kind
    scale = scale_told(score.name) or (Scale(0, 10) if kind == "nps" else None) or scale_seen(score.values)
    if scale is None:
        kind, scale = "", _shortest_scale(score)
    return kind, str(scale.low), str(scale.high)


def settled_times(columns: tuple[Column, ...]) -> Mapping[str, TimeFinding]:
    """What each time column shows; one that reads both ways follows a column of its file that proves its order."""
    found = {column.name: column.times for column in columns if column.times is not None}
    proofs = [(name, one) for name, one in found.items() if one.evidence and one.order in ("dmy", "mdy")]
    if len({one.order for _, one in proofs}) != 1:
        return found
    name, proof = proofs[0]
    for other, finding in found.items():
        if finding.question and not finding.question.startswith("rows contradict"):
            formats = finding.formats if finding.order == proof.order else tuple(map(_swapped, finding.formats))
            found[other] = replace(
                finding, formats=formats, order=proof.order, question="", evidence=f"as {name}: {proof.evidence}"
            )
    return found


def _swapped(form: str) -> str:
    return form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def common_times(fit: Fit, times: Mapping[str, TimeFinding]) -> tuple[str, ...]:
    """The formats that most of the used time columns share."""
    counts: dict[tuple[str, ...], int] = {}
    used = list(fit.columns.values()) + ([fit.log.time] if fit.log is not None else [])
    for column in used:
        if column.name in times:
            counts[times[column.name].formats] = counts.get(times[column.name].formats, 0) + 1
    return max(counts, key=lambda formats: counts[formats], default=("iso",))
