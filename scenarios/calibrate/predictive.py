"""The predictive check: whether the worlds that fit lead to what was seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from plaza_lab.scenarios.calibrate.targets import Target
from plaza_lab.scenarios.outcomes import show_value
from plaza_lab.scenarios.report.words import records

SHOWN = (0.05, 0.95)  # interval of runs that is shown
JUDGED = (0.025, 0.975)  # of runs as they would be measured; a target outside is missed


def predictive(
    targets: Sequence[Target], draws: pd.DataFrame, predicted: pd.DataFrame, seed: int = 1
) -> pd.DataFrame:
    """Set each target beside what runs lead to, before and after the calibration.

    Parameters
    ----------
    targets : sequence of Target
        What was seen.
    draws : pandas.DataFrame
        ``Calibration.draws``: generation -1 are draws from the prior.
    predicted : pandas.DataFrame
        Runs of the ensemble, a column per target.
    seed : int
        Of the errors of measurement.

    Returns
    -------
    pandas.DataFrame
        One row per target: ``target, label, value, sd, prior_low, prior_high`` (90 % of runs
        before), ``median, low, high`` (90 % of runs after), ``runs`` (after, those where it is
        defined) and ``verdict``: reproduced if the target lies within 95 % of the runs after, as
        they would be measured, else missed.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for target in targets:
        before = draws.loc[draws["generation"] == -1, target.name].to_numpy(float)
        after = predicted[target.name].to_numpy(float)
        before, after = before[np.isfinite(before)], after[np.isfinite(after)]
        low, high = np.quantile(after, SHOWN) if len(after) else (np.nan, np.nan)
        old = np.quantile(before, SHOWN) if len(before) else (np.nan, np.nan)
        rows.append({
            "target": target.name, "label": target.outcome.label, "value": target.value,
            "sd": target.sd, "prior_low": old[0], "prior_high": old[1],
            "median": np.median(after) if len(after) else np.nan, "low": low, "high": high,
            "runs": len(after), "verdict": _verdict(target, after, generator),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _verdict(target: Target, after: np.ndarray, generator: np.random.Generator) -> str:
    if not len(after):
        return "missed"
    errors = generator.normal(0, target.sd, (50, len(after)))
    low, high = np.quantile(after + errors, JUDGED)
    return "reproduced" if low <= target.value <= high else "missed"


def check_sentences(table: pd.DataFrame, targets: Sequence[Target]) -> list[str]:
    """Say in words whether the worlds found reproduce the targets.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`predictive`.
    targets : sequence of Target
        In the same order.

    Returns
    -------
    list of str
        Sentences.
    """
    rows = records(table)
    missed = [
        (row, target)
        for row, target in zip(rows, targets, strict=True)
        if row["verdict"] == "missed"
    ]
    if not missed:
        many = "the target" if len(rows) == 1 else f"all {len(rows)} targets"
        return [f"The worlds found reproduce {many}."]
    said = []
    for row, target in missed:
        low, high = (show_value(target.outcome, row[end], unit=False) for end in ("low", "high"))
        said.append(
            f"The worlds found miss {row['label']}: it was "
            f"{show_value(target.outcome, row['value'])}, runs lead to {low} to {high}. Widen the "
            "ranges, or take answers that hang on it with care."
        )
    return said
