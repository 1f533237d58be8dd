"""offers.toml: what may be offered, over which channels, within which limits.

``read_offers`` reads the file strictly: an unknown name or a wrong type is refused with the place and the nearest
known name. Money is in the reporting currency of the data set. Nothing here decides anything.
"""

from __future__ import annotations

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rcommerce_helpers.campaigns.activation import PATTERNS
from rcommerce_helpers.errors import NotEnoughData, SchemaError
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema.permission import CHANNELS

LARGEST_BELIEVED_UPLIFT = 0.10
"""Above this a typed uplift is remarked on and the plan uses this value: Browne and Jones (2017) found 90 % of 6,700
shop tests within 1.2 % either side of nothing."""

Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0)]
ClaimKind = Literal["stock_left", "bought_count", "strike_price", "ends_on"]


class _Strict(BaseModel):
    """Unknown names and wrong types are refused; what was read cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class UpliftPrior(_Strict):
    """Assumed relative effect of one contact on the probability of a purchase: mean and standard deviation."""

    mean: Annotated[float, Field(ge=-0.5, le=2.0)] = 0.02
    sd: Annotated[float, Field(ge=0, le=1.0)] = 0.02


class Claim(_Strict):
    """One statement of fact in the message; ``says`` is the number it states.

    ``product_id`` is needed for stock and strike prices; ``days`` is the window of a count; ``until`` the stated end.
    """

    kind: ClaimKind
    says: Money | None = None
    product_id: str | None = None
    days: Annotated[int, Field(ge=1, le=365)] = 28
    until: date | None = None


class Offer(_Strict):
    """One offer: ``margin`` is earned per purchase, ``discount`` is given up on every purchase, won or not."""

    id: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    category: Annotated[str, Field(min_length=1)]
    margin: Money
    discount: Money = 0.0
    uplift_prior: UpliftPrior = UpliftPrior()
    text: str = ""
    patterns: Annotated[tuple[str, ...], Field(strict=False)] = ()
    claims: Annotated[tuple[Claim, ...], Field(strict=False)] = ()

    @property
    def remark(self) -> str:
        """What to say about an uplift few tests have ever shown; empty otherwise."""
        if self.uplift_prior.mean <= LARGEST_BELIEVED_UPLIFT:
            return ""
        return "larger than 90 % of 6,700 shop tests"

    @property
    def believed_uplift(self) -> float:
        """The typed mean, capped."""
        return min(self.uplift_prior.mean, LARGEST_BELIEVED_UPLIFT)


class Channel(_Strict):
    """One channel: cost per contact, contacts it can carry in the period, hours in which it stays quiet.

    ``strength`` scales the offers' uplift (1 = as assumed). ``unsubscribe_risk`` x ``value_share`` (the part of a
    customer's remaining value that needs this channel) prices the loss of trust a contact risks.
    """

    id: str
    cost: Money
    capacity: Annotated[int, Field(ge=0)]
    quiet_hours: Annotated[tuple[int, int], Field(strict=False)] = (20, 8)
    purpose: Literal["marketing"] = "marketing"
    strength: Annotated[float, Field(ge=0, le=5)] = 1.0
    unsubscribe_risk: Share = 0.002
    value_share: Share = 0.05


class Budget(_Strict):
    """Money for the period."""

    amount: Money


class Period(_Strict):
    """The plan runs from the day after the last known one, for so many days."""

    days: Annotated[int, Field(ge=1, le=365)] = 28


class Caps(_Strict):
    """No customer gets more contacts than this within so many days, past campaigns included."""

    contacts_per_customer: Annotated[int, Field(ge=0)] = 2
    days: Annotated[int, Field(ge=1, le=365)] = 28


class Fairness(_Strict):
    """Every group of this attribute gets contacts for at least this share of its customers with a worthwhile option."""

    attribute: str
    floor: Share


class Holdout(_Strict):
    """Share of the planned customers that is left without contact, by chance; the seed makes the draw repeatable."""

    share: Annotated[float, Field(ge=0, le=0.9)] = 0.1
    seed: int = 1


class Offers(_Strict):
    """All of offers.toml."""

    budget: Budget
    offers: Annotated[tuple[Offer, ...], Field(strict=False, min_length=1)]
    channels: Annotated[tuple[Channel, ...], Field(strict=False, min_length=1)]
    period: Period = Period()
    caps: Caps = Caps()
    fairness: Fairness | None = None
    holdout: Holdout = Holdout()

    @property
    def figures(self) -> tuple[Figure, ...]:
        return (Figure("offers_read", len(self.offers), len(self.offers), "count"),)


def read_offers(path: Path) -> Offers:
    """Read and check offers.toml.

    Raises
    ------
    NotEnoughData
        The data set has no offers.toml: nothing is planned.
    SchemaError
        The file is not valid; the message names the place, what came and the nearest known name.
    """
    if not path.exists():
        raise NotEnoughData(
            path.name,
            got="no such file beside sources.toml",
            expected="offers, channels and a budget",
            do="Fill in the example that `rcommerce new FOLDER` writes",
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(path.name, got=str(error), expected="a valid toml file", do="Correct that line") from None
    try:
        offers = Offers.model_validate(content)
    except ValidationError as error:
        unknown_first = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise _named(unknown_first[0], path.name) from None
    _check_names(offers, path.name)
    return offers


def or_assumed(offers: object) -> Offers:
    """The offers read, or the assumptions for questions that need no offer: caps, one cheap channel, a small uplift.

    With these nothing is planned (there is no budget); they serve to look at moments, doses and the size of a test.
    """
    if isinstance(offers, Offers):
        return offers
    return Offers(
        budget=Budget(amount=0.0),
        offers=(Offer(id="assumed", name="assumed", category="assumed", margin=0.0),),
        channels=(Channel(id="email", cost=0.004, capacity=0),),
    )


_KNOWN: dict[str, type[BaseModel]] = {
    "": Offers,
    "offers": Offer,
    "channels": Channel,
    "budget": Budget,
    "period": Period,
    "caps": Caps,
    "fairness": Fairness,
    "holdout": Holdout,
    "uplift_prior": UpliftPrior,
    "claims": Claim,
}


def _named(problem: Any, file: str) -> SchemaError:
    """The first problem of a validation as ``file: place: got; expected; do``."""
    place = [str(p) for p in problem["loc"]]
    where = f"{file}: {'.'.join(place)}"
    if problem["type"] != "extra_forbidden":
        got = "nothing" if problem["type"] == "missing" else repr(problem["input"])
        return SchemaError(where, got=got, expected=str(problem["msg"]).lower(), do="Correct this entry")
    tables = [p for p in place[:-1] if p in _KNOWN]
    known = list(_KNOWN[tables[-1] if tables else ""].model_fields)
    return SchemaError(where, got="an unknown name", expected=f"one of {', '.join(known)}", do=_near(place[-1], known))


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}" if near else "Remove it"


def _check_names(offers: Offers, file: str) -> None:
    """Names that must come from a closed list or be unique."""
    lists = {
        "offers.patterns": ([p for o in offers.offers for p in o.patterns], list(PATTERNS)),
        "channels.id": ([c.id for c in offers.channels], [c for c in CHANNELS if c != "any"]),
    }
    for place, (names, known) in lists.items():
        for name in names:
            if name not in known:
                raise SchemaError(
                    f"{file}: {place}", got=repr(name), expected=f"one of {', '.join(known)}", do=_near(name, known)
                )
    for place, ids in (("offers.id", [o.id for o in offers.offers]), ("channels.id", [c.id for c in offers.channels])):
        if len(set(ids)) < len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            raise SchemaError(f"{file}: {place}", got=f"{twice!r} twice", expected="unique names", do="Rename one")
    if any(not 0 <= h <= 24 for c in offers.channels for h in c.quiet_hours):
        raise SchemaError(f"{file}: channels.quiet_hours", got="an hour", expected="0 to 24", do="Correct it")


CLAIM_KINDS: tuple[str, ...] = get_args(ClaimKind)
