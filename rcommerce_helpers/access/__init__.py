"""The only door to data for stages: a purpose, its permitted persons, nothing later than the last known day."""

from rcommerce_helpers.access.absent import Absent

__all__ = ["Absent"]
