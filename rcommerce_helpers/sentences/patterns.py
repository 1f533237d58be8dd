"""The sentences of notebook 02: each quotes figures of its result only."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from rcommerce_helpers.patterns.cohorts import Cohorts
from rcommerce_helpers.patterns.findings import FIRST, Findings, Gathered
from rcommerce_helpers.patterns.lifecycle import Lifecycle
from rcommerce_helpers.patterns.lots import Lots
from rcommerce_helpers.patterns.preferences import Preferences
from rcommerce_helpers.patterns.scorecard import Scorecard
from rcommerce_helpers.patterns.segments import RevenueShares, Segments
from rcommerce_helpers.patterns.worth_it import WorthIt
from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.codes import code_words
from rcommerce_helpers.sentences.numbers import safe
from rcommerce_helpers.sentences.quoting import Quotes, Said, together


def sentence_worth(result: WorthIt, language: str) -> Said:
    """How many analyses pay here."""
    q = Quotes(result, language)
    return say(
        "{paying} of {asked} analyses pay for a data set of this size; elsewhere the plain rule beside it is enough.",
        language,
        paying=q("analyses_paying"),
        asked=q.n("analyses_paying"),
    )


def sentence_value(result: RevenueShares, language: str) -> Said:
    """What the top customers bring."""
    q = Quotes(result, language)
    return say(
        "The top {top_share} of customers ({top} of {all}) bring {revenue} of the revenue ({range}).",
        language,
        top_share=q("top_share"),
        top=q("top_customers"),
        all=q.n("top_share"),
        revenue=q("top_revenue_share"),
        range=q.interval("top_revenue_share"),
    )


def sentence_segments(result: Segments, language: str) -> Said:
    """What the best segment brings."""
    q = Quotes(result, language)
    return say(
        "{share} of {all} customers come often, recently and for much; they bring {revenue} of the revenue.",
        language,
        share=q("best_segment_share"),
        all=q.n("best_segment_share"),
        revenue=q("best_segment_revenue_share"),
    )


def sentence_lifecycle(result: Lifecycle, language: str) -> Said:
    """Who is silent by the own rhythm, and how far the words 'at risk' and 'lost' may be trusted."""
    q = Quotes(result, language)
    parts = [
        say(
            "{risk} of {all} customers are silent for longer than is usual for them, {lost} for so long that they "
            "count as lost.",
            language,
            risk=q("at_risk_customers"),
            all=q.n("at_risk_customers"),
            lost=q("lost_customers"),
        )
    ]
    if "at_risk_return_share" in q:
        message = "Of {n} customers at risk {days} days earlier, {share} have bought since ({range})."
        parts.append(_came_back("at_risk_return_share", message, q, language))
    if "lost_return_share" in q:
        message = "Even of {n} customers who counted as lost, {share} have ({range}): the word is a rule."
        parts.append(_came_back("lost_return_share", message, q, language))
    return together(*parts)


def _came_back(name: str, message: str, q: Quotes, language: str) -> Said:
    return say(message, language, n=q.n(name), days=q("movement_days"), share=q(name), range=q.interval(name))


def sentence_cohorts(result: Cohorts, language: str) -> Said:
    """Who came back in the next month, and whose start is unknown."""
    q = Quotes(result, language)
    again = Said("")
    if "next_month_share" in q:
        again = say(
            "Of {n} newcomers whose next month is over, {share} bought again in it ({range}).",
            language,
            n=q.n("next_month_share"),
            share=q("next_month_share"),
            range=q.interval("next_month_share"),
        )
    early = say(
        "{share} of {n} customers were first seen in the opening weeks of the data: their first purchase here need "
        "not be the first they made.",
        language,
        share=q("early_start_share"),
        n=q.n("early_start_share"),
    )
    return together(again, early)


def sentence_findings(result: Findings, language: str) -> Said:
    """How many hold of how many, and the strongest that does; and which campaigns could tell nothing."""
    q = Quotes(result, language)
    return together(
        _holding(result, language), _never(result, q, language), _by_chance(q, language), _silent(q, language)
    )


def sentence_lots(result: Lots, language: str) -> Said:
    """Which campaigns may speak."""
    q = Quotes(result, language)
    if not q("campaigns_refused").value:
        message = "All {campaigns} campaigns with recorded lots stand the test."
        return say(message, language, campaigns=q.n("campaigns_refused"))
    return say(
        "{n} of {campaigns} campaigns with recorded lots is refused: its arms were not drawn by those chances.",
        language,
        plural="{n} of {campaigns} campaigns with recorded lots are refused: their arms were not drawn by those "
        "chances.",
        n=q("campaigns_refused"),
        campaigns=q.n("campaigns_refused"),
    )


def _by_chance(q: Quotes, language: str) -> Said:
    """What holds when the arms are dealt out anew."""
    if "experiments_by_chance" not in q:
        return Said("")
    return say(
        "With the arms dealt out anew {n} of {tested} hold.",
        language,
        n=q("experiments_by_chance"),
        tested=q.n("experiments_by_chance"),
    )


def _never(result: Findings, q: Quotes, language: str) -> Said:
    """What never happens at all; nothing where all of it happens."""
    name = f"{FIGURE_NAMES[result.kind].plural}_never"
    if name not in q:
        return Said("")
    return say(
        "{n} more never happens at all, however likely it looks, and is left out.",
        language,
        plural="{n} more never happen at all, however likely they look, and are left out.",
        n=q(name),
    )


def _silent(q: Quotes, language: str) -> Said:
    """Campaigns without a holdout; nothing where all have one."""
    if "campaigns_without_holdout" not in q or not q("campaigns_without_holdout").value:
        return Said("")
    return say(
        "{n} of {campaigns} campaigns kept no holdout of its own and tells nothing.",
        language,
        plural="{n} of {campaigns} campaigns kept no holdout of their own and tell nothing.",
        n=q("campaigns_without_holdout"),
        campaigns=q.n("campaigns_without_holdout"),
    )


def _holding(result: Findings, language: str) -> Said:
    q, names = Quotes(result, language), FIGURE_NAMES[result.kind]
    kind = label(_KINDS[result.kind], language)
    tested, naive = q(f"{names.plural}_tested"), q(f"{names.plural}_naive")
    best = result.strongest()
    if best is None:
        return say(
            "None of {tested} {kind} holds, although {naive} look real side by side.",
            language,
            tested=tested,
            kind=kind,
            naive=naive,
        )
    held = say(
        "{n} of {tested} {kind} holds so far; {naive} look real side by side.",
        language,
        plural="{n} of {tested} {kind} hold so far; {naive} look real side by side.",
        n=q(f"{names.plural}_hold"),
        tested=tested,
        kind=kind,
        naive=naive,
    )
    effect, again = f"strongest_{names.single}_effect", f"strongest_{names.single}_held_out"
    strongest = say(
        "The strongest: {name}, {context}, {effect} ({range}, n = {n}); in customers kept aside {held}.",
        language,
        name=finding_words(str(best["name"]), language, result.kind),
        context=context_words(str(best["context"]), result.kind, language),
        effect=q(effect),
        range=q.interval(effect),
        n=q.n(effect),
        held=q(again),
    )
    return together(held, strongest)


def sentence_moments(result: Findings, language: str) -> Said:
    """The findings on contexts, and what the evening does to the value of a basket."""
    q = Quotes(result, language)
    spoken = sentence_findings(result, language)
    if "evening_basket_effect" not in q:
        return spoken
    figure = q.figures["evening_basket_effect"]
    message = "In the evening the same customers' baskets are worth {effect} ({range}): that may be nothing."
    if (figure.low or 0.0) > 0 or (figure.high or 0.0) < 0:
        message = "In the evening the same customers' baskets are worth {effect} ({range})."
    evening = say(message, language, effect=q("evening_basket_effect"), range=q.interval("evening_basket_effect"))
    return together(spoken, evening)


def sentence_preferences(result: Preferences, language: str) -> Said:
    """How many customers show a clear preference at all."""
    q = Quotes(result, language)
    spoken = [
        say(
            "{share} of {n} customers have a clear favourite {dimension}.",
            language,
            dimension=label(_DIMENSIONS[name], language),
            share=q(name),
            n=q.n(name),
        )
        for name in q.figures
    ]
    return together(*spoken)


def sentence_scorecard(result: Scorecard, language: str) -> Said:
    """Each measure with its n and interval; the first one names the level."""
    q = Quotes(result, language)
    first = next(iter(q.figures), "")
    return together(
        *(
            say(
                "{measure}: {value} ({range}, n = {n}).",
                language,
                measure=label(_MEASURES[name], language),
                value=q(name),
                range=q.interval(name) if name == first else q.range(name),
                n=q.n(name),
            )
            for name in q.figures
        )
    )


def sentence_gathered(result: Gathered, language: str) -> Said:
    """What looks real, and what holds: the numbers of the picture."""
    q = Quotes(result, language)
    return say(
        "Of {tested} patterns tested, {naive} look real side by side; {hold} hold so far, {chance} are shown to be "
        "too small to matter.",
        language,
        tested=q("findings_tested"),
        naive=q("findings_naive"),
        hold=q("findings_hold"),
        chance=q("findings_chance"),
    )


def sentence_headline(result: Gathered, language: str) -> Said:
    """What to try first: the findings that hold, those that rest on lots before the others."""
    q = Quotes(result, language)
    if not q.figures["findings_hold"].value:
        message = "Act on none of the {tested} patterns tested: none holds."
        return say(message, language, tested=q("findings_tested"))
    if result.first.empty:
        message = "Act on none of the {tested} patterns tested: those that hold are no reason to act."
        return say(message, language, tested=q("findings_tested"))
    lead = say("Try first, where it costs little.", language)
    return together(
        lead, *(_first(name, row, q, language) for name, row in zip(FIRST, result.first.to_dict("records")))
    )


def _first(name: str, row: dict[Hashable, object], q: Quotes, language: str) -> Said:
    """One finding of the headline, by the figure that carries its effect."""
    kind = str(row["kind"])
    return say(
        "{kind}: {name}, {context}, {effect} ({range}, n = {n}).",
        language,
        kind=label(_HEADLINES[kind], language),
        name=finding_words(str(row["name"]), language, kind),
        context=context_words(str(row["context"]), kind, language),
        effect=q(f"{name}_finding"),
        range=q.interval(f"{name}_finding"),
        n=q.n(f"{name}_finding"),
    )


def finding_words(name: str, language: str, kind: str = "") -> str:
    """Name of a finding: own words translated, names from data made safe; of an experiment it is the code of an arm."""
    if kind in CODED:
        return code_words(name, language)
    return label(name, language) if name in ("basket value", "something discounted") else safe(name)


def context_words(context: str, kind: str, language: str) -> str:
    """A context as people say it: 'hour: evening' -> 'time of day: evening', 'after X', 'with X'."""
    if kind in ("basket", "alternative"):
        return say("together with {group}", language, group=safe(context))
    if kind in ("step", "web step"):
        group = context.removeprefix("after ")
        return say("after {group}", language, group=code_words(group, language) if kind in CODED else safe(group))
    dimension, _, level = context.partition(": ")
    words = code_words("time of day" if dimension == "hour" else dimension, language)
    return f"{words}: {code_words(level, language)}" if level else words


CODED = ("web step", "experiment", "message")
"""Kinds of finding whose names are codes of the tables, not names that a firm gave."""


@dataclass(frozen=True)
class FigureNames:
    """How a kind of finding is called in the names of its figures."""

    plural: str
    single: str


FIGURE_NAMES = {
    "context": FigureNames("context", "context"),
    "step": FigureNames("transitions", "step"),
    "basket": FigureNames("pairs", "pair"),
    "alternative": FigureNames("alternatives", "alternative"),
    "web step": FigureNames("web_steps", "web_step"),
    "experiment": FigureNames("experiments", "experiment"),
    "message": FigureNames("messages", "message"),
}
_KINDS = {
    "context": "effects of the moment",
    "step": "steps from one trip to the next",
    "basket": "pairs that meet more often than by chance",
    "alternative": "pairs that meet less often than by chance",
    "web step": "steps between web events",
    "experiment": "effects of a contact against none",
    "message": "effects of one wording against the others",
}
_HEADLINES = {
    "context": "Moment",
    "step": "Next trip",
    "basket": "In one basket",
    "web step": "On the site",
    "experiment": "Contact against none",
    "message": "Wording against the others",
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
