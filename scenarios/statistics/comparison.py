"""Policies compared pair by pair: effect first, then interval, then how sure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.outcomes import Outcome, outcomes_in
from plaza_lab.scenarios.statistics.anytime import anytime_interval
from plaza_lab.scenarios.statistics.incremental import fieller, fieller_of
from plaza_lab.scenarios.statistics.intervals import MeanInterval, fewest_same, mean_interval
from plaza_lab.scenarios.statistics.multiplicity import holm
from plaza_lab.scenarios.statistics.pairing import BadRuns, paired_runs
from plaza_lab.scenarios.statistics.worlds import (
    crossed_moments,
    crossed_table,
    over_worlds,
    world_means,
    world_share,
    worlds_of,
)

COST, SPEND = "cost_per_retained_yuan", "fund_spend_yuan"


def compare(
    runs: pd.DataFrame,
    baseline: str,
    alternative: str,
    outcomes: Iterable[str | Outcome] | None = None,
    level: float = 0.95,
    anytime: int | None = None,
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
    anytime : int, optional
        Where runs were added after looking: the number of pairs at which anytime-valid intervals
        are narrowest (``anytime_interval``); ``interval`` is then
        ``anytime``. Default: intervals for a number of pairs fixed beforehand.

    Returns
    -------
    pandas.DataFrame
        One row per outcome. ``pairs`` used and ``dropped`` (a side undefined); ``mean_`` and
        ``sd_`` of both sides; ``difference`` with ``low``, ``high``, the ``interval`` kind (``t``,
        ``bca``, ``anytime``, ``exact``, ``none``) and ``why``; ``relative`` to the baseline mean
        with ``relative_low`` and ``relative_high`` (Fieller; NaN where that mean is not clearly
        unlike zero, and with `anytime`); ``correlation`` of the pairs; ``pairing_gain`` = (var a +
        var b) / var d; ``superiority`` = P(d > 0), ties half; ``p`` and, for headlines, ``p_holm``;
        ``pairs_needed`` to tell this difference from zero with power 0.8; ``worlds`` and
        ``world_share``; ``verdict``.

    Raises
    ------
    BadRuns
        If policies, seeds or outcomes do not match.

    Notes
    -----
    ``verdict`` is *higher* or *lower* when the interval leaves out zero and, for headline
    outcomes, the Holm-adjusted p is at most ``1 - level``; else *no clear difference*;
    *too few pairs* where there is no interval yet, or the same difference in so few pairs that all
    of one sign may be luck; *undefined* without a pair. ``p`` of such a difference is that of a
    two-sided sign test, so that 5 pairs are too few at 0.95, and more where Holm counts many.

    Where ``world_point`` numbers several sampled worlds, every world counts once: means and
    difference are means of the worlds' means, and the interval has a part for drawing worlds and
    one for drawing the seeds that all worlds share. ``world_share`` is then the share of
    the variance of single pairs that the world explains, and ``pairs_needed`` is NaN.
    """
    return compare_all(runs, baseline, [alternative], outcomes, level, anytime)


def compare_all(
    runs: pd.DataFrame,
    baseline: str,
    alternatives: Iterable[str] | None = None,
    outcomes: Iterable[str | Outcome] | None = None,
    level: float = 0.95,
    anytime: int | None = None,
) -> pd.DataFrame:
    """Compare several policies with one baseline; Holm runs over all their headlines together.

    Parameters
    ----------
    runs, baseline, outcomes, level, anytime
        As in :func:`compare`.
    alternatives : iterable of str, optional
        Default: every other policy of the table, in order of appearance.

    Returns
    -------
    pandas.DataFrame
        The rows of :func:`compare` for each alternative.

    Raises
    ------
    BadRuns
        As :func:`compare`.
    """
    if alternatives is None:
        alternatives = [p for p in dict.fromkeys(runs.get("policy", [])) if p != baseline]
    named = [(baseline, alternative) for alternative in alternatives]
    return compare_contrasts(runs, named, outcomes, level, anytime)


