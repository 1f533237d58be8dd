"""The figures stage 02 may report, and what each rests on."""

from rcommerce_helpers.results import Entry, Registry


def _found(plural: str, single: str, what: str, rows: str) -> dict[str, Entry]:
    """The figures of one kind of finding; ``rows``: the opportunities behind one cell."""
    return {
        f"{plural}_tested": Entry(f"{what} tested; n = {rows}", "count"),
        f"{plural}_naive": Entry(f"{what} with p < .05 when {rows} are compared side by side; n = tested", "count"),
        f"{plural}_hold": Entry(f"{what} with the verdict 'holds'; n = tested", "count"),
        f"{plural}_never": Entry(f"{what} that never happen, left out; n = tested and never", "count"),
        f"strongest_{single}_effect": Entry(f"largest pooled effect among those that hold; n = its {rows}", "change"),
        f"strongest_{single}_held_out": Entry(
            f"the same effect in folds that had no say in choosing it; n = its {rows}", "change"
        ),
    }


REGISTRY = Registry(
    "patterns",
    {
        "analyses_paying": Entry("analyses that pay for a data set of this size; n = analyses considered", "count"),
        "customers": Entry("customers with at least one purchase; n = customers", "count", people="part"),
        "orders": Entry("purchases of known customers, neither cancelled nor test; n = purchases", "count"),
        "repeat_share": Entry("customers with at least two purchase days; n = customers", "share", people="part"),
        "top_share": Entry("share of customers looked at as the top (a parameter); n = customers", "share", people="n"),
        "top_customers": Entry("customers in the top share by revenue; n = customers", "count", people="part"),
        "top_revenue_share": Entry(
            "revenue of the top share of customers over all that customers brought, net; n = customers",
            "share",
            people="n",
        ),
        "class_a_share": Entry(
            "customers who together bring the first 80 % of revenue; n = customers", "share", people="part"
        ),
        "best_segment_share": Entry("customers in the segment 'best'; n = customers", "share", people="part"),
        "best_segment_revenue_share": Entry(
            "revenue of the segment 'best' over all revenue; n = customers", "share", people="n"
        ),
        "active_customers": Entry(
            "customers in state active, new or won back on the last day; n = customers", "count", people="part"
        ),
        "at_risk_customers": Entry(
            "customers silent for longer than risk_gaps of their own typical gaps; n = customers",
            "count",
            people="part",
        ),
        "lost_customers": Entry(
            "customers silent for longer than lost_gaps of their own typical gaps; n = customers",
            "count",
            people="part",
        ),
        "typical_gap_days": Entry(
            "median over customers of their own typical gap between purchase days; n = customers", "days", people="n"
        ),
        "risk_gaps": Entry("silence in typical gaps that counts as at risk (a parameter); n = customers", "times"),
        "lost_gaps": Entry("silence in typical gaps that counts as lost (a parameter); n = customers", "times"),
        "at_risk_return_share": Entry(
            "of those at risk movement_days ago, share that bought since; n = those at risk then",
            "share",
            people="part",
        ),
        "lost_return_share": Entry(
            "of those lost movement_days ago, share that bought since; n = those lost then", "share", people="part"
        ),
        "movement_days": Entry(
            "days between the two dates whose states are compared (a parameter); n = customers", "days"
        ),
        "early_start_share": Entry(
            "customers first seen in the first 60 days of the data: start unknown; n = customers",
            "share",
            people="part",
        ),
        "next_month_share": Entry(
            "customers who bought in the month after their first; n = customers whose month is over",
            "share",
            people="part",
        ),
        "context_chance": Entry("cells with the verdict 'chance'; n = cells tested", "count"),
        "evening_basket_effect": Entry(
            "pooled effect on the value of evening baskets against the same customers' others; n = evening baskets",
            "change",
        ),
        "findings_tested": Entry("findings tested in all sections; n = findings", "count"),
        "findings_naive": Entry(
            "findings with p < .05 without correction, rows taken as independent; n = findings tested", "count"
        ),
        "findings_hold": Entry("findings with the verdict 'holds'; n = findings tested", "count"),
        "findings_chance": Entry("findings with the verdict 'chance'; n = findings tested", "count"),
        "first_finding": Entry("pooled effect of the finding named first; n = its opportunities", "change"),
        "second_finding": Entry("pooled effect of the finding named second; n = its opportunities", "change"),
        "third_finding": Entry("pooled effect of the finding named third; n = its opportunities", "change"),
        "clear_hour_share": Entry(
            "customers with a clear preferred time of day; n = customers", "share", people="part"
        ),
        "clear_weekday_share": Entry("customers with a clear preferred weekday; n = customers", "share", people="part"),
        "clear_store_share": Entry("customers with a clear preferred store; n = customers", "share", people="part"),
        "full_price_share": Entry(
            "revenue from lines sold without discount over all revenue of items; n = customers", "share", people="n"
        ),
        "returns_share": Entry("value of returns over value sold; n = customers", "share", people="n"),
        "breadth": Entry("median over customers of product groups bought; n = customers", "mean", people="n"),
        "coupon_response": Entry("contacts whose receiver redeemed or bought; n = contacts", "share"),
        "cases_solved_share": Entry("service cases marked as solved; n = cases", "share"),
        "mean_rating": Entry("mean rating in reviews and posts; n = ratings", "rating"),
        "campaigns_refused": Entry(
            "campaigns whose recorded lots did not stand the test, left out; n = campaigns with lots", "count"
        ),
        "experiments_by_chance": Entry(
            "contact effects that 'hold' after the arms were dealt out anew; n = tested then", "count"
        ),
        "campaigns_without_holdout": Entry(
            "campaigns with lots but without a holdout of their own, left out; n = campaigns with lots", "count"
        ),
        **_found("context", "context", "effects of a moment on an outcome", "baskets"),
        **_found("transitions", "step", "steps from one product group to the next", "trips"),
        **_found("pairs", "pair", "pairs of product groups met more often than by chance", "baskets"),
        **_found("alternatives", "alternative", "pairs of product groups met less often than by chance", "baskets"),
        **_found("web_steps", "web_step", "steps from one web event to the next", "events"),
        **_found("experiments", "experiment", "effects of a contact against none, in a context", "contacts"),
        **_found("messages", "message", "effects of a wording against the others, in a context", "contacts"),
    },
)
