"""The result of a live trial, read from a small table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError

ARMS = ("arm", "policy", "group", "variant", "组")
SIZES = ("n", "size", "members", "人数")
EVENTS = ("events", "successes", "count", "kept")
MEANS = ("mean", "outcome", "value")
SPREADS = ("sd", "std")
ESTIMATES = ("estimate", "difference", "effect")
ERRORS = ("se", "standard_error", "stderr")
SHAPE = (
    "a table is expected with columns arm, n, events (or arm, n, mean, sd), or estimate, se; one "
    "row for each arm or cluster"
)


@dataclass(frozen=True)
class Trial:
    """What a trial found: alternative less baseline.

    Attributes
    ----------
    alternative : str
        Policy of the second arm; empty where the table has no arms.
    estimate, se : float
        Difference and its standard error, in the outcome's unit.
    told : str
        How it was found.
    """

    alternative: str
    estimate: float
    se: float
    told: str


def read_trial(path: Path, policies: Sequence[str]) -> Trial:
    """Read the result of a trial of two policies.

    Parameters
    ----------
    path : Path
        CSV, Excel, JSON or Parquet.
    policies : sequence of str
        Those that were simulated, the baseline first.

    Returns
    -------
    Trial
        Difference of two arms; several rows of an arm are clusters, and the error is that between
        them.

    Raises
    ------
    UserError
        The table is none of the forms, or its arms are others.
    """
    from plaza_lab.scenarios.fit.reading.files import read_table

    frame = read_table(path).table.to_pandas()
    columns = {str(name).strip().lower(): name for name in frame.columns}

    def column(names: Sequence[str]) -> Any:
        found = next((columns[name] for name in names if name in columns), None)
        return None if found is None else frame[found]

    estimates, errors = column(ESTIMATES), column(ERRORS)
    if estimates is not None and errors is not None:
        if len(frame) != 1:
            raise UserError(f"{path}: one row with estimate and se is expected, not {len(frame)}")
        se = _number(errors.iloc[0], path, "se")
        if se <= 0:
            raise UserError(f"{path}: se is {se:g}; a standard error is above 0")
        arms = column(ARMS)
        other = str(arms.iloc[0]).strip() if arms is not None else ""
        _check_arms([other] * bool(other), policies, path)
        return Trial(other, _number(estimates.iloc[0], path, "estimate"), se, "as given")
    arms, sizes = column(ARMS), column(SIZES)
    events, means, spreads = column(EVENTS), column(MEANS), column(SPREADS)
    if arms is None or sizes is None or (events is None and (means is None or spreads is None)):
        raise UserError(f"{path}: {SHAPE}; it has {', '.join(map(str, frame.columns))}")
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for place in range(len(frame)):
        n = _number(sizes.iloc[place], path, "n")
        if n < 2:
            raise UserError(f"{path}: an arm of {n:g} members tells nothing; 2 or more are needed")
        if events is not None:
            share = _number(events.iloc[place], path, "events") / n
            if not 0 <= share <= 1:
                raise UserError(f"{path}: events must lie between 0 and n")
            smooth = (share * n + 1) / (n + 2)  # no arm is without error for having had no event
            row = (n, share, math.sqrt(smooth * (1 - smooth)))
        else:
            row = (n, _number(means.iloc[place], path, "mean"),
                   _number(spreads.iloc[place], path, "sd"))  # fmt: skip
        rows.setdefault(str(arms.iloc[place]).strip(), []).append(row)
    if len(rows) != 2:
        raise UserError(f"{path}: two arms are expected, not {len(rows)}")
    _check_arms(list(rows), policies, path)
    baseline = policies[0]
    if baseline not in rows:
        raise UserError(
            f"{path}: one arm must be {baseline}, the baseline of the comparison; the arms are "
            f"{', '.join(rows)}"
        )
    other = next(name for name in rows if name != baseline)
    (mean_a, se_a), (mean_b, se_b) = (_of_arm(rows[name]) for name in (baseline, other))
    sizes_of = [int(sum(row[0] for row in rows[name])) for name in (baseline, other)]
    told = f"{baseline} {mean_a:.4g} (n {sizes_of[0]:,}), {other} {mean_b:.4g} (n {sizes_of[1]:,})"
    return Trial(other, mean_b - mean_a, math.hypot(se_a, se_b), told)


def _of_arm(rows: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Mean of an arm and its error: between clusters where there are several."""
    n, mean, sd = np.array(rows).T
    whole = float(n @ mean / n.sum())
    within = math.sqrt(float((n * sd**2).sum())) / float(n.sum())
    if len(rows) < 2:
        return whole, max(within, 1e-12)
    between = float(mean.std(ddof=1)) / math.sqrt(len(rows))
    return whole, max(within, between, 1e-12)


def _check_arms(arms: Sequence[str], policies: Sequence[str], path: Path) -> None:
    for arm in arms:
        if arm not in policies:
            raise UserError(
                f"{path}: arm {arm!r} is none of the policies compared: {', '.join(policies)}"
            )


def _number(cell: Any, path: Path, what: str) -> float:
    try:
        value = float(str(cell).strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{path}: {what} is {str(cell)[:40]!r}; a number is expected")
    return value
