"""Figures of the first and the last notebook."""

from rcommerce_helpers.results import Entry, Registry

START_REGISTRY = Registry(
    "start_here",
    {
        "questions_asked": Entry("questions the workspace knows; n = the same", "count"),
        "questions_answerable": Entry("questions whose tables this data set has; n = questions asked", "count"),
        "questions_open": Entry("questions this data set cannot answer; n = questions asked", "count"),
        "tables_known": Entry("canonical tables of the workspace; n = the same", "count"),
        "tables_present": Entry("canonical tables with at least one row; n = tables known", "count"),
        "rows_in": Entry("rows read from the files, over all tables; n = the same", "count"),
        "rows_landed": Entry("rows that became canonical; n = rows read", "count"),
        "rows_quarantined": Entry("rows kept apart with a reason; n = rows read", "count"),
        "rows_set_aside": Entry("rows set aside by a named rule; n = rows read", "count"),
        "orders": Entry("purchases up to the last day; n = the same", "count"),
        "days_covered": Entry("days from the first order to the last day; n = orders", "days"),
        "orders_a_month": Entry("median orders a month; n = months", "count"),
    },
)

REPORT_REGISTRY = Registry(
    "report",
    {
        "levels_measured": Entry("levels of the method with at least one figure; n = levels", "count"),
        "figures_reported": Entry("figures of all stages in this run; n = the same", "count"),
        "sections_skipped": Entry("sections that had no data, over all stages; n = figures reported", "count"),
        "story_events": Entry("events in the one customer's timeline; n = the same", "count"),
        "story_orders": Entry("orders among them; n = events", "count"),
        "story_days": Entry("days from that customer's first event to the last day; n = events", "days"),
        "story_revenue": Entry("money that customer spent, returns taken off; n = orders", "money"),
        "typical_events": Entry("median events per customer; n = customers", "mean", people="n"),
        "customers": Entry("customers with a timeline; n = the same", "count", people="part"),
        "monday_contacts": Entry(
            "contacts that are sent, as campaigns reported; n = planned contacts", "count", people="part"
        ),
        "monday_silent": Entry(
            "reachable customers left in peace, as campaigns reported; n = reachable customers", "count", people="part"
        ),
        "monday_held_out": Entry(
            "customers kept as a holdout by chance, as campaigns reported; n = planned contacts", "count", people="part"
        ),
        "monday_value": Entry(
            "expected profit of the plan with its 90 % interval, as campaigns reported; n = contacts sent",
            "money",
            people="n",
        ),
        "active_customers": Entry(
            "customers who gave a sign in the last 28 days; n = customers", "count", people="part"
        ),
        "quiet_customers": Entry(
            "customers who gave no sign in the last 90 days; n = customers", "count", people="part"
        ),
    },
)
