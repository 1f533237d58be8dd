"""How many customers a test needs."""

from __future__ import annotations

import numpy as np

from rcommerce_helpers.results import LEVEL
from rcommerce_helpers.statistics.intervals import normal_quantile


def customers_per_arm(base: float, relative: float, *, level: float = LEVEL, power: float = 0.8) -> int:
    """Smallest arm of a two-armed test that finds a relative lift on a base share with this power (normal formula)."""
    treated = base * (1 + relative)
    reach = normal_quantile(level) + normal_quantile(2 * power - 1)
    variance = base * (1 - base) + treated * (1 - treated)
    return int(np.ceil(reach**2 * variance / (treated - base) ** 2))
