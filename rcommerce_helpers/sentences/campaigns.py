"""The sentences of notebook 04."""

from __future__ import annotations

from rcommerce_helpers.campaigns.claims import Gate
from rcommerce_helpers.campaigns.evidence import Identified, PolicyReport
from rcommerce_helpers.campaigns.moments import Moments
from rcommerce_helpers.campaigns.observational import PastEffects
from rcommerce_helpers.campaigns.plan import Plan
from rcommerce_helpers.campaigns.power import TestPlan
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.campaigns.simulate import DoseCurve
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.codes import code_words
from rcommerce_helpers.sentences.numbers import safe
from rcommerce_helpers.sentences.quoting import Quotes, Said, together

NOTHING = Said("")
NO_GAP = 1e-8
"""Distance from the best plan that is rounding, not distance."""


def sentence_reach(result: Reach, language: str) -> Said:
    """How many may be contacted, and what stops the others."""
    q = Quotes(result, language)
    may = say(
        "{reachable} of {customers} customers may be contacted.",
        language,
        reachable=q("reachable_customers"),
        customers=q.n("reachable_customers"),
    )
    capped, waiting = NOTHING, NOTHING
    if q("stopped_by_cap").value:
        capped = say(
            "{n} customer has had as many contacts as the cap allows.",
            language,
            plural="{n} customers have had as many contacts as the cap allows.",
            n=q("stopped_by_cap"),
        )
    if q("stopped_by_complaint").value:
        waiting = say(
            "{n} customer has a case open and is left alone.",
            language,
            plural="{n} customers have a case open and are left alone.",
            n=q("stopped_by_complaint"),
        )
    return together(may, capped, waiting)


def sentence_moments(result: Moments, language: str) -> Said:
    """How many moments are open, for how many."""
    q = Quotes(result, language)
    return say(
        "{n} moment is open today, among {reachable} customers who may be contacted.",
        language,
        plural="{n} moments are open today, for {customers} of the {reachable} customers who may be contacted.",
        n=q("moments_found"),
        customers=q("customers_with_moment"),
        reachable=q.n("customers_with_moment"),
    )


def sentence_gate(result: Gate, language: str) -> Said:
    """How many looks the gate took, and what it refused."""
    q = Quotes(result, language)
    planned = say(
        "{allowed} of {offers} offers may be planned.",
        language,
        allowed=q("offers_allowed"),
        offers=q.n("offers_allowed"),
    )
    if not q("refused_claims").value:
        message = "Nothing needs correcting: no pattern, claim or wording of {looked} is refused."
        return together(say(message, language, looked=q("claims_checked")), planned)
    refused = say(
        "Correct or drop {n} of {looked} patterns, claims and wordings: it is refused.",
        language,
        plural="Correct or drop {n} of {looked} patterns, claims and wordings: they are refused.",
        n=q("refused_claims"),
        looked=q("claims_checked"),
    )
    return together(refused, planned)


def sentence_plan(result: Plan, language: str) -> Said:
    """What is sent, what it costs, who is left in peace."""
    q = Quotes(result, language, result.currency)
    sent = say(
        "{n} contact goes out for {cost} of a budget of {budget}; {held} more are held out by chance, so that the "
        "result can be measured.",
        language,
        plural="{n} contacts go out for {cost} of a budget of {budget}; {held} more are held out by chance, so that "
        "the result can be measured.",
        n=q("sent_contacts"),
        cost=q("plan_cost"),
        budget=q("plan_budget"),
        held=q("held_out_customers"),
    )
    silent = say(
        "{silent} of {reachable} customers are left in peace: nothing is worth a contact to them.",
        language,
        silent=q("silent_customers"),
        reachable=q.n("silent_customers"),
    )
    return together(sent, silent, _crowded(q, language), _unscored(q, language))


