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
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import labels, say
from rcommerce_helpers.sentences.numbers import count, decimal, interval, safe, share


def reason_words(code: str, value: int, language: str) -> str:
    """A reason code of the scored table and its number, in plain words."""
    return say(WORDS[code], language, value=count(value, language))


def sentence_history(result: History, language: str) -> str:
    """How many categories are worth scoring, and from how many purchases."""
    f = _by_name(result.figures)
    return say(
        "{kept} of {all} categories are scored: bought often enough to learn from, and not by nearly everybody. "
        "{customers} customers bought them on {days} customer days.",
        language,
        kept=count(f["categories_scored"].value, language),
        all=count(f["categories_scored"].n, language),
        customers=count(f["purchase_days"].n, language),
        days=count(f["purchase_days"].value, language),
    )


def sentence_learnt(result: Learnt, language: str) -> str:
    """What was learnt from, and what it is tested on."""
    f = _by_name(result.figures)
    return say(
        "Learnt from {rows} customer-category pairs at {cuts} cuts in time. The test is on {tested} pairs of "
        "{customers} customers: {base} of the pairs saw a purchase within {horizon} days.",
        language,
        rows=count(f["train_rows"].value, language),
        cuts=count(f["train_rows"].n, language),
        tested=count(f["test_rows"].value, language),
        customers=count(f["test_rows"].n, language),
        base=share(f["base_rate"].value, language),
        horizon=count(f["horizon_days"].value, language),
    )


def sentence_contest(result: Contest, language: str) -> str:
    """Who won against counting own purchases, by how much, and what makes the scores."""
    f = _by_name(result.figures)
    gain = f["auc_gain"]
    outcome = {
        "ahead": "Over {n} test pairs the model ranks a later buyer above a non-buyer {auc} of the time, counting the "
        "customer's own purchases {own}. The model is ahead: AUC {gain} higher ({range} on redrawn customers).",
        "tie": "Over {n} test pairs the model ranks a later buyer above a non-buyer {auc} of the time, counting the "
        "customer's own purchases {own}. An AUC difference of {gain} ({range} on redrawn customers) is a tie.",
        "behind": "Over {n} test pairs the model ranks a later buyer above a non-buyer {auc} of the time, counting the "
        "customer's own purchases {own}. The model is behind: AUC {gain} ({range} on redrawn customers).",
    }[_verdict(gain)]
    used = {
        "model": "The scores come from the model.",
        "rate": "The scores come from the pooled purchase rate, which is simpler and no worse.",
    }[result.used]
    first = say(
        outcome,
        language,
        auc=share(f["auc"].value, language),
        own=share(f["auc_own_frequency"].value, language),
        n=count(f["auc"].n, language),
        gain=decimal(gain.value, language, digits=3),
        range=_range(gain, language, digits=3),
    )
    return f"{first} {say(used, language)} {_parts(result, language)}"


def _parts(result: Contest, language: str) -> str:
    """Repeat purchases and first purchases apart: two different problems."""
    f = _by_name(result.figures)
    if "explore_auc" not in f or "repeat_auc" not in f:
        return say("Pairs bought before and never bought cannot be told apart here.", language)
    return say(
        "Among {repeats} pairs bought before, the model's AUC is {repeat}. Among {explores} pairs never bought it is "
        "{explore}, popularity reaches {popular}, and only {base} of them are bought at all.",
        language,
        repeats=count(f["repeat_auc"].n, language),
        repeat=decimal(f["repeat_auc"].value, language, digits=3),
        explores=count(f["explore_auc"].n, language),
        explore=decimal(f["explore_auc"].value, language, digits=3),
        popular=decimal(f["explore_auc_popularity"].value, language, digits=3),
        base=share(f["explore_base_rate"].value, language),
    )


def sentence_calibration(result: Contest, language: str) -> str:
    """May the score be read as a probability."""
    ece = _by_name(result.figures)["ece"]
    return say(
        "Promised and observed rates differ by {gap} percentage points on average over {n} pairs.",
        language,
        gap=decimal(100 * ece.value, language),
        n=count(ece.n, language),
    )


