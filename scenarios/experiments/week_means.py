"""Weeks of daily metrics summed up: ``active_28d@week12`` is the mean over that week's days."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

DAYS_PER_WEEK = 7
WEEKLY = re.compile(r"(\w+)@week(\d+)")


def week_means(days: np.ndarray, metrics: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Sum up weeks of a run's daily metrics.

    Parameters
    ----------
    days : numpy.ndarray
        Shape ``(n_days, n_metrics)``.
    metrics : sequence of str
        Names of the columns.
    names : sequence of str
        Each ``<metric>@week<k>``, with k from 1; other names are passed over.

    Returns
    -------
    dict of str to float
        Mean of the metric over the seven days of the week.
    """
    means = {}
    for match in filter(None, map(WEEKLY.fullmatch, names)):
        column, last = list(metrics).index(match[1]), DAYS_PER_WEEK * int(match[2])
        means[match[0]] = float(days[last - DAYS_PER_WEEK : last, column].mean())
    return means
