"""Policies compared pair by pair: effect first, then interval, then how sure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from scenarios.outcomes import Outcome, outcomes_in
from scenarios.statistics.intervals import holm, mean_interval
from scenarios.statistics.pairing import BadRuns, paired_runs

COST, SPEND = "cost_per_retained_yuan", "fund_spend_yuan"


def compare(
    runs: pd.DataFrame,
    baseline: str,
    alternative: str,
    outcomes: Iterable[str | Outcome] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two policies outcome by outcome, paired by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run: ``policy``, ``seed`` and outcome columns.
    baseline, alternative : str
        Policies; differences are alternative minus baseline.
    outcomes : iterable of str or Outcome, optional
        Default: every declared outcome the table holds.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per outcome. ``pairs`` used and ``dropped`` (a side undefined); ``mean_`` and
        ``sd_`` of both sides; ``difference`` with ``low``, ``high``, the ``interval`` kind (``t``,
        ``bca``, ``exact``, ``none``) and ``why``; ``relative`` to the baseline mean;
        ``correlation`` of the pairs; ``pairing_gain`` = (var a + var b) / var d;
        ``superiority`` = P(d > 0), ties half; ``p`` and, for headlines, ``p_holm``;
        ``pairs_needed`` to tell this difference from zero with power 0.8; ``verdict``.

    Raises
    ------
    BadRuns
        If policies, seeds or outcomes do not match.

    Notes
    -----
    ``verdict`` is *higher* or *lower* when the interval leaves out zero and, for headline
    outcomes, the Holm-adjusted p is at most ``1 - level``; else *no clear difference*, or
    *undefined* without a pair.
    """
    return compare_all(runs, baseline, [alternative], outcomes, level)


def compare_all(
    runs: pd.DataFrame,
    baseline: str,
    alternatives: Iterable[str] | None = None,
    outcomes: Iterable[str | Outcome] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare several policies with one baseline; Holm runs over all their headlines together.

    Parameters
    ----------
    runs : pandas.DataFrame
        As in :func:`compare`.
    baseline : str
        The policy all others are compared with.
    alternatives : iterable of str, optional
        Default: every other policy of the table, in order of appearance.
    outcomes : iterable of str or Outcome, optional
        As in :func:`compare`.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        The rows of :func:`compare` for each alternative.

    Raises
    ------
    BadRuns
        If policies, seeds or outcomes do not match.
    """
    if not 0 < level < 1:
        raise BadRuns(
            f"level={level:g} is no coverage: give a number between 0 and 1, such as 0.95"
        )
    try:
        chosen = outcomes_in(runs.columns, outcomes)
    except KeyError as lacking:
        raise BadRuns(f"the runs table has no outcome {lacking}") from None
    if alternatives is None:
        alternatives = [p for p in dict.fromkeys(runs.get("policy", [])) if p != baseline]
    others = list(alternatives)
    if not others or not chosen:
        raise BadRuns("nothing to compare: give two policies and at least one outcome")
    table = pd.DataFrame(
        [row for policy in others for row in _rows(runs, baseline, policy, chosen, level)]
    )
    table["p_holm"] = holm(np.where(table["headline"], table["p"], np.nan))
    table["verdict"] = [_verdict(row, 1 - level) for row in table.to_dict("records")]
    return table


def _rows(
    runs: pd.DataFrame, baseline: str, alternative: str, outcomes: list[Outcome], level: float
) -> list[dict[str, Any]]:
    first, second = paired_runs(runs, baseline, alternative)
    names = {"baseline": baseline, "alternative": alternative}
    idle = SPEND in first and not (first[SPEND].any() or second[SPEND].any())
    rows = []
    for outcome in outcomes:
        a, b = (side[outcome.name].to_numpy(dtype=float) for side in (first, second))
        if outcome.name == COST and idle:
            a = b = np.full(a.shape, np.nan)
            why = "neither policy spends anything"
        else:
            why = ""
        row = names | _effect(a, b, level)
        declared = {"outcome": outcome.name, "label": outcome.label, "headline": outcome.headline}
        rows.append(row | declared | {"why": why or row["why"], "level": level})
    return rows


def _effect(a: np.ndarray, b: np.ndarray, level: float) -> dict[str, Any]:
    kept = np.isfinite(a) & np.isfinite(b)
    if not kept.any():
        return _undefined(a, b)
    a, b, dropped = a[kept], b[kept], int((~kept).sum())
    size = float(max(np.abs(a).max(), np.abs(b).max()))
    d = mean_interval(b - a, level, scale=size)
    mean_a, mean_b = float(a.mean()), float(b.mean())
    sd_a, sd_b = (float(x.std(ddof=1)) if x.size > 1 else math.nan for x in (a, b))
    return {
        "pairs": d.n,
        "dropped": dropped,
        "mean_baseline": mean_a,
        "mean_alternative": mean_b,
        "sd_baseline": sd_a,
        "sd_alternative": sd_b,
        "difference": d.mean,
        "sd_difference": d.sd,
        "low": d.low,
        "high": d.high,
        "interval": d.kind,
        "why": d.why,
        "relative": d.mean / abs(mean_a) if mean_a else math.nan,
        "correlation": _correlation(a, b, size),
        "pairing_gain": _pairing_gain(sd_a, sd_b, d.sd, size),
        "superiority": float(((b > a) + 0.5 * (b == a)).mean()),
        "p": d.p,
        "pairs_needed": _pairs_needed(d.mean, d.sd, level),
    }


def _undefined(a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """Row of an outcome no pair defines on both sides; each side keeps its own mean, if any."""
    columns = (
        "sd_baseline sd_alternative difference sd_difference low high relative correlation "
        "pairing_gain superiority p pairs_needed"
    )
    means = [float(x[np.isfinite(x)].mean()) if np.isfinite(x).any() else math.nan for x in (a, b)]
    return dict.fromkeys(columns.split(), math.nan) | {
        "pairs": 0,
        "dropped": a.size,
        "mean_baseline": means[0],
        "mean_alternative": means[1],
        "interval": "none",
        "why": "no pair in which both sides are defined",
    }


def _correlation(a: np.ndarray, b: np.ndarray, size: float) -> float:
    if a.size < 3 or min(a.std(), b.std()) <= 1e-12 * size:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def _pairing_gain(sd_a: float, sd_b: float, sd_d: float, size: float) -> float:
    """How many times more unpaired runs the same interval would have taken."""
    apart = sd_a**2 + sd_b**2
    if math.isnan(apart) or math.sqrt(apart) <= 1e-12 * size:
        return math.nan
    return apart / sd_d**2 if sd_d else math.inf


def _pairs_needed(mean: float, sd: float, level: float) -> float:
    if math.isnan(sd) or not mean:
        return math.nan
    reach = float(ndtri((1 + level) / 2) + ndtri(0.8))
    return float(max(2, math.ceil((reach * sd / mean) ** 2)))


def _verdict(row: Mapping[Any, Any], alpha: float) -> str:
    if not row["pairs"]:
        return "undefined"
    clear = row["low"] > 0 or row["high"] < 0
    if row["headline"]:
        clear = clear and row["p_holm"] <= alpha
    if not clear:
        return "no clear difference"
    return "higher" if row["difference"] > 0 else "lower"
