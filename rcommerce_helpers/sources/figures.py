"""The figures that 06_your_own_data may report."""

from rcommerce_helpers.results import Registry

OWN_DATA_REGISTRY = Registry(
    "own_data",
    {
        "tables_landed": "canonical tables with at least one landed row; n = tables declared",
        "rows_in": "rows that came in, over all tables; n = tables",
        "rows_landed": "rows that landed; n = rows in",
        "rows_quarantined": "rows in quarantine; n = rows in",
        "rows_set_aside": "rows set aside by a named rule; n = rows in",
        "quarantined_share": "rows in quarantine over rows in; n = rows in",
        "reasons": "different reasons in quarantine (table, column, wording); n = rows in quarantine",
        "top_reason_share": "share of the most frequent reason in the quarantine; n = rows in quarantine",
        "gross": "items bought, before returns and cancellations, in the reporting currency; n = lines",
        "other_lines": "shipping, fees, vouchers, adjustments, in the reporting currency; n = lines",
        "returned": "returns, in the reporting currency, negative; n = lines",
        "cancelled": "cancelled and test orders taken out again, in the reporting currency; n = lines",
        "net": "revenue as every stage counts it, in the reporting currency; n = lines",
        "references": "references between tables that are there; n = keys looked up",
        "keys_lost": "keys whose partner is missing in the other table; n = keys looked up",
        "references_broken": "references with more lost keys than the parameter allows; n = references",
        "orders_without_person": "orders that name no person record; n = orders",
        "days_covered": "days from the first order to the last; n = orders",
        "days_without_order": "days without an order between them; n = days covered",
        "gaps": "holes of at least so many days as the parameter says; n = days covered",
        "newest_age_days": "days from the newest order to as_of; n = orders",
        "night_share": "share of orders between 1 and 5 o'clock on the wall clock; n = orders",
        "columns_mapped": "canonical columns with at least one value; n = columns of the landed tables",
        "columns_thin": "columns filled for some rows, but fewer than half; n = columns with at least one value",
        "tasks": "things to fix or to ask about before the first report; n = checks made",
    },
)
