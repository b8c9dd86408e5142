"""Regression adjustment: accepted draws moved to where their summaries meet the targets.

A draw is accepted when its summaries are near the targets, not when they are on them; what is left
widens the posterior. Beaumont, Zhang & Balding (2002) take the linear part of it away: parameters
are regressed on summaries among the accepted draws, near ones counting more, and each draw is moved
along the regression to the targets. Done on the logit of the shares, so that no draw leaves the
prior's range.
"""

from __future__ import annotations

import numpy as np

EDGE = 1e-6


def adjusted(
    shares: np.ndarray, weights: np.ndarray, summaries: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Move draws along the regression of parameters on summaries.

    Parameters
    ----------
    shares : numpy.ndarray
        Accepted draws in the unit cube, shape ``(draws, parameters)``.
    weights : numpy.ndarray
        Shape ``(draws,)``, sum 1.
    summaries : numpy.ndarray
        Shape ``(draws, targets)``.
    values : numpy.ndarray
        Targets, shape ``(targets,)``.

    Returns
    -------
    tuple of numpy.ndarray
        Shares, shape ``(draws, parameters)``, and weights, sum 1. Too few draws for a regression
        are returned as they are.
    """
    gaps = summaries - values
    spread = np.sqrt(weights @ gaps**2)
    gaps = gaps / np.where(spread > 0, spread, 1.0)
    far = np.sqrt((gaps**2).sum(axis=1))
    nearness = 1 - (far / (1.001 * far.max())) ** 2 if far.max() > 0 else np.ones(len(far))
    near = weights * nearness
    near = near / near.sum()
    free = 1 / (near**2).sum() - gaps.shape[1] - 1
    if free < 5:
        return shares, weights
    design = np.column_stack([np.ones(len(gaps)), gaps])
    logits = _logit(shares)
    root = np.sqrt(near)[:, None]
    slopes = np.linalg.lstsq(design * root, logits * root, rcond=None)[0]
    centre, rest = slopes[0], logits - design @ slopes
    # a regression on many summaries follows the draws too closely: give the lost spread back
    wider = np.sqrt((free + gaps.shape[1]) / free)
    return 1 / (1 + np.exp(-(centre + wider * rest))), near


def _logit(shares: np.ndarray) -> np.ndarray:
    inside = np.clip(shares, EDGE, 1 - EDGE)
    return np.log(inside / (1 - inside))
