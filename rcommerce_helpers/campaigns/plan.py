"""The plan: few, well-timed contacts under budget, capacity, permission, caps and fairness.

Comes in: scores (one row = customer x category), who may be contacted, offers that passed the gate. Goes out: one row =
customer: offer, channel, the permitted contact point, day, hour, reason, expected value with its interval, arm and
propensity. Nothing is sent where nothing is worth it. A share is held out by chance, so that the plan can be measured.

Worth of a contact = probability x assumed uplift x (margin - discount) - probability x discount - cost - trust cost.
The uplift is an assumption until a test has measured it: the plan is fed with mean - caution x sd (the optimiser's
curse: whoever picks the best of noisy numbers is promised too much), and its value is stated over draws of that prior.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.assign import Assignment, Problem, assign
from rcommerce_helpers.campaigns.claims import Gate
from rcommerce_helpers.campaigns.groups import REST, leaving
from rcommerce_helpers.campaigns.holdout import HOLDOUT_ARM, held_out, identify_plan
from rcommerce_helpers.campaigns.offers import LARGEST_BELIEVED_UPLIFT, Channel, Offer, Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.campaigns.timing import set_times
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.results import ASSUMED_LEVEL, Figure
from rcommerce_helpers.statistics.intervals import tails

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

DRAWS = 2000
PLAN_COLUMNS = (
    "plan_id", "customer_id", "offer_id", "offer", "category", "channel", "contact_point", "day", "hour", "reason",
    "why_silent", "expected_value", "low", "high", "arm", "propensity", "held_out",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What would be sent.

    ``table``: one row = customer (all, also those left in peace): plan_id, customer_id, offer_id, offer, category,
    channel, contact_point (the permitted one it goes to), day, hour, reason, why_silent (code: that of ``Reach``,
    "not_worth_it" or "used_up"), expected_value, low, high (90 %), arm, propensity, held_out.
    ``mix``: one row = offer x channel: contacts sent, cost, expected_value. ``plan_groups``: one row = offer x channel:
    offer, channel, customers (contacts sent), and their expected_value, low, high, interval_level. ``prices``: one row
    = limit: available, used, shadow_price; ``limits`` the same to be shown. ``groups``: one row = fairness group:
    customers with a worthwhile option, planned, share. No group below ten stands in mix, plan_groups and limits.
    """

    table: pd.DataFrame
    mix: pd.DataFrame
    plan_groups: pd.DataFrame
    prices: pd.DataFrame
    groups: pd.DataFrame
    plan_id: str
    currency: str
    figures: tuple[Figure, ...]

    @property
    def limits(self) -> pd.DataFrame:
        ways = self.prices["limit"] != "budget"
        shown = suppress_small(self.prices[ways], "used")
        spent = self.prices[~ways].assign(hidden="")
        return pd.concat([spent.assign(unit="money"), shown.assign(unit="count")])


@dataclass(frozen=True)
class Floors:
    """Number of each customer's fairness group, the names of the groups, and how many of each must get a contact."""

    groups: np.ndarray
    names: pd.Index
    least: np.ndarray


@dataclass(frozen=True)
class Options:
    """Worth of every option for every reachable customer: (customers, options), options = offers x channels.

    ``gain`` is multiplied by the uplift, ``loss`` is certain: worth = gain x uplift - loss. -inf loss never occurs;
    ``open`` says where the option exists at all.
    """

    offers: tuple[Offer, ...]
    channels: tuple[Channel, ...]
    gain: np.ndarray
    loss: np.ndarray
    open: np.ndarray

    @property
    def offer_of(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.offers)), len(self.channels))

    @property
    def channel_of(self) -> np.ndarray:
        return np.tile(np.arange(len(self.channels)), len(self.offers))