def sentence_lift(result: Lift, language: str) -> str:
    """What the best-scored share of pairs catches."""
    f = _by_name(result.figures)
    return say(
        "Take the best-scored {share} of pairs: {hit} of these {rows} pairs see a purchase, {lift} times the average "
        "({range}). Ranked by own frequency it would be {own} times.",
        language,
        share=share(f["top_share"].value, language),
        hit=share(f["hit_rate_top"].value, language),
        rows=count(f["lift_top"].n, language),
        lift=decimal(f["lift_top"].value, language),
        range=_range(f["lift_top"], language, digits=2),
        own=decimal(f["lift_top_own_frequency"].value, language),
    )


def sentence_headline(result: Lift, language: str) -> str:
    """The stage in one sentence."""
    f = _by_name(result.figures)
    return say(
        "The best-scored {share} of customer-category pairs hold {captured} of {purchases} later purchases: {lift} "
        "times the average ({range}).",
        language,
        share=share(f["top_share"].value, language),
        captured=share(f["capture_top"].value, language),
        purchases=count(f["capture_top"].n, language),
        lift=decimal(f["lift_top"].value, language),
        range=_range(f["lift_top"], language, digits=2),
    )


def sentence_reasons(result: Reasons, language: str) -> str:
    """Which kind of reason moves scores most."""
    f = _by_name(result.figures)
    name = labels(language, reason_label(str(result.overall["reason"].iloc[0])))[0]
    return say(
        "What moves scores most is {name}: {share} of all movement over {n} sampled scores. {rows} scores of "
        "{customers} customers are explained one by one; their reasons add up to the score.",
        language,
        name=name,
        share=share(f["reason_first_share"].value, language),
        n=count(f["reason_first_share"].n, language),
        rows=count(f["reasons_rows"].value, language),
        customers=count(f["reasons_rows"].n, language),
    )