def _crowded(q: Quotes, language: str) -> Said:
    if not q("crowded_out").value:
        return NOTHING
    return say(
        "For {n} customer budget or capacity is used up.",
        language,
        plural="For {n} customers budget or capacity is used up.",
        n=q("crowded_out"),
    )


def _unscored(q: Quotes, language: str) -> Said:
    if not q("offers_unscored").value:
        return NOTHING
    return say(
        "{n} offer has no scores for its category and is never planned.",
        language,
        plural="{n} offers have no scores for their category and are never planned.",
        n=q("offers_unscored"),
    )


def sentence_plan_value(result: Plan, language: str) -> Said:
    """What the plan may be worth, as far as assumptions go."""
    q = Quotes(result, language, result.currency)
    return say(
        "If a contact lifts purchases as assumed, the {sent} contacts bring {value} after all costs ({range}); with a "
        "chance of {loses} they lose money. This is an assumption at work, not evidence.",
        language,
        sent=q.n("plan_value"),
        value=q("plan_value"),
        range=q.interval("plan_value"),
        loses=q("plan_loses"),
    )


def sentence_prices(result: Plan, language: str) -> Said:
    """Whether more budget would help, and how far the plan is from the best one."""
    q = Quotes(result, language, result.currency)
    more = say("Budget is not what limits this plan: more of it would add nothing.", language)
    if q("budget_shadow_price").value > 0:
        more = say(
            "One more {unit} of budget would add {price} of expected profit.",
            language,
            unit=safe(result.currency),
            price=q("budget_shadow_price"),
        )
    message = "No plan under these limits is better by more than {gap}."
    if q("assignment_gap").value < NO_GAP:
        message = "No plan under these limits is better."
    gap = say(message, language, gap=q("assignment_gap"))
    fair = NOTHING
    if q("fairness_price").value > 0:
        fair = say("The fairness floor costs {fairness}.", language, fairness=q("fairness_price"))
    return together(more, gap, fair)


def sentence_past(result: PastEffects, language: str) -> Said:
    """Naive, adjusted, placebo, and what follows."""
    q = Quotes(result, language, result.currency)
    message = "Targeted customers spent {naive} a week more than others ({range}; {n} targeted)."
    if q("naive_effect").value < 0:
        message = (
            "Spending of targeted customers differs from that of others by {naive} a week ({range}; {n} targeted)."
        )
    naive = say(message, language, naive=q("naive_effect"), range=q.interval("naive_effect"), n=q.n("naive_effect"))
    read = say(
        "Against like customers the difference is {adjusted} ({adjusted_range}); in the weeks before the campaigns, "
        "where it must be nothing, it is {placebo} ({placebo_range}).",
        language,
        adjusted=q("adjusted_effect"),
        adjusted_range=q.range("adjusted_effect"),
        placebo=q("placebo_effect"),
        placebo_range=q.range("placebo_effect"),
    )
    return together(naive, read, _verdict(q.figures["adjusted_effect"], q.figures["placebo_effect"], language))


def _verdict(adjusted: Figure, placebo: Figure, language: str) -> Said:
    """What adjusted and placebo allow one to say; without randomisation never that an effect is shown."""
    if (adjusted.low or 0.0) <= max(0.0, placebo.high or 0.0):
        return say("So no effect of the campaigns is identified: what is left looks like selection too.", language)
    return say(
        "What is left is larger than the placebo; without randomisation it remains a hint, and a test should follow.",
        language,
    )


def sentence_redemption(result: PastEffects, language: str) -> Said:
    """The rate of redemption and why it is no effect."""
    q = Quotes(result, language)
    return say(
        "{rate} of {n} targeted customers redeemed or bought ({range}). That is use, not effect: many of "
        "them would have bought anyway.",
        language,
        rate=q("redemption_rate"),
        n=q.n("redemption_rate"),
        range=q.interval("redemption_rate"),
    )


