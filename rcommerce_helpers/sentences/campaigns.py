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
from rcommerce_helpers.sentences.numbers import count, decimal, interval, money, safe, share


def sentence_reach(result: Reach, language: str) -> str:
    """How many may be contacted, and what stops the others."""
    f = by_name(result.figures)
    return say(
        "{reachable} of {customers} customers may be contacted; {capped} have had as many contacts as the cap allows, "
        "{complaint} have a case open and are left alone.",
        language,
        reachable=count(f["reachable_customers"].value, language),
        customers=count(f["reachable_customers"].n, language),
        capped=count(f["stopped_by_cap"].value, language),
        complaint=count(f["stopped_by_complaint"].value, language),
    )


def sentence_moments(result: Moments, language: str) -> str:
    """How many moments are open, for how many."""
    f = by_name(result.figures)
    return say(
        "{found} moments are open, for {customers} of the {reachable} customers who may be contacted.",
        language,
        found=count(f["moments_found"].value, language),
        customers=count(f["customers_with_moment"].value, language),
        reachable=count(f["customers_with_moment"].n, language),
    )


def sentence_gate(result: Gate, language: str) -> str:
    """How many looks the gate took, and what it refused."""
    f = by_name(result.figures)
    return say(
        "The gate looked at {looked} patterns, claims and wordings and refused {refused}; {allowed} of {offers} offers "
        "may be planned.",
        language,
        looked=count(f["claims_checked"].value, language),
        refused=count(f["refused_claims"].value, language),
        allowed=count(f["offers_allowed"].value, language),
        offers=count(f["offers_allowed"].n, language),
    )


def sentence_plan(result: Plan, language: str) -> str:
    """What is sent, what it costs, who is left in peace."""
    f = by_name(result.figures)
    unscored = f["offers_unscored"].value
    told = say(
        "{sent} contacts are sent for {cost} out of a budget of {budget}; {held} of the {planned} planned customers "
        "are held out by chance. {silent} of {reachable} customers are left in peace because nothing is worth a "
        "contact to them, {crowded} because budget or capacity is used up.",
        language,
        sent=count(f["sent_contacts"].value, language),
        cost=_money(f["plan_cost"].value, result, language),
        budget=_money(f["plan_budget"].value, result, language),
        held=count(f["held_out_customers"].value, language),
        planned=count(f["planned_contacts"].value, language),
        silent=count(f["silent_customers"].value, language),
        reachable=count(f["silent_customers"].n, language),
        crowded=count(f["crowded_out"].value, language),
    )
    if not unscored:
        return told
    lost = say(
        "Offers without scores for their category, and so never planned: {unscored}.",
        language,
        unscored=count(unscored, language),
    )
    return f"{told} {lost}"


def sentence_plan_value(result: Plan, language: str) -> str:
    """What the plan may be worth, as far as assumptions go."""
    f = by_name(result.figures)
    value = f["plan_value"]
    return say(
        "If a contact lifts purchases as assumed, the {sent} contacts bring {value} after all costs (interval "
        "{range}); with a chance of {loses} they lose money. This is an assumption at work, not evidence.",
        language,
        sent=count(value.n, language),
        value=_money(value.value, result, language),
        range=_range(value, result, language),
        loses=share(f["plan_loses"].value, language),
    )


def sentence_prices(result: Plan, language: str) -> str:
    """What one more unit of budget is worth, and how far the plan is from the best one."""
    f = by_name(result.figures)
    return say(
        "One more unit of budget would add {price} of expected profit at the cautious uplift of {uplift}. No plan "
        "under these limits is better by more than {gap}; the fairness floor costs {fairness}.",
        language,
        price=_money(f["budget_shadow_price"].value, result, language),
        uplift=share(f["assumed_uplift"].value, language),
        gap=share(f["assignment_gap"].value, language, digits=3),
        fairness=_money(f["fairness_price"].value, result, language),
    )


def sentence_past(result: PastEffects, language: str) -> str:
    """Naive, adjusted, placebo, and what follows."""
    f = by_name(result.figures)
    naive, adjusted, placebo = (f[f"{name}_effect"] for name in ("naive", "adjusted", "placebo"))
    read = say(
        "Customers who were targeted ({n} times in {campaigns} campaigns) spent {naive} a week more than others "
        "({naive_range}). Against like customers the difference is {adjusted} ({adjusted_range}); in the weeks before "
        "the campaigns, where it must be nothing, it is {placebo} ({placebo_range}).",
        language,
        n=count(naive.n, language),
        campaigns=count(f["campaigns_compared"].value, language),
        naive=_money(naive.value, result, language),
        naive_range=_range(naive, result, language),
        adjusted=_money(adjusted.value, result, language),
        adjusted_range=_range(adjusted, result, language),
        placebo=_money(placebo.value, result, language),
        placebo_range=_range(placebo, result, language),
    )
    return f"{read} {_verdict(adjusted, placebo, language)}"


