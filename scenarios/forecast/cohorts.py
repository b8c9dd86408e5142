"""Retention of the last real cohorts: who of those that came lately will be active."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.forecast.returning import ReturnLaw, after_week, recent_at
from plaza_lab.scenarios.forecast.weekly import Weekly

if TYPE_CHECKING:
    import pandas as pd

COHORTS, COHORT_WEEKS = 6, 4
AHEAD = (1, 4, 13, 26)
PATHS = 40


def cohort_retention(weekly: Weekly, law: ReturnLaw, seed: int = 0) -> pd.DataFrame:
    """Expected share of each of the last cohorts that is active 1, 4, 13 and 26 weeks from now.

    Parameters
    ----------
    weekly : Weekly
        The log.
    law : ReturnLaw
        Of coming back.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        One row for each cohort of four weeks with anybody in it, the latest last.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    members, state = recent_at(weekly, weekly.n_weeks)
    age = (weekly.n_weeks - 1 - weekly.first[members]) // COHORT_WEEKS
    rows = []
    for cohort in reversed(range(COHORTS)):
        own = np.flatnonzero(age == cohort)
        if not len(own):
            continue
        now = state.chosen(np.tile(own, PATHS))
        share = {}
        for week in range(1, max(AHEAD) + 1):
            is_here = rng.random(len(now.bits)) < law.chance(now)
            if week in AHEAD:
                share[f"in {week} weeks"] = f"{is_here.mean():.0%}"
            now = after_week(now, is_here)
        came = f"{cohort * COHORT_WEEKS} to {(cohort + 1) * COHORT_WEEKS} weeks ago"
        rows.append({"came": came, "members": len(own), **share})
    return pd.DataFrame(rows)
