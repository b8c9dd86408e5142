"""A log by weeks: who was active in which, who came when, how much was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.sim.calendar import WEEK

METRICS = ("weekly_actives", "posts", "joins", "purchases")


@dataclass(frozen=True)
class Weekly:
    """Whole weeks of a log; the last one ends with the last day of observation.

    Attributes
    ----------
    member, week : numpy.ndarray
        int64[n], one row for each member and week in which she was active, sorted by member.
    first : numpy.ndarray
        int64[n_members], week of her first act.
    series : dict of str to numpy.ndarray
        float64[n_weeks] for each metric that the log tells.
    last_day : datetime.date
        End of observation.
    """

    member: np.ndarray
    week: np.ndarray
    first: np.ndarray
    series: dict[str, np.ndarray]
    last_day: date

    @property
    def n_weeks(self) -> int:
        """Whole weeks seen."""
        return len(next(iter(self.series.values())))

    @property
    def n_members(self) -> int:
        """Members seen in a whole week."""
        return len(self.first)

    def until(self, week: int) -> Weekly:
        """The log as it was before a week; who came later is not seen in it."""
        before = self.week < week
        series = {name: values[:week] for name, values in self.series.items()}
        last = self.last_day - timedelta(weeks=self.n_weeks - week)
        return Weekly(self.member[before], self.week[before], self.first, series, last)


def weekly_of(
    member: np.ndarray,
    day: np.ndarray,
    amount: np.ndarray,
    n_days: int,
    last_day: date,
    has_purchases: bool = False,
) -> Weekly:
    """Condense active days into weeks.

    Parameters
    ----------
    member, day, amount : numpy.ndarray
        int64[n], one row for each member and active day: who, days since the first, posts (or
        purchase days).
    n_days : int
        Length of the log; days before its first whole week are taken into that week's past, so
        that who came then is known but not counted.
    last_day : datetime.date
        End of observation.
    has_purchases : bool
        The log is of purchases: what is counted is purchase days, and first ones are joins.

    Returns
    -------
    Weekly
        Numbers of members are those given, condensed to who was seen.
    """
    n_weeks = n_days // WEEK
    week = (day - n_days % WEEK) // WEEK
    inside = week >= 0
    _, code = np.unique(member, return_inverse=True)
    first = (first_days(code, day) - n_days % WEEK) // WEEK
    pairs = np.unique(code[inside] * n_weeks + week[inside])
    who, when = pairs // n_weeks, pairs % n_weeks
    counted = np.bincount(week[inside], amount[inside], n_weeks)
    series = {
        "weekly_actives": np.bincount(when, minlength=n_weeks).astype(float),
        "posts": counted,
        "joins": np.bincount(first[first >= 0], minlength=n_weeks).astype(float),
    }
    if has_purchases:
        series = {"purchases": counted, "joins": series["joins"]}
    return Weekly(who, when, np.maximum(first, 0), series, last_day)
