"""What one more member costs, kept or active, and when that question has no answer.

*Kept* are members of day 0 who are still active; *active* are all who are, newcomers included.

The price is a ratio of two differences, so its interval is Fieller's (1954): the set of prices at
which spend difference minus price times retained difference is not clearly unlike zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.statistics.intervals import MeanInterval, mean_interval
from plaza_lab.scenarios.statistics.pairing import BadRuns, paired_runs
from plaza_lab.scenarios.statistics.worlds import (
    crossed_moments,
    crossed_table,
    over_worlds,
    worlds_of,
)

People = Literal["active", "kept"]


@dataclass(frozen=True)
class IncrementalCost:
    """Extra fund spend per extra member, alternative against baseline.

    ``identified`` says whether the difference in retained members is clearly not zero; without it
    ``value``, ``low`` and ``high`` are NaN. ``words`` is one sentence for readers.
    """

    baseline: str
    alternative: str
    pairs: int
    spend: MeanInterval
    retained: MeanInterval
    value: float
    low: float
    high: float
    level: float
    identified: bool
    words: str


def incremental_cost(
    runs: pd.DataFrame,
    baseline: str,
    alternative: str,
    level: float = 0.95,
    people: People = "active",
) -> IncrementalCost:
    """Price of one more member; over several worlds, each world counts once.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with ``fund_spend_yuan`` and what :func:`retained_members` needs.
    baseline, alternative : str
        Policies; differences are alternative minus baseline.
    level : float
        Coverage, in (0, 1).
    people : {"active", "kept"}
        Who is counted: all members active in the last 28 days, or those of day 0 among them.

    Returns
    -------
    IncrementalCost
        In yuan per member active in the last 28 days at the end.

    Raises
    ------
    BadRuns
        If seeds do not match or the columns are missing.
    """
    first, second = paired_runs(runs, baseline, alternative)
    if "fund_spend_yuan" not in runs:
        raise BadRuns("the runs table has no outcome 'fund_spend_yuan'")
    spend = (second["fund_spend_yuan"] - first["fund_spend_yuan"]).to_numpy(dtype=float)
    count = kept_members if people == "kept" else retained_members
    before, after = (count(side).to_numpy(dtype=float) for side in (first, second))
    kept = np.isfinite(spend) & np.isfinite(before) & np.isfinite(after)
    worlds = worlds_of(first.index)
    pairs = int(kept.sum())
    size = float(np.abs(after[kept]).max()) if pairs else 0.0
    both = np.stack([spend, after - before])[:, kept]
    money = mean_interval(both[0], level, bootstrap=False)
    heads = mean_interval(both[1], level, scale=size, bootstrap=False)
    value, low, high = math.nan, math.nan, math.nan
    if worlds is not None:
        seeds = first.index.get_level_values("seed").to_numpy()
        table = crossed_table(both, worlds[kept], seeds[kept])
        if table.shape[1] > 1:
            money, heads = (over_worlds(one, level) for one in table)
            moments = crossed_moments(table)
            value, low, high = fieller_of(moments.means, moments.covariance, moments.freedom, level)
    elif pairs > 1:
        value, low, high = fieller(both[0], both[1], level)
    # Fieller's set is bounded exactly when Student's interval of the denominator leaves out 0.
    identified = math.isfinite(low)
    value = value if identified else math.nan
    words = _words(baseline, alternative, money, heads, (value, low, high), level, people)
    return IncrementalCost(
        baseline, alternative, pairs, money, heads, value, low, high, level,
        identified, words,
    )  # fmt: skip


def retained_members(runs: pd.DataFrame) -> pd.Series:
    """Active members of all at the end of each run; NaN where it cannot be known.

    Of ``retained_members``; of ``members_end`` and ``active_share``; or of spend and cost per
    retained member, whose ratio is that number wherever something was spent.

    Raises
    ------
    BadRuns
        If none of the three is there.
    """
    if "retained_members" in runs:
        return runs["retained_members"].astype(float)
    if {"members_end", "active_share"} <= set(runs.columns):
        return runs["members_end"] * runs["active_share"]
    if {"fund_spend_yuan", "cost_per_retained_yuan"} <= set(runs.columns):
        cost = runs["cost_per_retained_yuan"].astype(float)
        return runs["fund_spend_yuan"] / cost.where(cost > 0)
    raise BadRuns("the runs table does not tell how many members were retained: it needs "
                  "'retained_members', or 'members_end' and 'active_share'")  # fmt: skip


def kept_members(runs: pd.DataFrame) -> pd.Series:
    """Members of day 0 still active at the end of each run; NaN where it cannot be known.

    Of ``retention``, and of ``growth`` and ``members_end``, whose ratio is the members of day 0.

    Raises
    ------
    BadRuns
        If a column is missing.
    """
    if not {"retention", "growth", "members_end"} <= set(runs.columns):
        raise BadRuns("the runs table does not tell how many members were kept: it needs "
                      "'retention', 'growth' and 'members_end'")  # fmt: skip
    end, growth = (runs[name].astype(float) for name in ("members_end", "growth"))
    return runs["retention"].astype(float) * end / (1.0 + growth).where(growth > -1.0)


def fieller(
    numerator: np.ndarray, denominator: np.ndarray, level: float = 0.95
) -> tuple[float, float, float]:
    """Ratio of two paired means with Fieller's interval.

    Parameters
    ----------
    numerator, denominator : numpy.ndarray
        Shape ``(n,)``, ``n`` at least 2.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of float
        Ratio, low, high; the bounds are NaN when the denominator is not clearly unlike zero (the
        set is then unbounded), the ratio is NaN when it is zero.
    """
    n = numerator.size
    covariance = np.cov(np.vstack([numerator, denominator]), ddof=1) / n
    means = np.array([numerator.mean(), denominator.mean()])
    return fieller_of(means, covariance, n - 1, level)


def fieller_anytime(
    numerator: np.ndarray, denominator: np.ndarray, level: float, tightest: int
) -> tuple[float, float, float]:
    """Ratio of two paired means with Fieller's interval, valid at every look; as :func:`fieller`.

    The ratios that a look does not rule out: ``r`` for which the anytime-valid interval of the mean
    of ``numerator - r * denominator`` holds zero. Bounded only where that of the denominator leaves
    out zero, so that a ratio is told exactly where the denominator's difference is. Values are in
    the order in which they came; `level` and `tightest` as for
    :func:`plaza_lab.scenarios.statistics.anytime.anytime_interval`.
    """
    from plaza_lab.scenarios.statistics.anytime import anytime_interval, critical

    own = anytime_interval(denominator, level, tightest=tightest)
    means = np.array([numerator.mean(), denominator.mean()])
    if not (own.low > 0 or own.high < 0):
        return (float(means[0] / means[1]) if means[1] else math.nan), math.nan, math.nan
    covariance = np.cov(np.vstack([numerator, denominator]), ddof=1) / numerator.size
    return _fieller(means, covariance, float(critical(numerator.size, level, tightest)))


def fieller_of(
    means: np.ndarray, covariance: np.ndarray, freedom: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Ratio of two means with Fieller's interval, as :func:`fieller`.

    `means` are numerator and denominator, `covariance` that of these means, shape ``(2, 2)``, of
    `freedom` degrees; `level` is the coverage, in (0, 1).
    """
    return _fieller(means, covariance, float(scipy.special.stdtrit(freedom, (1 + level) / 2)))


