"""Every figure that notebook 03 may report, and what its n counts."""

from rcommerce_helpers.results import Entry, Registry

REGISTRY = Registry(
    "affinity",
    {
        "categories_scored": Entry("categories that are scored; n = categories looked at", "count"),
        "purchase_days": Entry("customer x category x day with a purchase; n = customers", "count", people="n"),
        "test_rows": Entry("customer x category rows of the test; n = customers in the test", "count", people="n"),
        "train_rows": Entry("customer x category rows the model learnt from; n = cuts in time", "count"),
        "horizon_days": Entry("days ahead in which a purchase counts; n = cuts in time", "days"),
        "base_rate": Entry("share of test rows with a purchase within the horizon; n = test rows", "share"),
        "auc": Entry("chance that a later buyer is ranked above a non-buyer, all test rows; n = test rows", "score"),
        "auc_own_frequency": Entry("the same for counting the customer's own purchases; n = test rows", "score"),
        "auc_popularity": Entry("the same for what everybody buys; n = test rows", "score"),
        "auc_recent": Entry("the same for having bought within the last horizon; n = test rows", "score"),
        "auc_copurchase": Entry("the same for customers who bought this also bought that; n = test rows", "score"),
        "auc_gamma_poisson": Entry("the same for the pooled purchase rate; n = test rows", "score"),
        "auc_gain": Entry(
            "model minus own frequency, same rows and bootstrap draws; n = customers", "score", people="n"
        ),
        "auc_gain_rate": Entry(
            "model minus pooled rate, same rows and bootstrap draws; n = customers", "score", people="n"
        ),
        "ap": Entry("average precision of the model; n = test rows", "score"),
        "ndcg5": Entry(
            "ranking quality of a customer's first five; n = customers with a purchase", "score", people="n"
        ),
        "ndcg5_own_frequency": Entry("the same for own frequency; n = customers with a purchase", "score", people="n"),
        "recall5": Entry(
            "share of a customer's later categories among the first five; n = customers with a purchase",
            "share",
            people="n",
        ),
        "ece": Entry("mean gap between promised and observed rate, 15 equally full bins; n = test rows", "points"),
        "repeat_auc": Entry("AUC among pairs bought before; n = such rows", "score"),
        "explore_auc": Entry("AUC among pairs never bought before; n = such rows", "score"),
        "explore_auc_popularity": Entry("AUC of popularity among pairs never bought before; n = such rows", "score"),
        "explore_base_rate": Entry(
            "share of never-bought pairs that are bought within the horizon; n = such rows", "share"
        ),
        "choice_auc": Entry(
            "AUC of the model one horizon before the test, where it was chosen; n = rows there", "score"
        ),
        "choice_auc_gamma_poisson": Entry(
            "AUC of the pooled rate one horizon before the test; n = rows there", "score"
        ),
        "lift_top": Entry(
            "hit rate of the best-scored share of rows over the base rate; n = rows in that share", "times"
        ),
        "lift_top_own_frequency": Entry("the same share ranked by own frequency; n = rows in that share", "times"),
        "hit_rate_top": Entry("share of purchases among the best-scored rows; n = rows in that share", "share"),
        "capture_top": Entry(
            "share of all later purchases that lie in the best-scored rows; n = later purchases", "share"
        ),
        "top_share": Entry("share of rows taken as the best-scored; n = test rows", "share"),
        "scored_rows": Entry(
            "customer x category rows scored for the coming horizon; n = customers scored", "count", people="n"
        ),
        "scored_customers": Entry(
            "customers scored for the coming horizon; n = customers known", "count", people="part"
        ),
        "relevant_rows": Entry(
            "scored rows at or above min_probability that nothing holds back; n = scored rows", "count", people="value"
        ),
        "relevant_first_rows": Entry("relevant rows never bought before; n = scored rows", "count", people="value"),
        "nothing_offered": Entry(
            "share of scored customers for whom nothing passes; n = customers scored", "share", people="part"
        ),
        "suppressed_rows": Entry(
            "scored rows held back although likely enough; n = scored rows", "count", people="value"
        ),
        "open_cases": Entry(
            "customers with an open service case, who are offered nothing; n = customers scored", "count", people="part"
        ),
        "min_probability": Entry("relevance threshold of this run; n = scored rows", "share"),
        "reasons_rows": Entry("scores explained one by one; n = customers explained", "count", people="n"),
        "reasons_error": Entry(
            "largest gap between the sum of the reasons and the score, log-odds; n = scores explained", "log_odds"
        ),
        "reason_first_share": Entry(
            "share of mean absolute reason held by the first feature group; n = scores explained", "share"
        ),
        "example_reason": Entry("number quoted in the example customer's first reason; n = categories shown", "count"),
        "example_probability": Entry(
            "probability of the example customer's best category; n = categories shown", "share"
        ),
        "gap_error_pooled": Entry(
            "mean absolute log error of the next gap, partly pooled; n = gaps held out", "log_error"
        ),
        "gap_error_own": Entry("the same for the customer's own mean gap; n = gaps held out", "log_error"),
        "gap_error_own_waited": Entry("own mean, at least the days already passed; n = gaps held out", "log_error"),
        "gap_error_pooled_at_start": Entry(
            "pooled without knowing the days already passed; n = gaps held out", "log_error"
        ),
        "gap_error_category": Entry("the same for the category's mean gap; n = gaps held out", "log_error"),
        "gap_error_thin_pooled": Entry("pooled error where at most two gaps are known; n = such gaps", "log_error"),
        "gap_error_thin_own": Entry("own-mean error where at most two gaps are known; n = such gaps", "log_error"),
        "due14_auc": Entry(
            "AUC of the hazard for a purchase within 14 days; n = pairs with three purchases or more", "score"
        ),
        "due14_auc_overdue": Entry("AUC of the overdue ratio marketers use; n = the same pairs", "score"),
        "due14_auc_gamma_poisson": Entry("AUC of the pooled rate; n = the same pairs", "score"),
        "due14_base_rate": Entry("share bought within 14 days; n = the same pairs", "share"),
        "due14_ece": Entry("calibration gap of the hazard; n = the same pairs", "points"),
        "leaks_found": Entry("features named as a likely consequence of the outcome; n = features checked", "count"),
        "leak_top_auc": Entry("largest AUC of one feature alone; n = rows checked", "score"),
        "drift_top_psi": Entry(
            "largest population stability index of a feature between first and test cutoff; n = features", "index"
        ),
        "fair_auc_gap": Entry(
            "largest difference of AUC between groups with at least 10 customers; n = groups", "score"
        ),
        "fair_groups_off": Entry(
            "groups whose gap between promise and outcome has an interval off 0; n = groups", "count"
        ),
        "fair_least_group": Entry("smallest group that is shown, customers; n = groups", "count", people="value"),
        "fair_bias_gap": Entry("largest gap between mean score and observed rate in a group; n = groups", "points"),
        "value_forecast": Entry(
            "purchase days forecast for the held-out weeks, all customers; n = customers", "count", people="n"
        ),
        "value_actual": Entry("purchase days seen in the held-out weeks; n = customers", "count", people="n"),
        "value_total_error": Entry("forecast total over actual total minus one; n = customers", "change", people="n"),
        "value_naive_error": Entry(
            "the same for each customer's past rate carried on; n = customers", "change", people="n"
        ),
        "value_mae": Entry("mean absolute error per customer, purchase days; n = customers", "mean", people="n"),
        "value_naive_mae": Entry("the same for the past rate; n = customers", "mean", people="n"),
        "value_coverage": Entry(
            "share of customers whose count lies in the 90 % interval; n = customers", "share", people="part"
        ),
    },
)