def compare_contrasts(
    runs: pd.DataFrame,
    contrasts: Sequence[tuple[str, str]],
    outcomes: Iterable[str | Outcome] | None = None,
    level: float = 0.95,
    anytime: int | None = None,
) -> pd.DataFrame:
    """Compare named pairs of policies; Holm runs over all their headlines together.

    Parameters
    ----------
    runs, outcomes, level, anytime
        As in :func:`compare`.
    contrasts : sequence of tuple of str
        Baseline and alternative of each.

    Returns
    -------
    pandas.DataFrame
        The rows of :func:`compare` for each contrast.

    Raises
    ------
    BadRuns
        As :func:`compare`.
    """
    if not 0 < level < 1:
        raise BadRuns(
            f"level={level:g} is no coverage: give a number between 0 and 1, such as 0.95"
        )
    try:
        chosen = outcomes_in(runs.columns, outcomes)
    except KeyError as lacking:
        raise BadRuns(f"the runs table has no outcome {lacking}") from None
    if not contrasts or not chosen:
        raise BadRuns("nothing to compare: give two policies and at least one outcome")
    table = pd.DataFrame(
        [row for a, b in contrasts for row in _rows(runs, a, b, chosen, level, anytime)]
    )
    table["p_holm"] = holm(np.where(table["headline"], table["p"], np.nan))
    table["verdict"] = [_verdict(row, 1 - level) for row in table.to_dict("records")]
    return table


def _rows(
    runs: pd.DataFrame,
    baseline: str,
    alternative: str,
    outcomes: list[Outcome],
    level: float,
    anytime: int | None,
) -> list[dict[str, Any]]:
    first, second = paired_runs(runs, baseline, alternative)
    worlds = worlds_of(first.index)
    seeds = first.index.get_level_values("seed").to_numpy()
    names = {"baseline": baseline, "alternative": alternative}
    rows = []
    for outcome in outcomes:
        a, b, why = both_sides(first, second, outcome.name)
        row = names | _effect(a, b, level, worlds, anytime, seeds)
        declared = {"outcome": outcome.name, "label": outcome.label, "headline": outcome.headline}
        rows.append(row | declared | {"why": why or row["why"], "level": level})
    return rows