def _verdict(adjusted: Figure, placebo: Figure, language: str) -> str:
    """What adjusted and placebo allow one to say; without lots never that an effect is shown."""
    if (adjusted.low or 0.0) <= max(0.0, placebo.high or 0.0):
        return say("So no effect of the campaigns is identified: what is left looks like selection too.", language)
    return say(
        "What is left is larger than the placebo; without lots it remains a hint, and a test should follow.", language
    )


def sentence_redemption(result: PastEffects, language: str) -> str:
    """The rate of redemption and why it is no effect."""
    rate = by_name(result.figures)["redemption_rate"]
    return say(
        "{rate} of {n} targeted customers redeemed or bought (interval {range}). That is use, not effect: many of "
        "them would have bought anyway.",
        language,
        rate=share(rate.value, language),
        n=count(rate.n, language),
        range=interval(share(rate.low or 0.0, language), share(rate.high or 0.0, language), language),
    )


def sentence_identified(result: Identified, language: str) -> str:
    """Whether lots were drawn."""
    n = count(by_name(result.figures)["effect_identified"].n, language)
    if result.verdict:
        return say("Lots were drawn for these {n} contacts: their effect can be read.", language, n=n)
    return say(
        "No lots were drawn for these {n} contacts, or the chances are not recorded: no method can prove what they "
        "changed.",
        language,
        n=n,
    )


def sentence_policies(result: PolicyReport, language: str) -> str:
    """The best constant arm, the learnt policy, and which is safe."""
    f = by_name(result.figures)
    gain = f["log_policy_gain"]
    return say(
        "Over {n} contacts the learnt choice is worth {gain} per customer more than the best single arm (interval "
        "{range}); the models had promised {inflation} more than that test shows. Safe to use: {safe}.",
        language,
        n=count(gain.n, language),
        gain=decimal(gain.value, language, digits=3),
        range=interval(
            decimal(gain.low or 0.0, language, digits=3), decimal(gain.high or 0.0, language, digits=3), language
        ),
        inflation=decimal(f["log_promise_inflation"].value, language, digits=3),
        safe=safe(result.safe),
    )


def sentence_dose(result: DoseCurve, language: str) -> str:
    """Which dose the assumptions favour, and how sure that is."""
    f = by_name(result.figures)
    best, chosen = f["best_dose_value"], f["dose_value"]
    return say(
        "Under the stated reactions {best} contacts a week bring most: {best_value} per customer against silence "
        "(interval {best_range}, {n} customers). The chosen dose brings {chosen_value} ({chosen_range}), and {left} of "
        "the customers leave the channel.",
        language,
        best=decimal(f["best_dose"].value, language),
        best_value=_money(best.value, result, language),
        best_range=_range(best, result, language),
        n=count(best.n, language),
        chosen_value=_money(chosen.value, result, language),
        chosen_range=_range(chosen, result, language),
        left=share(f["dose_unsubscribed"].value, language),
    )


def sentence_test(result: TestPlan, language: str) -> str:
    """The test that would answer, and what today's customers could show."""
    f = by_name(result.figures)
    needed = f["test_customers_needed"]
    return say(
        "To find {effect} per customer and week, a test of {weeks} weeks needs {needed} customers. The {n} who may be "
        "contacted could show an effect of {detectable} a week or more.",
        language,
        effect=_money(f["test_effect"].value, result, language),
        weeks=count(f["test_weeks"].value, language),
        needed=count(needed.value, language),
        n=count(needed.n, language),
        detectable=_money(f["test_detectable_effect"].value, result, language),
    )


def sentence_headline(result: Plan, language: str) -> str:
    """The plan in one line."""
    f = by_name(result.figures)
    value = f["plan_value"]
    return say(
        "{sent} contacts for {cost}, {held} customers held out by chance, {silent} left in peace; under the assumed "
        "uplift worth {value} (interval {range}), which a test has yet to show.",
        language,
        sent=count(f["sent_contacts"].value, language),
        cost=_money(f["plan_cost"].value, result, language),
        held=count(f["held_out_customers"].value, language),
        silent=count(f["silent_customers"].value, language),
        value=_money(value.value, result, language),
        range=_range(value, result, language),
    )


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    """Figures by their name."""
    return {f.name: f for f in figures}


def _money(value: float, result: Plan | PastEffects | DoseCurve | TestPlan, language: str) -> str:
    return money(value, result.currency, language, digits=2)


def _range(figure: Figure, result: Plan | PastEffects | DoseCurve, language: str) -> str:
    low, high = (
        _money(side if side is not None else figure.value, result, language) for side in (figure.low, figure.high)
    )
    return interval(low, high, language)
