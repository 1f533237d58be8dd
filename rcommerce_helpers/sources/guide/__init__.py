"""The guide: from a folder of exports to a complete sources.toml, as a proposal that a person reads and corrects."""

from rcommerce_helpers.sources.guide.proposal import Proposal
from rcommerce_helpers.sources.guide.propose import propose
from rcommerce_helpers.sources.guide.write import toml_value, write_toml

__all__ = ["Proposal", "propose", "toml_value", "write_toml"]