def _fieller(
    means: np.ndarray, covariance: np.ndarray, errors: float
) -> tuple[float, float, float]:
    """Fieller's interval that reaches so many standard errors to each side."""
    y, x = map(float, means)
    t2 = errors**2
    a = x * x - t2 * covariance[1, 1]
    b = x * y - t2 * covariance[0, 1]
    c = y * y - t2 * covariance[0, 0]
    ratio = y / x if x else math.nan
    if a <= 1e-12 * x * x:
        return ratio, math.nan, math.nan
    root = math.sqrt(max(b * b - a * c, 0.0))
    return ratio, float((b - root) / a), float((b + root) / a)


def _words(
    baseline: str,
    alternative: str,
    spend: MeanInterval,
    people: MeanInterval,
    price: tuple[float, float, float],
    level: float,
    who: People,
) -> str:
    noun = "retained member" if who == "kept" else "active member"
    span = f"{level * 100:g} % interval"
    if people.n < 2:
        return f"The price of one more {noun} cannot be told from fewer than two pairs."
    if people.mean == 0 == people.sd:
        return (
            f"The price of one more {noun} cannot be told: {alternative} and {baseline} "
            "have the same number in every pair."
        )
    if not math.isfinite(price[1]):
        return (
            f"The price of one more {noun} cannot be told: their number under {alternative} is "
            f"not clearly different from {baseline} ({people.mean:+,.1f} on average, "
            f"{span} {people.low:+,.1f} to {people.high:+,.1f})."
        )
    kept, paid = f"{abs(people.mean):,.1f} members", f"{yuan(abs(spend.mean))} yuan"
    cost, between = yuan(price[0]), f"({span} {yuan(price[1])} to {yuan(price[2])})"
    if spend.mean == 0:
        word = "more" if people.mean > 0 else "fewer"
        return f"Both policies spend the same; {alternative} has {kept} {word}."
    if spend.low <= 0 <= spend.high:
        word = "more" if people.mean > 0 else "fewer"
        return (
            f"{alternative} has {kept} {word}; its spending is not clearly different "
            f"({spend.mean:+,.0f} yuan on average, {span} {spend.low:+,.0f} to {spend.high:+,.0f})."
        )
    if people.mean > 0 and spend.mean > 0:
        return f"One more {noun} costs about {cost} yuan {between}."
    if people.mean > 0:
        return f"{alternative} has {kept} more and spends {paid} less: they cost nothing extra."
    if spend.mean > 0:
        where = "of the first members" if who == "kept" else "in the whole community"
        return (
            f"{alternative} spends {paid} more, and at the end {kept} fewer {where} are active: "
            "the money buys none."
        )
    return f"{alternative} saves about {cost} yuan for each {noun} given up {between}."


def yuan(value: float) -> str:
    """Write an amount with as many decimals as its size deserves: 0.45, 12.3, 1,850."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"
