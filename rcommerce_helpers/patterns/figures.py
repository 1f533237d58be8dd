"""The figures stage 02 may report, and what each rests on."""

from rcommerce_helpers.results import Entry, Registry

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
        "context_tested": Entry("pattern x context cells tested; n = baskets", "count"),
        "context_naive": Entry("cells with p < .05 when baskets are compared side by side; n = cells tested", "count"),
        "context_hold": Entry("cells with the verdict 'holds'; n = cells tested", "count"),
        "context_chance": Entry("cells with the verdict 'chance'; n = cells tested", "count"),
        "evening_basket_effect": Entry(
            "pooled effect on the value of evening baskets against the same customers' others; n = evening baskets",
            "change",
        ),
        "strongest_context_effect": Entry(
            "largest pooled effect among contexts that hold; n = baskets in that context", "change"
        ),
        "strongest_context_held_out": Entry(
            "the same effect in customers held out; n = customers held out", "change", people="n"
        ),
        "transitions_tested": Entry("steps from one product group to the next tested; n = steps", "count"),
        "transitions_naive": Entry("steps with p < .05 when trips are counted side by side; n = steps tested", "count"),
        "transitions_hold": Entry("steps with the verdict 'holds'; n = steps tested", "count"),
        "strongest_step_effect": Entry(
            "largest pooled effect among steps that hold; n = trips it starts from", "change"
        ),
        "strongest_step_held_out": Entry(
            "the same effect in customers held out; n = customers held out", "change", people="n"
        ),
        "pairs_tested": Entry("ordered pairs of product groups in one basket tested; n = baskets", "count"),
        "pairs_naive": Entry("pairs with p < .05 when baskets are counted side by side; n = pairs tested", "count"),
        "pairs_hold": Entry("pairs with the verdict 'holds'; n = pairs tested", "count"),
        "strongest_pair_effect": Entry(
            "largest pooled effect among pairs that hold; n = baskets with the first group", "change"
        ),
        "strongest_pair_held_out": Entry(
            "the same effect in customers held out; n = customers held out", "change", people="n"
        ),
        "web_steps_tested": Entry("steps from one web event to the next tested; n = steps", "count"),
        "web_steps_naive": Entry("web steps with p < .05 when counted side by side; n = steps tested", "count"),
        "web_steps_hold": Entry("steps between web events with the verdict 'holds'; n = steps tested", "count"),
        "strongest_web_step_effect": Entry(
            "largest pooled effect among web steps that hold; n = events it starts from", "change"
        ),
        "strongest_web_step_held_out": Entry(
            "the same effect in visitors held out; n = visitors held out", "change", people="n"
        ),
        "findings_tested": Entry("findings tested in all sections; n = findings", "count"),
        "findings_naive": Entry(
            "findings with p < .05 without correction, rows taken as independent; n = findings tested", "count"
        ),
        "findings_hold": Entry("findings with the verdict 'holds'; n = findings tested", "count"),
        "findings_chance": Entry("findings with the verdict 'chance'; n = findings tested", "count"),
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
        "experiments_tested": Entry("randomised arm x context cells tested; n = contacts", "count"),
        "campaigns_without_holdout": Entry(
            "campaigns with lots but without a holdout of their own, left out; n = campaigns with lots", "count"
        ),
        "experiments_naive": Entry(
            "such cells with p < .05 when contacts are counted side by side; n = cells tested", "count"
        ),
        "strongest_experiment_effect": Entry(
            "largest pooled effect among those that hold; n = contacts in the cell", "change"
        ),
        "strongest_experiment_held_out": Entry(
            "the same effect in customers held out; n = customers held out", "change", people="n"
        ),
        "experiments_hold": Entry(
            "randomised pattern x context effects with the verdict 'holds'; n = cells tested", "count"
        ),
    },
)
