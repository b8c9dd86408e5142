"""Daily metrics: one row a day, one column each, written by the processes as they happen.

Columns are declared by family, once; the ids are those of the metric catalogue (T..). The index
of a column is the module's attribute of its name in capitals: ``mt.JOINS``. Shares and means that
need a look at every member are taken weekly and held until the next look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaza_lab.sim.recording.metrics import (
    acquisition,
    activity,
    alerting,
    commerce,
    content,
    engagement,
    feeling,
    governance,
    incentives,
    moderation,
    money,
    network,
    people,
    reach,
    roles,
)
from plaza_lab.sim.recording.metrics.metric import Metric

FAMILIES = (
    people,
    activity,
    content,
    moderation,
    money,
    roles,
    feeling,
    acquisition,
    alerting,
    commerce,
    engagement,
    governance,
    incentives,
    network,
    reach,
)
"""Modules that declare metrics, in storage order."""

METRICS: tuple[Metric, ...] = tuple(metric for family in FAMILIES for metric in family.METRICS)
"""All daily columns, in storage order."""

NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)
N_METRICS = len(METRICS)

globals().update({name.upper(): index for index, name in enumerate(NAMES)})

if TYPE_CHECKING:

    def __getattr__(name: str) -> int: ...


__all__ = ["METRICS", "NAMES", "N_METRICS", "Metric"]
