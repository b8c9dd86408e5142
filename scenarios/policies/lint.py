"""Looking through a policy before any run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from plaza_lab.agents.quantity import OutOfBounds, check_bounds
from plaza_lab.scenarios.policies import loopholes
from plaza_lab.scenarios.policies.finding import (
    CONTRADICTION,
    ERROR,
    MONEY,
    WARNING,
    Asked,
    Finding,
    by_severity,
    responsible,
)
from plaza_lab.scenarios.policies.inert import blind_findings, inert_findings
from plaza_lab.scenarios.policies.money import money_findings
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.overrides import check_overrides
from plaza_lab.sim.changes import policies
from plaza_lab.sim.policy import Policy


def lint(overrides: Sequence[str], members: int = 0) -> tuple[Asked, list[Finding]]:
    """Look through a policy.

    Parameters
    ----------
    overrides : sequence of str
        As for ``plaza run``; contradictions are found, not refused.
    members : int
        Expected size; 0 takes the members of day 0.

    Returns
    -------
    tuple
        What was looked at, and the findings, errors first.

    Raises
    ------
    UserError
        If an override is misspelt or outside its bounds.
    """
    check_overrides(overrides)
    config = compose(overrides, is_checked=False).config
    size = members or config.population.initial_members
    ways = [
        Asked(one, config.world, size, config.run.weeks, config.population)
        for one in policies(config.setting)
    ]
    each = [list(_findings(asked)) for asked in ways]  # of each date and condition
    found = list(blind_findings(config, ways[0]))
    for one in (one for own in each for one in own):
        # money that waits for a date or a condition is meant to wait
        waits = (one.severity, one.kind) == (WARNING, MONEY) and not all(one in own for own in each)
        if one not in found and not waits:
            found.append(one)
    return ways[0], by_severity(found)


def _findings(asked: Asked) -> Iterator[Finding]:
    yield from _bounds(asked.policy)
    yield from contradictions(asked.policy)
    yield from money_findings(asked)
    for rule in (*loopholes.RULES, *loopholes.CONTRACT_RULES):
        yield from rule(asked)
    yield from inert_findings(asked)


def _bounds(policy: Policy) -> Iterator[Finding]:
    for own in dataclasses.fields(policy):
        try:
            check_bounds(getattr(policy, own.name), own.name)
        except OutOfBounds as wrong:
            setting, _, rule = str(wrong).partition(" ")
            yield Finding(ERROR, CONTRADICTION, (setting,), rule, "a value within its bounds")


def contradictions(policy: Policy) -> Iterator[Finding]:
    """Yield every clash of the lever groups of a policy that is not checked yet."""
    for own in dataclasses.fields(policy):
        levers = getattr(policy, own.name)
        clashes = levers.clashes(policy) if hasattr(levers, "clashes") else ()
        for is_broken, line in clashes:
            if is_broken:
                rule, _, remedy = line.partition("; ")
                settings = responsible(policy, own.name, line)
                yield Finding(ERROR, CONTRADICTION, settings, f"{own.name}: {rule}", remedy)
