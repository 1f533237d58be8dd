"""Figures of 04_campaign_simulation."""

from rcommerce_helpers.results import Entry, Registry

REGISTRY = Registry(
    "campaigns",
    {
        "moments_found": Entry("moments open on the last day; n = customers who may be contacted", "count", people="n"),
        "customers_with_moment": Entry(
            "customers with at least one open moment; n = customers who may be contacted", "count", people="part"
        ),
        "offers_read": Entry("offers in offers.toml; n = the same", "count"),
        "offers_allowed": Entry("offers that pass the gate; n = offers read", "count"),
        "claims_checked": Entry("patterns, claims and wordings looked at by the gate; n = the same", "count"),
        "refused_claims": Entry("patterns, claims and wordings refused; n = looked at", "count"),
        "offers_unscored": Entry("allowed offers whose category no score covers; n = offers allowed", "count"),
        "assumed_uplift": Entry(
            "mean relative uplift of a contact the plan is fed with, after caution; n = offers allowed", "change"
        ),
        "reachable_customers": Entry(
            "customers who may be contacted on at least one channel; n = customers", "count", people="part"
        ),
        "stopped_by_complaint": Entry(
            "customers with an open complaint or case; n = customers", "count", people="part"
        ),
        "stopped_by_cap": Entry(
            "customers who already had as many contacts as the cap allows; n = customers", "count", people="part"
        ),
        "planned_contacts": Entry(
            "contacts the plan assigns, before the holdout is drawn; n = reachable customers", "count", people="part"
        ),
        "sent_contacts": Entry("planned contacts that are sent; n = planned contacts", "count", people="part"),
        "contacts_shown": Entry(
            "contacts sent in groups of at least ten customers; n = contacts sent", "count", people="part"
        ),
        "silent_customers": Entry(
            "reachable customers to whom nothing is sent because nothing is worth it; n = reachable",
            "count",
            people="part",
        ),
        "crowded_out": Entry(
            "customers with a worthwhile contact for which budget or capacity is used up; n = reachable",
            "count",
            people="part",
        ),
        "held_out_customers": Entry(
            "planned customers kept without contact by chance; n = planned contacts", "count", people="part"
        ),
        "plan_cost": Entry("cost of the contacts sent; n = contacts sent", "money", people="n"),
        "plan_budget": Entry("budget of the plan; n = contacts sent", "money", people="n"),
        "plan_value": Entry(
            "expected profit of the contacts sent after cost and trust cost, 90 % interval from the assumed "
            "uplift; n = contacts sent",
            "money",
            people="n",
        ),
        "plan_loses": Entry("chance that the plan loses money, under the assumed uplift; n = draws", "share"),
        "budget_shadow_price": Entry(
            "profit one more unit of budget would add; n = planned contacts", "money", people="n"
        ),
        "assignment_gap": Entry(
            "certified distance of the plan's objective from the best possible, as a share; n = options", "share"
        ),
        "fairness_price": Entry("objective given up for the fairness floor; n = planned contacts", "money", people="n"),
        "lowest_group_share": Entry(
            "smallest share of a group's reachable customers with a planned contact; n = that group",
            "share",
            people="part",
        ),
        "campaigns_compared": Entry("past campaigns large and late enough to compare; n = campaigns", "count"),
        "targeted": Entry(
            "targeted customers in them, counted once per campaign; n = the same", "count", people="value"
        ),
        "naive_effect": Entry(
            "targeted minus others, per customer and week; n = targeted", "money_per_week", people="n"
        ),
        "did_effect": Entry("the same as difference of changes; n = targeted", "money_per_week", people="n"),
        "adjusted_effect": Entry(
            "doubly robust difference of changes, money per customer and week; n = targeted",
            "money_per_week",
            people="n",
        ),
        "placebo_effect": Entry(
            "the same estimate in the weeks before the campaign, where it must be 0; n = targeted",
            "money_per_week",
            people="n",
        ),
        "selection_share": Entry(
            "1 - adjusted / naive: the part of the naive effect that is selection; n = targeted", "share", people="n"
        ),
        "redemption_rate": Entry(
            "targeted customers who redeemed; n = targeted, all campaigns", "share", people="part"
        ),
        "effect_identified": Entry(
            "1 = arms were drawn by chance with known, overlapping propensities; n = contacts", "yes_no"
        ),
        "log_best_arm_value": Entry(
            "value per contact of the best arm for all, against the holdout; n = contacts", "money", or_unit="points"
        ),
        "log_policy_gain": Entry(
            "cross-fitted value of the learnt policy over the best arm; n = contacts", "money", or_unit="points"
        ),
        "log_promise_inflation": Entry(
            "plug-in promise minus doubly robust value, per contact; n = contacts", "money", or_unit="points"
        ),
        "chosen_dose": Entry("contacts a week looked at (a parameter); n = doses tried", "per_week"),
        "dose_value": Entry(
            "profit per customer of the chosen dose against silence, 90 % interval; n = customers", "money", people="n"
        ),
        "best_dose": Entry("contacts a week with the highest mean profit; n = doses tried", "per_week"),
        "best_dose_value": Entry(
            "its profit per customer against silence, 90 % interval; n = customers", "money", people="n"
        ),
        "dose_unsubscribed": Entry(
            "customers who leave the channel at the chosen dose, as a share; n = customers", "share", people="n"
        ),
        "test_effect": Entry(
            "effect the test is sized for, per customer and week; n = customers", "money_per_week", people="n"
        ),
        "test_customers_needed": Entry(
            "customers a holdout test needs for it; n = customers whose spread was measured", "count", people="n"
        ),
        "test_detectable_effect": Entry(
            "smallest effect today's customers could show, per customer and week; n = customers",
            "money_per_week",
            people="n",
        ),
        "test_weeks": Entry("length of the test in weeks; n = customers", "weeks", people="n"),
    },
)
