"""What an outcome is, and how its values are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Outcome:
    """One outcome column of the ``runs`` table.

    Parameters
    ----------
    name : str
        Column name in ``runs``.
    label : str
        What people read.
    unit : str
        ``"share"`` is stored as 0-1 and shown as per cent, ``"1"`` is a bare number; other units
        are shown as they are.
    better : {"higher", "lower", "neither"}
        The direction a strategist wants, all else equal.
    digits : int
        Decimals shown.
    metric : str
        Ids of the metric catalogue.
    definition : str
        One line.
    headline : bool
        Headline outcomes are the confirmatory family of every comparison.
    """

    name: str
    label: str
    unit: str
    better: Better
    digits: int
    metric: str
    definition: str
    headline: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a whole, from 0 to 100 %; growth is none."""
        return self.unit == "share" and self.name not in BEYOND


BEYOND = ("growth", "staff_load", "staff_load_7d", "reshare_advantage", "winback_lift",
          "stage_up_28d", "engagement_rate")  # fmt: skip
"""Shares that may pass 100 %, or fall below 0."""


def show_value(outcome: Outcome, value: float, *, unit: bool = True) -> str:
    """Write a level: ``12.3 %``, ``98,400 yuan``; ``undefined`` for NaN.

    It is given in storage units (shares as 0-1), and written with thousands separators, an ASCII
    minus, and its unit where that is wanted.
    """
    return _show(outcome, value, "", outcome_unit(outcome) if unit else "")


def show_difference(outcome: Outcome, value: float, *, unit: bool = True) -> str:
    """Write a difference as :func:`show_value`, with its sign: ``+3.1 points``, ``-1,200 yuan``.

    Differences of shares are percentage points; only zero has no sign.
    """
    return _show(outcome, value, "+", difference_unit(outcome) if unit else "")


def outcome_unit(outcome: Outcome) -> str:
    """Return the unit shown beside a level: per cent for shares, nothing for a bare number."""
    return {"share": "%", "1": ""}.get(outcome.unit, outcome.unit)


def difference_unit(outcome: Outcome) -> str:
    """Return the unit of a difference: points for shares, else the unit of the level."""
    return "points" if outcome.unit == "share" else outcome_unit(outcome)


def outcome_title(outcome: Outcome) -> str:
    """Return the label with its unit in brackets, where there is one."""
    return f"{outcome.label} ({outcome_unit(outcome)})".removesuffix(" ()")


def display_scale(outcome: Outcome) -> float:
    """Return what a stored value is multiplied by before it is shown."""
    return 100.0 if outcome.unit == "share" else 1.0


def _show(outcome: Outcome, value: float, sign: str, unit: str) -> str:
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else f"{value:+}"
    scaled = round(value * display_scale(outcome), outcome.digits) + 0.0
    text = f"{scaled:{sign if scaled else ''},.{outcome.digits}f}"
    return f"{text} {unit}".rstrip()
