"""Outcomes of a run whose mechanisms are not just Plaza's."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from plaza_lab.sim import own_tables
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.recording.outcomes import outcomes_of
from plaza_lab.sim.tables import Tables


def outcomes_with_own(tables: Tables, days: int) -> dict[str, float]:
    """Compute Plaza's outcomes, and those of mechanisms of one's own.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    days : int
        Days lived, at least 1.

    Returns
    -------
    dict of str to float
        Outcome to value. What is made of the metrics of a mechanism that is left out is not
        defined (NaN). A metric of one's own is summed over the days; one that is held has its last
        value.

    Raises
    ------
    ValueError
        If something of one's own has the name of one of Plaza's outcomes.
    """
    if tables.own is None:
        return outcomes_of(tables, days)
    own, model = tables.own, tables.own.model
    if model.silent:
        lacking = [NAMES.index(name) for name in model.silent]
        daily = tables.daily.copy()
        daily[:, lacking] = math.nan
        tables = dataclasses.replace(tables, daily=daily)
    with np.errstate(invalid="ignore"):
        values = outcomes_of(tables, days)
    found = own_tables.daily(own, days)
    for one in model.own:
        for metric in one.metrics:
            if metric.name in values:
                raise ValueError(
                    f"mechanism {one.name!r}: there is an outcome {metric.name!r} already; rename "
                    "the metric"
                )
            column = found[metric.name]
            values[metric.name] = float(column[-1] if metric.is_held else column.sum())
    return values
