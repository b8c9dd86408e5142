"""From a fit to the state that is kept: members with their posteriors, ties, recent level.

What is known of each member, given her history, is how active she is and how likely still there.
:func:`posterior` alone knows the law of activity of the simulator: another law needs another one
and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import chance_alive, first_days
from plaza_lab.scenarios.forecast.backtest import Acts

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.fit.activity import ActiveDays, ActivityFit
    from plaza_lab.scenarios.fit.log import Log
    from plaza_lab.scenarios.fit.purchases import PurchaseFit, Purchases

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


RECENT_DAYS = 28
TIE_FADING = 0.01  # a day; science.md A.8 (.005-.03)


def acts_of_log(log: Log, days: ActiveDays) -> Acts:
    """Active days of a log of acts."""
    return Acts(days.member, days.day, days.posts, log.n_days, log.last_day)


def acts_of_purchases(data: Purchases) -> Acts:
    """Purchase days of a log of purchases."""
    once = np.ones(len(data.customer), np.int64)
    return Acts(data.customer, data.day, once, data.n_days, data.last_day, has_purchases=True)


def histories_of(acts: Acts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First day, last day, and distinct days of every member; int64[n_members] each."""
    n = int(acts.member.max()) + 1
    last = np.zeros(n, np.int64)
    np.maximum.at(last, acts.member, acts.day)
    return first_days(acts.member, acts.day), last, np.bincount(acts.member)


def members_of(acts: Acts, fit: ActivityFit, ids: list[str]) -> pd.DataFrame:
    """One row for each member of a log of acts.

    Parameters
    ----------
    acts : Acts
        The log.
    fit : ActivityFit
        Its law.
    ids : list of str
        Hashed or plain.

    Returns
    -------
    pandas.DataFrame
        Columns id, first_day, last_day, active_days, posts, recent_days, tenure_days, here, rate,
        rate_sd, dropout.
    """
    import pandas as pd

    from plaza_lab.scenarios.fit.active_days import natural_scale

    first, last, days = histories_of(acts)
    natural = natural_scale(fit.law.position)
    told = posterior(natural, days - 1.0, (last - first) * 1.0, acts.n_days - 1.0 - first)
    n = len(first)
    recent = acts.day >= acts.n_days - RECENT_DAYS
    return pd.DataFrame(
        {
            "id": ids,
            "first_day": first,
            "last_day": last,
            "active_days": days,
            "posts": np.bincount(acts.member, acts.amount, n).astype(np.int64),
            "recent_days": np.bincount(acts.member[recent], minlength=n),
            "tenure_days": acts.n_days - first,
            "here": told.here,
            "rate": told.rate,
            "rate_sd": told.rate_sd,
            "dropout": told.dropout,
        }
    )


def customers_of(acts: Acts, fit: PurchaseFit, ids: list[str]) -> pd.DataFrame:
    """One row for each customer of a log of purchases: history, presence and rate."""
    import pandas as pd

    law = np.exp(fit.law.position)
    first, last, days = histories_of(acts)
    repeats, recency, observed = days - 1.0, (last - first) / 7, (acts.n_days - 1 - first) / 7
    r, alpha, a, b = law
    return pd.DataFrame(
        {
            "id": ids,
            "first_day": first,
            "last_day": last,
            "purchase_days": days,
            "here": chance_alive(law, repeats, recency, observed),
            "rate": (r + repeats) / (alpha + observed),
            "dropout": a / (a + b + repeats),
        }
    )


def ties_of(log: Log) -> pd.DataFrame:
    """Ties from replies: what a member has said to another, faded to today."""
    import pandas as pd

    columns = {"member": np.int64, "other": np.int64, "contacts": float, "days_ago": np.int64}
    if log.reply_to is None:
        return pd.DataFrame({name: np.zeros(0, kind) for name, kind in columns.items()})
    spoken = (log.reply_to >= 0) & (log.reply_to < log.n_members) & (log.reply_to != log.member)
    ago = log.n_days - 1 - log.day[spoken]
    frame = pd.DataFrame({"member": log.member[spoken], "other": log.reply_to[spoken], "ago": ago})
    frame["weight"] = np.exp(-TIE_FADING * ago)
    found = frame.groupby(["member", "other"], as_index=False).agg(
        contacts=("weight", "sum"), days_ago=("ago", "min")
    )
    return found.astype(columns)


def recent_level(acts: Acts) -> dict[str, Any]:
    """What the last weeks were like."""
    series = acts.weekly().series
    return {
        name: {
            "last_4_weeks": float(values[-4:].mean()),
            "last_13_weeks": float(values[-13:].mean()),
        }
        for name, values in series.items()
    }
