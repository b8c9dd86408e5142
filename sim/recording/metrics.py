"""Daily metrics: one row a day, one column each, written by the mechanisms as they happen.

A column is declared once, as a :class:`Metric` in ``METRICS`` of the file where it happens, and
its index is this module's attribute of its name in capitals: ``mt.JOINS``. The order of columns is
that of :data:`plaza_lab.sim.day.PARTS`; nobody else may rely on it. As mechanisms import this
module, it is filled once they are all there: use an index inside functions only. The ids are those
of the metric catalogue (T..). Shares and means that need a look at every member are taken weekly
and held until the next look.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from plaza_lab.sim.recording.metric import Metric

METRICS: tuple[Metric, ...]
"""All daily columns, in storage order."""
NAMES: tuple[str, ...]
N_METRICS: int
HELD: np.ndarray
"""Columns that are carried over to the next day."""


def gather(parts: Iterable[ModuleType]) -> None:
    """Number the columns that modules declare, once.

    Parameters
    ----------
    parts : iterable of module
        Modules that may have ``METRICS``, in storage order.

    Raises
    ------
    ValueError
        If two modules declare the same column.
    """
    metrics = tuple(metric for part in parts for metric in getattr(part, "METRICS", ()))
    names = tuple(metric.name for metric in metrics)
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"metric {name!r} is declared twice")
    held = np.array([index for index, metric in enumerate(metrics) if metric.is_held])
    globals().update(METRICS=metrics, NAMES=names, N_METRICS=len(names), HELD=held)
    globals().update({name.upper(): index for index, name in enumerate(names)})


def __getattr__(name: str) -> Any:
    """Look up a column of whoever comes first; the day gathers them as it is imported."""
    if name.isupper() and "NAMES" not in globals():
        import_module("plaza_lab.sim.day")
        if name in globals():
            return globals()[name]
    raise AttributeError(f"no daily metric is called {name.lower()!r}")


__all__ = ["HELD", "METRICS", "NAMES", "N_METRICS", "Metric", "gather"]
