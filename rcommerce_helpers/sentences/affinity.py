"""The sentences of notebook 03: every number is a figure of the result it reads aloud."""

from __future__ import annotations

from rcommerce_helpers.affinity.checks import Drift, Fairness, Leaks
from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.due import Due
from rcommerce_helpers.affinity.model import Learnt
from rcommerce_helpers.affinity.purchases import History
from rcommerce_helpers.affinity.reasons import WORDS, Reasons
from rcommerce_helpers.affinity.relevance import Lift, Scores
from rcommerce_helpers.affinity.timing import GapForecast
from rcommerce_helpers.affinity.value import LifetimeValue
from rcommerce_helpers.results import ASSUMED_LEVEL, Figure
from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.numbers import count, interval_words, safe
from rcommerce_helpers.sentences.quoting import Quotes, Said, together

USUAL_DRIFT, LARGE_DRIFT = 0.1, 0.25
"""Stability index up to which a feature counts as steady, and from which as moved (Siddiqi 2006, Credit Risk
Scorecards): a rule of thumb."""
HARDLY_RANKS = 0.6
"""AUC below which an order is close to drawing lots."""

FEATURE_WORDS = {
    "days_all": "days bought",
    "recency_days": "days since bought",
    "gap_mean_days": "mean gap",
    "gap_median_days": "median gap",
    "due_ratio": "how overdue it is",
    "blocks_6": "four-week periods with a purchase",
    "per_trip": "share of visits with it",
    "per_trip_84": "share of recent visits with it",
    "expected": "purchases expected",
    "copurchase": "bought together",
    "trips_28": "visits in four weeks",
    "trips_84": "visits in twelve weeks",
    "trip_recency_days": "days since the last visit",
    "categories_84": "categories bought in twelve weeks",
    "popularity": "popular with all",
    "popularity_84": "popular lately",
}
"""Feature of the model -> the words shown."""


def reason_words(code: str, value: int, language: str) -> str:
    """A reason code of the scored table and its number, in plain words."""
    return say(WORDS[code], language, value=count(value, language))


def sentence_history(result: History, language: str) -> Said:
    """How many categories are worth scoring, and from how many purchases."""
    q = Quotes(result, language)
    return say(
        "{kept} of {all} categories are scored: bought often enough to learn from, and not by nearly everybody. "
        "{customers} customers bought from them.",
        language,
        kept=q("categories_scored"),
        all=q.n("categories_scored"),
        customers=q.n("purchase_days"),
    )


def sentence_learnt(result: Learnt, language: str) -> Said:
    """What was learnt from, and what it is tested on."""
    q = Quotes(result, language)
    return say(
        "The model learns on {cuts} days of the past and is tested on a later one: {tested} pairs of customer and "
        "category, of which {base} are bought within {horizon} days.",
        language,
        cuts=q.n("train_rows"),
        tested=q("test_rows"),
        base=q("base_rate"),
        horizon=q("horizon_days"),
    )


def sentence_contest(result: Contest, language: str) -> Said:
    """Who won against counting own purchases, by how much, and what makes the scores."""
    q = Quotes(result, language)
    outcome = {
        "ahead": "The model is ahead of counting the customer's own purchases: AUC {auc} against {own}, a lead of "
        "{gain} ({range}).",
        "tie": "A tie: the model's AUC is {auc}, that of counting the customer's own purchases {own}. The difference "
        "of {gain} ({range}) may be chance.",
        "behind": "The model is behind counting the customer's own purchases: AUC {auc} against {own}, a difference of "
        "{gain} ({range}).",
    }[_verdict(q.figures["auc_gain"])]
    used = {
        "model": "The scores come from the model.",
        "rate": "The scores come from the pooled purchase rate, which is simpler and no worse.",
    }[result.used]
    won = say(
        outcome,
        language,
        auc=q("auc"),
        own=q("auc_own_frequency"),
        gain=q("auc_gain"),
        range=q.interval("auc_gain"),
    )
    return together(won, say(used, language), _first_purchases(q, language))


def _first_purchases(q: Quotes, language: str) -> Said:
    """First purchases are a problem of their own: nothing of the customer's own is there to count."""
    if "explore_auc" not in q:
        return Said("")
    return say(
        "Where nothing was bought before, its AUC is {explore} and that of popularity {popular}.",
        language,
        explore=q("explore_auc"),
        popular=q("explore_auc_popularity"),
    )


