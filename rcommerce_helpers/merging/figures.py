"""The closed list of figures that notebook 01 may report."""

from rcommerce_helpers.results import Entry, Registry

REGISTRY = Registry(
    "merging",
    {
        "sources": Entry("systems that hold person records; n = records", "count"),
        "records": Entry("person records in all systems; n = records", "count"),
        "personal_value_coverage": Entry(
            "share of personal values (names, contact points, ...) that are filled; n = records", "share"
        ),
        "attribute_coverage": Entry("share of records with at least one attribute; n = records", "share"),
        "records_with_orders_share": Entry("share of records with at least one order; n = records", "share"),
        "orders": Entry("orders that count: not cancelled, no tests; n = orders", "count"),
        "orders_known_share": Entry("share of orders whose person is known; n = orders", "share"),
        "lines": Entry("lines of these orders; n = lines", "count"),
        "revenue": Entry("revenue of these orders, returns taken off, by order date; n = lines", "money"),
        "days_covered": Entry("days from the first to the last order, both counted; n = orders", "days"),
        "quarantined_rows": Entry("rows that could not be read; n = rows in", "count"),
        "rows_set_aside": Entry("rows left out by a named rule; n = rows in", "count"),
        "customers": Entry("customers after linking; n = records", "count"),
        "records_per_customer": Entry("records per customer; n = customers", "mean"),
        "merged_share": Entry("share of records linked to another record; n = records", "share"),
        "keyed_share": Entry(
            "share of records with a usable customer number, e-mail or telephone; n = records", "share"
        ),
        "links_left_open": Entry(
            "pairs that agree but whose people contradict each other; n = pairs looked at", "count"
        ),
        "lowest_certainty": Entry("certainty of the least sure link; n = records", "share"),
        "households": Entry("homes shared by two or more customers; n = customers", "count"),
        "companies": Entry("firms named by records; n = customers", "count"),
        "linked_records": Entry("records linked to another record; n = records", "count"),
        "unsure_records": Entry("linked records with a certainty below 0.99; n = records", "count"),
        "customers_in_several_sources": Entry("customers that two or more systems know; n = customers", "count"),
        "conflict_share": Entry(
            "share of these whose systems contradict each other on a value; n = such customers", "share"
        ),
        "golden_filled_share": Entry("share of golden values that are filled; n = customers", "share"),
        "permitted_share_statistics": Entry("share of customers who permit statistics; n = customers", "share"),
        "permitted_share_personalisation": Entry(
            "share of customers who permit personalisation; n = customers", "share"
        ),
        "permitted_share_marketing": Entry("share of customers who permit marketing; n = customers", "share"),
        "contactable_customers": Entry(
            "customers with at least one contact point open for marketing; n = customers", "count"
        ),
        "without_address": Entry(
            "customers who permit marketing on a channel of which no address is known, and on no other; n = customers",
            "count",
        ),
        "minors": Entry("customers known to be under 18, who are not contacted; n = customers", "count"),
        "permitted_purposes": Entry("purposes of three that at least one customer permits; n = purposes", "count"),
        "permitted_rows_statistics": Entry("personal rows written for statistics; n = personal rows landed", "count"),
        "permitted_rows_personalisation": Entry(
            "personal rows written for personalisation; n = personal rows landed", "count"
        ),
        "permitted_rows_marketing": Entry("personal rows written for marketing; n = personal rows landed", "count"),
        "rows_of_unknown_people": Entry(
            "personal rows whose person is unknown, left out; n = personal rows landed", "count"
        ),
        "timeline_events": Entry("events of known customers; n = customers with an event", "count"),
        "timeline_kinds": Entry("kinds of events; n = events", "count"),
        "events_per_customer": Entry("median events per customer; n = customers with an event", "mean"),
        "customers_with_orders": Entry("customers with at least one order; n = customers with an event", "count"),
        "story_events": Entry("events of the customer shown; n = customers who could be shown", "count"),
        "story_days": Entry("days from the first to the last event of the customer shown; n = events shown", "days"),
        "story_amount": Entry("orders of the customer shown, returns taken off; n = events shown", "money"),
    },
)
