"""What is known of each member, given her history: how active, how likely still there.

This is the one place that knows the law of activity of the simulator: another law needs another
:func:`posterior` and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATES = np.exp(np.linspace(np.log(1e-4), np.log(60.0), 96))
"""Active days a week over which is averaged; nobody's lie outside."""
DROPOUTS = 24
AT_ONCE = 4_000


@dataclass(frozen=True)
class Persons:
    """Posterior of each member.

    Attributes
    ----------
    here : numpy.ndarray
        float64[n], chance that she has not stopped for good.
    rate, rate_sd : numpy.ndarray
        float64[n], active days a week while she is here: mean, and spread of its logarithm.
    dropout : numpy.ndarray
        float64[n], chance of stopping after an active day, mean.
    """

    here: np.ndarray
    rate: np.ndarray
    rate_sd: np.ndarray
    dropout: np.ndarray


def posterior(
    natural: np.ndarray, repeats: np.ndarray, recency: np.ndarray, observed: np.ndarray
) -> Persons:
    """Give every member's rate, dropout and presence given her history.

    Parameters
    ----------
    natural : numpy.ndarray
        float64[4 or 7], the law of :mod:`plaza_lab.scenarios.fit.active_days`.
    repeats : numpy.ndarray
        float64[n], active days after the first.
    recency, observed : numpy.ndarray
        float64[n], days from the first active day to the last, and to the end.

    Returns
    -------
    Persons
        Expectations over rates on a grid and over dropouts in equal parts of their law.
    """
    rows, place = np.unique(np.column_stack([repeats, recency, observed]), axis=0,
                            return_inverse=True)  # fmt: skip
    parts = [
        _of_rows(natural, rows[start : start + AT_ONCE]) for start in range(0, len(rows), AT_ONCE)
    ]
    found = np.concatenate(parts, axis=1)[:, place.ravel()]
    return Persons(*found)


def _of_rows(natural: np.ndarray, rows: np.ndarray) -> np.ndarray:
    repeats, recency, observed = rows.T
    active = -np.expm1(-RATES / 7)
    log_active, log_idle = np.log(active), -RATES / 7
    acts = np.outer(repeats, log_active)
    alive = acts + np.outer(observed - repeats, log_idle)
    gone = acts + np.outer(recency - repeats, log_idle)
    mass, sums = np.zeros(len(rows)), np.zeros((5, len(rows)))
    peak = np.maximum(alive.max(axis=1), gone.max(axis=1))
    for share, log_density, dropout in _classes(natural):
        density = np.exp(log_density - np.logaddexp.reduce(log_density))
        still = np.exp(alive - peak[:, None]) * density
        left = np.exp(gone - peak[:, None]) @ density
        stays = (1 - dropout) ** (repeats[:, None] + 1)
        goes = dropout * (1 - dropout) ** repeats[:, None]
        whole = still.sum(axis=1)
        here = share * whole * stays.mean(axis=1)
        mass += here + share * left * goes.mean(axis=1)
        log_rates = np.log(RATES)
        stay = share * stays.mean(axis=1)
        sums += np.array(
            [
                here,
                stay * (still @ RATES),
                stay * (still @ log_rates),
                stay * (still @ log_rates**2),
                share * whole * (stays * dropout).mean(axis=1),
            ]
        )
    here = np.maximum(sums[0], 1e-300)
    log_mean = sums[2] / here
    spread = np.sqrt(np.maximum(sums[3] / here - log_mean**2, 0.0))
    return np.array([sums[0] / mass, sums[1] / here, spread, sums[4] / here])


def _classes(natural: np.ndarray) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Share, log-density of ln(rate) on the grid, and dropouts, of posters and of the core."""
    from scipy.special import betaincinv

    r, alpha, a, b = natural[:4]
    middles = (np.arange(DROPOUTS) + 0.5) / DROPOUTS
    dropouts = np.clip(betaincinv(a, b, middles), 1e-9, 1 - 1e-9)
    core = natural[4] if len(natural) == 7 else 0.0
    found = [(1.0 - core, r * np.log(RATES) - alpha * RATES, dropouts)]
    if core:
        factor, dropout = natural[5], natural[6]
        log_density = r * np.log(RATES) - alpha / factor * RATES
        below = factor * r / alpha > RATES
        found.append((core, np.where(below, -700.0, log_density), np.array([dropout])))
    return found
