"""The sentences of notebook 02: each quotes figures of its result only."""

from __future__ import annotations

from rcommerce_helpers.patterns.cohorts import Cohorts
from rcommerce_helpers.patterns.findings import Findings, Gathered
from rcommerce_helpers.patterns.lifecycle import Lifecycle
from rcommerce_helpers.patterns.preferences import Preferences
from rcommerce_helpers.patterns.scorecard import Scorecard
from rcommerce_helpers.patterns.segments import RevenueShares, Segments
from rcommerce_helpers.patterns.worth_it import WorthIt
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import labels, say
from rcommerce_helpers.sentences.numbers import count, decimal, interval, safe, share


def sentence_worth(result: WorthIt, language: str) -> str:
    """How many analyses pay here."""
    (figure,) = result.figures
    message = (
        "{paying} of {asked} analyses pay for a data set of this size; where one does not, the plain rule beside it is "
        "enough."
    )
    return say(message, language, paying=count(figure.value, language), asked=count(figure.n, language))


def sentence_value(result: RevenueShares, language: str) -> str:
    """What the top customers bring."""
    f = _by_name(result.figures)
    return say(
        "The top {top_share} of customers ({top} of {all}) bring {revenue} of the revenue (interval {range}).",
        language,
        top_share=share(f["top_share"].value, language, digits=0),
        top=count(f["top_customers"].value, language),
        all=count(f["top_share"].n, language),
        revenue=share(f["top_revenue_share"].value, language),
        range=_range(f["top_revenue_share"], language),
    )


def sentence_segments(result: Segments, language: str) -> str:
    """What the best segment brings."""
    f = _by_name(result.figures)
    return say(
        "{share} of {all} customers (interval {range}) come often, recently and for much; they bring {revenue} of the "
        "revenue.",
        language,
        share=share(f["best_segment_share"].value, language),
        all=count(f["best_segment_share"].n, language),
        range=_range(f["best_segment_share"], language),
        revenue=share(f["best_segment_revenue_share"].value, language),
    )


def sentence_lifecycle(result: Lifecycle, language: str) -> str:
    """Where customers stand, and how far the words 'at risk' and 'lost' may be trusted."""
    f = _by_name(result.figures)
    spoken = say(
        "{active} of {all} customers are active, {risk} are at risk and {lost} count as lost, each by the own rhythm "
        "(typical gap of the middle customer: {gap} days).",
        language,
        active=count(f["active_customers"].value, language),
        all=count(f["active_customers"].n, language),
        risk=count(f["at_risk_customers"].value, language),
        lost=count(f["lost_customers"].value, language),
        gap=decimal(f["typical_gap_days"].value, language, digits=1),
    )
    parts = [spoken]
    for name, message in (
        (
            "at_risk_return_share",
            "Of {n} customers at risk {days} days earlier, {share} (interval {range}) have bought since.",
        ),
        (
            "lost_return_share",
            "Of {n} who counted as lost then, {share} (interval {range}) have bought since; the word is a rule.",
        ),
    ):
        if name in f:
            parts.append(
                say(
                    message,
                    language,
                    n=count(f[name].n, language),
                    days=count(f["movement_days"].value, language),
                    share=share(f[name].value, language),
                    range=_range(f[name], language),
                )
            )
    return " ".join(parts)


def sentence_cohorts(result: Cohorts, language: str) -> str:
    """Who came back in the next month, and whose start is unknown."""
    f = _by_name(result.figures)
    early = f["early_start_share"]
    parts = []
    if "next_month_share" in f:
        again = f["next_month_share"]
        message = "Of {n} customers whose next month is over, {share} (interval {range}) bought again in it."
        parts.append(_one(message, again, language))
    message = (
        "{share} of {n} customers (interval {range}) were first seen in the opening weeks of the data: for them the "
        "first purchase we see need not be the first they made."
    )
    return " ".join([*parts, _one(message, early, language)])


def sentence_findings(result: Findings, language: str) -> str:
    """How many were tested, how many look real side by side, how many hold, and the strongest that does."""
    counted = say(
        "{tested} {kind} were tested. Counted side by side, {naive} look real; compared within the same customers, "
        "corrected for the number of tests and confirmed in customers kept aside, what holds is {hold}.",
        language,
        tested=count(result.tested, language),
        kind=labels(language, _KINDS[result.kind])[0],
        naive=count(result.naive, language),
        hold=count(result.hold, language),
    )
    best = result.strongest()
    if best is None:
        return counted
    strongest = say(
        "The strongest that holds: {name}, {context}: {effect} (interval {range}, n = {n}) against what the same "
        "customers would lead us to expect; in customers kept aside {held}.",
        language,
        name=finding_words(str(best["name"]), language),
        context=context_words(str(best["context"]), result.kind, language),
        effect=relative(float(best["pooled_effect"]), language),
        range=interval(
            relative(float(best["pooled_low"]), language), relative(float(best["pooled_high"]), language), language
        ),
        n=count(int(best["n"]), language),
        held=relative(float(best["held_out_effect"]), language),
    )
    return f"{counted} {strongest}"


