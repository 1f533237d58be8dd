"""Landing: whatever a firm exports becomes canonical tables, with nothing guessed and nothing lost."""

from rcommerce_helpers.sources.checking import CheckReport, check
from rcommerce_helpers.sources.data_set import DataSet, load_data_set
from rcommerce_helpers.sources.landing import LandingReport, land

__all__ = ["CheckReport", "DataSet", "LandingReport", "check", "land", "load_data_set"]
