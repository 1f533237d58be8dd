"""Choosing the surviving values: for each customer and group of columns one record, by the declared rule.

Comes in: cleaned records with their customer. Goes out: the values, and for each of them record, source, day and rule.
An address one can post to and a full name go before a piece of one, whatever the rule says; the provenance then reads
"more complete". What the chosen address lacks, a country say, may come from a record of the very same street and postal
code, and from no other. What a person corrected goes before all of that, column by column; what a corrected name lacks
comes from the best full name. Values are compared in one spelling ('MUELLER' and 'Müller' are one) and survive as
written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.merging.corrections import CORRECTED
from rcommerce_helpers.merging.normalise import (
    DEFAULT_REGION,
    fold,
    name_key,
    phone_key,
    point_key,
    postcode_key,
    region,
    street_key,
)
from rcommerce_helpers.merging.surviving_rules import GROUPS, RULES

ORIGIN = ("customer_id", "column", "record_id", "source", "day", "rule")
"""Columns of the provenance."""
WHOLE: Mapping[str, str] = {
    "name": "length(coalesce(given_name, '')) > 2 and family_name is not null",
    "address": "street is not null and coalesce(postcode, city) is not null",
}
"""Group -> what makes its values complete enough to go before pieces: more than an initial; a place a letter finds."""


def survivors(keyed: pd.DataFrame, rules: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The surviving values of every customer, and where each comes from.

    Parameters
    ----------
    keyed
        One row = one record: record_id, customer_id, source, trust (0 = most), created_at, updated_at,
        local_created_at, local_updated_at, corrected (names of columns, separated by |) and the columns of ``GROUPS``
        as text, with their keys (``comparable``).
    rules
        Group -> rule, as ``read_rules`` gives it.

    Returns
    -------
    tuple
        One row = one customer with the columns of ``GROUPS``, sorted; one row = one filled value: ``ORIGIN``, where
        ``rule`` is the rule that chose it, or only_value, all_agree, more_complete where no rule had to, or corrected.
    """
    columns = [c for group in GROUPS.values() for c in group]
    con = connect()
    text = {**dict.fromkeys(columns, "string"), "record_id": "string", "customer_id": "string", "source": "string"}
    con.register("records_frame", keyed.astype(text))
    con.execute(
        "create table candidates as select *, greatest(updated_at, created_at) as changed, "
        "cast(greatest(local_updated_at, local_created_at) as date) as day from records_frame"
    )
    values: pd.DataFrame = con.sql("select distinct customer_id from candidates order by customer_id").df()
    origins = []
    for group, rule in rules.items():
        chosen = con.sql(_chosen(group, rule)).df()
        values = values.merge(chosen[["customer_id", *GROUPS[group]]], on="customer_id", how="left")
        for column in GROUPS[group]:
            held = chosen.loc[chosen[column].notna(), ["customer_id", f"{column}_record", "rule"]].assign(column=column)
            held.loc[chosen[f"{column}_said"].eq(True), "rule"] = CORRECTED
            origins.append(held.rename(columns={f"{column}_record": "record_id"}))
    told = con.sql("select record_id, source, day from candidates").df()
    con.close()
    origin = (
        pd.concat(origins, ignore_index=True)
        .merge(told, on="record_id")[list(ORIGIN)]
        .sort_values(["customer_id", "column"], ignore_index=True)
    )
    origin["day"] = origin["day"].mask(origin["rule"] == CORRECTED)
    return values, origin