def sentence_calibration(result: Contest, language: str) -> Said:
    """May the score be read as a probability."""
    q = Quotes(result, language)
    return say(
        "Over {n} pairs the promise is off by {gap} percentage points on average.", language, n=q.n("ece"), gap=q("ece")
    )


def sentence_lift(result: Lift, language: str) -> Said:
    """What the best-scored share of pairs catches."""
    q = Quotes(result, language)
    return say(
        "The best-scored {share} of pairs hold {captured} of all later purchases, {lift} times their share ({range}). "
        "Ranked by own purchases alone it would be {own} times.",
        language,
        share=q("top_share"),
        captured=q("capture_top"),
        lift=q("lift_top"),
        range=q.interval("lift_top"),
        own=q("lift_top_own_frequency"),
    )


def sentence_headline(result: Lift, language: str) -> Said:
    """The stage in one sentence: where to begin, and what the plainest rival would reach."""
    q = Quotes(result, language)
    return say(
        "Begin with the best-scored {share} of pairs: they hold {captured} of {purchases} later purchases, {lift} "
        "times their share ({range}). Counting own purchases reaches {own} times.",
        language,
        share=q("top_share"),
        captured=q("capture_top"),
        purchases=q.n("capture_top"),
        lift=q("lift_top"),
        range=q.interval("lift_top"),
        own=q("lift_top_own_frequency"),
    )


def sentence_reasons(result: Reasons, language: str) -> Said:
    """Which kind of reason moves scores most."""
    q = Quotes(result, language)
    return say(
        "What moves scores most is {name}: {share} of all movement over {n} scores. The reasons of a score add up to "
        "it.",
        language,
        name=label(reason_label(str(result.overall["reason"].iloc[0])), language),
        share=q("reason_first_share"),
        n=q.n("reason_first_share"),
    )


def sentence_example(result: Reasons, language: str) -> Said:
    """One customer's best category and why."""
    q, first = Quotes(result, language), result.example.iloc[0]
    return say(
        "This customer's best category is {category}: bought within the horizon with a probability of {probability}. "
        "The strongest reason: {reason}.",
        language,
        category=safe(first["category"]),
        probability=q("example_probability"),
        reason=say(WORDS[str(first["reason"])], language, value=q("example_reason")),
    )


def reason_label(code: str) -> str:
    """English label of a reason group."""
    return {
        "habit": "habit",
        "lately": "bought lately",
        "rhythm": "rhythm",
        "visits": "visits",
        "popular": "popular with all",
        "also_bought": "bought together",
        "none": "nothing in particular",
    }[code]


def feature_word(name: str, language: str) -> str:
    """What a feature is called in that language; names from elsewhere are made harmless."""
    days = name.removeprefix("days_")
    if name.startswith("days_") and days.isdigit():
        return say("days bought among the last {days}", language, days=days)
    return label(FEATURE_WORDS[name], language) if name in FEATURE_WORDS else safe(name)


def sentence_leaks(result: Leaks, language: str) -> Said:
    """Whether a feature looks like a consequence of the outcome."""
    q = Quotes(result, language)
    signs = result.table.loc[result.table["sign"] != "", "feature"]
    named = ", ".join(feature_word(str(name), language) for name in signs)
    if not named:
        return say(
            "None of {n} features looks like a consequence of the outcome; the strongest alone has an AUC of {top}.",
            language,
            n=q.n("leaks_found"),
            top=q("leak_top_auc"),
        )
    return say(
        "Remove {named} before reading any score: it looks like a consequence of the outcome.",
        language,
        plural="Remove {n} features before reading any score, for they look like a consequence of the outcome: "
        "{named}.",
        n=q("leaks_found"),
        named=named,
    )


def sentence_drift(result: Drift, language: str) -> Said:
    """Which feature moved most between the first training cut and the test, and whether that is much."""
    q = Quotes(result, language)
    index = q.figures["drift_top_psi"].value
    message = "Of {n} features {name} moved most since learning began, but little: stability index {psi}."
    if index >= USUAL_DRIFT:
        message = "Keep an eye on {name}: of {n} features it moved most since learning began, stability index {psi}."
    if index >= LARGE_DRIFT:
        message = (
            "Find out why {name} moved so far since learning began: stability index {psi}, the most of {n} features."
        )
    return say(
        message,
        language,
        n=q.n("drift_top_psi"),
        name=feature_word(str(result.table["feature"].iloc[0]), language),
        psi=q("drift_top_psi"),
    )


