"""Policies over many worlds: what one regrets in hindsight, and where all wishes are met.

References: Savage (1951) for minimax regret; Starr (1963) and Lempert, Popper & Bankes (2003) for
the share of worlds in which a policy satisfies; Wilson (1927) for the interval of a share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plaza_lab.scenarios.outcomes import OUTCOMES, outcome_named, show_value
from plaza_lab.scenarios.sensitivity.responses import POINT
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.pairing import BadRuns, check_columns, check_policies

RESAMPLES = 2_000
BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same interval
SHORT = {
    "spend": "fund_spend_yuan",
    "cost": "cost_per_retained_yuan",
    "members": "members_end",
    "runway": "runway_weeks",
}
WRITTEN = re.compile(r"^\s*([A-Za-z_]\w*)\s*(>=|<=|>|<)\s*([-+0-9.,_eE]+)\s*(%|pp)?\s*$")


@dataclass(frozen=True)
class Threshold:
    """A wish for one outcome.

    Parameters
    ----------
    outcome : str
        Column of the runs table.
    is_least : bool
        Whether it shall be at least the bound; otherwise at most.
    bound : float
        In storage units (shares as 0-1).
    """

    outcome: str
    is_least: bool
    bound: float

    def met(self, values: np.ndarray) -> np.ndarray:
        """Return where the wish is met; never where a value is undefined."""
        return np.asarray(values >= self.bound if self.is_least else values <= self.bound)

    def __str__(self) -> str:
        declared = outcome_named(self.outcome)
        sign = ">=" if self.is_least else "<="
        return f"{declared.label.lower()} {sign} {show_value(declared, self.bound)}"


def thresholds(texts: Iterable[str], columns: Iterable[str]) -> list[Threshold]:
    """Read wishes such as ``retention>=50%`` and ``spend<=100000``.

    Parameters
    ----------
    texts : iterable of str
        One wish each; ``%`` divides by a hundred, commas part thousands.
    columns : iterable of str
        Outcomes there are.

    Returns
    -------
    list of Threshold
        In the order given.

    Raises
    ------
    BadRuns
        If a text cannot be read, or names no outcome.
    """
    from plaza_lab.scenarios.settings.options import nearest

    present, found = set(columns), []
    for text in texts:
        parts = WRITTEN.match(text)
        try:
            number = float(parts[3].replace(",", "")) if parts else math.nan
        except ValueError:
            parts = None
        if parts is None:
            raise BadRuns(f"{text!r} is no wish; write it as retention>=50% or spend<=100000")
        name = SHORT.get(parts[1], parts[1])
        if name not in present:
            near = nearest(parts[1], [*(present & set(OUTCOMES)), *SHORT])
            raise BadRuns(f"{text}: the runs have no outcome {parts[1]}{near}")
        found.append(Threshold(name, parts[2][0] == ">", number / 100 if parts[4] else number))
    if not found:
        raise BadRuns("no wish to satisfy; write one such as retention>=50%")
    return found


def regret(
    runs: pd.DataFrame, outcome: str, policies: Sequence[str] | None = None, *, point: str = POINT
) -> pd.DataFrame:
    """Tabulate what each policy falls short of the best one, world by world.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run: ``policy``, `point`, ``seed``, `outcome`.
    outcome : str
        Column; higher is better unless it is declared otherwise.
    policies : sequence of str, optional
        Default: all of the table.
    point : str
        Column that numbers the worlds.

    Returns
    -------
    pandas.DataFrame
        One row per policy and world: ``policy``, ``world_point``, ``value`` (mean over the seeds
        that every policy has there), ``seeds``, ``best`` (of the world), ``regret`` (never below
        zero) and ``is_best``. Worlds without such a seed are left out.

    Raises
    ------
    BadRuns
        If a column or policy is missing, or no world has all the policies.
    """
    paired, chosen = _paired(runs, [outcome], policies, point)
    means = paired.groupby([point, "policy"], observed=True)[outcome].mean().unstack()[chosen]
    counts = paired.groupby(point)["seed"].nunique()
    is_lower = outcome_named(outcome).better == "lower"
    best = means.min(axis=1) if is_lower else means.max(axis=1)
    table = means.reset_index().melt(point, chosen, "policy", "value")
    table = table.rename(columns={point: POINT})
    table["seeds"] = table[POINT].map(counts)
    table["best"] = table[POINT].map(best)
    table["regret"] = (table["value"] - table["best"]).abs()
    table["is_best"] = table["regret"] == 0
    return table.assign(outcome=outcome)


def regret_summary(table: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Summarise regret by policy.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`regret`.
    level : float
        Coverage of the intervals over worlds, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row a policy, smallest largest regret first: ``max_regret`` and ``worst_world``;
        ``mean_regret`` with ``mean_low`` and ``mean_high``; ``regret_90`` (of nine worlds in ten)
        with ``regret_90_low`` and ``regret_90_high``; ``share_best`` of the worlds with
        ``share_low`` and ``share_high``; ``is_minimax``; ``minimax_share`` (of resampled sets of
        worlds in which the policy has the smallest largest regret); ``worlds``.

    Notes
    -----
    Intervals are over worlds, with the seeds as they are. The largest regret of the worlds seen is
    no bound for worlds unseen and has no interval; the best of several noisy
    means is a little too good, so regret with few seeds is a little too large.
    """
    from scipy.stats import binomtest

    wide = table.pivot(index=POINT, columns="policy", values="regret")
    wide = wide[list(dict.fromkeys(table["policy"]))]
    numbers = wide.to_numpy()
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    picks = rng.integers(0, len(wide), (RESAMPLES, len(wide)))
    blocks = np.array_split(picks, math.ceil(picks.size * numbers.shape[1] / 10_000_000))
    worst = np.concatenate([numbers[block].max(axis=1) for block in blocks])
    ninth = np.concatenate([np.quantile(numbers[block], 0.9, axis=1) for block in blocks])
    is_least = worst == worst.min(axis=1, keepdims=True)
    shares = (is_least / is_least.sum(axis=1, keepdims=True)).mean(axis=0)
    tail, rows = (1 - level) / 2, []
    for at, policy in enumerate(wide.columns):
        own = numbers[:, at]
        mean = mean_interval(own, level, scale=float(np.abs(table["value"]).max()))
        best = binomtest(int((own == 0).sum()), len(own)).proportion_ci(level, "wilson")
        low, high = np.quantile(ninth[:, at], [tail, 1 - tail])
        rows.append({
            "policy": policy, "outcome": table["outcome"].iloc[0], "worlds": len(own),
            "max_regret": float(own.max()), "worst_world": wide.index[int(own.argmax())],
            "mean_regret": mean.mean, "mean_low": mean.low, "mean_high": mean.high,
            "regret_90": float(np.quantile(own, 0.9)), "regret_90_low": float(low),
            "regret_90_high": float(high), "share_best": float((own == 0).mean()),
            "share_low": float(best.low), "share_high": float(best.high),
            "is_minimax": bool(own.max() == numbers.max(axis=0).min()),
            "minimax_share": float(shares[at]), "level": level,
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("max_regret", kind="stable").reset_index(drop=True)


def satisficing(
    runs: pd.DataFrame,
    wishes: Sequence[Threshold],
    policies: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    point: str = POINT,
) -> pd.DataFrame:
    """Tabulate the share of worlds in which each policy meets every wish.

    Parameters
    ----------
    runs, policies, point
        As for :func:`regret`.
    wishes : sequence of Threshold
        Of :func:`thresholds`.
    level : float
        Coverage of the intervals over worlds (Wilson), in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per policy and wish, and one with ``wish`` = ``all of them``: ``met`` worlds,
        ``worlds``, ``share`` with ``low`` and ``high``. A world counts by its mean over the seeds
        that every policy has there; an undefined outcome meets no wish.

    Raises
    ------
    BadRuns
        If a column or policy is missing, or no world has all the policies.
    """
    from scipy.stats import binomtest

    names = list(dict.fromkeys(wish.outcome for wish in wishes))
    paired, chosen = _paired(runs, names, policies, point, keep_undefined=True)
    means = paired.groupby(["policy", point], observed=True)[names].mean(skipna=False)
    rows = []
    for policy in chosen:
        own = means.loc[policy]
        met = {str(wish): wish.met(own[wish.outcome].to_numpy()) for wish in wishes}
        met["all of them"] = np.logical_and.reduce(list(met.values()))
        for wish, where in met.items():
            cell = binomtest(int(where.sum()), len(own)).proportion_ci(level, "wilson")
            rows.append({
                "policy": policy, "wish": wish, "met": int(where.sum()), "worlds": len(own),
                "share": float(where.mean()), "low": float(cell.low), "high": float(cell.high),
                "level": level,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _paired(
    runs: pd.DataFrame, outcomes: Sequence[str], policies: Sequence[str] | None, point: str,
    keep_undefined: bool = False,
) -> tuple[pd.DataFrame, list[str]]:  # fmt: skip
    """Runs of the worlds and seeds that every policy has."""
    check_columns(runs, ("policy", point, "seed", *outcomes))
    chosen = list(dict.fromkeys(runs["policy"] if policies is None else policies))
    check_policies(runs, chosen)
    own = runs[runs["policy"].isin(chosen)]
    if own.duplicated(["policy", point, "seed"]).any():
        raise BadRuns(f"a policy has two runs of one {point} and seed")
    if not keep_undefined:
        own = own[np.isfinite(own[list(outcomes)].to_numpy(dtype=float)).all(axis=1)]
    together = own.groupby([point, "seed"])["policy"].transform("nunique") == len(chosen)
    own = own[together]
    if own.empty:
        raise BadRuns(
            f"no world and seed has a run of each of {', '.join(chosen)} with a defined "
            f"{' and '.join(outcomes)}"
        )
    return own, chosen


def regret_words(summary: pd.DataFrame) -> list[str]:
    """Say in two sentences which policy of :func:`regret_summary` is regretted least."""
    first = summary.iloc[0]
    declared = outcome_named(str(first["outcome"]))
    largest = _gap(str(first["outcome"]), float(first["max_regret"]))
    lines = [
        f"{first['policy']} has the smallest largest regret in {declared.label.lower()}: at worst "
        f"{largest} behind the best policy of a world ({first['worlds']} worlds; smallest in "
        f"{first['minimax_share'] * 100:.0f} % of resampled sets of worlds)."
    ]
    top = summary.sort_values("share_best", ascending=False, kind="stable").iloc[0]
    lines.append(
        f"{top['policy']} is best in most worlds: {top['share_best'] * 100:.0f} % "
        f"({top['level'] * 100:g} % interval {top['share_low'] * 100:.0f} to "
        f"{top['share_high'] * 100:.0f} %)."
    )
    return lines


def _gap(outcome: str, value: float) -> str:
    declared = outcome_named(outcome)
    text = show_value(declared, value)
    return text.replace(" %", " points") if declared.unit == "share" else text