def build_plan(scores: Rows, reach: Reach, gate: Gate, offers: Offers, currency: str, params: CampaignParams) -> Plan:
    """Assign at most one contact to every reachable customer.

    Raises
    ------
    NotEnoughData
        No offer passed the gate, nobody may be contacted, or no offered category is scored.
    """
    chosen = tuple(o for o in offers.offers if o.id in gate.allowed)
    people = reach.customers[reach.customers["reachable"]].reset_index(drop=True)
    categories = queries.scored_categories(scores)
    _enough(chosen, reach, categories)
    offered = queries.scored(scores, {o.category for o in chosen})
    options = _options(offered, people, reach.channels, chosen, offers.channels)
    fed = np.array([o.believed_uplift - params.caution * o.uplift_prior.sd for o in chosen])
    worth = np.where(options.open, options.gain * fed[options.offer_of] - options.loss, -np.inf)
    floors = _floors(worth, people, offers)
    problem = _problem(worth, options, floors, offers, params)
    found = assign(problem)
    plan_id = identify_plan(as_of=reach.as_of, data_set=reach.data_set, offers=offers, params=params)
    table = _table(people, options, found, offered)
    table = _addressed(table, reach)
    ways = [options.channels[i] for i in options.channel_of[table["option"]]]
    table = set_times(table, ways, reach, period_days=offers.period.days)
    table = _hold_out(table, offers, params, plan_id)
    draws = _draw_uplifts(chosen, params.seed)
    table = _price(table, options, draws)
    eligible = set(people.loc[(worth > 0).any(axis=1), "customer_id"])
    mix = _mix(table)
    return Plan(
        table=_with_silent(table, reach, eligible).assign(plan_id=plan_id)[list(PLAN_COLUMNS)],
        mix=mix,
        plan_groups=_plan_groups(table, options, draws),
        prices=_prices(problem, options, found),
        groups=_group_shares(worth, floors, found),
        plan_id=plan_id,
        currency=currency,
        figures=(
            Figure("offers_unscored", sum(o.category not in categories for o in chosen), len(chosen), "count"),
            Figure("assumed_uplift", float(fed.mean()), len(fed), "change"),
            Figure("fairness_price", _fairness_price(problem, floors, found), len(table), "money"),
            *_counted(table, problem, found),
            Figure("contacts_shown", int(mix["contacts"].sum()), int((~table["held_out"]).sum()), "count"),
            *_valued(table, options, draws),
            Figure("budget_shadow_price", float(found.prices[0]), len(table), "money"),
            Figure("assignment_gap", found.gap, int(options.open.sum()), "share"),
        ),
    )


def _enough(offers: tuple[Offer, ...], reach: Reach, scored: list[str]) -> None:
    if not offers:
        raise NotEnoughData(
            "offers", got="none that passes the gate", expected="one", do="Correct the refused patterns and claims"
        )
    if reach.closed:
        raise NotEnoughData(
            "contact_points", got=reach.closed, expected="where each customer may be reached", do="Load permissions"
        )
    if not reach.customers["reachable"].any():
        raise NotEnoughData("customers", got="nobody who may be contacted", expected="one", do="Ask for consent")
    if not any(o.category in scored for o in offers):
        raise NotEnoughData(
            "offers.category",
            got=", ".join(o.category for o in offers),
            expected=f"one of the scored categories, such as {', '.join(scored[:3])}",
            do="Correct the categories in offers.toml",
        )


