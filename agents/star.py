"""Stars and experts: who is known outside, and who comes by a challenge."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from plaza_lab.agents.record import SHARE, Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp


class Fame(enum.IntEnum):
    """States of a star (M08)."""

    FREE = 0
    COMING = 1
    PRESENT = 2
    DECLINED = 3
    GONE = 4


class Bid(enum.IntEnum):
    """What became of an expert's answer to a challenge (M11)."""

    NONE = 0
    ANSWERED = 1
    WON = 2
    OFFERED = 3
    LEFT = 4


STAR: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("member", "i4", "row", "the member who is the star, -1 before", "M08", -1),
    Var("fame", "i1", "Fame", "free, coming, present, declined or gone", "M08"),
    Var("since", "i2", "day", "first day in the present state", "M08"),
    Var("followers", "f4", "persons", "followers outside who would come along", "M08"),
    Var("come", "f4", "persons", "followers brought to the gate so far", "M08"),
    Var("loop", "f4", "1", "what the star gets out of it, 0 to 1", "M52", 0.3, bounds=SHARE),
)

CHALLENGER: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("request", "i4", "request", "slot of the problem chosen", "M11", -1),
    Var("skill", "f4", "1", "expertise, 0 to 1", "M11", bounds=SHARE),
    Var("quality", "f4", "1", "quality of the answer, 0 to 1", "M11", bounds=SHARE),
    Var("bid", "i1", "Bid", "answered, won, offered paid entry, or gone", "M11"),
    Var("day", "i2", "day", "day of the ranking", "M11"),
)

STARS = 64
"""Most stars at a time."""

CHALLENGERS = 64
"""Most challengers at a time."""


@compiled()
def star_loop(n_members, answered_share, load, p):
    """What a week in the community is worth to a star, 0 to 1.

    Parameters
    ----------
    n_members : int
        Members who could become followers.
    answered_share : float
        Share of problems that are solved: insight.
    load : float
        Overload of the last visit: time lost.
    p : record of ``plaza_lab.sim.mechanisms.joining.star.Params``
        Weights.

    Returns
    -------
    float
        0 to 1. Source: mechanisms.md 1.2 (followers, insight, minus time), M52.
    """
    gain = p.audience_value * (1.0 - exp(-f8(n_members) / p.audience_members))
    return min(1.0, max(0.0, gain + p.insight_value * answered_share - p.time_cost * load))
