"""Conditions: a policy holds while something that the operator sees is low, or high.

The operator looks on the first morning of each week, at the mean of the seven nights before. She
sees what can be counted and what she asks for or senses (:data:`SENSED`), never what members feel
or who farms. What begins lasts some weeks, and longer while the condition holds.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import numpy as np

from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.recording import metrics as mt

USUAL_WEEKS = 4
"""Weeks that what begins lasts at least; assumption (as long as a 28-day share takes to turn)."""
FIRST_LOOK = MONTH
"""Day of the first look: before, a 28-day share is none."""
SENSED = (
    "members", "joins", "exits", "silent", "refused", "applicants", "newcomer_share", "retained",
    "kept", "dau", "active_7d", "active_28d", "active_share", "posts", "replies", "reactions",
    "messages", "interactions", "views", "unread", "requests", "solved", "answers", "complaints",
    "complaints_open", "removed", "review_backlog", "event_guests", "purchases", "orders",
    "sales_yuan", "income_yuan", "fund_in_yuan", "fund_out_yuan", "entry_pool_yuan",
    "dues_pool_yuan", "brand_pool_yuan", "policy_stops", "rewards_yuan", "points_outstanding",
    "points_liability_yuan", "partners", "kocs", "capacity_use", "staff_load", "caught",
    "sensed_satisfaction", "sensed_negative", "recommend_share", "promoter_score", "alerts_red",
)  # fmt: skip
"""Daily metrics that an operator has: counts of the platform, balances, and what she senses."""
MAY_BE_NEGATIVE = ("promoter_score",)
"""Of these, those that can lie below zero."""
FARTHEST = 1e12
"""No metric goes as far."""
FELT = {"satisfaction": "sensed_satisfaction", "negative_share": "sensed_negative",
        "mood": "sensed_negative", "farmers": "caught", "trust": "recommend_share"}  # fmt: skip
"""What nobody sees, and what shows something of it."""
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?"
TEXT = re.compile(
    rf"(?P<metric>[a-z]\w*)(?P<sign>[<>])(?P<value>{NUMBER})(?:/(?P<weeks>\d{{1,4}})weeks?)?"
)
PLEASE = "write active_share<0.3, or active_share<0.3/8weeks"


@dataclass(frozen=True)
class Condition:
    """When a policy holds, by what the operator sees.

    Parameters
    ----------
    metric : str
        A daily metric of :data:`SENSED`.
    is_above : bool
        Whether the policy holds above the threshold; otherwise below it.
    threshold : float
        In the metric's unit.
    weeks : int
        Weeks it lasts at least, from 1.
    """

    metric: str
    is_above: bool
    threshold: float
    weeks: int = USUAL_WEEKS

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.metric}{'<>'[self.is_above]}{self.threshold:.12g}/{self.weeks}weeks"

    @classmethod
    def read(cls, text: str) -> Condition:
        """Read a condition.

        Parameters
        ----------
        text : str
            Such as ``active_share<0.3`` or ``dues_pool_yuan>20000/8weeks``.

        Returns
        -------
        Condition
            Checked.

        Raises
        ------
        TypeError, ValueError
            With one line, if it cannot be read, looks at what nobody sees, or never holds.
        """
        if not isinstance(text, str):
            raise TypeError(f"condition={text!r} is no text; {PLEASE}")
        found = TEXT.fullmatch(text.replace(" ", ""))
        if found is None:
            raise ValueError(f"{text!r} is no condition; {PLEASE}")
        metric, weeks = found["metric"], int(found["weeks"] or USUAL_WEEKS)
        if metric not in SENSED:
            if metric in mt.NAMES:
                instead = FELT.get(metric, "active_share")
                raise ValueError(f"{metric}: no operator sees it; look at {instead}, for one")
            if near := difflib.get_close_matches(metric, SENSED, 1):
                raise ValueError(f"{metric} is no daily metric; did you mean {near[0]}?")
            raise ValueError(f"{metric} is no daily metric; look at active_share, for one")
        threshold = float(found["value"])
        unit = next(one.unit for one in mt.METRICS if one.name == metric)
        if unit == "share" and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"{text}: {metric} is a share; compare it with 0 to 1")
        is_above = found["sign"] == ">"
        if abs(threshold) > FARTHEST:
            raise ValueError(f"{text}: out of scale; compare {metric} with {FARTHEST:,.0f} at most")
        is_never = threshold >= 1.0 if is_above else threshold <= 0.0
        if is_never and (unit == "share" or not is_above) and metric not in MAY_BE_NEGATIVE:
            raise ValueError(
                f"{text}: {metric} is never {'above 1' if is_above else 'below 0'}, so that the "
                "policy would never hold"
            )
        if weeks < 1:
            raise ValueError(f"{text}: it lasts a week at least")
        return cls(metric, is_above, threshold, weeks)

    def holds_on(self, daily: np.ndarray, day: int) -> bool:
        """Whether the policy holds on a day, by what has been seen until its morning.

        Parameters
        ----------
        daily : numpy.ndarray
            Daily metrics, shape ``(days, n_metrics)``; rows from `day` on are not looked at.
        day : int
            The day.
        """
        column = mt.NAMES.index(self.metric)
        for look in range(day // WEEK * WEEK, FIRST_LOOK - 1, -WEEK):
            if day >= look + WEEK * self.weeks:
                break
            seen = float(daily[look - WEEK : look, column].mean())
            if seen > self.threshold if self.is_above else seen < self.threshold:
                return True
        return False
