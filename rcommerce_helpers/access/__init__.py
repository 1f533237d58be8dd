"""The only door to data for stages: a purpose, its permitted persons, nothing later than the last known day."""

from rcommerce_helpers.access.tables import Tables, open_tables
from rcommerce_helpers.clock import day_after
from rcommerce_helpers.results import Absent

__all__ = ["Absent", "Tables", "day_after", "open_tables"]
