"""The figures that 06_your_own_data may report."""

from rcommerce_helpers.results import Entry, Registry

OWN_DATA_REGISTRY = Registry(
    "own_data",
    {
        "tables_landed": Entry("canonical tables with at least one landed row; n = tables declared", "count"),
        "rows_in": Entry("rows that came in, over all tables; n = tables", "count"),
        "rows_landed": Entry("rows that landed; n = rows in", "count"),
        "rows_quarantined": Entry("rows in quarantine; n = rows in", "count"),
        "rows_set_aside": Entry("rows set aside by a named rule; n = rows in", "count"),
        "people_derived": Entry(
            "persons made from the customer numbers of a system without person records; n = rows in", "count"
        ),
        "quarantined_share": Entry("rows in quarantine over rows in; n = rows in", "share"),
        "reasons": Entry("different reasons in quarantine (table, column, wording); n = rows in quarantine", "count"),
        "top_reason_share": Entry(
            "share of the most frequent reason in the quarantine; n = rows in quarantine", "share"
        ),
        "gross": Entry("items bought, before returns and cancellations, in the reporting currency; n = lines", "money"),
        "other_lines": Entry("shipping, fees, vouchers, adjustments, in the reporting currency; n = lines", "money"),
        "returned": Entry("returns, in the reporting currency, negative; n = lines", "money"),
        "cancelled": Entry("cancelled and test orders taken out again, in the reporting currency; n = lines", "money"),
        "net": Entry("revenue as every stage counts it, in the reporting currency; n = lines", "money"),
        "references": Entry("references between tables that are there; n = keys looked up", "count"),
        "keys_lost": Entry("keys whose partner is missing in the other table; n = keys looked up", "count"),
        "references_broken": Entry("references with more lost keys than the parameter allows; n = references", "count"),
        "orders_without_person": Entry("orders that name no person record; n = orders", "count"),
        "days_covered": Entry("days from the first order to the last; n = orders", "days"),
        "days_without_order": Entry("days without an order between them; n = days covered", "days"),
        "gaps": Entry("holes of at least so many days as the parameter says; n = days covered", "count"),
        "newest_age_days": Entry("days from the newest order to as_of; n = orders", "days"),
        "night_share": Entry("share of orders between 1 and 5 o'clock on the wall clock; n = orders", "share"),
        "columns_mapped": Entry("canonical columns with at least one value; n = columns of the landed tables", "count"),
        "columns_thin": Entry(
            "columns filled for some rows, but fewer than half; n = columns with at least one value", "count"
        ),
        "tasks": Entry("things to fix or to ask about before the first report; n = checks made", "count"),
    },
)
