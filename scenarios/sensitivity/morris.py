"""Morris screening: which settings move an outcome at all, against a dummy that is only luck.

References: Morris (1991) for elementary effects; Campolongo, Cariboni & Saltelli (2007) for mu*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

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

RESAMPLES = 2_000
BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same interval
FEWEST = 4  # trajectories; the bootstrap of fewer says nothing


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
    check_factors(sample, runs, point)
    tables = []
    for outcome in outcomes:
        measured = responses(runs, outcome, policy, baseline, point=point)
        tables.append(_table(sample, measured, level))
    return pd.concat(tables, ignore_index=True)


def _table(sample: Sample, measured: Responses, level: float) -> pd.DataFrame:
    values = of_rows(sample, measured)
    effects, dropped = elementary_effects(sample, values)
    if len(effects) < FEWEST:
        raise BadRuns(
            f"{measured.outcome}: {len(effects)} of {sample.n} trajectories have all their runs; "
            f"{FEWEST} are the least, 20 or more are usual"
        )
    luck = luck_of(values[np.unique(sample.place, return_index=True)[1]])
    units = units_of(sample.axes)
    rows = [
        measured.names | {"key": name, "unit": units.get(name, ""), "is_dummy": name == DUMMY}
        | numbers
        for name, numbers in zip(sample.names, _statistics(effects, level), strict=True)
    ]  # fmt: skip
    table = pd.DataFrame(rows).sort_values(
        ["is_dummy", "mu_star"], ascending=[True, False], kind="stable"
    )
    return table.assign(
        trajectories=len(effects), dropped=dropped, level=level, **_luck_columns(luck)
    )


def elementary_effects(sample: Sample, values: np.ndarray) -> tuple[np.ndarray, int]:
    """Effects of single steps along the trajectories of a Morris plan.

    Parameters
    ----------
    sample : Sample
        The plan.
    values : numpy.ndarray
        Shape ``(rows, seeds)``; NaN where a run is missing.

    Returns
    -------
    tuple of numpy.ndarray and int
        Effects per whole range, shape ``(trajectories, names)``, and trajectories dropped because
        a run is missing. The dummy's step redraws the luck of the point it stands on.
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


def morris_words(table: pd.DataFrame) -> list[str]:
    """Say which settings move each outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`morris`.

    Returns
    -------
    list of str
        One sentence an outcome, and one on luck where luck is not known.
    """
    sentences = []
    for _, part in table.groupby("outcome", sort=False):
        first = part.iloc[0]
        of = titled(first)
        moving = part[part["verdict"] == "moves it"]
        rest = int((part["verdict"] == "not told from luck").sum())
        if first["verdict"] == "constant":
            sentences.append(f"{of} is the same at every point of the plan.")
            continue
        named = [
            f"{readable(row['key'])} ({_size(row['outcome'], row['mu'], row['mu_star'])})"
            for row in records(moving)
        ]
        head = f"{of} is moved by {'; '.join(named)}" if named else f"Nothing moves {of} surely"
        tail = f"; {rest} of {rest + len(moving)} settings cannot be told from luck" if rest else ""
        sentences.append(f"{head}{tail}.")
    if (table["seeds"] < 2).any():
        sentences.append(luck_words(Luck(0, 1, math.nan, math.nan, math.nan)))
    return sentences


def _size(outcome: str, mu: float, mu_star: float) -> str:
    if abs(mu) > 0.5 * mu_star:
        return f"{shown(outcome, mu, True)} over its range"
    return f"{shown(outcome, mu_star, True).lstrip('+')} up or down over its range"
