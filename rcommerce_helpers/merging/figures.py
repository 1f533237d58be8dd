"""The closed lists of figures that notebook 01 and its chapters may report."""

from rcommerce_helpers.results import Entry, Registry

LINKS = {
    "telling_than_strangers": Entry(
        "times as likely a same value of the most telling column is in one person as in strangers; n = pairs looked at",
        "times",
    ),
    "telling_than_home": Entry(
        "times as likely it is in one person as in two people of one home; n = pairs looked at", "times"
    ),
    "pair_certainty": Entry("probability that the pair shown is one person; n = links by names", "share"),
    "doubtful_links": Entry("links that were made with little certainty; n = pairs looked at", "count", people="value"),
    "likely_pairs_apart": Entry("likely pairs that stay apart; n = pairs looked at", "count", people="value"),
    "measured_precision": Entry("share of links that are right, by a review; n = answers on links", "share"),
    "measured_recall": Entry("share of the pairs of one person that are found, by a review; n = answers", "share"),
}
"""What chapter 01a reports beyond what notebook 01 does."""

REGISTRY = Registry(
    "merging",
    {
        "sources": Entry("systems that hold person records; n = records", "count"),
        "records": Entry("person records in all systems; n = records", "count", people="n"),
        "personal_value_coverage": Entry(
            "share of personal values (names, contact points, ...) that are filled; n = records", "share", people="n"
        ),
        "attribute_coverage": Entry(
            "share of records with at least one attribute; n = records", "share", people="part"
        ),
        "records_with_orders_share": Entry(
            "share of records with at least one order; n = records", "share", people="part"
        ),
        "orders": Entry("purchases: not cancelled, no tests, nothing given back; n = purchases", "count"),
        "orders_known_share": Entry("share of purchases whose person is known; n = purchases", "share"),
        "lines": Entry("lines of all documents that count, returns and credit notes among them; n = lines", "count"),
        "revenue": Entry(
            "revenue of all these documents, returns and credit notes taken off, by date; n = lines", "money"
        ),
        "days_covered": Entry("days from the first to the last purchase, both counted; n = purchases", "days"),
        "quarantined_rows": Entry("rows that could not be read; n = rows in", "count"),
        "rows_set_aside": Entry("rows left out by a named rule; n = rows in", "count"),
        "customers": Entry("customers after linking; n = records", "count", people="value"),
        "records_per_customer": Entry("records per customer; n = customers", "mean", people="n"),
        "merged_share": Entry("share of records linked to another record; n = records", "share", people="part"),
        "keyed_share": Entry(
            "share of records with a usable customer number, e-mail or telephone; n = records", "share", people="part"
        ),
        "links_left_open": Entry(
            "pairs that agree but whose people contradict each other; n = pairs looked at", "count", people="value"
        ),
        "lowest_certainty": Entry("certainty of the least sure link; n = records", "share", people="n"),
        "estimated_precision": Entry(
            "share of links that are right, by the model's own account and without truth; n = joined pairs", "share"
        ),
        "estimated_recall": Entry(
            "share of the pairs of one person that are found, by the same account; n = joined pairs", "share"
        ),
        "customers_merged": Entry(
            "customers of earlier runs that turned out to be another one; n = records known before",
            "count",
            people="value",
        ),
        "customers_split": Entry(
            "customers of earlier runs that were taken apart; n = records known before", "count", people="value"
        ),
        "households": Entry("homes shared by two or more customers; n = customers", "count", people="value"),
        "companies": Entry("firms named by records; n = customers", "count"),
        "linked_records": Entry("records linked to another record; n = records", "count", people="part"),
        "unsure_records": Entry("linked records with a certainty below 0.99; n = records", "count", people="part"),
        "customers_in_several_sources": Entry(
            "customers that two or more systems know; n = customers", "count", people="part"
        ),
        "conflict_share": Entry(
            "share of these whose systems contradict each other on a value; n = such customers", "share", people="part"
        ),
        "records_dated_later": Entry(
            "records made or changed after the last day; n = records landed", "count", people="part"
        ),
        "best_source_filled_share": Entry(
            "share of golden values that the fullest source alone fills; n = customers", "share", people="n"
        ),
        "most_missed_customers": Entry(
            "customers only the source knows that would be missed most; n = customers", "count", people="part"
        ),
        "most_missed_values_share": Entry(
            "share of filled golden values that only this source holds; n = golden values", "share", people="part"
        ),
        "most_missed_reach": Entry(
            "customers who could not be written to any more without it; n = customers", "count", people="part"
        ),
        "sources_not_missed": Entry("sources that add nothing the others do not hold; n = sources", "count"),
        "known_traces_share": Entry(
            "share of visits, orders, calls and messages whose person is known; n = traces", "share"
        ),
        "identified_at_once_share": Entry(
            "share of new customers known on the day of their first trace; n = new customers", "share", people="part"
        ),
        "identified_soon_share": Entry(
            "share of new customers known within 30 days of it; n = new customers", "share", people="part"
        ),
        "advice_given": Entry("tasks that follow from the source report; n = sources", "count"),
        "platform_worth_a_look": Entry("whether a customer data platform is worth a look; n = sources", "yes_no"),
        "double_counted_records": Entry("records beyond one per customer; n = records", "count", people="part"),
        "double_letters": Entry(
            "letters of one mailing that would go twice; n = letters sent list by list", "count", people="part"
        ),
        "double_mails": Entry(
            "e-mails of one mailing that would go twice; n = e-mails sent list by list", "count", people="part"
        ),
        "against_their_word": Entry(
            "customers whom some list would write to although they refused or are minors; n = customers",
            "count",
            people="part",
        ),
        "revenue_per_buyer_before": Entry("revenue per record with orders; n = such records", "money", people="n"),
        "revenue_per_buyer_after": Entry("revenue per customer with orders; n = such customers", "money", people="n"),
        "repeat_share_before": Entry(
            "share of records with orders that have several; n = such records", "share", people="part"
        ),
        "repeat_share_after": Entry(
            "share of customers with orders who have several; n = such customers", "share", people="part"
        ),
        "letters_saved_per_year": Entry(
            "double letters at their typed cost and number of mailings a year; n = letters sent list by list", "money"
        ),
        "linking_cost": Entry("cost of linking for a year, typed; n = customers", "money"),
        "linking_pays": Entry("whether the letters saved are worth that cost; n = customers", "yes_no"),
        "golden_filled_share": Entry("share of golden values that are filled; n = customers", "share", people="n"),
        "permitted_share_statistics": Entry(
            "share of customers who permit statistics; n = customers", "share", people="part"
        ),
        "permitted_share_personalisation": Entry(
            "share of customers who permit personalisation; n = customers", "share", people="part"
        ),
        "permitted_share_marketing": Entry(
            "share of customers who permit marketing; n = customers", "share", people="part"
        ),
        "contactable_customers": Entry(
            "customers with at least one contact point open for marketing; n = customers", "count", people="part"
        ),
        "without_address": Entry(
            "customers who permit marketing on a channel of which no address is known, and on no other; n = customers",
            "count",
            people="part",
        ),
        "minors": Entry("customers known to be under 18, who are not contacted; n = customers", "count", people="part"),
        "permitted_purposes": Entry("purposes of three that at least one customer permits; n = purposes", "count"),
        "permitted_rows_statistics": Entry("personal rows written for statistics; n = personal rows landed", "count"),
        "permitted_rows_personalisation": Entry(
            "personal rows written for personalisation; n = personal rows landed", "count"
        ),
        "permitted_rows_marketing": Entry("personal rows written for marketing; n = personal rows landed", "count"),
        "rows_of_unknown_people": Entry(
            "personal rows whose person is unknown, left out; n = personal rows landed", "count"
        ),
        "timeline_events": Entry("events of known customers; n = customers with an event", "count", people="n"),
        "timeline_kinds": Entry("kinds of events; n = events", "count"),
        "events_per_customer": Entry("median events per customer; n = customers with an event", "mean", people="n"),
        "customers_with_orders": Entry(
            "customers with at least one purchase; n = customers with an event", "count", people="part"
        ),
        "story_events": Entry("events of the customer shown; n = customers who could be shown", "count"),
        "story_days": Entry("days from the first to the last event of the customer shown; n = events shown", "days"),
        "story_silence": Entry("longest time without a sign of the customer shown; n = events shown", "days"),
        "story_contacts_in_silence": Entry("contacts by the firm in that time; n = events shown", "count"),
        "story_amount": Entry("orders of the customer shown, returns taken off; n = events shown", "money"),
    },
)
LINK_FIGURES = (
    "sources", "records", "customers", "records_per_customer", "merged_share", "keyed_share", "links_left_open",
    "lowest_certainty", "households", "companies", "customers_merged", "customers_split", "linked_records",
    "unsure_records", "estimated_precision", "estimated_recall",
)  # fmt: skip
WHO_IS_WHO = Registry("who_is_who", {name: REGISTRY.entries[name] for name in LINK_FIGURES} | LINKS)
"""The closed list of figures that chapter 01a may report."""

