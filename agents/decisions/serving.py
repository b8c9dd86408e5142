"""Serving: whether a member moderates, votes on the charter, and writes for the brand."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.agents.rewards import money_pull

VOLUNTEER = Decision(
    "volunteer",
    "Offering oneself as a moderator on a visit, while volunteers are wanted.",
    form=Form.SUM,
    arguments=("m", "t", "world"),
    order=("base", "belonging", "motive", "role"),
    source="M61; science.md A.10",
)


@VOLUNTEER.term("belonging", source="M61")
def belonging_serves(m, world):
    """Who belongs serves."""
    return world.stewarding.volunteer_belonging * f8(m.belonging)


@VOLUNTEER.term("motive", source="M61")
def motive_serves(m, world):
    """Who is moved from within serves."""
    return world.stewarding.volunteer_motive * f8(m.motive)


VOTE = Decision(
    "vote",
    "Voting on a visit during the week of a ballot.",
    form=Form.SUM,
    arguments=("m", "world"),
    order=("base", "belonging"),
    source="M68",
)


@VOTE.term("belonging", source="M68")
def belonging_votes(m, world):
    """Who belongs votes."""
    return world.charter.turnout_belonging * (f8(m.belonging) - world.belonging.usual_belonging)


WRITE = Decision(
    "write for the brand",
    "Agreeing to a week's sponsored items, for a KOC or a candidate.",
    form=Form.SUM,
    arguments=("m", "asked", "yuan", "fatigue", "policy", "world"),
    order=("base", "belonging", "pay", "work", "fatigue"),
    source="M50, M51; science.md A.10, A.12",
)
"""``asked`` are items a week, ``yuan`` what they bring her in that week, ``fatigue`` her wear from
such items, 0 to 1."""


@WRITE.base("base", source="assumption (M50)")
def writing_base(world):
    """Log-odds of agreeing to nothing at all, for nothing."""
    return world.sponsoring.agree_base


@WRITE.term("belonging", source="assumption (M50)")
def belonging_writes(m, world):
    """Who belongs does it gladly."""
    return world.kocs.stay_belonging * (f8(m.belonging) - world.belonging.usual_belonging)


@WRITE.term("pay", source="science.md A.10 (Thornton 2008)")
def pay_writes(yuan, policy, world):
    """Pay moves to it as it moves to other acts."""
    return money_pull(yuan, policy, world)


@WRITE.term("work", source="assumption (M51: workload)")
def work_deters(asked, world):
    """Work asked for deters."""
    return -world.sponsoring.work_item * asked


@WRITE.term("fatigue", source="science.md A.12 (fatigue of sponsored items)")
def fatigue_refuses(fatigue, world):
    """Who is worn out refuses."""
    return -world.sponsoring.tired_weight * fatigue
