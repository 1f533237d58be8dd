"""What contacts truly do, and the calendar of campaigns: designed once per world, applied in ``campaigns``.

The relative effect of a contact on the chance to buy within two weeks is channel x pattern-in-context x play, divided
by fatigue. Most pattern x context cells are as good as nothing, some are not, some hurt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world.chance import Array, stream
from rcommerce_helpers.demo_world.rates import CAMPAIGN

PATTERNS = (
    "reminder",
    "social_proof",
    "scarcity",
    "urgency",
    "reciprocity",
    "simplification",
    "commitment",
    "information",
)
REFERRERS = ("search", "direct", "newsletter", "bargain_blog", "film_magazine", "social")
DEVICES = ("mobile", "desktop", "tablet")
EXPERIENCE = ("novice", "experienced")
NOWHERE = len(REFERRERS)
CHANNEL = {"email": 0, "sms": 1, "phone": 2, "post": 3, "push": 4}
REFERRER_FACTOR = np.array([1.0, 0.7, 1.2, 1.5, 0.6, 1.1, 0.8])  # channel effect by last referrer: assumed
DEVICE_FACTOR = np.array([1.1, 0.9, 0.8, 1.0])  # and by device (last: unknown): assumed


@dataclass(frozen=True)
class Campaign:
    """One campaign: ``lift`` is what its play adds for those it suits (``suits``), relative; arms are patterns.

    ``suits``: all, due (habit in the category), lapsed (no order in half a year), novice.
    """

    name: str
    kind: str
    day: int
    channel: str
    category: str
    arms: tuple[str, ...]
    lift: float
    suits: str = "all"
    share: float = 0.7
    randomised: bool = True


# Lifts are assumed: reminders that meet a need do something, vouchers move purchases, a birthday wish sells nothing.
CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign(
        "Herbstnewsletter Wohnen", "newsletter", 20, "email", "Heimtextilien", ("information", "social_proof"), 0.02
    ),
    Campaign("Black Week Stammkunden", "targeted", 57, "email", "", ("urgency",), 0.03, randomised=False),
    Campaign(
        "Kapseln gehen zur Neige",
        "replenishment",
        98,
        "email",
        "Kaffeekapseln",
        ("reminder", "information"),
        0.55,
        "due",
    ),
    Campaign("Laufsaison", "newsletter", 140, "email", "Laufschuhe", ("social_proof", "commitment"), 0.03),
    Campaign("Frühjahrspost beste Kunden", "targeted", 172, "post", "", ("reciprocity",), 0.02, randomised=False),
    Campaign("Wir vermissen Sie", "win_back", 205, "email", "", ("reciprocity", "urgency"), 0.40, "lapsed"),
    Campaign(
        "Wechsel zu Glasfaser",
        "up_sell",
        238,
        "phone",
        "Internettarife",
        ("simplification", "information"),
        0.10,
        share=0.9,
    ),
    Campaign("Nur noch wenige da", "newsletter", 270, "email", "Leuchten", ("scarcity", "information"), -0.10),
    Campaign("Dankeschön", "attention", 300, "email", "", ("reciprocity",), 0.0, share=0.35),
    Campaign("Sommer-SMS", "flash", 330, "sms", "", ("urgency", "simplification"), 0.06, share=0.9),
    Campaign("Parfüm nachfüllen", "replenishment", 362, "email", "Parfüm", ("reminder", "social_proof"), 0.45, "due"),
    Campaign("Gutschein für Käufer", "targeted", 392, "email", "", ("reciprocity",), 0.04, randomised=False),
    Campaign("Black Week alle", "newsletter", 422, "email", "", ("urgency", "social_proof", "scarcity"), 0.05),
    Campaign(
        "Kaffee im Januar", "replenishment", 470, "email", "Kaffeekapseln", ("reminder", "simplification"), 0.50, "due"
    ),
    Campaign("Stammkunden-Newsletter", "targeted", 505, "email", "", ("information",), 0.02, randomised=False),
    Campaign(
        "Neue Smartphones", "launch", 540, "email", "Smartphones", ("social_proof", "information", "scarcity"), 0.04
    ),
    Campaign("Postkarte Rückgewinnung", "win_back", 575, "post", "", ("reciprocity", "reminder"), 0.30, "lapsed", 0.9),
    Campaign(
        "Laufschuhe nach 500 km", "replenishment", 607, "email", "Laufschuhe", ("reminder", "commitment"), 0.50, "due"
    ),
    Campaign("Brief an Vielbesteller", "targeted", 637, "post", "", ("simplification",), 0.05, randomised=False),
    Campaign(
        "Sommernewsletter", "newsletter", 667, "email", "Küchenhelfer", ("information", "social_proof", "urgency"), 0.03
    ),
    Campaign("Willkommen zurück", "win_back", 702, "email", "", ("reciprocity", "simplification"), 0.35, "lapsed"),
)


@dataclass(frozen=True)
class Effects:
    """Relative effects: ``pattern`` by pattern, referrer (last = unknown) and experience; ``channel`` by channel."""

    pattern: Array
    channel: Array

    def of(self, channel: str, pattern: Array, context: tuple[Array, Array, Array]) -> Array:
        """Relative effect of a contact before fatigue and play; context = referrer, device, experience."""
        referrer, device, experience = context
        main = self.channel[CHANNEL[channel]] * REFERRER_FACTOR[referrer] * DEVICE_FACTOR[device]
        return np.asarray((1 + main) * (1 + self.pattern[pattern, referrer, experience]) - 1)


def build_effects(seed: int) -> Effects:
    """Draw the table of pattern x context effects of one world."""
    rng = stream(seed, "effects")
    shape = (len(PATTERNS), NOWHERE + 1, 2)
    mean = np.array(CAMPAIGN.pattern_mean)[:, None, None]
    lively = mean * 2 + CAMPAIGN.lively_sd * rng.standard_t(4, shape)
    dull = rng.normal(0, CAMPAIGN.dull_sd, shape).clip(-0.0095, 0.0095)
    count = int(np.prod(shape))
    is_dull = np.zeros(count, dtype=bool)
    is_dull[rng.permutation(count)[: round(CAMPAIGN.dull_cells * count)]] = True
    pattern = np.where(is_dull.reshape(shape), dull, lively)
    social = PATTERNS.index("social_proof")
    lively_social = ~is_dull.reshape(shape)[social, :, 0]
    pattern[social, lively_social, 0] += CAMPAIGN.novice_social
    return Effects(pattern.clip(-CAMPAIGN.effect_cap, CAMPAIGN.effect_cap), np.array(CAMPAIGN.main_effect))