def sentence_identified(result: Identified, language: str) -> Said:
    """Whether contacts were randomised."""
    n = Quotes(result, language).n("effect_identified")
    if result.verdict:
        return say("These {n} contacts were randomised: their effect can be read.", language, n=n)
    return say(
        "These {n} contacts were not randomised, or their chances are not recorded: no method can prove what they "
        "changed.",
        language,
        n=n,
    )


def sentence_policies(result: PolicyReport, language: str) -> Said:
    """The best constant arm, the learnt policy, and which is safe."""
    q = Quotes(result, language, result.currency)
    gain = q.figures["log_policy_gain"]
    message = (
        "The learnt choice is no better than the best single arm: a difference of {gain} per customer ({range}, {n} "
        "contacts)."
    )
    if (gain.low or 0.0) > 0:
        message = (
            "The learnt choice is worth {gain} more per customer than the best single arm ({range}, {n} contacts)."
        )
    if (gain.high or 0.0) < 0:
        message = "The learnt choice is worse than the best single arm: {gain} per customer ({range}, {n} contacts)."
    name = "log_policy_gain"
    won = say(message, language, n=q.n(name), gain=q(name), range=q.interval(name))
    use = say("Safe to use: {safe}.", language, safe=arm_word(result.safe, language))
    return together(won, use)


def arm_word(arm: str, language: str) -> str:
    """Name of an arm: ours translated, others made harmless."""
    return code_words(arm, language)


def sentence_contact_frequency(result: DoseCurve, language: str) -> Said:
    """Which dose the assumptions favour, and how sure that is."""
    q = Quotes(result, language, result.currency)
    best = say(
        "Under the stated reactions {n} contact a week brings most: {value} per customer against silence ({range}).",
        language,
        plural="Under the stated reactions {n} contacts a week bring most: {value} per customer against silence "
        "({range}).",
        n=q("best_dose"),
        value=q("best_dose_value"),
        range=q.interval("best_dose_value"),
    )
    chosen = say(
        "At the chosen {dose} a week it is {value}, and {left} of {customers} customers leave the channel.",
        language,
        dose=q("chosen_dose"),
        value=q("dose_value"),
        left=q("dose_unsubscribed"),
        customers=q.n("dose_unsubscribed"),
    )
    return together(best, chosen)


def sentence_test(result: TestPlan, language: str) -> Said:
    """The test that would answer, and what today's customers could show."""
    q = Quotes(result, language, result.currency)
    message = (
        "The {n} customers who may be contacted are enough: a test of {weeks} weeks needs {needed} to find {effect} "
        "per customer and week."
    )
    if q("test_customers_needed").value > q.n("test_customers_needed").value:
        message = (
            "The {n} customers who may be contacted are too few to find {effect} a week: a test of {weeks} weeks needs "
            "{needed}. What they could show is {detectable} a week or more."
        )
    return say(
        message,
        language,
        n=q.n("test_customers_needed"),
        effect=q("test_effect"),
        weeks=q("test_weeks"),
        needed=q("test_customers_needed"),
        detectable=q("test_detectable_effect"),
    )


def sentence_headline(result: Plan, language: str) -> Said:
    """The plan in one line: what to do, and what only the holdout can show."""
    q = Quotes(result, language, result.currency)
    if not q("sent_contacts").value:
        message = "Send nothing: no contact is worth its cost to any of {reachable} customers."
        return say(message, language, reachable=q.n("silent_customers"))
    return say(
        "Send {n} contact for {cost} and leave {silent} customers in peace. Assumed worth {value} ({range}); "
        "the {held} held out will show.",
        language,
        plural="Send {n} contacts for {cost} and leave {silent} customers in peace. Assumed worth {value} ({range}); "
        "the {held} held out will show.",
        n=q("sent_contacts"),
        cost=q("plan_cost"),
        held=q("held_out_customers"),
        silent=q("silent_customers"),
        value=q("plan_value"),
        range=q.interval("plan_value"),
    )
