"""The test of a trial: a difference between arms, with errors that are robust to clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """What a trial says: effect, standard error, 95 % interval, p, and how many were compared."""

    effect: float
    se: float
    low: float
    high: float
    p: float
    n: int
    clusters: int

    def is_proven(self, alpha: float) -> bool:
        """Whether the policy counts as proven: better, and significantly so (A12, F94)."""
        return bool(self.p < alpha and self.effect > 0.0)


FEW_CLUSTERS = 30
"""Clusters below which a test by their errors says significant too often (Cameron & Miller)."""
DRAWS = 1999


def judge(
    values: np.ndarray,
    arm: np.ndarray,
    clusters: np.ndarray | None = None,
    before: np.ndarray | None = None,
) -> Estimate:
    """Estimate the effect of being in the arm.

    Parameters
    ----------
    values : numpy.ndarray
        Float64, an outcome of each unit.
    arm : numpy.ndarray
        0 or 1, the arm of each.
    clusters : numpy.ndarray, optional
        To which cluster each belongs; without, units stand alone and errors are HC1.
    before : numpy.ndarray, optional
        Float64, the outcome of each before the trial, which takes luck out (Deng et al. 2013).

    Returns
    -------
    Estimate
        By least squares; Student's t with the degrees of freedom of the clusters less one
        (Cameron & Miller 2015). Of fewer than 30 whole clusters, p is that of drawing the arms
        anew, as errors are told too small there. NaN where an arm, or all but one cluster, is
        empty.
    """
    from statsmodels.regression.linear_model import OLS

    columns = [np.ones(len(values)), arm.astype(float)]
    if before is not None and np.ptp(before) > 0.0:
        columns.append(before - before.mean())
    n_clusters = len(values) if clusters is None else len(np.unique(clusters))
    if len(np.unique(arm)) < 2 or n_clusters <= len(columns):
        return Estimate(*(float("nan"),) * 4, 1.0, len(values), n_clusters)
    model = OLS(values, np.column_stack(columns))
    with np.errstate(divide="ignore", invalid="ignore"):  # where all are alike
        if clusters is None:
            fit = model.fit(cov_type="HC1", use_t=True)
        else:
            codes = np.unique(clusters, return_inverse=True)[1]
            fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
        low, high = fit.conf_int()[1]
        se, p = float(fit.bse[1]), float(fit.pvalues[1])
    if not se > 0.0 or not np.isfinite(p):  # all alike
        p = 1.0
    elif clusters is not None and n_clusters < FEW_CLUSTERS:
        p = _drawn_anew(np.asarray(values - fit.fittedvalues + fit.params[1] * arm), arm, codes, p)
    return Estimate(float(fit.params[1]), se, float(low), float(high), p, len(values), n_clusters)


def _drawn_anew(values: np.ndarray, arm: np.ndarray, codes: np.ndarray, usual: float) -> float:
    """Share of other draws of as many clusters that part the arms as far (Fisher 1935)."""
    heads = np.bincount(codes)
    treated = np.bincount(codes, arm) / heads
    if not np.isin(treated, (0.0, 1.0)).all():  # clusters that have been in both arms
        return usual
    rng = np.random.default_rng(0)
    draws = np.vstack([treated, rng.permuted(np.tile(treated, (DRAWS, 1)), axis=1)])
    sums = np.bincount(codes, values)
    gaps = draws @ sums / (draws @ heads) - (1.0 - draws) @ sums / ((1.0 - draws) @ heads)
    return float(np.mean(np.abs(gaps) >= np.abs(gaps[0]) - 1e-12))
