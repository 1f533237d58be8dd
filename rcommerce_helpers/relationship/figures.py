"""Figures of the first and the last notebook."""

from rcommerce_helpers.results import Registry

START_REGISTRY = Registry(
    "start_here",
    {
        "questions_asked": "questions the workspace knows; n = the same",
        "questions_answerable": "questions whose tables this data set has; n = questions asked",
        "questions_open": "questions this data set cannot answer; n = questions asked",
        "tables_known": "canonical tables of the workspace; n = the same",
        "tables_present": "canonical tables with at least one row; n = tables known",
        "rows_in": "rows read from the files, over all tables; n = the same",
        "rows_landed": "rows that became canonical; n = rows read",
        "rows_quarantined": "rows kept apart with a reason; n = rows read",
        "rows_set_aside": "rows set aside by a named rule; n = rows read",
        "orders": "orders up to the last day; n = the same",
        "days_covered": "days from the first order to the last day; n = orders",
        "orders_a_month": "median orders a month; n = months",
    },
)

REPORT_REGISTRY = Registry(
    "report",
    {
        "levels_measured": "levels of the method with at least one figure; n = levels",
        "figures_reported": "figures of all stages in this run; n = the same",
        "sections_skipped": "sections that had no data, over all stages; n = figures reported",
        "story_events": "events in the one customer's timeline; n = the same",
        "story_orders": "orders among them; n = events",
        "story_days": "days from that customer's first event to the last day; n = events",
        "story_revenue": "money that customer spent; n = orders",
        "typical_events": "median events per customer; n = customers",
        "customers": "customers with a timeline; n = the same",
        "monday_contacts": "contacts that are sent, as campaigns reported; n = planned contacts",
        "monday_silent": "reachable customers left in peace, as campaigns reported; n = reachable customers",
        "monday_held_out": "customers kept as a holdout by chance, as campaigns reported; n = planned contacts",
        "monday_value": "expected profit of the plan with its 90 % interval, as campaigns reported; n = contacts sent",
        "active_customers": "customers with an event in the last 28 days; n = customers",
        "quiet_customers": "customers without an event in the last 90 days; n = customers",
    },
)
