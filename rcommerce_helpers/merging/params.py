"""Parameters of notebook 01 and its chapters: by what records are linked, whose value survives, whose yes counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.merging.surviving_rules import read_rules
from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class LinkingParams(Params):
    """What chapter 01a may be told, and whoever links. It reads all records, so it has no purpose of its own."""

    PURPOSE: ClassVar[str] = ""

    matching: str = setting(
        "auto", "exact keys only, or also names: auto = names where several sources hold them",
        choices=("auto", "exact", "names"),
    )  # fmt: skip
    shared_limit: int = setting(
        8, "records that may share one e-mail or telephone before it counts as nobody's own", low=2, high=100
    )


@dataclass(frozen=True, kw_only=True)
class PermissionParams(LinkingParams):
    """What chapter 01b may be told."""

    selection_purpose: str = setting(
        "personalisation", "purpose whose yes is compared: who gives it, and who does not",
        choices=("statistics", "personalisation", "marketing"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MergingParams(LinkingParams):
    """What notebook 01 may be told."""

    trust_order: str = setting("", "sources from most to least trusted, crm,shop; empty: the newest value wins")
    story_purpose: str = setting(
        "statistics", "purpose whose permitted customers may be shown as a pseudonymous story",
        choices=("statistics", "personalisation", "marketing"),
    )  # fmt: skip

    surviving_rules: str = setting("", "rules where sources differ: name=longest,email=recent; empty: sensible ones")
    linking_cost_per_year: float = setting(5000.0, "what linking costs in a year; typed, not measured", low=0)
    mailing_cost: float = setting(1.0, "what one letter costs, print and postage; typed, not measured", low=0)
    mailings_per_year: int = setting(4, "mailings by post in a year; typed, not measured", low=0, high=366)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rules()

    def rules(self) -> dict[str, str]:
        """Group of columns -> the rule by which its values survive."""
        return read_rules(self.surviving_rules, trust_order=self.trust_order)

    def trust(self) -> tuple[str, ...]:
        """Source names, most trusted first."""
        return tuple(part.strip() for part in self.trust_order.split(",") if part.strip())
