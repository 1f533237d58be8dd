"""Every rate and effect of the demo world: one named number each, with its public source or the word "assumed".

The data sheet prints this file's numbers through ``assumption_rows``; no other module of the room holds a rate.
Shares are 0 to 1, gaps are days, effects are relative (0.08 = eight per cent more conversions than without).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


def rate(value: float | tuple[float, ...], source: str) -> Any:  # Any: as dataclasses.field, so fields keep their type
    """Declare one number with where it comes from."""
    return dataclasses.field(default=value, metadata={"source": source})


@dataclass(frozen=True)
class PeopleRates:
    """Who the customers are and how untidily ten systems write them down."""

    household_sizes: tuple[float, ...] = rate(
        (0.60, 0.31, 0.07, 0.02), "assumed: adult customers per household, 1 to 4"
    )
    couple: float = rate(0.70, "assumed: second adult customer is the partner; else child or sibling")
    sibling: float = rate(0.08, "assumed: second adult customer is a sibling")
    same_name_couple: float = rate(0.74, "GfdS 2018: about three in four couples carry one common family name")
    twin_of_siblings: float = rate(
        0.25, "assumed: far above the 1.8 % of births (Destatis) so that twins are met in tests"
    )
    junior: float = rate(0.10, "assumed: adult child carries the parent's first name (senior and junior)")
    company_contact: float = rate(0.05, "assumed: persons who also buy for a firm")
    info_mailbox: float = rate(0.30, "assumed: firm contacts who write from info@")
    married_name_changed: float = rate(0.14, "assumed: women whose older records carry the name before marriage")
    moved: float = rate(
        0.36, "assumed: moved within ten years; Destatis counts about 4 to 5 % moves across towns a year"
    )
    old_value_kept: float = rate(0.45, "assumed: a record still shows the former name or address")
    second_mailbox: float = rate(0.46, "assumed: people with two private mailboxes")
    use_second_mailbox: float = rate(0.30, "assumed: a record of such a person carries the second one")
    family_mailbox: float = rate(0.20, "assumed: households of two or more with one shared mailbox")
    use_family_mailbox: float = rate(0.50, "assumed: a record of such a household carries it")
    landline_share: float = rate(0.36, "assumed: a telephone on record is the household's landline")
    second_mobile: float = rate(0.28, "assumed: changed mobile number within ten years")
    umlaut_folded: float = rate(0.26, "assumed: umlauts written as ae, oe, ue, ss")
    umlaut_stripped: float = rate(0.05, "assumed: umlauts written as a, o, u, s")
    nickname: float = rate(0.07, "assumed: short form of the first name where there is one")
    initial_only: float = rate(0.035, "assumed: only the first letter of the first name")
    swapped_names: float = rate(0.015, "assumed: first and last name in the wrong field")
    typo_name: float = rate(0.045, "assumed, per name; between FEBRL's and the historical set's error rates")
    typo_street: float = rate(0.05, "assumed, per street")
    typo_mail: float = rate(0.02, "assumed, per mail address")
    typo_phone: float = rate(0.02, "assumed, per number")
    birth_swapped: float = rate(0.02, "assumed: day and month swapped")
    birth_digit: float = rate(0.025, "assumed: one digit of the birth date wrong")
    birth_placeholder: float = rate(0.02, "assumed: 01.01.1900 typed to get past a form")
    second_account: float = rate(0.08, "assumed: a second shop account of the same person")
    guest: float = rate(0.13, "assumed: persons with a guest order under a record of its own")
    guest_without_account: float = rate(0.60, "assumed: the same for persons who have no shop account")
    relay_guest: float = rate(0.30, "assumed: guest records that come from a marketplace with a relay address")
    joins_in_window: float = rate(0.30, "assumed: persons who become customers within the two years")


@dataclass(frozen=True)
class SystemRates:
    """How often one system knows a person, and how often it fills a field."""

    name: str
    known: float
    names: float
    mail: float
    phone: float
    birth: float
    address: float
    number: float


# All "assumed": order of magnitude of a mid-size shop; together about 2.6 records a person.
SYSTEMS: tuple[SystemRates, ...] = (
    SystemRates("shop", 0.82, 1.0, 1.0, 0.50, 0.24, 1.0, 1.0),
    SystemRates("guest", 0.0, 1.0, 1.0, 0.36, 0.0, 1.0, 0.0),
    SystemRates("crm", 0.47, 1.0, 0.70, 0.64, 0.60, 0.95, 0.26),
    SystemRates("newsletter", 0.36, 0.75, 1.0, 0.0, 0.06, 0.0, 0.0),
    SystemRates("till", 0.26, 1.0, 0.48, 0.40, 0.74, 0.90, 0.0),
    SystemRates("hotline", 0.17, 1.0, 0.30, 0.94, 0.16, 0.55, 0.18),
    SystemRates("tickets", 0.12, 0.93, 1.0, 0.18, 0.0, 0.0, 0.12),
    SystemRates("accounting", 0.24, 1.0, 0.42, 0.24, 0.0, 1.0, 0.34),
    SystemRates("reviews", 0.09, 0.75, 0.93, 0.0, 0.0, 0.0, 0.0),
)


@dataclass(frozen=True)
class PermissionRates:
    """What people allow."""

    statistics_objected: float = rate(0.02, "assumed: objections to statistics on legitimate interest")
    personalisation_granted: float = rate(0.74, "assumed: asked at the account; Bitkom-style surveys span 50 to 80 %")
    personalisation_refused: float = rate(0.16, "assumed; the rest was never asked")
    web_linking_granted: float = rate(0.56, "assumed: consent banners with a real choice reach about half")
    web_linking_refused: float = rate(0.34, "assumed")
    mail_granted: float = rate(0.66, "assumed: shop accounts with e-mail consent")
    mail_refused: float = rate(0.22, "assumed")
    mail_withdrawn: float = rate(0.06, "assumed: of those granted")
    phone_granted: float = rate(0.24, "assumed: CRM records with telephone consent (par. 7 UWG)")
    sms_granted: float = rate(0.20, "assumed: CRM records")
    push_granted: float = rate(0.18, "assumed: shop accounts with the app")
    post_objected: float = rate(0.07, "assumed: post on legitimate interest, objected")
    location_granted: float = rate(0.28, "assumed: holders of a loyalty card")
    objected_all: float = rate(0.012, "assumed: objection to all advertising")


@dataclass(frozen=True)
class BuyingRates:
    """How people buy. Consumables: a clock that lapses. Durables: a life. The rest: a mood nobody sees."""

    regular_shape: float = rate(4.5, "assumed: Weibull shape of a steady user's gaps")
    irregular_shape: float = rate(0.85, "assumed: Weibull shape of an erratic user's gaps (heavy tail)")
    regular_share: float = rate(0.62, "assumed: share of steady gaps in the mixture")
    gap_spread: float = rate(0.42, "assumed: sd of log mean gap between people")
    lapse_per_purchase: float = rate(0.045, "assumed: chance to give a consumable up after a purchase")
    lapse_after_price_rise: float = rate(0.22, "assumed: the same right after the capsule brand's price rise")
    pause: float = rate(0.06, "assumed: chance of a pause of two to four months after a purchase")
    mood_memory: float = rate(0.80, "assumed: weekly autocorrelation of the hidden mood")
    mood_tail: float = rate(2.6, "assumed: degrees of freedom of its Student shocks (heavy tails)")
    mood_up: float = rate(1.0, "assumed: threshold above which impulse buying multiplies")
    mood_up_factor: float = rate(3.6, "assumed: that factor")
    mood_down: float = rate(-1.1, "assumed: threshold below which even habits are skipped")
    skip_when_down: float = rate(0.62, "assumed: share of habitual purchases skipped then")
    impulse_a_year: float = rate(1.15, "assumed: mean impulse purchases a person and year")
    impulse_spread: float = rate(1.0, "assumed: sd of the log of that between people")
    gift: float = rate(0.27, "assumed: persons who buy a gift for Christmas here, each year")
    favourite: float = rate(0.72, "assumed: consumable bought is the favourite one")
    together: float = rate(
        0.34, "assumed: a matching product joins the basket (case with phone, capsules with machine)"
    )
    basket_days: float = rate(8, "assumed: needs within so many days go into one order")
    store_share: float = rate(0.30, "assumed: share of orders in a store where the town has one")
    phone_order: float = rate(0.025, "assumed: orders by telephone")
    cancelled: float = rate(0.028, "assumed: orders cancelled before delivery")
    cancellation_paper: float = rate(0.7, "assumed: of these, with a cancellation document of its own")
    credit_note: float = rate(0.5, "assumed: of posted orders with returns, with a credit note for them")
    test_orders: float = rate(0.001, "assumed: orders placed by staff for tests")
    voucher: float = rate(0.06, "assumed: web orders with a voucher")
    shipping_fee: float = rate(4.95, "assumed: EUR, below the free-delivery limit")
    free_from: float = rate(49.0, "assumed: EUR, free delivery from")
    wrong_size: float = rate(0.13, "assumed: shoe ordered one size off")
    drift_a_year: float = rate(-0.05, "assumed: fewer impulse purchases year on year")
    influence: float = rate(
        0.30, "assumed: a friend's start with a consumable makes one start, on edges that carry influence"
    )
    influence_edges: float = rate(0.40, "assumed: share of friendships that carry influence at all")
    friends: float = rate(2.4, "assumed: friendships a person has among customers")
    homophily: float = rate(0.70, "assumed: friendships formed among similar people")
    invited: float = rate(0.22, "assumed: new customers who were invited by a friend")
    reward: float = rate(20.0, "assumed: EUR for a successful invitation")


@dataclass(frozen=True)
class ContractRates:
    """Tariffs: law and market."""

    mobile: float = rate(0.42, "assumed: persons with a mobile contract through this shop")
    fibre: float = rate(0.17, "assumed: persons with an internet contract through this shop")
    tv: float = rate(0.30, "assumed: of internet customers with a television option")
    term_months: float = rate(24, "par. 56 TKG: first term at most 24 months")
    notice_days: float = rate(30, "par. 56 (3) TKG: one month's notice, any time after the first term")
    left_at_term: float = rate(0.17, "assumed: contracts ended at the first term; churn of about 1 % a month is usual")
    left_later_a_month: float = rate(0.011, "assumed: monthly leaving after the first term")
    renewed_at_term: float = rate(0.30, "assumed: new 24 months signed at the end of the term")
    warranty: float = rate(0.16, "assumed: durables with a paid warranty extension, 36 or 60 months")


@dataclass(frozen=True)
class ServiceRates:
    """Cases, voices, answers."""

    case_per_order: float = rate(0.055, "assumed: orders that lead to a case")
    case_a_year: float = rate(0.11, "assumed: cases a person and year without an order (tariff, invoice, device)")
    solved_first: float = rate(0.66, "SQM Group and others report first-contact resolution of about 70 %")
    repeat: float = rate(0.42, "assumed: chance of one contact more while unsolved")
    handover: float = rate(0.34, "assumed: chance of a hand-over per contact after the first")
    other_channel: float = rate(0.16, "assumed: answer on another channel than asked")
    never_solved: float = rate(0.13, "assumed: of cases not solved at first contact")
    lost_after_bad: float = rate(0.33, "assumed: orders lost within 120 days of an unsolved case")
    answered: float = rate(0.34, "assumed: cases with a satisfaction answer")
    review: float = rate(0.035, "assumed: items reviewed")
    review_extremes: float = rate(0.30, "assumed: share of J-shaped five and one star answers beyond the mean")
    survey: float = rate(0.12, "assumed: yearly relationship survey, answered")
    form: float = rate(0.13, "assumed: persons who filled in the preference form")
    testimonial_rewarded: float = rate(0.4, "assumed: testimonials for a reward")


@dataclass(frozen=True)
class WebRates:
    """The site."""

    browse_a_year: float = rate(3.4, "assumed: visits a person and year without order in view")
    browse_spread: float = rate(0.9, "assumed: sd of its log between people")
    before_order: float = rate(0.5, "assumed: visits in the ten days before a web order")
    cart_left: float = rate(0.70, "Baymard Institute: about 70 % of carts are left")
    cart_curious: float = rate(0.42, "assumed: visits of known people without order in view that fill a cart")
    cart_stranger: float = rate(0.26, "assumed: the same for strangers; together near Baymard's 70 % carts left")
    logged_in: float = rate(0.46, "assumed: visits with a login, orders always")
    strangers: float = rate(1.6, "assumed: visits of people who never become known, per known visit")
    devices: tuple[float, ...] = rate((0.58, 0.34, 0.08), "assumed: mobile, desktop, tablet; near Statcounter Germany")
    referrers: tuple[float, ...] = rate(
        (0.31, 0.29, 0.13, 0.12, 0.06, 0.09), "assumed: search, direct, newsletter, bargain blog, film magazine, social"
    )
    main_referrer: float = rate(0.62, "assumed: a visit comes by the person's usual way")


@dataclass(frozen=True)
class CampaignRates:
    """What contacts do. Small, as published."""

    main_effect: tuple[float, ...] = rate(
        (0.08, 0.09, 0.12, 0.07, 0.05),
        "DellaVigna & Linos 2022: +8 % at scale; split over e-mail, SMS, phone, post, push is assumed",
    )
    pattern_mean: tuple[float, ...] = rate(
        (0.011, 0.023, 0.029, 0.015, 0.010, 0.005, 0.004, 0.0),
        "Browne & Jones 2017: reminder, social proof, scarcity, urgency; reciprocity, simplification, commitment, "
        "information assumed near zero",
    )
    dull_cells: float = rate(
        0.60, "Browne & Jones 2017: 90 % of 6,700 tests within 1.2 %; lowered so that something can be learnt"
    )
    dull_sd: float = rate(0.004, "assumed: relative effect of a dull pattern x context cell")
    lively_sd: float = rate(0.09, "assumed: relative effect of a lively cell (Student t, 4 degrees of freedom)")
    effect_cap: float = rate(0.45, "assumed: no cell beyond")
    novice_social: float = rate(0.12, "assumed, after seed 001: social proof works on the inexperienced")
    fatigue: float = rate(0.45, "assumed: effect divided by 1 + this x contacts of the last 60 days")
    unsubscribe: float = rate(0.0035, "assumed: per e-mail contact; industry reports lie at 0.1 to 0.5 %")
    unsubscribe_fatigue: float = rate(0.9, "assumed: unsubscribing grows by this per recent contact")
    opened: float = rate(0.36, "assumed: e-mails opened")
    clicked: float = rate(0.24, "assumed: of opened messages, clicked")
    spill_over: float = rate(0.12, "assumed: chance that a friend with influence buys too after an extra conversion")
    window_days: float = rate(14, "assumed: outcome window")
    holdout_novice: float = rate(0.30, "by design: chance of the holdout for the inexperienced")
    holdout_experienced: float = rate(0.18, "by design: for the experienced")
    targeted_top: float = rate(0.18, "by design: targeted campaigns take the likeliest buyers")
    targeted_noise: float = rate(0.2, "by design: sd scale of the error in that ranking")
    bad_rows: float = rate(0.003, "by design: broken rows added to the exports, share of the rows of a file")


PEOPLE = PeopleRates()
PERMISSION = PermissionRates()
BUYING = BuyingRates()
CONTRACT = ContractRates()
SERVICE = ServiceRates()
WEB = WebRates()
CAMPAIGN = CampaignRates()


def assumption_rows() -> list[tuple[str, str, str, str]]:
    """One row per number: group, name, value, source; the data sheet prints them."""
    rows = []
    for group in (PEOPLE, PERMISSION, BUYING, CONTRACT, SERVICE, WEB, CAMPAIGN):
        title = type(group).__name__.removesuffix("Rates").lower()
        for entry in dataclasses.fields(group):
            value = getattr(group, entry.name)
            text = " / ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"
            rows.append((title, entry.name, text, entry.metadata["source"]))
    for system in SYSTEMS:
        shares = dataclasses.asdict(system)
        for name in ("known", "names", "mail", "phone", "birth", "address", "number"):
            rows.append((f"system {system.name}", name, f"{shares[name]:g}", "assumed"))
    return rows
