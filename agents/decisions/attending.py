"""Attending: whether a member who is invited registers for an event, turns up, or plays games."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

REGISTER = Decision(
    "register",
    "Registering for an event to which one is invited.",
    form=Form.SUM,
    arguments=("m", "pull", "fit", "taste", "novelty", "early", "world"),
    order=("pull", "fit", "taste", "belonging", "novelty", "too early"),
    source="M17, M18, M22, M71",
)
"""``pull`` is the log-odds of this kind of event for somebody whom its theme fits half; ``fit``
that of the theme with her main interest, 0 to 1; ``taste`` how much she likes to take part,
standard normal; ``novelty`` what is left of that of the form, 0 to 1; ``early`` the stages by
which this kind comes too early for the community."""


@REGISTER.base("pull", source="M17")
def event_pull(pull):
    """What this kind of event draws, at half fit."""
    return pull


@REGISTER.term("taste", source="M17")
def taste_registers(taste, world):
    """Some like to take part, others do not."""
    return world.events.taste_weight * taste


@REGISTER.term("belonging", source="M17")
def belonging_registers(m, world):
    """Who belongs takes part."""
    return world.events.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


SHOW = Decision(
    "turn up",
    "Turning up at an event for which one has registered.",
    form=Form.SUM,
    arguments=("m", "base", "has_reminder", "world"),
    order=("base", "reminder", "load"),
    source="M17; mechanisms.md 6.3 (80 %)",
)
"""``base`` is the log-odds of this kind of event, with a reminder and no load."""


@SHOW.base("base", source="mechanisms.md 6.3 (80 %)")
def event_attendance(base):
    """What this kind of event is attended by."""
    return base


@SHOW.term("load", source="M17")
def load_keeps_from_turning_up(m, world):
    """Overload keeps away."""
    return -world.events.load_weight * f8(m.load)


CHECK_IN = Decision(
    "check in",
    "Checking in on a visit, where there are games.",
    form=Form.SUM,
    arguments=("m", "policy", "world"),
    order=("base", "game"),
    source="M19",
)
