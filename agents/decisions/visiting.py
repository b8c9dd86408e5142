"""Visiting: how likely a member comes by on a day."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import expertise
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp

VISIT = Decision(
    "visit",
    "Coming by on a day, for a member who has not fallen silent.",
    form=Form.RATE,
    arguments=("m", "t", "policy", "world"),
    order=(
        "belonging", "satisfaction", "load", "star", "points", "token", "role", "mood", "founder",
        "crowding", "game", "expert time", "returns", "offer", "identity", "consent", "place",
        "language", "second home", "alarm", "platform rule", "company", "order",
    ),
    source="causal skeleton of mechanisms.md 2.0, M15",
)  # fmt: skip


@VISIT.base("own rate", source="science.md A.4 (BG/NBD)")
def visit_rate(m):
    """How often she comes by herself, before the rhythm of the week."""
    return f8(m.visit_rate)


@VISIT.term("belonging", source="mechanisms.md 2.0, M15")
def belonging_draws(m, world):
    """Who belongs comes by more often."""
    return world.visiting.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@VISIT.term("satisfaction", source="mechanisms.md 2.0, M15")
def satisfaction_draws(m, world):
    """Who found good use for her time comes by more often."""
    p = world.visiting
    return p.satisfaction_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


@VISIT.term("load", source="mechanisms.md 2.0")
def load_keeps_away(m, world):
    """Overload keeps away."""
    return -world.visiting.load_weight * f8(m.load)


@VISIT.term("expert time", source="M120")
def load_keeps_experts_away(m, world):
    """Experts, whose time is dear, are kept away by overload twice."""
    return -world.visiting.expert_weight * f8(m.load) * expertise(m)


@compiled()
def visit_hazard(m, t, policy, world):
    """Hazard of visiting a day, before weekday rhythm: base rate times the exponential of terms."""
    return visit_rate(m) * exp(VISIT(m, t, policy, world))
