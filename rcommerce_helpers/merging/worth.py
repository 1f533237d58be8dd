"""Is linking worth it here? What changes between counting each list for itself and counting customers (A7).

The world before is computed, not imagined: every record is its own customer, and each system knows only the permissions
that it wrote down itself. What a letter and a year of linking cost are typed parameters, the rest is counted. Where
the lists hardly overlap the answer is no, and it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.merging.contact_points import contact_points, keys_of
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide
from rcommerce_helpers.merging.pseudonyms import ProjectKey
from rcommerce_helpers.merging.tables import one_row, open_landed
from rcommerce_helpers.results import Figure, Unit
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts
from rcommerce_helpers.sources.landed import has_landed
from rcommerce_helpers.sources.refusals import said_of_permission

AGAINST = ("refused", "channel_refused", "objected", "refused_by_another", "minor")
"""Why a contact point is closed that one list alone would have written to against its owner's word or age."""
SIDES = ["record_id", "channel", "key"]


@dataclass(frozen=True)
class Worth:
    """``changes``: one row = one number, before and after linking, with its unit; few people are ``hidden``."""

    changes: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


def weigh_linking(  # noqa: PLR0913 - the two worlds need all that makes them
    landed: Path,
    records: pd.DataFrame,
    persons: pd.DataFrame,
    points: pd.DataFrame,
    *,
    params: MergingParams,
    as_of: str,
    key: ProjectKey,
) -> Worth:
    """Count what linking changes, and set it against its typed cost.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    records, persons
        One row = one person record known on the last day; one row = one record and its customer.
    points
        One row = customer x channel x contact point, as ``contact_points`` gives it.
    params
        linking_cost_per_year, mailing_cost, mailings_per_year.
    as_of
        Last known day.
    key
        Under which letter boxes are named.

    Returns
    -------
    Worth
        Figures: double_counted_records, double_letters, double_mails, against_their_word, revenue_per_buyer before and
        after, repeat_share before and after, letters_saved_per_year, linking_cost, linking_pays. Money and letters are
        those of one year at the typed number of mailings.
    """
    facts = read_facts(landed)
    customers = int(persons["customer_id"].nunique())
    sent = _sent_by_lists(landed, records, facts, as_of, key)
    sent = sent.merge(persons[["record_id", "customer_id"]], on="record_id")
    letters, mails, against = _after(sent, points, facts.region)
    buyers = _buyers(landed, persons, as_of)
    figures = (
        Figure("double_counted_records", len(persons) - customers, len(persons), "count"),
        Figure("double_letters", letters[0] - letters[1], letters[0], "count"),
        Figure("double_mails", mails[0] - mails[1], mails[0], "count"),
        Figure("against_their_word", against, customers, "count"),
        *buyers,
        _saved(letters, params),
        Figure("linking_cost", params.linking_cost_per_year, customers, "money"),
        Figure(
            "linking_pays", float(_saved(letters, params).value >= params.linking_cost_per_year), customers, "yes_no"
        ),
    )
    changes = _changes({f.name: f.value for f in figures}, (len(persons), customers), letters, mails)
    return Worth(_leaving(changes), facts.currency, figures)


def _saved(letters: tuple[int, int], params: MergingParams) -> Figure:
    """Money that double letters cost in a year; where these are few only the limit, or it would give them away."""
    bound, doubles = leaving.bound_of(letters[0] - letters[1], letters[0])
    saved = doubles * params.mailing_cost * params.mailings_per_year
    return Figure("letters_saved_per_year", saved, letters[0], "money", bound=bound)


def _sent_by_lists(
    landed: Path, records: pd.DataFrame, facts: DataSetFacts, as_of: str, key: ProjectKey
) -> pd.DataFrame:
    """One row = one message that a system would send for itself: record_id, channel, key of the contact point."""
    said = said_of_permission(landed)
    of_record = records["record_id"].str.split(":").str[0]
    parts = []
    for source in sorted(of_record.unique()):
        own = records[of_record == source]
        alone = own[["record_id"]].assign(customer_id=own["record_id"], exact_id=own["record_id"])
        asked = None if said is None else said[said["record_id"].isin(alone["record_id"])]
        table = decide(asked, alone, facts, as_of)
        points = contact_points(table, own, alone, as_of=as_of, key=key, region=facts.region).table
        parts.append(points[points["allowed"] & (points["contact_point"] != "") & (points["preference"] == 1)])
    sent = pd.concat(parts, ignore_index=True).rename(columns={"customer_id": "record_id"})
    return sent.assign(key=keys_of(sent, facts.region))[SIDES]


