"""The five levels of Relationship Commerce, and which figures of the stages speak for each.

The levels are those of Stalph, Spreer and Haratsis (R-Commerce, Springer 2023): privacy first, customer centricity,
data-based action, moment-driven dialogue, sustainability.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """One figure that speaks for a level."""

    stage: str
    name: str
    says: str


@dataclass(frozen=True)
class Level:
    """One level: what it asks, and its evidence."""

    level: str
    asks: str
    evidence: tuple[Evidence, ...]


LEVELS: tuple[Level, ...] = (
    Level(
        "1 Privacy first",
        "Do we keep to what each person permits?",
        (
            Evidence("merging", "permitted_share_statistics", "customers who may be counted"),
            Evidence("merging", "permitted_share_personalisation", "customers who may be scored"),
            Evidence("merging", "permitted_share_marketing", "customers who may be contacted"),
        ),
    ),
    Level(
        "2 Customer centricity",
        "Do we see persons instead of records?",
        (
            Evidence("merging", "customers", "customers behind the records"),
            Evidence("merging", "orders_known_share", "orders whose customer is known"),
            Evidence("patterns", "repeat_share", "customers who came back at least once"),
        ),
    ),
    Level(
        "3 Data-based action",
        "Do our figures stand up to a test?",
        (
            Evidence("patterns", "findings_naive", "findings a side-by-side look would have believed"),
            Evidence("patterns", "findings_hold", "findings that hold in customers held out"),
            Evidence("affinity", "auc_gain", "lead over counting own purchases, in pairs ranked rightly (AUC)"),
            Evidence("campaigns", "effect_identified", "past campaigns can be judged"),
        ),
    ),
    Level(
        "4 Moment-driven dialogue",
        "Do we come at the right time, and stay silent otherwise?",
        (
            Evidence("campaigns", "customers_with_moment", "customers with an open moment"),
            Evidence(
                "affinity",
                "due14_auc",
                "what is due within two weeks: share of pairs ranked rightly (AUC, a coin toss has 0.5)",
            ),
            Evidence("campaigns", "silent_customers", "reachable customers left in peace"),
        ),
    ),
    Level(
        "5 Sustainability",
        "Does it last without discounts and pressure?",
        (
            Evidence("patterns", "full_price_share", "revenue at full price"),
            Evidence("patterns", "at_risk_customers", "customers silent for longer than is usual for them"),
            Evidence("campaigns", "plan_value", "expected profit of the plan after cost and trust cost"),
        ),
    ),
)
