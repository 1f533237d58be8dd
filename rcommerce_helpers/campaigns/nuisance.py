"""The two small models behind the estimates: ridge for outcomes, ridge-penalised logit for the chance of a contact.

Plain numpy: they are fitted hundreds of times on a few thousand rows, and need no more than a solve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scale:
    """Column means and standard deviations of the rows a model was fitted on; a first column of ones is added."""

    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray) -> Scale:
        return cls(features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9))

    def design(self, features: np.ndarray) -> np.ndarray:
        """(rows, 1 + columns)."""
        return np.column_stack([np.ones(len(features)), (features - self.mean) / self.sd])


def predict_ridge(train: np.ndarray, outcome: np.ndarray, features: np.ndarray, *, penalty: float = 1.0) -> np.ndarray:
    """Fit ridge on (train, outcome) and predict for ``features``; the intercept is not penalised."""
    scale = Scale.of(train)
    x = scale.design(train)
    weight = penalty * np.eye(x.shape[1])
    weight[0, 0] = 0.0
    return np.asarray(scale.design(features) @ np.linalg.solve(x.T @ x + weight, x.T @ outcome))


def predict_chance(
    train: np.ndarray, hit: np.ndarray, features: np.ndarray, *, penalty: float = 1.0, steps: int = 12
) -> np.ndarray:
    """Fit a logit of ``hit`` (0/1) by Newton steps and predict probabilities for ``features``."""
    scale = Scale.of(train)
    x = scale.design(train)
    weight = penalty * np.eye(x.shape[1])
    weight[0, 0] = 1e-9
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        chance = _logistic(x @ beta)
        slope = x.T @ (hit - chance) - weight @ beta
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + weight
        step = np.linalg.solve(curve, slope)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return _logistic(scale.design(features) @ beta)


def _logistic(score: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -35, 35))))


def folds(rows: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """(rows,): fold number of each row, folds as equal as they can be."""
    return rng.permutation(np.arange(rows) % count)