def _after(sent: pd.DataFrame, points: pd.DataFrame, region: str) -> tuple[tuple[int, int], tuple[int, int], int]:
    """Letters and e-mails before and after linking, to places that stay open; and the people written to wrongly."""
    known = points.assign(key=keys_of(points, region))[
        ["customer_id", "channel", "key", "allowed", "why", "letter_box"]
    ]
    judged = sent.merge(known, on=["customer_id", "channel", "key"], how="left")
    wrong = judged[(judged["allowed"] == False) & judged["why"].isin(AGAINST)]  # noqa: E712 - unmatched rows are empty
    fine = judged[judged["allowed"] == True]  # noqa: E712
    letters, mails = fine[fine["channel"] == "post"], fine[fine["channel"] == "email"]
    return (
        (len(letters), int(letters["letter_box"].nunique())),
        (len(mails), int(mails["key"].nunique())),
        int(wrong["customer_id"].nunique()),
    )


def _buyers(landed: Path, persons: pd.DataFrame, as_of: str) -> tuple[Figure, ...]:
    """Revenue per buyer and the share of buyers who came back, with records and with customers as buyers."""
    if not (has_landed(landed, "orders") and has_landed(landed, "order_lines")):
        return ()
    con = open_landed(landed, persons, as_of)
    figures: list[Figure] = []
    for when, buyer in (("before", "record_id"), ("after", "customer_id")):
        buyers, revenue, repeat = _of_buyers(con, buyer)
        if buyers:
            figures.append(Figure(f"revenue_per_buyer_{when}", revenue / buyers, buyers, "money"))
            figures.append(Figure(f"repeat_share_{when}", repeat / buyers, buyers, "share"))
    con.close()
    return tuple(figures)


def _of_buyers(con: duckdb.DuckDBPyConnection, buyer: str) -> tuple[int, float, int]:
    """How many buyers, what they brought net of returns, how many of them came back on another day."""
    buyers, revenue, repeat = one_row(
        con,
        f"""with sums as (select order_id, sum(amount::decimal(18, 4)) as amount from order_lines group by order_id),
        money as (select {buyer} as buyer, sum(amount) as amount from kept_orders
                  left join sums using (order_id) where customer_id is not null group by 1),
        by_buyer as (select {buyer} as buyer, count(distinct local_at::date) as days from kept_purchases
                     where customer_id is not null group by 1)
        select count(*), sum(amount), count(*) filter (days > 1) from by_buyer left join money using (buyer)""",
    )
    return int(buyers), revenue, int(repeat)


def _changes(
    told: dict[str, float], counted: tuple[int, int], letters: tuple[int, int], mails: tuple[int, int]
) -> pd.DataFrame:
    """One row = one number: says, before, after, unit, people (whether it counts people)."""
    rows: list[tuple[str, float, float, Unit, bool]] = [("counted_customers", *counted, "count", True)]
    if "revenue_per_buyer_before" in told and "revenue_per_buyer_after" in told:
        names = (("revenue_per_buyer", "money"), ("repeat_share", "share"))
        rows += [(n, told[f"{n}_before"], told[f"{n}_after"], unit, False) for n, unit in names]  # type: ignore[misc]
    rows += [
        ("letters_per_mailing", *letters, "count", True),
        ("mails_per_mailing", *mails, "count", True),
        ("written_against_their_word", told["against_their_word"], 0.0, "count", True),
    ]
    return pd.DataFrame(rows, columns=["changed", "before", "after", "unit", "people"])


def _leaving(changes: pd.DataFrame) -> pd.DataFrame:
    """Rows that count few people, or where the few that fall away would show, are empty."""
    gone = changes["before"] - changes["after"]
    few = changes["people"] & (
        changes[["before", "after"]].apply(lambda c: c.between(1, leaving.SMALLEST_GROUP - 1)).any(axis=1)
        | gone.between(1, leaving.SMALLEST_GROUP - 1)
    )
    emptied = {name: changes[name].astype(float).mask(few) for name in ("before", "after")}
    return changes.assign(**emptied, hidden=few.map({True: leaving.SMALL, False: ""})).drop(columns="people")
