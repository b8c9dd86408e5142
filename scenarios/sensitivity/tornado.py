"""One setting at a time: what its ends do to an outcome, or to the difference of two policies.

Reference: Howard (1988) for the tornado. Settings are moved alone, so what two of them do together
is not seen; Morris or Sobol plans see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.experiments.axes import Axis, Value
from plaza_lab.scenarios.experiments.sampling import Sample
from plaza_lab.scenarios.report.words import records
from plaza_lab.scenarios.sensitivity.responses import (
    POINT,
    Responses,
    check_factors,
    of_rows,
    readable,
    responses,
    shown,
    titled,
)
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.pairing import BadRuns


def tornado(
    runs: pd.DataFrame,
    sample: Sample,
    outcomes: Sequence[str],
    policy: str | None = None,
    baseline: str | None = None,
    *,
    level: float = 0.95,
    point: str = POINT,
) -> pd.DataFrame:
    """Tabulate what each setting does alone, from its low end over the base to its high end.

    Parameters
    ----------
    runs, outcomes, policy, baseline, point
        As for :func:`plaza_lab.scenarios.sensitivity.morris`.
    sample : Sample
        The one-at-a-time plan whose points were run.
    level : float
        Coverage of the intervals over seeds, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per outcome and setting, widest swing first: ``low_value``, ``base_value``,
        ``high_value`` of the setting; the outcome ``at_low``, ``at_base``, ``at_high``, each with
        ``_from`` and ``_to``; ``swing`` (high minus low, paired by seed) with ``_from`` and
        ``_to``; ``is_clear`` (its interval leaves out zero); ``is_flip`` (a difference that is
        clearly of one sign at the base and clearly of the other at an end); ``seeds``. Values of a
        list without order are ranked by their outcome.

    Raises
    ------
    BadRuns
        If the sample is no one-at-a-time plan, the runs are of another plan, or the base did not
        run.
    """
    if sample.kind != "one_at_a_time":
        raise BadRuns(f"a tornado needs a one_at_a_time plan, not one of kind {sample.kind}")
    check_factors(sample, runs, point)
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        measured = responses(runs, outcome, policy, baseline, point=point)
        rows += sorted(
            _rows(sample, measured, level), key=lambda row: -np.nan_to_num(abs(row["swing"]))
        )
    return pd.DataFrame(rows)


def _rows(sample: Sample, measured: Responses, level: float) -> list[dict[str, Any]]:
    values = of_rows(sample, measured)
    if not np.isfinite(values[0]).all():
        raise BadRuns(f"{measured.outcome}: the base of the plan lacks a run or is undefined")
    base = _at("base", values[0], sample.rows[0], level)
    rows = []
    for axis in sample.axes:
        places = [at for at, key in enumerate(sample.moved) if key == axis.key]
        low, high = _ends(axis, sample, values, places)
        own = {
            "key": axis.key, "unit": axis.unit, "is_lever": axis.is_lever,
            "low_value": sample.rows[low][axis.key], "base_value": sample.rows[0][axis.key],
            "high_value": sample.rows[high][axis.key],
        }  # fmt: skip
        ends = _at("low", values[low], sample.rows[low], level) | _at(
            "high", values[high], sample.rows[high], level
        )
        size = float(np.nanmax(np.abs(values[[0, low, high]])))
        moved = values[high] - values[low]
        swing = mean_interval(moved[np.isfinite(moved)], level, scale=size)
        moves = {
            "swing": swing.mean, "swing_from": swing.low, "swing_to": swing.high,
            "is_clear": bool(swing.low > 0 or swing.high < 0), "seeds": values.shape[1],
            "level": level,
        }  # fmt: skip
        row = measured.names | own | base | ends | moves
        rows.append(row | {"is_flip": bool(measured.baseline) and _flips(row)})
    return rows


def _ends(axis: Axis, sample: Sample, values: np.ndarray, places: list[int]) -> tuple[int, int]:
    """Rows of the low and the high end; a list without order is ranked by its mean outcome."""
    named: list[Value] = [sample.rows[at][axis.key] for at in places]
    if all(isinstance(value, (int, float)) for value in named):
        ranks = np.array([float(value) for value in named])
    else:
        ranks = values[places].mean(axis=1)
        if not np.isfinite(ranks).any():
            return places[0], places[-1]
    return places[int(np.nanargmin(ranks))], places[int(np.nanargmax(ranks))]


def _at(name: str, values: np.ndarray, row: dict[str, Value], level: float) -> dict[str, float]:
    cell = mean_interval(values[np.isfinite(values)], level)
    return {f"at_{name}": cell.mean, f"at_{name}_from": cell.low, f"at_{name}_to": cell.high}


def _flips(row: dict[str, Any]) -> bool:
    signs = {
        name: 1 if row[f"at_{name}_from"] > 0 else -1 if row[f"at_{name}_to"] < 0 else 0
        for name in ("base", "low", "high")
    }
    return bool(signs["base"]) and -signs["base"] in (signs["low"], signs["high"])


def tornado_words(table: pd.DataFrame) -> list[str]:
    """Say which settings of :func:`tornado` move each outcome most, and which flip a difference."""
    sentences = []
    for _, part in table.groupby("outcome", sort=False):
        first = part.iloc[0]
        of = titled(first)
        clear = part[part["is_clear"]].head(3)
        named = [_moves(row) for row in records(clear)]
        if named:
            sentences.append(f"{of} is moved most by {'; '.join(named)}.")
        else:
            sentences.append(f"No setting alone clearly moves {of}.")
        flips = [readable(str(key)) for key in part[part["is_flip"]]["key"]]
        if flips:
            sentences.append(f"The difference changes its sign along {', '.join(flips)}.")
    return sentences


def _moves(row: dict[str, Any]) -> str:
    is_difference = bool(row["baseline"])
    unit = "" if row["unit"] in ("", "1") else f" {row['unit']}"
    ends = [
        f"{shown(row['outcome'], row[f'at_{end}'], is_difference)} at "
        f"{_value(row[f'{end}_value'])}{unit}"
        for end in ("low", "high")
    ]
    return f"{readable(row['key'])} ({', '.join(ends)})"


def _value(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