def sentence_moments(result: Findings, language: str) -> str:
    """The findings on contexts, and what the evening does to the value of a basket."""
    f = _by_name(result.figures)
    spoken = sentence_findings(result, language)
    if "evening_basket_effect" not in f:
        return spoken
    figure = f["evening_basket_effect"]
    low, high = figure.low or 0.0, figure.high or 0.0
    message = (
        "In the evening the same customers' baskets differ in value from their others by {effect} (interval {range}, "
        "n = {n} baskets): {reading}."
    )
    reading = "the interval is off zero" if low > 0 or high < 0 else "zero is in the interval"
    evening = say(
        message,
        language,
        effect=relative(figure.value, language),
        range=interval(relative(low, language), relative(high, language), language),
        n=count(figure.n, language),
        reading=labels(language, reading)[0],
    )
    return f"{spoken} {evening}"


def sentence_preferences(result: Preferences, language: str) -> str:
    """How many customers show a clear preference at all."""
    message = "A clear preferred {dimension} shows in {share} of {n} customers (interval {range})."
    spoken = [
        say(
            message,
            language,
            dimension=labels(language, _DIMENSIONS[figure.name])[0],
            share=share(figure.value, language),
            n=count(figure.n, language),
            range=_range(figure, language),
        )
        for figure in result.figures
    ]
    return " ".join(spoken)


def sentence_scorecard(result: Scorecard, language: str) -> str:
    """Each measure with its n and interval."""
    return " ".join(
        say(
            "{measure}: {value} (interval {range}, n = {n}).",
            language,
            measure=labels(language, _MEASURES[f.name])[0],
            value=_written(f.value, f.unit, language),
            range=interval(_written(f.low, f.unit, language), _written(f.high, f.unit, language), language),
            n=count(f.n, language),
        )
        for f in result.figures
    )


def sentence_headline(result: Gathered, language: str) -> str:
    """The stage in one sentence."""
    f = _by_name(result.figures)
    return say(
        "Of {tested} patterns tested, {naive} look real when rows are counted side by side; {hold} hold within the "
        "same customers, corrected, and in customers kept aside; {chance} are shown to be next to nothing.",
        language,
        tested=count(f["findings_tested"].value, language),
        naive=count(f["findings_naive"].value, language),
        hold=count(f["findings_hold"].value, language),
        chance=count(f["findings_chance"].value, language),
    )


def finding_words(name: str, language: str) -> str:
    """Name of a finding: own words translated, names from data made safe."""
    (word,) = labels(language, name)
    return word if name in ("basket value", "something discounted") else safe(name)


def context_words(context: str, kind: str, language: str) -> str:
    """A context as people say it: 'hour: evening' -> 'time of day: evening', 'after X', 'with X'."""
    if kind == "basket":
        return say("together with {group}", language, group=safe(context))
    if kind in ("step", "web step"):
        return say("after {group}", language, group=safe(context.removeprefix("after ")))
    dimension, _, level = context.partition(": ")
    words = labels(language, dimension, level)
    return f"{safe(words[0])}: {safe(words[1])}" if level else safe(words[0])


def relative(value: float, language: str) -> str:
    """0.1234 -> '+12.3%'."""
    written = share(value, language)
    return f"+{written}" if value > 0 and written[0].isdigit() else written


_KINDS = {
    "context": "effects of the moment",
    "step": "steps from one trip to the next",
    "basket": "pairs in one basket",
    "web step": "steps between web events",
    "experiment": "effects in experiments",
}
_DIMENSIONS = {
    "clear_hour_share": "time of day",
    "clear_weekday_share": "weekday",
    "clear_store_share": "store",
}
_MEASURES = {
    "repeat_share": "Customers who came again",
    "full_price_share": "Revenue at full price",
    "returns_share": "Value brought back",
    "breadth": "Product groups of the middle customer",
    "coupon_response": "Contacts answered by a redemption or purchase",
    "cases_solved_share": "Service cases solved",
    "mean_rating": "Mean rating",
}


def _by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def _one(message: str, figure: Figure, language: str) -> str:
    return say(
        message,
        language,
        n=count(figure.n, language),
        share=share(figure.value, language),
        range=_range(figure, language),
    )


def _range(figure: Figure, language: str) -> str:
    ends = (figure.low or 0.0, figure.high or 0.0)
    return interval(share(ends[0], language), share(ends[1], language), language)


def _written(value: float | None, unit: str, language: str) -> str:
    number = value or 0.0
    return share(number, language) if unit == "share" else decimal(number, language, digits=1)
