"""Assignment of at most one option to each customer under shared limits, with a certificate.

Lagrangian dual in numpy: every limit gets a price, every customer takes the option that is worth most after prices (or
none), and the prices move until the limits hold. The dual value bounds the best possible plan from above, so the gap
between it and the plan found is certified, not estimated; the prices are what one more unit of each limit is worth.
Source of the method: Fisher (1981, doi:10.1287/mnsc.27.1.1). Floors per group are limits with the sign turned.
Known limit: limits that leave room for a handful of customers only can leave a visible gap; it is then shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

CYCLES = 8
BISECTIONS = 30
POLISH_STEPS = 60
EXCHANGES = 60
CLOSED = 1e-4
NOTHING = -1


@dataclass(frozen=True)
class Problem:
    """What is to be assigned.

    Parameters
    ----------
    worth
        (customers, options): worth of each option in money; not positive or -inf = never taken.
    use
        (limits, options): what one assignment of the option takes from each limit.
    limits
        (limits,): how much there is.
    groups
        (customers,): number of the customer's group, 0 to G - 1.
    floors
        (G,): customers of each group that must get an option, as far as possible.
    """

    worth: np.ndarray
    use: np.ndarray
    limits: np.ndarray
    groups: np.ndarray
    floors: np.ndarray


@dataclass(frozen=True)
class Prices:
    """What one more unit of each limit costs, and the premium for a customer of each group with a floor."""

    limits: np.ndarray
    floors: np.ndarray


@dataclass(frozen=True)
class Assignment:
    """``choice`` per customer (option number, -1 = nothing); ``gap`` = (bound - value) / bound, certified."""

    choice: np.ndarray
    value: float
    bound: float
    prices: np.ndarray
    floor_prices: np.ndarray

    @property
    def gap(self) -> float:
        return 0.0 if self.bound <= 0 else max(0.0, (self.bound - self.value) / self.bound)


def assign(problem: Problem) -> Assignment:
    """Solve the assignment; never exceeds a limit; takes nothing where nothing is worth its price."""
    usable = np.where(problem.worth > 0, problem.worth, -np.inf)
    problem = replace(problem, worth=usable)
    prices, bound = _polish(problem, _coordinate_prices(problem))
    reduced = _reduced(problem, prices)
    choice = np.where(reduced.max(axis=1) > 0, reduced.argmax(axis=1), NOTHING)
    choice = _repair(problem, reduced, choice)
    choice = _fill(problem, reduced, _raise_floors(problem, reduced, choice))
    choice = _exchange(problem, choice, bound)
    chosen = choice >= 0
    value = float(problem.worth[chosen, choice[chosen]].sum())
    return Assignment(choice, value, max(bound, value), prices.limits, prices.floors)


def _reduced(p: Problem, at: Prices) -> np.ndarray:
    """(customers, options): worth after prices."""
    return np.asarray(p.worth - at.limits @ p.use + at.floors[p.groups][:, None])


def _demand(p: Problem, at: Prices) -> tuple[float, np.ndarray, np.ndarray]:
    """Dual value, use per limit and customers served per group at these prices."""
    reduced = _reduced(p, at)
    best = reduced.argmax(axis=1)
    worth = reduced[np.arange(len(best)), best]
    taken = worth > 0
    used = p.use @ np.bincount(best[taken], minlength=p.use.shape[1])
    served = np.bincount(p.groups[taken], minlength=len(p.floors))
    dual = float(worth[taken].sum() + at.limits @ p.limits - at.floors @ p.floors)
    return dual, used, served


def _coordinate_prices(p: Problem) -> Prices:
    """Set one price after the other to the lowest that keeps its limit, a few times round."""
    at = Prices(np.zeros(len(p.limits)), np.zeros(len(p.floors)))
    finite = p.worth[np.isfinite(p.worth)]
    top = float(finite.max()) if finite.size else 0.0
    for _ in range(CYCLES):
        before = np.concatenate([at.limits, at.floors])
        for r in range(len(p.limits)):
            positive = p.use[r][p.use[r] > 0]
            ceiling = (top + at.floors.max(initial=0)) / positive.min() if positive.size else 0.0
            at.limits[r] = _lowest_price(p, at, r, ceiling)
        for g in np.flatnonzero(p.floors > 0):
            at.floors[g] = _lowest_floor_price(p, at, int(g), float(at.limits @ p.use.max(axis=1)))
        if np.allclose(before, np.concatenate([at.limits, at.floors]), rtol=1e-7, atol=1e-12):
            break
    return at


def _lowest_price(p: Problem, at: Prices, r: int, ceiling: float) -> float:
    """The lowest price of limit ``r`` at which its demand fits, the other prices as they are."""
    trial = replace(at, limits=at.limits.copy())
    trial.limits[r] = 0.0
    if _demand(p, trial)[1][r] <= p.limits[r]:
        return 0.0
    low, high = 0.0, ceiling
    for _ in range(BISECTIONS):
        trial.limits[r] = (low + high) / 2
        if _demand(p, trial)[1][r] <= p.limits[r]:
            high = trial.limits[r]
        else:
            low = trial.limits[r]
    return high


def _lowest_floor_price(p: Problem, at: Prices, g: int, ceiling: float) -> float:
    """The lowest premium of group ``g`` at which its floor is reached; 0 where no premium reaches it."""
    trial = replace(at, floors=at.floors.copy())
    trial.floors[g] = 0.0
    if _demand(p, trial)[2][g] >= p.floors[g]:
        return 0.0
    low, high = 0.0, ceiling
    for _ in range(BISECTIONS):
        trial.floors[g] = (low + high) / 2
        if _demand(p, trial)[2][g] >= p.floors[g]:
            high = trial.floors[g]
        else:
            low = trial.floors[g]
    return high


def _polish(p: Problem, at: Prices) -> tuple[Prices, float]:
    """Subgradient steps from the prices found; the best bound seen is kept, with its prices."""
    best_dual, used, served = _demand(p, at)
    best = at
    for step in range(POLISH_STEPS):
        slope_r, slope_g = p.limits - used, served - p.floors
        scale = 0.02 * best_dual / (step + 1) ** 1.5
        size = scale / max(float(slope_r @ slope_r + slope_g @ slope_g), 1e-12)
        floors = np.where(p.floors > 0, np.clip(at.floors - size * slope_g, 0, None), 0.0)
        at = Prices(np.clip(at.limits - size * slope_r, 0, None), floors)
        dual, used, served = _demand(p, at)
        if dual < best_dual:
            best_dual, best = dual, at
    return best, best_dual


def _used(p: Problem, choice: np.ndarray) -> np.ndarray:
    return np.asarray(p.use @ np.bincount(choice[choice >= 0], minlength=p.use.shape[1]))


def _short(p: Problem, choice: np.ndarray) -> np.ndarray:
    """Customers each group lacks to its floor; negative = more than the floor."""
    return np.asarray(p.floors - np.bincount(p.groups[choice >= 0], minlength=len(p.floors)))


def _repair(p: Problem, reduced: np.ndarray, choice: np.ndarray) -> np.ndarray:
    """Give up the assignments worth least after prices until every limit holds; groups at their floor go last."""
    choice = choice.copy()
    for r in range(len(p.limits)):
        over = _used(p, choice)[r] - p.limits[r]
        holders = np.flatnonzero(choice >= 0)
        holders = holders[p.use[r, choice[holders]] > 0]
        at_floor = _short(p, choice)[p.groups[holders]] >= 0
        order = holders[np.lexsort((reduced[holders, choice[holders]], at_floor))]
        freed = np.cumsum(p.use[r, choice[order]])
        choice[order[: int(np.searchsorted(freed, over - 1e-12)) + 1] if over > 1e-12 else []] = NOTHING
    return choice


def _fill(p: Problem, reduced: np.ndarray, choice: np.ndarray, only: np.ndarray | None = None) -> np.ndarray:
    """Give what is left to those without an option, most worth after prices first; ``only`` restricts to some."""
    choice = choice.copy()
    while True:
        left = p.limits - _used(p, choice) + 1e-12
        fits = (p.use <= left[:, None]).all(axis=0)
        free = np.flatnonzero((choice < 0) if only is None else (choice < 0) & only)
        offered = np.where(fits & np.isfinite(p.worth[free]), reduced[free], -np.inf)
        if not offered.size or not np.isfinite(offered.max()):
            return choice
        best = offered.argmax(axis=1)
        worth = offered[np.arange(len(free)), best]
        order = np.argsort(-worth, kind="stable")[: int(np.isfinite(worth).sum())]
        within = (np.cumsum(p.use[:, best[order]], axis=1) <= left[:, None]).all(axis=0)
        order = order[: int(np.argmin(within)) if not within.all() else len(order)]
        choice[free[order]] = best[order]


def _exchange(p: Problem, choice: np.ndarray, bound: float) -> np.ndarray:
    """Spend what is left by single changes of option, best first, until nothing fits or the gap is closed.

    Matters where few customers share a limit: there, prices alone leave some of it unspent.
    """
    padded = np.column_stack([p.worth, np.zeros(len(choice))])
    use = np.column_stack([p.use, np.zeros(len(p.limits))])
    rows = np.arange(len(choice))
    choice = choice.copy()
    for _ in range(EXCHANGES):
        now = padded[rows, choice]
        if bound - now.sum() <= CLOSED * max(bound, 0.0):
            break
        left = p.limits - _used(p, choice) + 1e-12
        gain = p.worth - now[:, None]
        for r in range(len(left)):
            gain = np.where(use[r, :-1][None, :] - use[r, choice][:, None] <= left[r], gain, -np.inf)
        best = int(np.argmax(gain))
        if gain.flat[best] <= 1e-12:
            break
        choice[best // gain.shape[1]] = best % gain.shape[1]
    return choice


def _raise_floors(p: Problem, reduced: np.ndarray, choice: np.ndarray) -> np.ndarray:
    """Serve groups below their floor from what is left, then by taking over options of groups above theirs."""
    for group in np.flatnonzero(_short(p, choice) > 0):
        members = np.flatnonzero((choice < 0) & (p.groups == group))
        lacking = int(_short(p, choice)[group])
        only = np.zeros(len(choice), dtype=bool)
        only[members[np.argsort(-reduced[members].max(axis=1), kind="stable")[:lacking]]] = True
        choice = _fill(p, reduced, choice, only)
        for _ in range(max(0, int(_short(p, choice)[group]))):
            choice = _take_over(p, choice, int(group))
    return choice


def _take_over(p: Problem, choice: np.ndarray, group: int) -> np.ndarray:
    """Hand one option from a group above its floor to a member of this one, at the smallest loss; else unchanged."""
    givers = np.flatnonzero((choice >= 0) & (_short(p, choice)[p.groups] < 0))
    members = np.flatnonzero((choice < 0) & (p.groups == group))
    if not len(givers) or not len(members):
        return choice
    held, worth = choice[givers], p.worth[givers, choice[givers]]
    loss = np.full(p.use.shape[1], np.inf)
    np.minimum.at(loss, held, worth)
    gain = p.worth[members].max(axis=0) - loss
    option = int(np.argmax(gain))
    if not np.isfinite(gain[option]):
        return choice
    choice = choice.copy()
    choice[givers[held == option][np.argmin(worth[held == option])]] = NOTHING
    choice[members[np.argmax(p.worth[members, option])]] = option
    return choice
