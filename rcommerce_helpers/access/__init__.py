"""The only door to data for stages: a purpose, its permitted persons, nothing later than the last known day."""

from rcommerce_helpers.access.absent import Absent
from rcommerce_helpers.access.clock import day_after
from rcommerce_helpers.access.tables import Tables, open_tables

__all__ = ["Absent", "Tables", "day_after", "open_tables"]
