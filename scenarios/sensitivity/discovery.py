"""Which uncertainty flips the winner: the worlds in which the usually better policy loses.

The winner is sought in boxes of worlds (``boxes.py``) and a box is believed only
if it also holds for worlds that it was not made from. References: Bryant & Lempert (2010) for
coverage and density; Fisher (1935) for the exact test; Efron & Tibshirani (1993) for
the bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.sensitivity.boxes import (
    Box,
    Columns,
    coded,
    find_box,
    inside,
    is_number,
    picked,
    sharpened,
)
from plaza_lab.scenarios.sensitivity.responses import POINT, Responses, responses
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.pairing import BadRuns
from plaza_lab.scenarios.statistics.worlds import CrossedMean, crossed_mean

Status = Literal["never", "luck", "few worlds", "few flips", "no rule", "perhaps", "rule"]
METHODS = ("cart", "prim")
FEWEST_WORLDS = 20  # a rule of fewer is a list of worlds
FEWEST_FLIPS = 5
RESAMPLES = 500
BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same rule


@dataclass(frozen=True)
class Flip:
    """Where the usually better policy loses, and how sure that is.

    Parameters
    ----------
    status : str
        ``never`` (no world flips), ``luck`` (no more flips than luck makes), ``few worlds``,
        ``few flips``, ``no rule`` (worlds flip, and no setting says which), ``perhaps``
        (a rule whose gain may be the luck of the seeds), ``rule``.
    outcome, winner, loser, method : str
        What was asked; `winner` does better in more worlds.
    level : float
        Coverage of every interval.
    worlds : pandas.DataFrame
        One row a world: ``world_point``, settings, ``gain`` of the loser over the winner (storage
        units, better is above zero) with ``gain_low`` and ``gain_high`` over seeds, ``seeds``,
        ``is_flip``, ``is_clear`` and ``is_inside`` the rule.
    limits : pandas.DataFrame
        One row a limit: ``key``, ``unit``, ``side`` (``>``, ``<=`` or ``in``), ``threshold`` with
        ``low`` and ``high`` (bootstrap over worlds and the luck they share, in the setting's unit),
        ``values`` of settings without order, ``kept`` (share of the folds that find the same
        setting and side).
    density, coverage : float
        Share of the rule's worlds that flip, and share of the flips that the rule holds.
    lead, lead_low, lead_high : float
        Lead of the winner, mean over worlds, with an interval over worlds and the seeds they share.
    held_density, held_coverage : float
        The same for worlds the rule was not made from.
    p : float
        Of a rule this good on held-out worlds by chance, one-sided.
    """

    status: Status
    outcome: str
    winner: str
    loser: str
    method: str
    level: float
    worlds: pd.DataFrame
    limits: pd.DataFrame
    lead: float
    lead_low: float
    lead_high: float
    density: float = math.nan
    coverage: float = math.nan
    held_density: float = math.nan
    held_coverage: float = math.nan
    p: float = math.nan

    @property
    def flips(self) -> int:
        """Worlds in which the usually better policy did worse."""
        return int(self.worlds["is_flip"].sum())

    def frame(self) -> pd.DataFrame:
        """Return the limits of the rule with what holds for all of them."""
        return self.limits.assign(
            outcome=self.outcome, winner=self.winner, loser=self.loser, density=self.density,
            coverage=self.coverage, held_density=self.held_density,
            held_coverage=self.held_coverage, p=self.p, worlds=len(self.worlds), flips=self.flips,
        )  # fmt: skip


def discover(
    runs: pd.DataFrame,
    axes: Sequence[Axis],
    policies: tuple[str, str],
    outcome: str,
    *,
    method: str = "cart",
    level: float = 0.95,
    folds: int = 5,
    point: str = POINT,
) -> Flip:
    """Find the worlds in which the usually better of two policies loses.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run: ``policy``, `point`, ``seed``, the settings of `axes`, `outcome`.
    axes : sequence of Axis
        Uncertainties that differ between the worlds.
    policies : tuple of str
        Two policies.
    outcome : str
        Column; higher is better unless it is declared otherwise.
    method : {"cart", "prim"}
        Search for the box; PRIM takes some seconds a fold.
    level : float
        Coverage of the intervals, in (0, 1); a rule is believed if its held-out p is at most
        ``1 - level``.
    folds : int
        Parts of the worlds, each held out once.
    point : str
        Column that numbers the worlds.

    Returns
    -------
    Flip
        With limits where the status is ``rule`` or ``perhaps``.

    Raises
    ------
    BadRuns
        If the method, a column or a policy is unknown, or no world has a pair of runs.
    """
    if method not in METHODS:
        raise BadRuns(f"{method!r} finds no rules; choose cart or prim")
    lacking = [axis.key for axis in axes if axis.key not in runs]
    if lacking or not axes:
        what = f"no column {lacking[0]!r}" if lacking else "no uncertainty to look at"
        raise BadRuns(f"the runs table has {what}")
    measured = responses(runs, outcome, policies[1], policies[0], point=point)
    winner, loser, worlds, gains = _worlds(runs, axes, measured, level, point)
    names = (outcome, winner, loser, method, level)
    mean = crossed_mean(-gains)
    lead = (mean.mean, *mean.interval(level))
    x, gain = coded(worlds, axes), worlds["gain"].to_numpy()
    flips, luck = int(worlds["is_flip"].sum()), _is_luck(worlds, level)
    status: Status | None = None
    if not flips:
        status = "never"
    elif len(worlds) < FEWEST_WORLDS or not x:
        status = "few worlds"
    elif flips < FEWEST_FLIPS:
        status = "luck" if luck else "few flips"
    if status is not None:
        return Flip(status, *names, worlds, _no_limits(), *lead)
    held, kept, p_dense, inner = _held_out(method, x, gain, gains, folds)
    p = max(p_dense, inner.p_not_above)
    box = find_box(method, x, gain)
    is_flip = gain > 0
    where = inside(box, x)
    found: dict[str, Any] = {
        "density": _share(is_flip & where, where), "coverage": _share(is_flip & where, is_flip),
        "held_density": _share(is_flip & held, held),
        "held_coverage": _share(is_flip & held, is_flip), "p": p,
    }  # fmt: skip
    if not box or p_dense > 1 - level or not inner.mean > 0:
        return Flip("luck" if luck else "no rule", *names, worlds, _no_limits(), *lead, **found)
    worlds["is_inside"] = where
    spread = _spread(box, x, gain, gains)
    limits = _limits(box, x, spread, {axis.key: axis for axis in axes}, kept, level)
    return Flip("rule" if p <= 1 - level else "perhaps", *names, worlds, limits, *lead, **found)


def _worlds(
    runs: pd.DataFrame, axes: Sequence[Axis], measured: Responses, level: float, point: str
) -> tuple[str, str, pd.DataFrame, np.ndarray]:
    """Winner, loser, one row a world, and the loser's gain by world and seed."""
    some = np.isfinite(measured.values).any(axis=1)
    if not some.any():
        raise BadRuns(
            f"no world has a pair of runs of {measured.baseline} and {measured.policy} in which "
            f"{measured.outcome} is defined"
        )
    sign = -1.0 if outcome_named(measured.outcome).better == "lower" else 1.0
    values = sign * measured.values[some]
    means = np.nanmean(values, axis=1)
    ahead = int((means > 0).sum()) - int((means < 0).sum())
    is_policy = ahead > 0 or (ahead == 0 and means.mean() > 0)
    winner, loser = measured.policy, measured.baseline
    if not is_policy:
        winner, loser = loser, winner
    values = values if not is_policy else -values
    cells = [mean_interval(row[np.isfinite(row)], level, bootstrap=False) for row in values]
    settings = runs.drop_duplicates(point).set_index(point)[[axis.key for axis in axes]]
    worlds = settings.loc[measured.points[some]].reset_index(names=POINT)
    gain = np.array([cell.mean for cell in cells])
    low = np.array([cell.low for cell in cells])
    worlds = worlds.assign(
        gain=gain, gain_low=low, gain_high=[cell.high for cell in cells],
        seeds=[cell.n for cell in cells], is_flip=gain > 0, is_clear=low > 0, is_inside=False,
    )  # fmt: skip
    return winner, loser, worlds, values


def _is_luck(worlds: pd.DataFrame, level: float) -> bool:
    """Whether clear flips are no more than luck makes where no world truly flips."""
    from scipy.stats import binomtest

    clear = int(worlds["is_clear"].sum())
    return bool(binomtest(clear, len(worlds), (1 - level) / 2, "greater").pvalue > 1 - level)


def _held_out(
    method: str, x: Columns, gain: np.ndarray, gains: np.ndarray, folds: int
) -> tuple[np.ndarray, dict[tuple[str, str], float], float, CrossedMean]:
    """Judge rules by worlds that they were not made from.

    Returns the worlds held, how often each limit was found, a one-sided p of flips no denser inside
    than outside (Fisher's exact test), and the mean gain inside over worlds and shared seeds.
    """
    from scipy.stats import fisher_exact

    order = np.random.default_rng(BOOTSTRAP_SEED).permutation(len(gain))
    order = order[np.argsort(gain[order] > 0, kind="stable")]  # each fold gets its share of flips
    fold = np.empty(len(gain), dtype=int)
    fold[order] = np.arange(len(gain)) % folds
    held = np.zeros(len(gain), dtype=bool)
    kept: dict[tuple[str, str], float] = {}
    for turn in range(folds):
        out = fold == turn
        box = find_box(method, picked(x, ~out), gain[~out])
        held[out] = inside(box, picked(x, out)) if box else False
        for side in _sides(box):
            kept[side] = kept.get(side, 0.0) + 1 / folds
    flips = gain > 0
    table = [
        [int((flips & held).sum()), int((~flips & held).sum())],
        [int((flips & ~held).sum()), int((~flips & ~held).sum())],
    ]
    p = float(fisher_exact(table, "greater").pvalue)
    inner = gains[held] if np.isfinite(gains[held]).all() else gain[held, None]
    return held, kept, p, crossed_mean(inner)


def _sides(box: Box) -> list[tuple[str, str]]:
    sides = []
    for key, limit in box.items():
        if limit.values:
            sides.append((key, "in"))
        if math.isfinite(limit.low):
            sides.append((key, ">"))
        if math.isfinite(limit.high):
            sides.append((key, "<="))
    return sides


def _limits(
    box: Box, x: Columns, spread: dict[tuple[str, str], np.ndarray], axes: dict[str, Axis],
    kept: dict[tuple[str, str], float], level: float,
) -> pd.DataFrame:  # fmt: skip
    tail = (1 - level) / 2
    rows = []
    for key, side in _sides(box):
        axis, limit = axes[key], box[key]
        row: dict[str, Any] = {"key": key, "unit": axis.unit, "side": side}
        row |= {"threshold": math.nan, "low": math.nan, "high": math.nan, "values": ""}
        if side == "in":
            row["values"] = ", ".join(sorted(limit.values))
        else:
            at = limit.low if side == ">" else limit.high
            ends = _outward(np.quantile(spread[key, side], [tail, 1 - tail]), x[key])
            shown = [_in_units(axis, float(value), x[key]) for value in (at, *ends)]
            row |= dict(zip(("threshold", "low", "high"), shown, strict=True))
        rows.append(row | {"kept": kept.get((key, side), 0.0)})
    return pd.DataFrame(rows)


def _spread(
    box: Box, x: Columns, gain: np.ndarray, gains: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """Thresholds of the same form in resampled worlds, under other luck shared by all of them."""
    error = crossed_mean(gains).seed_error
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    found: dict[tuple[str, str], list[float]] = {side: [] for side in _sides(box)}
    for _ in range(RESAMPLES):
        pick = rng.integers(0, len(gain), len(gain))
        shift = error * rng.standard_t(gains.shape[1] - 1) if error else 0.0
        again = sharpened(box, picked(x, pick), gain[pick] + shift)
        for key, side in found:
            if side != "in":
                found[key, side].append(again[key].low if side == ">" else again[key].high)
    return {side: np.array(values) for side, values in found.items()}


def _outward(ends: np.ndarray, column: np.ndarray) -> tuple[float, float]:
    """Widen an interval to the worlds next to it: between two worlds nothing is known."""
    known = np.unique(column)
    below = known[max(int(np.searchsorted(known, ends[0])) - 1, 0)]
    above = known[min(int(np.searchsorted(known, ends[1])), len(known) - 1)]
    return min(float(below), float(ends[0])), max(float(above), float(ends[1]))


def _in_units(axis: Axis, value: float, column: np.ndarray) -> float:
    """A coded threshold in the unit of its axis; whole numbers are cut below the threshold."""
    assert is_number(axis)
    value = min(max(value, float(column.min())), float(column.max()))
    value = math.exp(value) if axis.is_log else value
    whole = axis.is_integer or (axis.values and all(isinstance(v, int) for v in axis.values))
    return float(math.floor(value + 1e-9)) if whole else value


def _no_limits() -> pd.DataFrame:
    names = ["key", "unit", "side", "threshold", "low", "high", "values", "kept"]
    return pd.DataFrame(columns=names)


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else math.nan
