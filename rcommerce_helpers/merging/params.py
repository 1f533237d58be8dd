"""Parameters of notebook 01: by what records are linked, whose value survives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class MergingParams(Params):
    """What notebook 01 may be told. It reads all records, so it has no purpose of its own."""

    PURPOSE: ClassVar[str] = ""

    matching: str = setting(
        "auto", "exact keys only, or also names: auto = names where several sources hold them",
        choices=("auto", "exact", "names"),
    )  # fmt: skip
    shared_limit: int = setting(
        8, "records that may share one e-mail or telephone before it counts as nobody's own", low=2, high=100
    )
    trust_order: str = setting("", "sources from most to least trusted, crm,shop; empty: the newest value wins")
    story_purpose: str = setting(
        "statistics", "purpose whose permitted customers may be shown as a pseudonymous story",
        choices=("statistics", "personalisation", "marketing"),
    )  # fmt: skip

    def trust(self) -> tuple[str, ...]:
        """Source names, most trusted first."""
        return tuple(part.strip() for part in self.trust_order.split(",") if part.strip())
