"""Sensitivity indices of plans that move all settings: Morris' effects and Sobol's shares.

What is not more than a dummy that is only luck moves nothing. SALib gives Sobol's indices;
elementary effects are taken here, as its own have no dummy whose luck is redrawn, no runs that are
missing, and an interval for mu* alone.

References: Morris (1991) for elementary effects; Campolongo, Cariboni & Saltelli (2007) for mu*;
Sobol' (2001) for the indices; Saltelli et al. (2010) for design and estimators.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.experiments.sampling import DUMMY, Sample
from plaza_lab.scenarios.report.words import records
from plaza_lab.scenarios.sensitivity.luck import Luck, luck_of, luck_words, redrawn
from plaza_lab.scenarios.sensitivity.responses import (
    POINT,
    Responses,
    check_factors,
    of_rows,
    readable,
    responses,
    shown,
    titled,
    units_of,
)
from plaza_lab.scenarios.statistics.pairing import BadRuns

BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same interval
RESAMPLES = 2_000  # of trajectories
FEWEST_TRAJECTORIES = 4  # the bootstrap of fewer says nothing
MOST_RESAMPLES, LEAST_RESAMPLES, RESAMPLED_NUMBERS = 1_000, 200, 4_000_000  # of base points
MINOR = 0.01  # an index below one per cent of the variance moves nothing worth naming (assumption)
FEWEST_POINTS = 16  # base points; with fewer the indices are noise


def morris(
    runs: pd.DataFrame,
    sample: Sample,
    outcomes: Sequence[str],
    policy: str | None = None,
    baseline: str | None = None,
    *,
    level: float = 0.95,
    point: str = POINT,
) -> pd.DataFrame:
    """Screen settings by their elementary effects on outcomes, or on a paired difference.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run, with `point` and ``seed``; outcomes are averaged over seeds.
    sample : Sample
        The Morris plan whose points were run.
    outcomes : sequence of str
        Columns of `runs`.
    policy, baseline : str, optional
        As in :func:`plaza_lab.scenarios.sensitivity.responses.responses`.
    level : float
        Coverage of the bootstrap intervals over trajectories, in (0, 1).
    point : str
        Column that numbers the plan's points.

    Returns
    -------
    pandas.DataFrame
        One row per outcome and setting, strongest first, the dummy last: ``mu`` (mean effect of
        the whole range, in the outcome's unit), ``mu_star`` (mean size) and ``sigma`` (spread:
        curvature and interactions), each with ``_low`` and ``_high``; ``excess_low`` (lower end of
        mu* beyond the dummy's); ``verdict`` (``moves it``, ``not told from luck``, ``constant``);
        ``trajectories`` used and ``dropped`` (with a missing run); ``seeds``; ``luck_run`` and
        ``luck_mean`` (:class:`~plaza_lab.scenarios.sensitivity.luck.Luck`).

    Raises
    ------
    BadRuns
        If the sample is no Morris plan, the runs are of another plan, or fewer than four
        trajectories are whole.
    """
    if sample.kind != "morris" or sample.shares is None:
        raise BadRuns(f"elementary effects need a morris plan, not one of kind {sample.kind}")
    measured = _measured(runs, sample, outcomes, policy, baseline, point)
    return pd.concat([_of_effects(sample, one, level) for one in measured], ignore_index=True)


def sobol(
    runs: pd.DataFrame,
    sample: Sample,
    outcomes: Sequence[str],
    policy: str | None = None,
    baseline: str | None = None,
    *,
    level: float = 0.95,
    point: str = POINT,
) -> pd.DataFrame:
    """Estimate first and total Sobol indices of outcomes, or of a paired difference.

    Parameters
    ----------
    runs, outcomes, policy, baseline, point
        As for :func:`morris`.
    sample : Sample
        The Sobol plan whose points were run.
    level : float
        Coverage of the bootstrap intervals over base points, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per outcome and setting, largest total first, the dummy last: ``first`` and
        ``total`` (shares of variance; estimates may leave [0, 1] a little), each with ``_low`` and
        ``_high``; ``excess_low`` (lower end of the total beyond the dummy's); ``verdict``
        (``moves it`` if that is above one per cent, ``not told from luck``, ``constant``);
        ``base_points`` used and ``dropped`` (with a missing run); ``seeds``; ``luck_run`` and
        ``luck_mean`` (:class:`~plaza_lab.scenarios.sensitivity.luck.Luck`).

    Raises
    ------
    BadRuns
        If the sample is no Sobol plan, the runs are of another plan, or fewer than sixteen base
        points are whole.

    Notes
    -----
    The bootstrap takes base points as independent; scrambled Sobol points are more even than
    that, so the intervals are a little wide.
    """
    if sample.kind != "sobol":
        raise BadRuns(f"Sobol indices need a sobol plan, not one of kind {sample.kind}")
    measured = _measured(runs, sample, outcomes, policy, baseline, point)
    return pd.concat([_of_variance(sample, one, level) for one in measured], ignore_index=True)


def _measured(
    runs: pd.DataFrame, sample: Sample, outcomes: Sequence[str], policy: str | None,
    baseline: str | None, point: str,
) -> list[Responses]:  # fmt: skip
    check_factors(sample, runs, point)
    return [responses(runs, outcome, policy, baseline, point=point) for outcome in outcomes]


def _of_effects(sample: Sample, measured: Responses, level: float) -> pd.DataFrame:
    values = of_rows(sample, measured)
    effects, dropped = elementary_effects(sample, values)
    if len(effects) < FEWEST_TRAJECTORIES:
        raise BadRuns(
            f"{measured.outcome}: {len(effects)} of {sample.n} trajectories have all their runs; "
            f"{FEWEST_TRAJECTORIES} are the least, 20 or more are usual"
        )
    luck = luck_of(values[np.unique(sample.place, return_index=True)[1]])
    table = _ranked(sample, measured, _statistics(effects, level), "mu_star")
    return table.assign(
        trajectories=len(effects), dropped=dropped, level=level, **_luck_columns(luck)
    )


def _of_variance(sample: Sample, measured: Responses, level: float) -> pd.DataFrame:
    width = len(sample.names)
    values = of_rows(sample, measured)
    blocks, dropped = _blocks(values, width)
    if len(blocks) < FEWEST_POINTS:
        raise BadRuns(
            f"{measured.outcome}: {len(blocks)} of {sample.n} base points have all their runs; "
            f"{FEWEST_POINTS} are the least, 256 or more are usual"
        )
    ends = values.reshape(sample.n, width + 2, -1)[:, [0, -1]].reshape(2 * sample.n, -1)
    table = _ranked(sample, measured, _indices(blocks, level), "total")
    return table.assign(
        base_points=len(blocks), dropped=dropped, level=level, **_luck_columns(luck_of(ends))
    )


def _ranked(
    sample: Sample, measured: Responses, found: list[dict[str, Any]], by: str
) -> pd.DataFrame:
    """One row a setting, largest first, the dummy last."""
    units = units_of(sample.axes)
    rows = [
        measured.names | {"key": name, "unit": units.get(name, ""), "is_dummy": name == DUMMY} | own
        for name, own in zip(sample.names, found, strict=True)
    ]
    return pd.DataFrame(rows).sort_values(["is_dummy", by], ascending=[True, False], kind="stable")


def elementary_effects(sample: Sample, values: np.ndarray) -> tuple[np.ndarray, int]:
    """Effects of single steps along the trajectories of a Morris plan.

    Of values ``(rows, seeds)``, NaN where a run is missing: effects per whole range, shape
    ``(trajectories, names)``, and the number of trajectories dropped because a run is missing. The
    dummy's step redraws the luck of the point it stands on.
    """
    shares = sample.shares
    assert shares is not None
    length = shares.shape[1] + 1
    twins = redrawn(values, np.random.default_rng(BOOTSTRAP_SEED))
    means, twins = values.mean(axis=1).reshape(-1, length), twins.reshape(-1, length)
    steps = np.diff(shares.reshape(-1, length, length - 1), axis=1)
    column = np.abs(steps).argmax(axis=2)  # which name moves at each step
    size = np.take_along_axis(steps, column[..., None], axis=2)[..., 0]
    rise = np.where(column == length - 2, twins[:, 1:] - means[:, 1:], np.diff(means, axis=1))
    effects = np.empty(column.shape)
    np.put_along_axis(effects, column, rise / size, axis=1)
    whole = np.isfinite(effects).all(axis=1)
    return effects[whole], int((~whole).sum())


def _statistics(effects: np.ndarray, level: float) -> list[dict[str, Any]]:
    tail = (1 - level) / 2
    mu, mu_star, square = _resampled(effects)
    bessel = len(effects) / (len(effects) - 1)
    spread = {
        "mu": (effects.mean(0), mu),
        "mu_star": (np.abs(effects).mean(0), mu_star),
        "sigma": (effects.std(0, ddof=1), np.sqrt(bessel * np.maximum(square - mu**2, 0.0))),
    }
    beyond = spread["mu_star"][1] - spread["mu_star"][1][:, -1:]
    excess = np.quantile(beyond, tail, axis=0)
    flat = not np.abs(effects).max() > 0
    rows = []
    for at in range(effects.shape[1]):
        row: dict[str, Any] = {}
        for name, (whole, resampled) in spread.items():
            low, high = np.quantile(resampled[:, at], [tail, 1 - tail])
            row |= {name: float(whole[at]), f"{name}_low": float(low), f"{name}_high": float(high)}
        moves = "moves it" if excess[at] > 0 else "not told from luck"
        verdict = "constant" if flat else "dummy" if at == effects.shape[1] - 1 else moves
        rows.append(row | {"excess_low": float(excess[at]), "verdict": verdict})
    return rows


def _resampled(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bootstrap over trajectories: mean, mean size and mean square of each column."""
    n, rng = len(effects), np.random.default_rng(BOOTSTRAP_SEED)
    moments = np.concatenate([effects, np.abs(effects), effects**2], axis=1)
    block = max(1, 4_000_000 // n)
    means = np.concatenate([
        rng.multinomial(n, np.full(n, 1 / n), min(block, RESAMPLES - start)) @ moments / n
        for start in range(0, RESAMPLES, block)
    ])  # fmt: skip
    mu, mu_star, square = np.split(means, 3, axis=1)
    return mu, mu_star, square


def _luck_columns(luck: Luck) -> dict[str, float]:
    return {
        "seeds": luck.seeds, "luck_run": luck.share_of_run, "luck_mean": luck.share_of_mean,
    }  # fmt: skip


def _blocks(values: np.ndarray, width: int) -> tuple[np.ndarray, int]:
    """Means of each base point's rows, the dummy's with its luck redrawn; whole blocks only."""
    twins = redrawn(values, np.random.default_rng(BOOTSTRAP_SEED)).reshape(-1, width + 2)
    blocks = values.mean(axis=1).reshape(-1, width + 2)
    blocks[:, width] = twins[:, width]
    whole = np.isfinite(blocks).all(axis=1)
    return blocks[whole], int((~whole).sum())


def _indices(blocks: np.ndarray, level: float) -> list[dict[str, Any]]:
    width = blocks.shape[1] - 2
    if np.ptp(blocks) <= 1e-12 * np.abs(blocks).max():
        names = [f"{kind}{end}" for kind in ("first", "total") for end in ("", "_low", "_high")]
        empty = dict.fromkeys([*names, "excess_low"], math.nan)
        return [empty | {"verdict": "constant"} for _ in range(width)]
    found = _analysed(blocks, level)
    tail = (1 - level) / 2
    beyond = found["ST_conf_all"] - found["ST_conf_all"][:, -1:]
    excess = np.quantile(beyond, tail, axis=0)
    rows = []
    for at in range(width):
        row: dict[str, Any] = {}
        for name, index in (("first", "S1"), ("total", "ST")):
            low, high = np.quantile(found[f"{index}_conf_all"][:, at], [tail, 1 - tail])
            row |= {name: float(found[index][at]), f"{name}_low": float(low)}
            row |= {f"{name}_high": float(high)}
        moves = "moves it" if excess[at] > MINOR else "not told from luck"
        verdict = "dummy" if at == width - 1 else moves
        rows.append(row | {"excess_low": float(excess[at]), "verdict": verdict})
    return rows


def _analysed(blocks: np.ndarray, level: float) -> Any:
    library = needed("SALib.analyze.sobol", "sensitivity")
    width = blocks.shape[1] - 2
    resamples = min(max(RESAMPLED_NUMBERS // len(blocks), LEAST_RESAMPLES), MOST_RESAMPLES)
    problem = {"num_vars": width, "names": [str(at) for at in range(width)]}
    problem["bounds"] = [[0.0, 1.0]] * width
    with warnings.catch_warnings():
        # one resample without variation is counted as an index of zero
        warnings.filterwarnings("ignore", message="Constant values encountered")
        return library.analyze(
            problem, blocks.ravel(), calc_second_order=False, num_resamples=resamples,
            conf_level=level, keep_resamples=True, seed=BOOTSTRAP_SEED,
        )  # fmt: skip


def morris_words(table: pd.DataFrame) -> list[str]:
    """Say which settings of :func:`morris` move each outcome, and where luck is not known."""

    def said(row: dict[str, Any]) -> str:
        return f"{readable(row['key'])} ({_size(row['outcome'], row['mu'], row['mu_star'])})"

    parts = [part for _, part in table.groupby("outcome", sort=False)]
    lines = [_moved(part, said, "{of} is moved by {named}", "Nothing moves {of} surely")
             for part in parts]  # fmt: skip
    return [*lines, luck_words(1)] if (table["seeds"] < 2).any() else lines


def sobol_words(table: pd.DataFrame) -> list[str]:
    """Say in one or two sentences an outcome which settings of :func:`sobol` make its variance."""

    def said(row: dict[str, Any]) -> str:
        total, low, high, first = (
            f"{min(max(row[name], 0.0), 1.0) * 100:.0f} %"
            for name in ("total", "total_low", "total_high", "first")
        )
        return f"{readable(row['key'])} {total} in all ({low} to {high}), {first} alone"

    sentences = []
    for _, part in table.groupby("outcome", sort=False):
        head, none = "Of the variance of {of}, {named}", "No setting surely moves {of}"
        sentences.append(_moved(part, said, head, none))
        first = part.iloc[0]
        if first["verdict"] != "constant":
            sentences.append(luck_words(first["seeds"], first["luck_run"], first["luck_mean"]))
    return sentences


def _moved(part: pd.DataFrame, said: Callable[[dict[str, Any]], str], head: str, none: str) -> str:
    """Name the settings that move one outcome, and count those that cannot be told from luck."""
    of = titled(part.iloc[0])
    if part["verdict"].iloc[0] == "constant":
        return f"{of} is the same at every point of the plan."
    named = [said(row) for row in records(part[part["verdict"] == "moves it"])]
    rest = int((part["verdict"] == "not told from luck").sum())
    tail = f"; {rest} of {rest + len(named)} settings cannot be told from luck" if rest else ""
    return f"{(head if named else none).format(of=of, named='; '.join(named))}{tail}."


def _size(outcome: str, mu: float, mu_star: float) -> str:
    if abs(mu) > 0.5 * mu_star:
        return f"{shown(outcome, mu, True)} over its range"
    return f"{shown(outcome, mu_star, True).lstrip('+')} up or down over its range"
