"""What a sensitivity analysis explains: one outcome at every point of a plan, seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.experiments.sampling import Sample
from plaza_lab.scenarios.outcomes import Outcome, outcome_named, show_difference, show_value
from plaza_lab.scenarios.statistics.pairing import BadRuns, check_columns, check_policies

POINT = "world_point"


@dataclass(frozen=True)
class Responses:
    """One outcome of one policy, or the difference of two, over points and seeds.

    Parameters
    ----------
    outcome : str
        Column of the runs table.
    policy : str
        Policy; empty where the table has none.
    baseline : str
        Policy it is compared with; empty for levels.
    values : numpy.ndarray
        Shape ``(points, seeds)``, in storage units; NaN where a run is missing or undefined.
    points : numpy.ndarray
        Numbers of the points, ascending, shape ``(points,)``.
    seeds : numpy.ndarray
        Seeds, ascending, shape ``(seeds,)``.
    """

    outcome: str
    policy: str
    baseline: str
    values: np.ndarray
    points: np.ndarray
    seeds: np.ndarray

    @property
    def declared(self) -> Outcome:
        """Declaration of the outcome."""
        return outcome_named(self.outcome)

    @property
    def is_whole(self) -> np.ndarray:
        """Which points have a value at every seed, shape ``(points,)``."""
        return np.isfinite(self.values).all(axis=1)

    @property
    def names(self) -> dict[str, str]:
        """Columns that say in a table what was analysed."""
        label = self.declared.label
        return {"outcome": self.outcome, "label": label, "policy": self.policy,
                "baseline": self.baseline}  # fmt: skip


def responses(
    runs: pd.DataFrame,
    outcome: str,
    policy: str | None = None,
    baseline: str | None = None,
    *,
    point: str = POINT,
) -> Responses:
    """Take one outcome out of a runs table.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run: `point`, ``seed``, `outcome` and, where several policies ran, ``policy``.
    outcome : str
        Column.
    policy : str, optional
        Whose outcome; may be left out where the table has one policy.
    baseline : str, optional
        Take the difference `policy` minus `baseline` instead, paired by point and seed.
    point : str
        Column that numbers the points of the plan.

    Returns
    -------
    Responses
        Points and seeds in ascending order.

    Raises
    ------
    BadRuns
        If a column or policy is missing, or a point has two runs of one seed.
    """
    check_columns(runs, (point, "seed", outcome))
    if policy is None:
        found = runs["policy"].unique().tolist() if "policy" in runs else [""]
        if len(found) != 1:
            raise BadRuns(f"name a policy; the table holds {', '.join(map(str, found))}")
        policy = str(found[0])
    table = _wide(runs, outcome, policy, point)
    if baseline is not None:
        other = _wide(runs, outcome, baseline, point)
        table, other = table.align(other)
        size = float(np.nanmax(np.abs(table.to_numpy()), initial=0.0))
        table = table - other
        table = table.mask(table.abs() <= 1e-12 * size, 0.0)  # rounding is no difference
    return Responses(
        outcome, policy, baseline or "", table.to_numpy(dtype=float),
        table.index.to_numpy(), table.columns.to_numpy(),
    )  # fmt: skip


def _wide(runs: pd.DataFrame, outcome: str, policy: str, point: str) -> pd.DataFrame:
    own = runs
    if "policy" in runs:
        check_policies(runs, [policy])
        own = runs[runs["policy"] == policy]
    twice = own.duplicated([point, "seed"])
    if twice.any():
        row = own[twice].iloc[0]
        raise BadRuns(f"{policy or 'the table'} has two runs of {point} {row[point]}, seed "
                      f"{row['seed']}")  # fmt: skip
    wide = own.pivot(index=point, columns="seed", values=outcome)
    return wide.sort_index(axis=0).sort_index(axis=1).astype(float)


def of_rows(sample: Sample, measured: Responses) -> np.ndarray:
    """Line responses up with the rows of the plan whose points were run.

    Returns
    -------
    numpy.ndarray
        Shape ``(rows, seeds)``; a row whose point lacks any seed is NaN throughout, so that every
        mean is over the same seeds.

    Raises
    ------
    BadRuns
        If the runs are of another plan, or no point is whole.
    """
    if measured.points.size and not 0 <= measured.points[-1] < len(sample.points):
        raise BadRuns(
            f"the runs have point {measured.points[-1]}, and the plan only "
            f"{len(sample.points):,}: they belong to another plan"
        )
    whole = measured.is_whole
    if not whole.any():
        raise BadRuns(
            f"{measured.outcome} of {_describe(measured)} is not defined at every seed of any "
            "point: run more weeks, or choose another outcome"
        )
    values = np.full((len(sample.points), measured.seeds.size), np.nan)
    values[measured.points[whole].astype(int)] = measured.values[whole]
    return values[sample.place]


def check_factors(sample: Sample, runs: pd.DataFrame, point: str = POINT) -> None:
    """Refuse runs whose settings, where they are columns, are not those of the plan.

    Raises
    ------
    BadRuns
        At the first difference.
    """
    check_columns(runs, [point])
    first = runs.drop_duplicates(point).set_index(point)
    for axis in sample.axes:
        if axis.key not in first or not axis.is_range:
            continue
        numbers = first[axis.key].to_numpy(dtype=float)
        known = first.index.to_numpy()
        inside = (known >= 0) & (known < len(sample.points))
        planned = np.array([sample.points[at][axis.key] for at in known[inside]], dtype=float)
        wrong = ~np.isclose(planned, numbers[inside], rtol=1e-9, atol=0)
        if wrong.any():
            at = known[inside][wrong][0]
            raise BadRuns(
                f"{axis.key} of point {at} is {first.loc[at, axis.key]:g} in the runs and "
                f"{sample.points[at][axis.key]:g} in the plan: the runs belong to another plan"
            )


def _describe(measured: Responses) -> str:
    """Name what was analysed: ``A``, or ``A minus B``."""
    if measured.baseline:
        return f"{measured.policy} minus {measured.baseline}"
    return measured.policy or "the policy"


def titled(row: Any) -> str:
    """Name what a table's row analysed: ``Active retention of A minus B``."""
    title = f"{row['label']} of {row['policy']}" if row["policy"] else str(row["label"])
    return f"{title} minus {row['baseline']}" if row["baseline"] else title


def shown(outcome: str, value: float, is_difference: bool) -> str:
    """Write a level or a difference of an outcome."""
    declared = outcome_named(outcome)
    return show_difference(declared, value) if is_difference else show_value(declared, value)


def readable(key: str) -> str:
    """Write a setting as people read it: ``churn: established hazard``."""
    parts = [part for part in key.split(".") if part not in ("world", "population")] or [key]
    words = [part.replace("_", " ") for part in parts]
    return ": ".join([" ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def units_of(axes: Sequence[object]) -> dict[str, str]:
    """Return the unit of each axis by its key."""
    return {str(getattr(axis, "key", "")): str(getattr(axis, "unit", "")) for axis in axes}