PERMISSION = {
    "marketing_widest_share": Entry(
        "share of customers who permit marketing on the channel most of them permit; n = customers",
        "share",
        people="part",
    ),
    "reached_widest": Entry(
        "customers whom an offer may reach on the widest channel; n = customers", "count", people="part"
    ),
    "reached_nowhere": Entry("customers whom an offer may reach on no channel; n = customers", "count", people="part"),
    "top_reason_customers": Entry(
        "of these those with the most frequent reason; n = customers reached nowhere", "count", people="part"
    ),
    "permitting_share": Entry(
        "share of customers who permit the purpose looked at; n = customers", "share", people="part"
    ),
    "traits_differing": Entry("traits whose groups differ in their yes beyond chance; n = traits compared", "count"),
    "most_permitting_share": Entry(
        "share who permit in the group that permits most; n = customers of the group", "share", people="part"
    ),
    "least_permitting_share": Entry(
        "share who permit in the group that permits least; n = customers of the group", "share", people="part"
    ),
    "purchases_permitting": Entry("mean purchase days of those who permit; n = customers", "mean", people="n"),
    "purchases_others": Entry("mean purchase days of those who do not; n = customers", "mean", people="n"),
    "purchases_seen_share": Entry(
        "share of purchase days that are those of customers who permit; n = purchase days of known customers", "share"
    ),
    "context_only_share": Entry(
        "share of customers who do not permit personalisation; n = customers", "share", people="part"
    ),
    "context_visits_share": Entry("share of visits to the website that no profile may serve; n = visits", "share"),
    "rows_of_typical_customer": Entry("median rows held of a customer; n = customers", "mean", people="n"),
    "tables_of_typical_customer": Entry("median tables with a row of a customer; n = customers", "mean", people="n"),
    "kept_rows_share": Entry(
        "share of the rows of known customers that the law keeps without their person; n = rows", "share"
    ),
    "corrected_values": Entry("values that people corrected; n = records landed", "count", people="value"),
    "pairs_by_hand": Entry("pairs of records decided by hand; n = records landed", "count", people="value"),
    "forgotten_rows": Entry("rows set aside because their person was forgotten; n = rows in", "count", people="value"),
}
"""What chapter 01b reports beyond what notebook 01 does."""
PERMISSION_FIGURES = (
    *LINK_FIGURES, "permitted_share_statistics", "permitted_share_personalisation", "permitted_share_marketing",
    "contactable_customers", "without_address", "minors",
)  # fmt: skip
PERMISSION_AND_RIGHTS = Registry(
    "permission_and_rights", {name: REGISTRY.entries[name] for name in PERMISSION_FIGURES} | PERMISSION
)
"""The closed list of figures that chapter 01b may report."""