def _options(
    scores: pd.DataFrame,
    people: pd.DataFrame,
    channels: pd.DataFrame,
    offers: tuple[Offer, ...],
    ways: tuple[Channel, ...],
) -> Options:
    """Gain and certain loss of every option; an option is open where scored, not suppressed, permitted and relevant."""
    ids = people["customer_id"]
    usable = scores[~scores["suppressed"]]
    wide = usable.pivot_table(index="customer_id", columns="category", values="probability", aggfunc="max")
    probability = wide.reindex(index=ids, columns=[o.category for o in offers]).to_numpy(dtype=float)
    permitted = channels.loc[ids, [c.id for c in ways]].to_numpy()
    trust = np.outer(people["yearly_margin"], [c.unsubscribe_risk * c.value_share for c in ways])
    cost = np.array([c.cost for c in ways])
    margin, discount = (np.array([getattr(o, name) for o in offers]) for name in ("margin", "discount"))
    n, k, m = len(ids), len(offers), len(ways)
    chance = np.nan_to_num(probability)[:, :, None]
    gain = chance * (margin - discount)[None, :, None] * np.array([c.strength for c in ways])[None, None, :]
    contact = (cost + trust)[:, None, :] + np.zeros((n, k, m))
    loss = chance * discount[None, :, None] + contact
    relevant = chance * margin[None, :, None] - contact > 0
    is_open = ~np.isnan(probability)[:, :, None] & permitted[:, None, :] & relevant
    return Options(offers, ways, *(a.reshape(n, k * m) for a in (gain, loss, is_open)))


def _floors(worth: np.ndarray, people: pd.DataFrame, offers: Offers) -> Floors:
    """Customers of each group who must get a contact: the floor share of those with anything worthwhile."""
    groups, names = pd.factorize(people["group"], sort=True)
    eligible = np.bincount(groups[(worth > 0).any(axis=1)], minlength=len(names))
    share = offers.fairness.floor if offers.fairness is not None else 0.0
    return Floors(groups, names, np.asarray(np.floor(share * eligible), dtype=np.int64))


def _problem(worth: np.ndarray, options: Options, floors: Floors, offers: Offers, params: CampaignParams) -> Problem:
    """Limits in the order budget, then one capacity per channel."""
    cost = np.array([c.cost for c in options.channels])[options.channel_of]
    carried = (options.channel_of[None, :] == np.arange(len(options.channels))[:, None]).astype(float)
    limits = [offers.budget.amount * params.budget_multiplier, *(c.capacity for c in options.channels)]
    return Problem(worth, np.vstack([cost, carried]), np.array(limits, dtype=float), floors.groups, floors.least)


def _fairness_price(problem: Problem, floors: Floors, found: Assignment) -> float:
    """What the floors take from the plan's objective."""
    if not floors.least.any():
        return 0.0
    unfair = assign(replace(problem, floors=floors.least * 0))
    return max(0.0, unfair.value - found.value)


def _table(people: pd.DataFrame, options: Options, found: Assignment, scores: pd.DataFrame) -> pd.DataFrame:
    """One row = reachable customer with an option: what, where, why, and in how many days it is due (may be empty)."""
    rows = np.flatnonzero(found.choice >= 0)
    option = found.choice[rows]
    offers = [options.offers[i] for i in options.offer_of[option]]
    ways = [options.channels[i] for i in options.channel_of[option]]
    table = pd.DataFrame({"customer_id": people["customer_id"].to_numpy()[rows], "row": rows, "option": option})
    words = {
        "offer_id": [o.id for o in offers],
        "offer": [o.name for o in offers],
        "category": [o.category for o in offers],
        "channel": [c.id for c in ways],
    }
    table = table.assign(**{name: pd.Series(texts, dtype="str") for name, texts in words.items()})
    table["cost"] = pd.Series([c.cost for c in ways], dtype=float)
    wanted = scores.reindex(columns=["customer_id", "category", "reason", "due_days"])
    wanted = wanted[wanted["category"].isin(table["category"].unique())].drop_duplicates(["customer_id", "category"])
    return table.merge(wanted, on=["customer_id", "category"], how="left")


def _addressed(table: pd.DataFrame, reach: Reach) -> pd.DataFrame:
    """Add the permitted contact point of the channel: no contact goes anywhere else."""
    row, column = (
        reach.points.index.get_indexer(table["customer_id"]),
        reach.points.columns.get_indexer(table["channel"]),
    )
    points = reach.points.to_numpy()[row, column]
    return table.assign(contact_point=pd.Series(points, index=table.index, dtype="str"))


