"""From a fit to the state that is kept: members with their posteriors, ties, recent level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import chance_alive, first_days
from plaza_lab.scenarios.forecast.backtest import Acts
from plaza_lab.scenarios.forecast.persons import posterior

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.fit.activity import ActiveDays, ActivityFit
    from plaza_lab.scenarios.fit.log import Log
    from plaza_lab.scenarios.fit.purchases import PurchaseFit, Purchases

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
