"""The plan: few, well-timed contacts under budget, capacity, permission, caps and fairness.

Comes in: scores (one row = customer x category), who may be contacted, offers that passed the gate. Goes out: one row =
customer: offer, channel, day, hour, reason, expected value with its interval, arm and propensity. Nothing is sent where
nothing is worth it. A share is held out by chance, so that the plan can be measured.

Worth of a contact = probability x assumed uplift x (margin - discount) - probability x discount - cost - trust cost.
The uplift is an assumption until a test has measured it: the plan is fed with mean - caution x sd (the optimiser's
curse: whoever picks the best of noisy numbers is promised too much), and its value is stated over draws of that prior.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns.assign import Assignment, Problem, assign
from rcommerce_helpers.campaigns.claims import Gate
from rcommerce_helpers.campaigns.offers import LARGEST_BELIEVED_UPLIFT, Channel, Offer, Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Figure

DRAWS = 2000
HOLDOUT_ARM = "none"
REMIND_DAYS_BEFORE = 3


@dataclass(frozen=True)
class Plan:
    """What would be sent.

    ``table``: one row = customer (all, also those left in peace): customer_id, offer_id, offer, category, channel, day,
    hour, reason, why_silent, expected_value, low, high (90 %), arm, propensity, held_out.
    ``mix``: one row = offer x channel: contacts sent, cost, expected_value. ``prices``: one row = limit: available,
    used, shadow_price. ``groups``: one row = fairness group: customers with a worthwhile option, planned, share.
    """

    table: pd.DataFrame
    mix: pd.DataFrame
    prices: pd.DataFrame
    groups: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


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


def build_plan(  # noqa: PLR0913 - one argument per earlier answer
    scores: pd.DataFrame, reach: Reach, gate: Gate, offers: Offers, currency: str, params: CampaignParams
) -> Plan:
    """Assign at most one contact to every reachable customer.

    Raises
    ------
    NotEnoughData
        No offer passed the gate, nobody may be contacted, or no offered category is scored.
    """
    chosen = tuple(o for o in offers.offers if o.id in gate.allowed)
    people = reach.customers[reach.customers["reachable"]].reset_index(drop=True)
    _enough(chosen, people, scores)
    options = _options(scores, people, reach.channels, chosen, offers.channels)
    fed = np.array([o.believed_uplift - params.caution * o.uplift_prior.sd for o in chosen])
    worth = np.where(options.open, options.gain * fed[options.offer_of] - options.loss, -np.inf)
    scored = set(scores["category"])
    groups, names = pd.factorize(people["group"], sort=True)
    floors = _floors(worth, groups, len(names), offers)
    problem = _problem(worth, options, offers, params, (groups, floors))
    found = assign(problem)
    unfair = assign(Problem(problem.worth, problem.use, problem.limits, groups, floors * 0)) if floors.any() else found
    table = _table(people, options, found, scores)
    table = _timed(table, people, options, offers, reach.as_of)
    table = _hold_out(table, offers, params)
    draws = _draw_uplifts(chosen, params.seed)
    table = _price(table, options, found, draws)
    eligible = set(people.loc[(worth > 0).any(axis=1), "customer_id"])
    full = _with_silent(table, reach, eligible)
    return Plan(
        table=full,
        mix=_mix(table, options),
        prices=_prices(problem, options, found),
        groups=_group_shares(worth, groups, names, found),
        currency=currency,
        figures=(
            Figure("offers_unscored", sum(o.category not in scored for o in chosen), len(chosen), "count"),
            *_figures(table, options, found, draws, (fed, unfair, problem)),
        ),
    )


def _enough(offers: tuple[Offer, ...], people: pd.DataFrame, scores: pd.DataFrame) -> None:
    if not offers:
        raise NotEnoughData(
            "offers", got="none that passes the gate", expected="one", do="Correct the refused patterns and claims"
        )
    if people.empty:
        raise NotEnoughData("customers", got="nobody who may be contacted", expected="one", do="Ask for consent")
    scored = set(scores["category"])
    if not any(o.category in scored for o in offers):
        raise NotEnoughData(
            "offers.category",
            got=", ".join(o.category for o in offers),
            expected=f"one of the scored categories, such as {', '.join(sorted(scored)[:3])}",
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
    offered = scores["category"].isin([o.category for o in offers])
    usable = scores[offered & ~scores["suppressed"].fillna(False).astype(bool)]
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


def _floors(worth: np.ndarray, groups: np.ndarray, count: int, offers: Offers) -> np.ndarray:
    """Customers of each group who must get a contact: the floor share of those with anything worthwhile."""
    if offers.fairness is None:
        return np.zeros(max(count, 1), dtype=np.int64)
    eligible = np.bincount(groups[(worth > 0).any(axis=1)], minlength=count)
    return np.asarray(np.floor(offers.fairness.floor * eligible), dtype=np.int64)


def _problem(
    worth: np.ndarray, options: Options, offers: Offers, params: CampaignParams, fairness: tuple[np.ndarray, np.ndarray]
) -> Problem:
    """Limits in the order budget, then one capacity per channel."""
    cost = np.array([c.cost for c in options.channels])[options.channel_of]
    carried = (options.channel_of[None, :] == np.arange(len(options.channels))[:, None]).astype(float)
    limits = [offers.budget.amount * params.budget_multiplier, *(c.capacity for c in options.channels)]
    return Problem(worth, np.vstack([cost, carried]), np.array(limits, dtype=float), *fairness)


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


def _timed(table: pd.DataFrame, people: pd.DataFrame, options: Options, offers: Offers, as_of: str) -> pd.DataFrame:
    """Add day and hour: some days before the product is due, else spread over a week; hours are never quiet."""
    if table.empty:
        return table.assign(hour=pd.Series(dtype=float), day=pd.Series(dtype=object))
    quiet = [options.channels[i].quiet_hours for i in options.channel_of[table["option"]]]
    usual = people["usual_hour"].to_numpy()[table["row"]]
    hours = [allowed_hour(int(hour), hours) for hour, hours in zip(usual, quiet)]
    spread = pd.Series([int(7 * _chance(i, "day")) for i in table["customer_id"]], index=table.index, dtype=float)
    due = (table["due_days"].astype(float) - REMIND_DAYS_BEFORE).round()
    wait = due.where((due >= 0) & (due < offers.period.days)).fillna(spread)
    first = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return table.assign(hour=hours, day=(first + pd.to_timedelta(wait, unit="D")).dt.date)


def allowed_hour(hour: int, quiet: tuple[int, int]) -> int:
    """The hour itself, or the first one after the quiet hours (from, to); equal ends = never quiet."""
    start, end = quiet
    inside = start <= hour < end if start <= end else hour >= start or hour < end
    return end % 24 if inside else hour


def _chance(key: str, salt: str) -> float:
    """A number from 0 to 1 that belongs to the key: the same in every run and on every machine."""
    digest = hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _hold_out(table: pd.DataFrame, offers: Offers, params: CampaignParams) -> pd.DataFrame:
    """Draw the holdout among the planned by a hash of customer and seed; record arm and propensity.

    Propensity is the chance of the arm a planned customer is in. Holding out after the assignment leaves some budget
    unspent: that is the price of knowing.
    """
    share = params.holdout_share or offers.holdout.share
    held = np.array([_chance(i, f"holdout:{offers.holdout.seed}") < share for i in table["customer_id"]], dtype=bool)
    arm = np.where(held, HOLDOUT_ARM, table["offer_id"] + "/" + table["channel"])
    return table.assign(held_out=held, arm=arm, propensity=np.where(held, share, 1 - share))


def _draw_uplifts(offers: tuple[Offer, ...], seed: int) -> np.ndarray:
    """(DRAWS, offers): uplifts as the prior believes them, never above what shop tests have shown."""
    mean = np.array([o.believed_uplift for o in offers])
    sd = np.array([o.uplift_prior.sd for o in offers])
    drawn = mean + sd * np.random.default_rng(seed).standard_normal((DRAWS, len(offers)))
    return np.asarray(np.minimum(drawn, LARGEST_BELIEVED_UPLIFT))


def _price(table: pd.DataFrame, options: Options, found: Assignment, draws: np.ndarray) -> pd.DataFrame:
    """Expected value per customer with its 90 % interval, before the holdout is taken off."""
    rows, option = table["row"].to_numpy(dtype=int), table["option"].to_numpy(dtype=int)
    gain, loss = options.gain[rows, option], options.loss[rows, option]
    offer = options.offer_of[option]
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
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
    reason = np.where(crowded, "budget or capacity is used up", "nothing is worth a contact")
    full["why_silent"] = full["why"].where(full["why"] != "", reason).where(silent, "")
    full["held_out"] = full["held_out"].fillna(False).astype(bool)
    full["arm"] = full["arm"].where(~silent, HOLDOUT_ARM)
    full["propensity"] = full["propensity"].fillna(1.0)
    full["hour"] = full["hour"].astype("Int64")
    names = ["customer_id", "offer_id", "offer", "category", "channel", "day", "hour", "reason", "why_silent"]
    return full[[*names, "expected_value", "low", "high", "arm", "propensity", "held_out"]]


def _mix(table: pd.DataFrame, options: Options) -> pd.DataFrame:
    """One row = offer x channel that is used: contacts sent, cost, expected value."""
    sent = table[~table["held_out"]]
    return (
        sent.groupby(["offer", "channel"], as_index=False)
        .agg(contacts=("customer_id", "size"), cost=("cost", "sum"), expected_value=("expected_value", "sum"))
        .sort_values("contacts", ascending=False, ignore_index=True)
    )


def _prices(problem: Problem, options: Options, found: Assignment) -> pd.DataFrame:
    """One row = limit: what there is, what the assignment takes, and what one more unit would add to its value."""
    used = problem.use @ np.bincount(found.choice[found.choice >= 0], minlength=problem.use.shape[1])
    names = ["budget", *(c.id for c in options.channels)]
    return pd.DataFrame({"limit": names, "available": problem.limits, "used": used, "shadow_price": found.prices})


def _group_shares(worth: np.ndarray, groups: np.ndarray, names: pd.Index, found: Assignment) -> pd.DataFrame:
    """One row = fairness group: customers with a worthwhile option, planned customers, and the share."""
    eligible = np.bincount(groups[(worth > 0).any(axis=1)], minlength=len(names))
    planned = np.bincount(groups[found.choice >= 0], minlength=len(names))
    table = pd.DataFrame({"group": names, "eligible": eligible, "planned": planned})
    return table.assign(share=np.divide(planned, eligible, out=np.zeros(len(names)), where=eligible > 0))


def _figures(
    table: pd.DataFrame,
    options: Options,
    found: Assignment,
    draws: np.ndarray,
    more: tuple[np.ndarray, Assignment, Problem],
) -> tuple[Figure, ...]:
    fed, unfair, problem = more
    planned, reachable = len(table), len(found.choice)
    worthwhile = int((np.isfinite(problem.worth) & (problem.worth > 0)).any(axis=1).sum())
    sent = table[~table["held_out"]]
    offer = options.offer_of[sent["option"].to_numpy(dtype=int)]
    gains = np.bincount(offer, weights=sent["gain"], minlength=len(options.offers))
    values = draws @ gains - float(sent["loss"].sum())
    low, high = np.quantile(values, [0.05, 0.95])
    n = len(sent)
    return (
        Figure("assumed_uplift", float(fed.mean()), len(fed), "change"),
        Figure("planned_contacts", planned, reachable, "count"),
        Figure("sent_contacts", n, planned, "count"),
        Figure("silent_customers", reachable - worthwhile, reachable, "count"),
        Figure("crowded_out", worthwhile - planned, reachable, "count"),
        Figure("held_out_customers", planned - n, planned, "count"),
        Figure("plan_budget", float(problem.limits[0]), n, "money"),
        Figure("plan_cost", float(sent["cost"].sum()), n, "money"),
        Figure("plan_value", float(values.mean()), n, "money", float(low), float(high)),
        Figure("plan_loses", float((values < 0).mean()), len(values), "share"),
        Figure("budget_shadow_price", float(found.prices[0]), planned, "money"),
        Figure("assignment_gap", found.gap, int(options.open.sum()), "share"),
        Figure("fairness_price", max(0.0, unfair.value - found.value), planned, "money"),
    )
