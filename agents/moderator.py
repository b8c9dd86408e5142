"""Moderators: the founder, members who serve (unpaid, paid, elected), and hired staff."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from plaza_lab.agents.record import SHARE, Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import power


class Duty(enum.IntEnum):
    """In which role a moderator serves."""

    OFF = 0
    FOUNDER = 1
    VOLUNTEER = 2
    STEWARD = 3
    CORE = 4
    ADMINISTRATOR = 5
    PROFESSIONAL = 6
    THIRD_PARTY = 7
    SERVICE = 8


MODERATOR: tuple[Var, ...] = (
    Var(
        "member",
        "i4",
        "row",
        "the member who serves; -1 for the founder and hired staff",
        "E12 E13",
        -1,
    ),
    Var("since", "i2", "day", "first day of duty", "M62"),
    Var("until", "i2", "day", "last day of duty, 32767 when open", "M62", 32767),
    Var("duty", "i1", "Duty", "role in the team", "M61"),
    Var("hours_day", "f4", "hours/day", "time given", "W05"),
    Var("skill", "f4", "1", "accuracy of judgement, 0 to 1", "M59", bounds=SHARE),
    Var("fatigue", "f4", "1", "burnout, 0 to 1", "M127", bounds=SHARE),
    Var("drift", "f4", "1", "drift from value to liveliness, 0 to 1", "M121", bounds=SHARE),
)


@compiled()
def accepts_duty(stipend, reserve_wage):
    """Whether a member signs up for a paid week (M62): the stipend must cover the reserve wage.

    Parameters
    ----------
    stipend : float
        Stipend offered for the week, cents.
    reserve_wage : float
        Lowest acceptable pay for the week's hours, cents.
    """
    return stipend >= reserve_wage


@compiled()
def reviews(duty):
    """Whether a role looks through the review queue; strategy and customer service do not."""
    return duty != Duty.OFF and duty != Duty.CORE and duty != Duty.SERVICE


@compiled()
def is_hired(duty):
    """Whether a role is filled from outside and paid a wage (E14, E15, E16)."""
    return duty == Duty.PROFESSIONAL or duty == Duty.THIRD_PARTY or duty == Duty.SERVICE


@compiled()
def items_per_day(moderator, p):
    """How many items a moderator can review in a day, less when tired.

    Parameters
    ----------
    moderator : record of MODERATOR
        The moderator.
    p : record of ``plaza_lab.sim.mechanisms.governance.review.Params``
        Pace and fatigue effect.

    Returns
    -------
    float
        Items per day. Source: science.md A.11 (30-150 actions a day and moderator).
    """
    return (
        f8(moderator.hours_day)
        * p.items_per_hour
        * (1.0 - p.fatigue_effect * f8(moderator.fatigue))
    )


@compiled()
def volunteers_wanted(per_100, members, growth, usual_members):
    """Volunteers that a community of some size wants: larger ones want fewer for as many members.

    Parameters
    ----------
    per_100 : float
        Wanted for 100 members of a community of usual size.
    members, usual_members : float
        Size, and the usual one.
    growth : float
        Power of size with which their number grows.
    """
    return per_100 * usual_members / 100.0 * power(members / usual_members, growth)