def _chosen(group: str, rule: str) -> str:
    """Query: one row = one customer with the values of a group, the record they come from and the rule."""
    columns = GROUPS[group]
    held = " or ".join(f"{c} is not null" for c in columns)
    length = " + ".join(f"length(coalesce({c}, ''))" for c in columns)
    key = " || '|' || ".join(f"coalesce(key_{c}, '')" for c in columns if f"key_{c}" not in _NOT_COMPARED)
    said = " + ".join(f"cast({_said(c)} as integer)" for c in columns)
    best = f"said desc, whole desc, {RULES[rule]}, trust, changed desc nulls last, length desc, record_id"
    same = "chosen_key = key and (whole or place = 1)" + (" or by_hand and whole" if group in _OF_PIECES else "")
    taken = ", ".join(
        f"arg_min({what}, case when {_said(c)} then place - {_FIRST} else place end) "
        f"filter ({c} is not null and ({same} or {_said(c)})) as {name}"
        for c in columns
        for what, name in ((c, c), ("record_id", f"{c}_record"), (_said(c), f"{c}_said"))
    )
    return f"""
      with held as (select *, {key} as key, {length} as length, ({WHOLE.get(group, "true")}) as whole,
                           {said} as said
                    from candidates where {held}),
      votes as (select customer_id, key, count(distinct source) as told_by, count(*) as told
                from held group by customer_id, key),
      sides as (select customer_id, count(*) as records, count(distinct key) as keys,
                       count(distinct key) filter (whole) as whole_keys
                from held group by customer_id),
      ranked as (select *, row_number() over (partition by customer_id order by {best}) as place
                 from held join votes using (customer_id, key) join sides using (customer_id)),
      chosen as (select customer_id, key as chosen_key, said > 0 as by_hand from ranked where place = 1)
      select customer_id, {taken},
             any_value(case when records = 1 then 'only_value' when keys = 1 then 'all_agree'
                            when whole_keys = 1 then 'more_complete' else '{rule}' end) as rule
      from ranked join chosen using (customer_id) group by customer_id"""


def _said(column: str) -> str:
    """SQL: whether a person corrected this value of the record."""
    return f"({column} is not null and list_contains(string_split({CORRECTED}, '|'), '{column}'))"


_FIRST = 1_000_000_000
"""More than the records of a customer: corrected values go before all others."""
_OF_PIECES = ("name",)
"""Groups of which a corrected piece goes with pieces of another record: new family name, known first name."""
_NOT_COMPARED = ("key_city", "key_country")
"""Two spellings of one town make no second address: street and postal code say where it is."""


def comparable(cleaned: pd.DataFrame, home: str = DEFAULT_REGION) -> pd.DataFrame:
    """Add ``key_<column>`` for comparing, where a customer has several records; never the values to use.

    Examples
    --------
    >>> two = pd.DataFrame({"customer_id": ["c", "c"], "given_name": ["Jürgen", "JUERGEN"]})
    >>> comparable(two)["key_given_name"].tolist()
    ['juergen', 'juergen']
    """
    several = cleaned["customer_id"].duplicated(keep=False)
    keys = {}
    for name in (c for group in GROUPS.values() for c in group if c in cleaned):
        key = pd.Series([None] * len(cleaned), index=cleaned.index, dtype=object)
        part = cleaned.loc[several]
        countries = part["country"] if "country" in part else [None] * len(part)
        key[several] = [_key(name, v, c, home) for v, c in zip(part[name], countries)]
        keys[f"key_{name}"] = key.astype("string")
    return cleaned.assign(**keys)


def _key(column: str, value: object, country: object, home: str) -> str | None:
    """A value in the spelling in which it is compared; the folded text where it has no key of its own."""
    if not isinstance(value, str):
        return None
    land = country if isinstance(country, str) else None
    keys: dict[str, Callable[[], str | None]] = {
        "given_name": lambda: name_key(value),
        "family_name": lambda: name_key(value),
        "email": lambda: point_key(value, home),
        "phone": lambda: phone_key(value, land, home),
        "street": lambda: street_key(value),
        "postcode": lambda: postcode_key(value, land, home),
        "country": lambda: region(value, home),
    }
    found = keys[column]() if column in keys else None
    return found or fold(value)


def differing(keyed: pd.DataFrame, column: str, con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row = one customer whose sources hold different values of a column.

    Returns
    -------
    DataFrame
        customer_id, column, sources (that hold a value), values (as written, each once, with its source and whether a
        person corrected it there).
    """
    told = f"{column} || ' (' || source || case when {_said(column)} then ' {CORRECTED}' else '' end || ')'"
    con.register("keyed", keyed)
    found: pd.DataFrame = con.sql(
        f"select customer_id, '{column}' as \"column\", count(distinct source) as sources, "
        f"string_agg(distinct {told}, '; ' order by {told}) as \"values\" from keyed "
        f"where key_{column} is not null group by customer_id "
        f"having count(distinct source) > 1 and count(distinct key_{column}) > 1 order by customer_id"
    ).df()
    con.unregister("keyed")
    return found
