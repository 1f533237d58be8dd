"""What the columns and cells of a shown table are called, and the unit of each column.

Names in the tables are technical; on a page stand these words, translated by the catalogue. A column that is not
listed is shown with its own name in plain letters, a cell that is not our own word as it is, made harmless.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rcommerce_helpers.leaving import GIVEN_AWAY, SMALL
from rcommerce_helpers.results import Unit
from rcommerce_helpers.sentences.affinity import reason_words
from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.merging import WORDS, word
from rcommerce_helpers.sentences.numbers import safe, written
from rcommerce_helpers.sentences.patterns import context_words, finding_words
from rcommerce_helpers.sentences.permission import ANSWER_WORDS, REASON_WORDS
from rcommerce_helpers.sentences.quoting import Number

Kind = Literal[
    "text",
    "word",
    "words",
    "table",
    "day",
    "moment",
    "number",
    "like",
    "reason",
    "finding",
    "context",
    "place",
    "detail",
    "pseudonym",
]
"""How a cell is read: text from data; one of our words, or several with commas; a canonical table; a day; a day and
time; a number in the column's unit; a number in the unit of the number column before it; a reason code with its value;
the name or the context of a finding; a canonical column as ``table.column``, perhaps ``in table``; what an event of a
timeline says of itself; a keyed pseudonym, which notebooks show and the exit gate takes off every page."""


@dataclass(frozen=True)
class Column:
    """The heading of a column, how its cells are read, and whether it counts people: few of them are not shown."""

    heading: str
    kind: Kind = "text"
    unit: Unit = "count"
    people: bool = False


def _number(heading: str, unit: Unit = "count", *, people: bool = False) -> Column:
    return Column(heading, "number", unit, people)


COLUMNS: Mapping[str, Column] = {
    "table": Column("table", "table"),
    "one_row_is": Column("one row is", "word"),
    "rows": _number("rows"),
    "rows_in": _number("rows in"),
    "landed": _number("landed"),
    "quarantined": _number("quarantined"),
    "set_aside": _number("set aside"),
    "rules": Column("rules"),
    "source": Column("source"),
    "records": _number("records", people=True),
    "newest_trace": Column("newest trace", "day"),
    "days_old": _number("days old", "days"),
    "duplicate_share": _number("duplicates", "share"),
    "granted_share": _number("with a consent", "share"),
    "holds_no": Column("holds no", "words"),
    "same_for_all": Column("same in all records", "words"),
    "customers_lost": _number("known only here", people=True),
    "values_lost": _number("values only here", people=True),
    "reach_lost": _number("reached only here", people=True),
    "lacks_share": _number("lacks of the rest", "share"),
    "column": Column("value", "word"),
    "rule": Column("rule", "word"),
    "filled_share": _number("golden record", "share"),
    "best_source": Column("fullest source"),
    "best_share": _number("it alone", "share"),
    "differing": _number("sources differ", people=True),
    "entry": Column("where it began", "word"),
    "traces": _number("traces"),
    "known_share": _number("person known", "share"),
    "at_once_share": _number("known at once", "share"),
    "soon_share": _number("known within a month", "share"),
    "raised_by": Column("what names more", "word"),
    "about": Column("about", "word"),
    "rows_of_unknown_people": _number("of unknown people"),
    "rows_statistics": _number("for statistics"),
    "rows_personalisation": _number("for personalisation"),
    "rows_marketing": _number("for marketing"),
    "record_id": Column("record"),
    "given": Column("first name"),
    "family": Column("last name"),
    "phone": Column("telephone"),
    "street": Column("street"),
    "email": Column("e-mail"),
    "analysis": Column("analysis", "word"),
    "counted": Column("counted", "word"),
    "have": _number("there are"),
    "needed": _number("needed"),
    "pays": _number("pays", "yes_no"),
    "plain_rule": Column("plain rule", "word"),
    "measure": Column("measure", "word"),
    "reason": Column("reason", "word"),
    "kind": Column("kind", "word"),
    "agree": Column("what is the same in both", "words"),
    "outcome": Column("what became of them", "word"),
    "mean_certainty": _number("mean certainty", "share"),
    "name": Column("what", "finding"),
    "context": Column("where", "context"),
    "n": _number("n"),
    "rate": _number("rate", "mean"),
    "effect": _number("effect", "change"),
    "low": Column("interval from", "like"),
    "high": Column("to", "like"),
    "campaign_id": Column("campaign"),
    "contacts": _number("contacts"),
    "p_frequencies": _number("p, chances against counts", "score"),
    "p_before": _number("p, bought before", "score"),
    "p_value": _number("p of the campaign", "score"),
    "refused": _number("refused", "yes_no"),
    "q_value": _number("q-value", "score"),
    "pooled_effect": _number("pooled effect", "change"),
    "chosen_folds": _number("of 5"),
    "held_out_effect": _number("in customers kept aside", "change"),
    "verdict": Column("verdict", "word"),
    "scorer": Column("scorer", "word"),
    "auc": _number("AUC", "score"),
    "ap": _number("average precision", "score"),
    "ndcg5": _number("NDCG of the first five", "score"),
    "recall5": _number("caught by the first five", "share"),
    "ece": _number("promise off by, percentage points", "points"),
    "repeat_auc": _number("AUC, bought before", "score"),
    "explore_auc": _number("AUC, never bought", "score"),
    "purchase": Column("purchase", "word"),
    "customer_id": Column("customer", "pseudonym"),
    "label": Column("category"),
    "probability": _number("probability", "share"),
    "offered": Column("offered", "word"),
    "reason_code": Column("reason", "reason"),
    "due_days": _number("due in days", "days"),
    "moment": Column("moment", "word"),
    "asks_for": Column("asks for", "word"),
    "shelf_days": _number("days open", "days"),
    "customers": _number("customers", people=True),
    "offer_id": Column("offer"),
    "condition": Column("condition", "word"),
    "holds": _number("holds", "yes_no"),
    "measured": _number("measured", "mean"),
    "limit": Column("limit", "word"),
    "available": _number("available", "mean"),
    "used": _number("used", "mean", people=True),
    "shadow_price": _number("one more would add", "money"),
    "level": Column("level", "word"),
    "says": Column("figure", "word"),
    "value": _number("value", "mean"),
    "stage": Column("stage", "word"),
    "headline": Column("headline"),
    "skipped": _number("sections without data"),
    "local_at": Column("day", "day"),
    "channel": Column("channel", "word"),
    "amount": _number("amount", "money"),
    "detail": Column("detail", "detail"),
    "offer": Column("offer", "word"),
    "held_out": _number("held out", people=True),
    "expected_value": _number("expected value", "money"),
    "place": Column("where", "place"),
    "task": Column("what to do", "word"),
    "concerned": _number("concerned"),
    "of": _number("of"),
    "purpose": Column("purpose", "word"),
    "share": _number("share of customers", "share"),
    "decision": Column("decision", "word"),
    "contact_point": Column("address"),
    "allowed": _number("allowed", "yes_no"),
    "why": Column("why", "word"),
    "rows_each": _number("median rows", "mean"),
    "on_forgetting": Column("on forgetting", "word"),
}
HIDDEN = frozenset({"unit", "rate_unit", "interval_level", "reason_value", "bound", "hidden"})
"""Columns that say how others are read and are not shown themselves."""

CELLS: Mapping[str, str] = {
    "gamma_poisson": "pooled rate",
    "own_frequency": "own frequency",
    "recent": "bought lately",
    "copurchase": "bought together",
    "popularity": "popular with all",
    "basket": "pair",
    "step": "step",
    "web step": "web step",
    "context": "context",
    "experiment": "contact",
    "message": "wording",
    "alternative": "pair apart",
    "due_again": "due again",
    "first_visit_back": "first visit back",
    "quieter_than_usual": "quieter than usual",
    "case_solved": "case solved",
    "contract_ending": "contract ends soon",
    "reachable": "may be contacted",
    "not_permitted": "not permitted",
    "no_address": "no address known",
    "minor": "under age",
    "open_case": "a case is open",
    "cap": "contacted often enough",
    "no_free_day": "others take every day of the period",
    "household": "somebody else of the household gets the post",
    "shared_address": "somebody else gets the message at this address",
    "no_contact_points": "nobody has said where they may be reached",
    "merging": "01 merging",
    "patterns": "02 patterns",
    "affinity": "03 affinity",
    "campaigns": "04 campaigns",
    "start_here": "00 start here",
    "own_data": "06 your own data",
    "returns_share": "Value brought back",
    "full_price_share": "Revenue at full price",
    "cases_solved_share": "Service cases solved",
    "mean_rating": "Mean rating",
    "stock_left": "stock left",
    "bought_count": "times bought",
    "ends_on": "end of the offer",
    "urgency": "urgency",
    "scarcity": "scarcity",
    "social_proof": "social proof",
    "platform_look": "Compare customer data platforms: the same people lie in several systems",
    "platform_not_needed": "Buy no customer data platform: a nightly run of this notebook does its work",
    "give_values_back": "Bring it up to date: write the golden values back into it",
    "bring_up_to_date": "Find out why nothing new arrives from it",
    "stop_doubles": "Look for the person before a new record is made",
    "ask_permission": "Ask for permission there",
    "give_a_key": "Ask for customer number or e-mail there: it joins no other source",
    "could_be_switched_off": "Ask whether it is still needed: the others hold all it holds",
    "name_leading_source": "Settle which source leads for this value",
    "raise_by_account": "Offer an account or a login that is worth it",
    "raise_by_loyalty_card": "Offer a loyalty card at the till",
    "raise_by_ask_number": "Ask for the customer number",
    "raise_by_order_link": "Put the order number into the invitation to review",
    "share_in_several_sources": "customers in several sources",
    "days_old": "days since its newest trace",
    "duplicate_share": "duplicates",
    "granted_share": "with a consent",
    "lacks_share": "lacks, of what others know",
    "customers_lost": "customers nobody else knows",
    "values_lost": "golden values only here",
    "differing": "customers on whom sources differ",
    "known_share": "whose person is known",
    "coupon_response": "Contacts answered by a redemption or purchase",
    **REASON_WORDS,
    **ANSWER_WORDS,
}
"""Technical value of a cell -> the word shown."""


def heading(name: str, language: str) -> str:
    """The heading of a column."""
    known = COLUMNS.get(name)
    return label(known.heading, language) if known else safe(name.replace("_", " "))


def withheld(hidden: str, language: str) -> str:
    """What stands in place of a number of people that is not said, as ``suppress_small`` marks it; else nothing."""
    names = {SMALL: "under 10", GIVEN_AWAY: "not shown"}
    return label(names[hidden], language) if hidden in names else ""


def column_words(name: str, language: str) -> str:
    """A canonical column in plain letters, for axes and lists."""
    return label(WORDS.get(name, name.replace("_", " ")), language)


def table_word(name: str, language: str) -> str:
    """A canonical table in plain letters."""
    return safe(label(name.replace("_", " "), language))


def _finding(name: str, kind: str, language: str) -> str:
    return cell_word(name, language) if name in CELLS else finding_words(name, language, kind)


def place_words(place: str, language: str) -> str:
    """A canonical column as a task names it: 'orders.record_id in persons' -> 'orders: record id, in persons'."""
    column, _, within = place.partition(" in ")
    table, _, name = column.partition(".")
    known = f"{table_word(table, language)}: {column_words(name, language)}" if name else table_word(table, language)
    return f"{known}, in {table_word(within, language)}" if within else known


CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


def without_codes(text: str, language: str) -> str:
    """A message for analysts with the names of tables and columns in words, made harmless.

    Examples
    --------
    >>> without_codes("this data set has no web_events, so no product_id", "en")
    'this data set has no web events, so no product id'
    """
    return safe(CODE.sub(lambda code: label(code.group().replace("_", " "), language), text))


def detail_words(detail: str, language: str) -> str:
    """What an event of a timeline says of itself: the lines of an order, else a word of the data.

    Examples
    --------
    >>> detail_words("2 lines", "de"), detail_words("1 line", "en")
    ('2 Positionen', '1 line')
    """
    number, _, noun = detail.partition(" ")
    if number.isdigit() and noun in {"line", "lines"}:
        lines = int(number)
        return say("{n} line", language, plural="{n} lines", n=Number(written(lines, "count", language), value=lines))
    return cell_word(detail, language)


def cell_word(text: str, language: str) -> str:
    """A cell that holds one of our words, or a message; whatever is none stays as it is, harmless."""
    if text in CELLS:
        return label(CELLS[text], language)
    if text in WORDS:
        return word(text, language)
    told = label(text, language)
    return without_codes(told, language) if " " in text else safe(told)


def cell_text(value: object, kind: Kind, language: str, *, beside: object = None) -> str:
    """A cell that is no number, as it stands on the page; ``beside`` is what the row says along with it."""
    text = str(value)
    if kind == "pseudonym":
        return html.escape(text)
    if kind == "reason":
        return reason_words(text, int(str(beside)), language)
    if kind == "context":
        return context_words(text, str(beside), language)
    if kind == "finding":
        return _finding(text, str(beside), language)
    if kind == "words":
        return ", ".join(cell_word(part.strip(), language) for part in text.split(","))
    plain = {
        "word": cell_word,
        "table": table_word,
        "place": place_words,
        "detail": detail_words,
    }.get(kind)
    return plain(text, language) if plain else safe(value)
