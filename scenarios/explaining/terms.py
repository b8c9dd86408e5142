"""The terms of a member's decisions, by name, as her state stands."""

from __future__ import annotations

import math

from plaza_lab.agents.decisions.decision import Decision, decisions
from plaza_lab.agents.decisions.term import Form
from plaza_lab.scenarios.explaining.moments import MOMENTS, arguments_now
from plaza_lab.sim.tables import Tables

OWN = "own rate"
"""Name of a base rate that terms move, rather than being one of them."""
OTHERS = ("partner", "star")
"""Who decides what is none of a member's."""


def shown_decisions() -> tuple[Decision, ...]:
    """Return the decisions that are a member's, a friend's of hers, or hers as an applicant."""
    return tuple(one for one in decisions() if one.decider not in OTHERS)


def terms_now(tables: Tables, row: int, day: int) -> dict[str, dict[str, float]]:
    """Return the terms of a member's decisions as her state stands.

    Parameters
    ----------
    tables : Tables
        A community after a day.
    row : int
        Her row.
    day : int
        That day, from 0.

    Returns
    -------
    dict
        Decision to term to number; the first term is the base rate. Decisions for which the day
        has no moment are left out.
    """
    found = {}
    for decision in shown_decisions():
        given = arguments_now(decision, tables, row, day)
        if given is not None:
            terms = decision.each(*given)
            if decision.form is not Form.SUM:
                terms = {OWN: _scaled(decision, decision.base_rate(*given)), **terms}
            found[decision.name] = terms
    return found


def moment_said(decision: Decision) -> str:
    """Return at which moment a decision is shown; empty where none need be said."""
    return MOMENTS[decision.name].when


def _scaled(decision: Decision, base: float) -> float:
    """Put a base rate on the scale of the terms."""
    if base <= 0.0:
        return -math.inf
    if decision.form is Form.RATE:
        return math.log(base)
    return math.log(base / (1.0 - base)) if base < 1.0 else math.inf
