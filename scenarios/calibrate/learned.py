"""What the data taught, what not, and whether the worlds that fit lead to what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.calibrate.targets import Target
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.outcomes import show_value
from plaza_lab.scenarios.report.words import listed, records

LEVEL = 0.9
TAUGHT, HARDLY = 0.5, 0.85  # of the prior's width; assumption: halved is worth the word taught
TOGETHER = 0.6  # correlation from which two parameters are said to be known only together
EDGE, PILE = 0.05, 0.25  # outer share of a range, and the weight in it that is worth a warning
PAIRS = ["a", "b", "correlation"]


def quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Return weighted quantiles, shape ``(n,)`` both, at shares in [0, 1]; each is a value."""
    return np.asarray(np.quantile(values, shares, weights=weights, method="inverted_cdf"))


def learned(shares: np.ndarray, weights: np.ndarray, axes: Sequence[Axis]) -> pd.DataFrame:
    """Compare the posterior of each parameter with its prior.

    Parameters
    ----------
    shares : numpy.ndarray
        Posterior draws as shares of the ranges, shape ``(draws, axes)``.
    weights : numpy.ndarray
        Shape ``(draws,)``, sum 1.
    axes : sequence of Axis
        Ranges.

    Returns
    -------
    pandas.DataFrame
        One row per parameter: ``parameter, unit, scale`` (linear or log), ``prior_low,
        prior_high`` (the range), ``median, low, high`` (90 % interval), ``width_ratio`` (width of
        the posterior's 90 % interval over that of the prior's, on the scale of the range: near 0
        fully known, near 1 nothing learned), ``verdict`` (taught, a little, not taught) and
        ``piles_at`` (low, high or empty: the end of the range where draws pile up).
    """
    rows = []
    for column, axis in enumerate(axes):
        own = shares[:, column]
        low, median, high = quantiles(own, weights, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
        ratio = float((high - low) / LEVEL)
        rows.append({
            "parameter": axis.key, "unit": axis.unit, "scale": "log" if axis.is_log else "linear",
            "prior_low": axis.low, "prior_high": axis.high, "median": axis.at(median),
            "low": axis.at(low), "high": axis.at(high), "width_ratio": ratio,
            "verdict": _verdict(ratio), "piles_at": _pile(own, weights),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _verdict(ratio: float) -> str:
    if ratio <= TAUGHT:
        return "taught"
    return "a little" if ratio <= HARDLY else "not taught"


def _pile(shares: np.ndarray, weights: np.ndarray) -> str:
    if weights[shares < EDGE].sum() > PILE:
        return "low"
    return "high" if weights[shares > 1 - EDGE].sum() > PILE else ""


def known_together(shares: np.ndarray, weights: np.ndarray, axes: Sequence[Axis]) -> pd.DataFrame:
    """Find parameters that the data know only together: strongly correlated in the posterior.

    ``a, b, correlation`` of each pair with a correlation of at least 0.6 either way, the strongest
    first; under the prior every correlation is zero. Parameters as for :func:`learned`.
    """
    if len(axes) < 2:
        return pd.DataFrame(columns=PAIRS)
    spread = np.atleast_2d(np.cov(shares.T, aweights=weights))
    scale = np.sqrt(np.diag(spread))
    rows = [
        (axes[i].key, axes[j].key, spread[i, j] / (scale[i] * scale[j]))
        for i in range(len(axes))
        for j in range(i + 1, len(axes))
        if scale[i] * scale[j] > 0
    ]
    table = pd.DataFrame(rows, columns=PAIRS)
    strongest = table.sort_values("correlation", key=lambda own: -own.abs(), kind="stable")
    return strongest[strongest["correlation"].abs() >= TOGETHER].reset_index(drop=True)


def sentences(table: pd.DataFrame, together: pd.DataFrame) -> list[str]:
    """Say what the data taught and what not, of :func:`learned` and :func:`known_together`."""
    rows = records(table)
    paired = {*together["a"], *together["b"]}
    said = []
    for verdict, text in (
        ("taught", "The targets taught {}."),
        ("a little", "The targets taught a little about {}."),
        ("not taught", "The targets could not teach {}: every value of the range fits about as "
                       "well, and answers that depend on it stay as open as before."),
    ):  # fmt: skip
        own = [row for row in rows if row["verdict"] == verdict]
        if verdict == "not taught":  # what is known together is told below
            own = [row for row in own if row["parameter"] not in paired]
        named = [_named(row) for row in own]
        if named:
            said.append(text.format(listed(named)))
    for row in records(together):
        way = "lower" if row["correlation"] < 0 else "higher"
        said.append(
            f"{row['a']} and {row['b']} are known together better than each by itself: a higher "
            f"value of the one goes with a {way} value of the other (correlation "
            f"{row['correlation']:+.2f})."
        )
    said += [
        f"{row['parameter']} piles up at the {row['piles_at']} end of its range, "
        f"{row['prior_' + row['piles_at']]:g}: the range may be too narrow."
        for row in rows
        if row["piles_at"]
    ]
    return said


def _named(row: dict[str, Any]) -> str:
    return f"{row['parameter']} (interval {row['width_ratio'] * 100:.0f} % as wide as before)"


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
            "runs": len(after), "verdict": _fit(target, after, generator),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _fit(target: Target, after: np.ndarray, generator: np.random.Generator) -> str:
    if not len(after):
        return "missed"
    errors = generator.normal(0, target.sd, (50, len(after)))
    low, high = np.quantile(after + errors, JUDGED)
    return "reproduced" if low <= target.value <= high else "missed"


def check_sentences(table: pd.DataFrame, targets: Sequence[Target]) -> list[str]:
    """Say whether the worlds found reproduce the targets, by the rows of :func:`predictive`."""
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
