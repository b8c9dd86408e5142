"""Paying: whether a member pays her dues when they fall due."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled

LAPSE = Decision(
    "not pay",
    "Not paying dues when they fall due.",
    form=Form.SUM,
    arguments=("m", "t", "world"),
    order=("base", "dues", "belonging", "satisfaction"),
    source="assumption (M55: non-payers leave or lapse)",
)


@LAPSE.base("base", source="assumption (M55)")
def unpaid_base(world):
    """What everybody fails to pay by."""
    return world.dues.unpaid_base


@LAPSE.term("belonging", source="assumption (M55)")
def belonging_pays(m, world):
    """Who belongs pays."""
    return -world.dues.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@LAPSE.term("satisfaction", source="assumption (M55)")
def satisfaction_pays(m, world):
    """Who is satisfied pays."""
    p = world.dues
    return -p.satisfaction_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


@compiled()
def lapse_probability(m, t, world):
    """Chance that a member does not pay her dues when they fall due.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    t : Tables
        The community's tables.
    world : record of World
        As :func:`plaza_lab.agents.decisions.visiting.visit_hazard`.

    Returns
    -------
    float
        Probability.
    """
    return sigmoid(LAPSE(m, t, world))
