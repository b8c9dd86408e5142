"""Sobol indices: which share of an outcome's variance each setting makes, alone and in all.

References: Sobol' (2001) for the indices; Saltelli et al. (2010) for design and estimators.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
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
    titled,
    units_of,
)
from plaza_lab.scenarios.statistics.pairing import BadRuns

BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same interval
MOST_RESAMPLES, LEAST_RESAMPLES, RESAMPLED_NUMBERS = 1_000, 200, 4_000_000
MINOR = 0.01  # an index below one per cent of the variance moves nothing worth naming (assumption)
FEWEST = 16  # base points; with fewer the indices are noise


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
    runs : pandas.DataFrame
        One row per run, with `point` and ``seed``; outcomes are averaged over seeds.
    sample : Sample
        The Sobol plan whose points were run.
    outcomes : sequence of str
        Columns of `runs`.
    policy, baseline : str, optional
        As in :func:`plaza_lab.scenarios.sensitivity.responses.responses`.
    level : float
        Coverage of the bootstrap intervals over base points, in (0, 1).
    point : str
        Column that numbers the plan's points.

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
    check_factors(sample, runs, point)
    tables = []
    for outcome in outcomes:
        measured = responses(runs, outcome, policy, baseline, point=point)
        tables.append(_table(sample, measured, level))
    return pd.concat(tables, ignore_index=True)


def _table(sample: Sample, measured: Responses, level: float) -> pd.DataFrame:
    width = len(sample.names)
    values = of_rows(sample, measured)
    blocks, dropped = _blocks(values, width)
    if len(blocks) < FEWEST:
        raise BadRuns(
            f"{measured.outcome}: {len(blocks)} of {sample.n} base points have all their runs; "
            f"{FEWEST} are the least, 256 or more are usual"
        )
    ends = values.reshape(sample.n, width + 2, -1)[:, [0, -1]].reshape(2 * sample.n, -1)
    luck = luck_of(ends)
    units = units_of(sample.axes)
    rows = [
        measured.names | {"key": name, "unit": units.get(name, ""), "is_dummy": name == DUMMY}
        | numbers
        for name, numbers in zip(sample.names, _indices(blocks, level), strict=True)
    ]  # fmt: skip
    table = pd.DataFrame(rows).sort_values(
        ["is_dummy", "total"], ascending=[True, False], kind="stable"
    )
    return table.assign(
        base_points=len(blocks), dropped=dropped, level=level, seeds=luck.seeds,
        luck_run=luck.share_of_run, luck_mean=luck.share_of_mean,
    )  # fmt: skip


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


def sobol_words(table: pd.DataFrame) -> list[str]:
    """Say which settings make the variance of each outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`sobol`.

    Returns
    -------
    list of str
        One or two sentences an outcome.
    """
    sentences = []
    for _, part in table.groupby("outcome", sort=False):
        first = part.iloc[0]
        of = titled(first)
        if first["verdict"] == "constant":
            sentences.append(f"{of} is the same at every point of the plan.")
            continue
        moving = part[part["verdict"] == "moves it"]
        rest = int((part["verdict"] == "not told from luck").sum())
        named = [
            f"{readable(row['key'])} {_percent(row['total'])} in all "
            f"({_percent(row['total_low'])} to {_percent(row['total_high'])}), "
            f"{_percent(row['first'])} alone"
            for row in records(moving)
        ]
        head = f"Of the variance of {of}, " + "; ".join(named) if named else (
            f"No setting surely moves {of}"
        )  # fmt: skip
        tail = f"; {rest} of {rest + len(moving)} settings cannot be told from luck" if rest else ""
        sentences.append(f"{head}{tail}.")
        if first["seeds"] < 2:
            sentences.append(luck_words(Luck(0, 1, math.nan, math.nan, math.nan)))
        else:
            sentences.append(
                f"Seeds make {_percent(first['luck_run'])} of the variance of single runs; in the "
                f"means over {first['seeds']} seeds, {_percent(first['luck_mean'])} is luck."
            )
    return sentences


def _percent(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0) * 100:.0f} %"