def both_sides(
    first: pd.DataFrame, second: pd.DataFrame, outcome: str
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the values of one outcome, pair by pair, and why they are undefined if they are.

    `first` and `second` are lined up by :func:`~plaza_lab.scenarios.statistics.paired_runs`. Two
    arrays of shape ``(pairs,)``, all NaN for a cost where neither side spends anything, and the
    reason in words, mostly empty.
    """
    a, b = (side[outcome].to_numpy(dtype=float) for side in (first, second))
    if outcome == COST and SPEND in first and not (first[SPEND].any() or second[SPEND].any()):
        nothing = np.full(a.shape, np.nan)
        return nothing, nothing, "neither policy spends anything"
    return a, b, ""


def _effect(
    a: np.ndarray, b: np.ndarray, level: float, worlds: np.ndarray | None, anytime: int | None,
    seeds: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    kept = np.isfinite(a) & np.isfinite(b)
    if not kept.any():
        return _undefined(a, b)
    a, b, dropped = a[kept], b[kept], int((~kept).sum())
    worlds = None if worlds is None else worlds[kept]
    mean_a, mean_b = (float(world_means(x, worlds).mean()) for x in (a, b))
    size = float(max(np.abs(a).max(), np.abs(b).max()))
    units = world_means(b - a, worlds)
    d = _interval(units, level, size, anytime)
    table = None if worlds is None else crossed_table(np.stack([a, b - a]), worlds, seeds[kept])
    if table is not None:
        d = over_worlds(table[1], level) if table.shape[1] > 1 else d
    sd_a, sd_b, sd_d = (float(x.std(ddof=1)) if x.size > 1 else math.nan for x in (a, b, b - a))
    sd_d = 0.0 if sd_d <= 1e-12 * size else sd_d
    relative = (math.nan, math.nan)
    if anytime is None:
        relative = _relative(a, b - a, table, level)
    return {
        "pairs": a.size,
        "dropped": dropped,
        "mean_baseline": mean_a,
        "mean_alternative": mean_b,
        "sd_baseline": sd_a,
        "sd_alternative": sd_b,
        "difference": d.mean,
        "sd_difference": sd_d,
        "low": d.low,
        "high": d.high,
        "interval": d.kind,
        "why": d.why,
        "relative": d.mean / abs(mean_a) if mean_a else math.nan,
        "relative_low": relative[0],
        "relative_high": relative[1],
        "correlation": _correlation(a, b, size),
        "pairing_gain": pairing_gain(a, b),
        "superiority": float(((b > a) + 0.5 * (b == a)).mean()),
        "p": _p(d),
        "pairs_needed": _pairs_needed(d.mean, d.sd, level) if worlds is None else math.nan,
        "worlds": 1 if worlds is None else units.size,
        "world_share": world_share(b - a, worlds),
    }


def _interval(units: np.ndarray, level: float, size: float, anytime: int | None) -> MeanInterval:
    if anytime is None:
        return mean_interval(units, level, scale=size)
    return anytime_interval(units, level, tightest=anytime, scale=size)


def _p(d: MeanInterval) -> float:
    """Its p; of a difference that is the same in every pair, that of a two-sided sign test."""
    return 2.0 ** (1 - d.n) if d.kind == "exact" and d.mean else d.p


def _relative(
    a: np.ndarray, difference: np.ndarray, table: np.ndarray | None, level: float
) -> tuple[float, float]:
    """Bounds of the difference over the size of the baseline's mean."""
    sign = -1.0 if a.mean() < 0 else 1.0
    if table is not None:
        if table.shape[1] < 2:
            return math.nan, math.nan
        found = crossed_moments(np.stack([table[1], sign * table[0]]))
        return fieller_of(found.means, found.covariance, found.freedom, level)[1:]
    return fieller(difference, sign * a, level)[1:] if a.size > 1 else (math.nan, math.nan)


def _undefined(a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """Row of an outcome no pair defines on both sides; each side keeps its own mean, if any."""
    columns = (
        "sd_baseline sd_alternative difference sd_difference low high relative relative_low "
        "relative_high correlation pairing_gain superiority p pairs_needed world_share"
    )
    means = [float(x[np.isfinite(x)].mean()) if np.isfinite(x).any() else math.nan for x in (a, b)]
    return dict.fromkeys(columns.split(), math.nan) | {
        "pairs": 0,
        "worlds": 0,
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


def pairing_gain(a: np.ndarray, b: np.ndarray) -> float:
    """How many times more runs the same interval takes with independent seeds.

    Parameters
    ----------
    a, b : numpy.ndarray
        Both sides, pair by pair, shape ``(pairs,)``, finite.

    Returns
    -------
    float
        (var a + var b) / var (b - a): 1 without correlation, below 1 where pairing costs; infinite
        if the difference is the same in every pair, NaN if nothing varies or below two pairs.
    """
    if a.size < 2:
        return math.nan
    size = float(max(np.abs(a).max(), np.abs(b).max()))
    apart = float(a.var(ddof=1) + b.var(ddof=1))
    if math.sqrt(apart) <= 1e-12 * size:
        return math.nan
    together = float((b - a).std(ddof=1))
    return apart / together**2 if together > 1e-12 * size else math.inf


def _pairs_needed(mean: float, sd: float, level: float) -> float:
    if math.isnan(sd) or not mean:
        return math.nan
    if not sd:
        return float(fewest_same(level))
    reach = float(scipy.special.ndtri((1 + level) / 2) + scipy.special.ndtri(0.8))
    return float(max(2, math.ceil((reach * sd / mean) ** 2)))


def _verdict(row: Mapping[Any, Any], alpha: float) -> str:
    if not row["pairs"]:
        return "undefined"
    is_sure = row["p_holm" if row["headline"] else "p"] <= alpha
    is_same = row["interval"] == "exact" and row["difference"] != 0
    if row["interval"] == "none" or (is_same and not is_sure):
        return "too few pairs"
    clear = row["low"] > 0 or row["high"] < 0
    if not clear or (row["headline"] and not is_sure):
        return "no clear difference"
    return "higher" if row["difference"] > 0 else "lower"