def sentence_fairness(result: Fairness, language: str) -> Said:
    """How differently the model serves groups it does not know."""
    q = Quotes(result, language)
    return say(
        "{n} of {groups} groups is promised too much or too little beyond chance; the widest gap is {bias} percentage "
        "points.",
        language,
        plural="{n} of {groups} groups are promised too much or too little beyond chance; the widest gap is {bias} "
        "percentage points.",
        n=q("fair_groups_off"),
        groups=q.n("fair_bias_gap"),
        bias=q("fair_bias_gap"),
    )


def sentence_gaps(result: GapForecast, language: str) -> Said:
    """Does pooling help to say when it is time again."""
    q = Quotes(result, language)
    return say(
        "Over {n} gaps held out, the pooled forecast of the next purchase is typically off by a factor of {pooled}; "
        "the customer's own mean, told the same, by {waited}.",
        language,
        n=q.n("gap_error_pooled"),
        pooled=q("gap_error_pooled"),
        waited=q("gap_error_own_waited"),
    )


def sentence_due(result: Due, language: str) -> Said:
    """The overdue rule against the hazard."""
    q = Quotes(result, language)
    message = (
        "How overdue a customer is says little about a purchase within two weeks: AUC {overdue}. The weekly hazard "
        "reaches {hazard}, the pooled rate {rate} ({n} pairs)."
    )
    if q.figures["due14_auc_overdue"].value >= HARDLY_RANKS:
        message = (
            "How overdue a customer is ranks purchases within two weeks with an AUC of {overdue}, the weekly hazard "
            "with {hazard}, the pooled rate with {rate} ({n} pairs)."
        )
    return say(
        message,
        language,
        n=q.n("due14_base_rate"),
        overdue=q("due14_auc_overdue"),
        hazard=q("due14_auc"),
        rate=q("due14_auc_gamma_poisson"),
    )


def sentence_value(result: LifetimeValue, language: str) -> Said:
    """How well the total and the single customer are forecast."""
    q = Quotes(result, language)
    total = say(
        "The model foresaw {forecast} purchase days ({range}), {actual} came: a miss of {error}. Carrying on as before "
        "misses by {naive}.",
        language,
        forecast=q("value_forecast"),
        range=q.interval("value_forecast"),
        actual=q("value_actual"),
        error=q("value_total_error"),
        naive=q("value_naive_error"),
    )
    single = say(
        "{coverage} of {n} customers came as often as their own {interval} says.",
        language,
        interval=interval_words(ASSUMED_LEVEL, language),
        coverage=q("value_coverage"),
        n=q.n("value_coverage"),
    )
    return together(total, single)


def sentence_scores(result: Scores, language: str) -> Said:
    """For how many customers nothing passes, how many pairs do, and what is held back."""
    q = Quotes(result, language)
    message = (
        "Nothing is offered to {none} of {customers} customers. {relevant} pairs reach a probability of {least}, "
        "{first} of them never bought before."
    )
    if not q.figures["relevant_first_rows"].value:
        message = (
            "Nothing is offered to {none} of {customers} customers. {relevant} pairs reach a probability of {least}, "
            "all of them bought before."
        )
    told = say(
        message,
        language,
        none=q("nothing_offered"),
        customers=q("scored_customers"),
        relevant=q("relevant_rows"),
        least=q("min_probability"),
        first=q("relevant_first_rows"),
    )
    return together(told, _held_back(q, language), _waiting(q, language))


def _held_back(q: Quotes, language: str) -> Said:
    if not q.figures["suppressed_rows"].value:
        return Said("")
    return say(
        "{n} likely pair is held back.", language, plural="{n} likely pairs are held back.", n=q("suppressed_rows")
    )


def _waiting(q: Quotes, language: str) -> Said:
    if not q.figures["open_cases"].value:
        return Said("")
    return say(
        "{n} customer waits for an answer to an open case and is offered nothing.",
        language,
        plural="{n} customers wait for an answer to an open case and are offered nothing.",
        n=q("open_cases"),
    )


def _verdict(gain: Figure) -> str:
    if (gain.low or 0) > 0:
        return "ahead"
    return "behind" if (gain.high or 0) < 0 else "tie"