def _hold_out(table: pd.DataFrame, offers: Offers, params: CampaignParams, plan_id: str) -> pd.DataFrame:
    """Draw the holdout among the planned by a hash of plan, seed and customer; record arm and propensity.

    Propensity is the chance of the arm a planned customer is in. Holding out after the assignment leaves some budget
    unspent: that is the price of knowing.
    """
    share = params.holdout_share or offers.holdout.share
    held = held_out(table["customer_id"], plan_id=plan_id, seed=offers.holdout.seed, share=share)
    arm = np.where(held, HOLDOUT_ARM, table["offer_id"] + "/" + table["channel"])
    return table.assign(held_out=held, arm=arm, propensity=np.where(held, share, 1 - share))


def _draw_uplifts(offers: tuple[Offer, ...], seed: int) -> np.ndarray:
    """(DRAWS, offers): uplifts as the prior believes them, never above what shop tests have shown."""
    mean = np.array([o.believed_uplift for o in offers])
    sd = np.array([o.uplift_prior.sd for o in offers])
    drawn = mean + sd * np.random.default_rng(seed).standard_normal((DRAWS, len(offers)))
    return np.asarray(np.minimum(drawn, LARGEST_BELIEVED_UPLIFT))


def _price(table: pd.DataFrame, options: Options, draws: np.ndarray) -> pd.DataFrame:
    """Expected value per customer with its 90 % interval, before the holdout is taken off."""
    rows, option = table["row"].to_numpy(dtype=int), table["option"].to_numpy(dtype=int)
    gain, loss = options.gain[rows, option], options.loss[rows, option]
    offer = options.offer_of[option]
    low, high = np.quantile(draws, tails(ASSUMED_LEVEL), axis=0)
    mean = draws.mean(axis=0)
    return table.assign(
        gain=gain,
        loss=loss,
        expected_value=gain * mean[offer] - loss,
        low=gain * low[offer] - loss,
        high=gain * high[offer] - loss,
    )


def _with_silent(table: pd.DataFrame, reach: Reach, eligible: set[str]) -> pd.DataFrame:
    """All customers: those left in peace carry the reason, a propensity of 1 for no contact, and no value."""
    people = reach.customers[["customer_id", "why"]]
    full = people.merge(table.drop(columns=["row", "option", "gain", "loss", "cost"]), on="customer_id", how="left")
    silent = full["offer_id"].isna()
    crowded = full["customer_id"].isin(eligible)
    reason = np.where(crowded, "used_up", "not_worth_it")
    full["why_silent"] = full["why"].where(full["why"] != "", reason).where(silent, "")
    full["held_out"] = full["held_out"].fillna(False).astype(bool)
    full["arm"] = full["arm"].where(~silent, HOLDOUT_ARM)
    full["propensity"] = full["propensity"].fillna(1.0)
    return full.assign(hour=full["hour"].astype("Int64"))


def _mix(table: pd.DataFrame) -> pd.DataFrame:
    """One row = offer x channel that is used: contacts sent, cost, expected value."""
    sums = ["contacts", "cost", "expected_value"]
    sent = table[~table["held_out"]].groupby(["offer", "channel"], as_index=False)
    mix = sent.agg(contacts=("customer_id", "size"), cost=("cost", "sum"), expected_value=("expected_value", "sum"))
    mix = mix.sort_values(["contacts", "offer", "channel"], ascending=[False, True, True], ignore_index=True)
    return leaving(mix, "contacts", names=["offer", "channel"], sums=sums)