def sentence_example(result: Reasons, language: str) -> str:
    """One customer's best category and why, under a pseudonym."""
    f, first = _by_name(result.figures), result.example.iloc[0]
    return say(
        "Customer {customer} buys {category} within the horizon with a probability of {probability}. The strongest "
        "reason: it {reason}.",
        language,
        customer=safe(first["customer_id"]),
        category=safe(first["category"]),
        probability=share(f["example_probability"].value, language),
        reason=say(WORDS[str(first["reason"])], language, value=count(f["example_reason"].value, language)),
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


def sentence_leaks(result: Leaks, language: str) -> str:
    """Whether a feature looks like a consequence of the outcome."""
    f = _by_name(result.figures)
    named = ", ".join(safe(x) for x in result.table.loc[result.table["sign"] != "", "feature"])
    message = (
        "{found} of {n} features look like a consequence of the outcome: {named}. Remove them before reading any score."
        if named
        else "{found} of {n} features look like a consequence of the outcome; the strongest alone has an AUC of {top}."
    )
    return say(
        message,
        language,
        found=count(f["leaks_found"].value, language),
        n=count(f["leaks_found"].n, language),
        named=named,
        top=decimal(f["leak_top_auc"].value, language, digits=3),
    )


def sentence_drift(result: Drift, language: str) -> str:
    """Which feature moved most between the first training cut and the test."""
    f = _by_name(result.figures)["drift_top_psi"]
    return say(
        "Of {n} features, {name} moved most between the first training cut and the test: stability index {psi}.",
        language,
        n=count(f.n, language),
        name=safe(result.table["feature"].iloc[0]),
        psi=decimal(f.value, language),
    )


def sentence_fairness(result: Fairness, language: str) -> str:
    """How differently the model serves groups it does not know."""
    f = _by_name(result.figures)
    return say(
        "In {off} of {groups} groups of at least {least} customers the gap between promise and outcome has an interval "
        "off zero; the widest gap is {bias}. Ranking quality (AUC) differs by at most {auc} within one attribute.",
        language,
        off=count(f["fair_groups_off"].value, language),
        groups=count(f["fair_bias_gap"].n, language),
        least=count(f["fair_least_group"].value, language),
        bias=share(f["fair_bias_gap"].value, language),
        auc=decimal(f["fair_auc_gap"].value, language, digits=3),
    )


def sentence_gaps(result: GapForecast, language: str) -> str:
    """Does pooling help to say when it is time again."""
    f = _by_name(result.figures)
    return say(
        "Over {n} held-out gaps the pooled forecast is off by {pooled} on a log scale, the customer's own mean by "
        "{own} ({waited} once the days already passed count), the category's mean by {category}.",
        language,
        n=count(f["gap_error_pooled"].n, language),
        pooled=decimal(f["gap_error_pooled"].value, language, digits=3),
        own=decimal(f["gap_error_own"].value, language, digits=3),
        waited=decimal(f["gap_error_own_waited"].value, language, digits=3),
        category=decimal(f["gap_error_category"].value, language, digits=3),
    )


def sentence_due(result: Due, language: str) -> str:
    """The overdue rule against the hazard."""
    f = _by_name(result.figures)
    return say(
        "For a purchase within two weeks ({base} of {n} pairs), the overdue rule has an AUC of {overdue}, the weekly "
        "hazard {hazard}, the pooled rate {rate}. Half would be chance.",
        language,
        base=share(f["due14_base_rate"].value, language),
        n=count(f["due14_base_rate"].n, language),
        overdue=decimal(f["due14_auc_overdue"].value, language, digits=3),
        hazard=decimal(f["due14_auc"].value, language, digits=3),
        rate=decimal(f["due14_auc_gamma_poisson"].value, language, digits=3),
    )


def sentence_value(result: LifetimeValue, language: str) -> str:
    """How well the total and the single customer are forecast."""
    f = _by_name(result.figures)
    return say(
        "For {n} customers the model forecast {forecast} purchase days in the held-out weeks ({range}); {actual} came. "
        "Its total is off by {error}, the past rate carried on by {naive}. {coverage} of the customers lie in their "
        "interval.",
        language,
        n=count(f["value_actual"].n, language),
        forecast=count(f["value_forecast"].value, language),
        range=interval(
            count(f["value_forecast"].low or 0, language), count(f["value_forecast"].high or 0, language), language
        ),
        actual=count(f["value_actual"].value, language),
        error=share(f["value_total_error"].value, language),
        naive=share(f["value_naive_error"].value, language),
        coverage=share(f["value_coverage"].value, language),
    )


def sentence_scores(result: Scores, language: str) -> str:
    """How many pairs pass, and for how many customers nothing does."""
    f = _by_name(result.figures)
    return say(
        "{relevant} of {rows} pairs reach a probability of {least} and are held back by nothing, {first} of them "
        "never bought before; for {none} of {customers} customers nothing passes, and nothing is offered. "
        "{held} likely pairs are held back, {waiting} customers wait for an open case.",
        language,
        relevant=count(f["relevant_rows"].value, language),
        rows=count(f["scored_rows"].value, language),
        least=share(f["min_probability"].value, language),
        first=count(f["relevant_first_rows"].value, language),
        none=share(f["nothing_offered"].value, language),
        customers=count(f["scored_customers"].value, language),
        held=count(f["suppressed_rows"].value, language),
        waiting=count(f["open_cases"].value, language),
    )


def _verdict(gain: Figure) -> str:
    if (gain.low or 0) > 0:
        return "ahead"
    return "behind" if (gain.high or 0) < 0 else "tie"


def _range(figure: Figure, language: str, *, digits: int) -> str:
    low, high = figure.low or 0.0, figure.high or 0.0
    return interval(decimal(low, language, digits=digits), decimal(high, language, digits=digits), language)


def _by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}
