"""The terms of a member's decisions, by name, as her state stands."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from plaza_lab.agents import choices
from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.plain import plain
from plaza_lab.sim.state import answering, rewards
from plaza_lab.sim.tables import Tables

OWN = "own rate"
"""Name of the part of a decision that is the member's own, whatever happens."""
UNITS = {"visit": "log-hazard a day", "exit": "log-hazard a day"}


@dataclass(frozen=True)
class Decision:
    """A decision that is a sum of named terms.

    Parameters
    ----------
    name : str
        Such as ``visit``.
    terms : tuple of str
        Their names.
    rule : callable
        Returns one number for each of them.
    unit : str
        What the sum is.
    """

    name: str
    terms: tuple[str, ...]
    rule: Callable[..., tuple[float, ...]]
    unit: str


@cache
def decisions() -> tuple[Decision, ...]:
    """Return every decision of ``agents/choices.py`` whose terms have names there."""
    found = []
    for name, terms in vars(choices).items():
        rule = getattr(choices, name.lower(), None)
        if name.endswith("_TERMS") and rule is not None:
            short = name.removesuffix("_TERMS").lower().replace("_", " ")
            unit = UNITS.get(short, "log-odds")
            found.append(Decision(short, tuple(terms), plain(rule), unit))
    return tuple(found)


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
        Decision to term to number; the first term is her own rate where she has one.
    """
    given = _around(tables, row, day)
    own = _own_rates(tables, row)
    found = {}
    for decision in decisions():
        names = inspect.signature(decision.rule).parameters
        numbers = decision.rule(*(given.get(name, 0.0) for name in names))
        terms = dict(zip(decision.terms, map(float, numbers), strict=True))
        if decision.name in own:
            terms = {OWN: own[decision.name], **terms}
        found[decision.name] = terms
    return found


def unknown_arguments() -> set[str]:
    """Return what rules take and is not known here; it counts as nothing."""
    known = {
        "m", "day", "is_silent", "clock", "policy", "world", "fate", "prize", "reward", "effort",
        "is_responder",
    }  # fmt: skip
    asked = {name for one in decisions() for name in inspect.signature(one.rule).parameters}
    return asked - known


def _around(tables: Tables, row: int, day: int) -> dict[str, Any]:
    clock, policy, world = tables.clock[0], tables.policy[0], tables.params[0]
    m, fate = tables.members[row], tables.fate[row]
    is_responder = bool(fate.circles & Flag.RESPONDER)
    prize, sure = plain(rewards.answer_stakes)(tables, day)
    return {
        "m": m, "fate": fate, "day": day, "clock": clock, "policy": policy, "world": world,
        "is_silent": fate.status == Status.SILENT, "is_responder": is_responder,
        "prize": plain(rewards.posts_pull)(tables, day),
        "reward": plain(rewards.answers_pull)(tables, row, prize, sure),
        "effort": plain(answering.effort)(tables),
    }  # fmt: skip


def _own_rates(tables: Tables, row: int) -> dict[str, float]:
    m, world = tables.members[row], tables.params[0]
    post = min(max(float(m.post_rate), 1e-9), 1.0 - 1e-9)
    return {
        "visit": _log(float(m.visit_rate)),
        "exit": _log(float(m.frailty) * float(world.churn.established_hazard)),
        "post": math.log(post / (1.0 - post)),
    }


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