def _plan_groups(table: pd.DataFrame, options: Options, draws: np.ndarray) -> pd.DataFrame:
    """One row = offer x channel: customers who get the contact, and its value with a 90 % interval.

    The held out are told in total only: by offer they are few, and planned minus sent would give them away.
    """
    names = ["offer", "channel"]
    sent = table[~table["held_out"]]
    groups = sent.groupby(names).size().rename("customers").reset_index()
    groups = leaving(groups, "customers", names=names, sums=["customers"])
    large = pd.MultiIndex.from_frame(sent[names]).isin(pd.MultiIndex.from_frame(groups[names]))
    sent = sent.assign(**{name: sent[name].where(large, REST) for name in names})
    of_group = [
        (sent["offer"] == offer) & (sent["channel"] == way) for offer, way in zip(groups["offer"], groups["channel"])
    ]
    values = [_values(sent[rows], options, draws) for rows in of_group]
    spread = [(float(v.mean()), *(float(q) for q in np.quantile(v, tails(ASSUMED_LEVEL)))) for v in values]
    worth = pd.DataFrame(spread, columns=["expected_value", "low", "high"], dtype=float)
    valued = groups.join(worth).assign(interval_level=ASSUMED_LEVEL)
    return valued.sort_values("expected_value", ascending=False, ignore_index=True)


def _values(sent: pd.DataFrame, options: Options, draws: np.ndarray) -> np.ndarray:
    """(DRAWS,): profit of some contacts under each draw of the offers' uplifts."""
    offer = options.offer_of[sent["option"].to_numpy(dtype=int)]
    gains = np.bincount(offer, weights=sent["gain"], minlength=len(options.offers))
    return np.asarray(draws @ gains - float(sent["loss"].sum()))


def _prices(problem: Problem, options: Options, found: Assignment) -> pd.DataFrame:
    """One row = limit: what there is, what the assignment takes, and what one more unit would add to its value."""
    used = problem.use @ np.bincount(found.choice[found.choice >= 0], minlength=problem.use.shape[1])
    names = ["budget", *(c.id for c in options.channels)]
    return pd.DataFrame({"limit": names, "available": problem.limits, "used": used, "shadow_price": found.prices})


def _group_shares(worth: np.ndarray, floors: Floors, found: Assignment) -> pd.DataFrame:
    """One row = fairness group: customers with a worthwhile option, planned customers, and the share."""
    count = len(floors.names)
    eligible = np.bincount(floors.groups[(worth > 0).any(axis=1)], minlength=count)
    planned = np.bincount(floors.groups[found.choice >= 0], minlength=count)
    table = pd.DataFrame({"group": floors.names, "eligible": eligible, "planned": planned})
    return table.assign(share=np.divide(planned, eligible, out=np.zeros(count), where=eligible > 0))


def _counted(table: pd.DataFrame, problem: Problem, found: Assignment) -> tuple[Figure, ...]:
    """Who is planned, sent to, held out, left in peace."""
    planned, reachable, sent = len(table), len(found.choice), int((~table["held_out"]).sum())
    worthwhile = int((np.isfinite(problem.worth) & (problem.worth > 0)).any(axis=1).sum())
    return (
        Figure("planned_contacts", planned, reachable, "count"),
        Figure("sent_contacts", sent, planned, "count"),
        Figure("silent_customers", reachable - worthwhile, reachable, "count"),
        Figure("crowded_out", worthwhile - planned, reachable, "count"),
        Figure("held_out_customers", planned - sent, planned, "count"),
        Figure("plan_budget", float(problem.limits[0]), sent, "money"),
    )


def _valued(table: pd.DataFrame, options: Options, draws: np.ndarray) -> tuple[Figure, ...]:
    """What the contacts sent cost and may bring."""
    sent = table[~table["held_out"]]
    values, n = _values(sent, options, draws), len(sent)
    low, high = (float(q) for q in np.quantile(values, tails(ASSUMED_LEVEL)))
    return (
        Figure("plan_cost", float(sent["cost"].sum()), n, "money"),
        Figure("plan_value", float(values.mean()), n, "money", low, high, level=ASSUMED_LEVEL),
        Figure("plan_loses", float((values < 0).mean()), len(values), "share"),
    )
