"""The day, on one page. The order is a modelling decision; it is written here and nowhere else."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np

from plaza_lab.agents.record import first_row, rows_of
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.handle import call_step, step_addresses
from plaza_lab.engine.numba_switches import jit_is_off
from plaza_lab.sim.recording import daybook, metrics
from plaza_lab.sim.state.alerts import RuleSet


def _modules(folder: str, *names: str) -> tuple[ModuleType, ...]:
    return tuple(import_module(f"plaza_lab.sim.{folder}.{name}") for name in names)


MECHANISMS = _modules(
    "mechanisms",
    "outside.shocks",
    "money.budget",
    "engagement.programme",
    "governance.departments",
    "governance.quarterly",
    "joining.arrival",
    "joining.lure",
    "joining.outreach",
    "joining.star",
    "joining.challenge",
    "outside.rivals",
    "joining.entry",
    "joining.insiders",
    "ties.groups",
    "operation.hosting",
    "joining.crowding",
    "ties.leaks",
    "joining.onboarding",
    "rewards.roles",
    "visiting.company",
    "visiting.visiting",
    "engagement.games",
    "governance.team",
    "governance.stewarding",
    "money.staffing",
    "engagement.topics",
    "content.archiving",
    "content.publishing",
    "content.posting",
    "partners.kocs",
    "partners.amplification",
    "partners.partnership",
    "partners.talks",
    "partners.contract",
    "partners.co_marketing",
    "partners.co_brand",
    "partners.co_content",
    "partners.co_promotion",
    "partners.points_alliance",
    "partners.traffic_swap",
    "partners.joint_event",
    "partners.open_platform",
    "governance.screening",
    "rewards.gaming",
    "governance.review",
    "content.curation",
    "governance.adaptation",
    "governance.incidents",
    "content.feed",
    "content.testing",
    "governance.voice",
    "content.reading",
    "content.recommending",
    "content.spreading",
    "content.reposting",
    "operation.localising",
    "help.help",
    "help.service",
    "ties.directory",
    "ties.ties",
    "engagement.events",
    "engagement.cocreation",
    "engagement.assembly",
    "engagement.culture",
    "ties.network",
    "rewards.motive",
    "rewards.points",
    "rewards.levels",
    "rewards.badges",
    "rewards.reputation",
    "rewards.privileges",
    "rewards.tips",
    "rewards.oneoff",
    "rewards.talent",
    "rewards.tokens",
    "joining.referral",
    "joining.word_of_mouth",
    "commerce.purchase",
    "commerce.trading",
    "visiting.needs",
    "visiting.relationship",
    "commerce.monetising",
    "governance.mood",
    "governance.conflict",
    "governance.fairness",
    "governance.charter",
    "governance.feedback",
    "visiting.belonging",
    "visiting.churn",
    "money.dues",
    "commerce.funnel",
    "commerce.segments",
    "commerce.winback",
    "commerce.channels",
    "money.settlement",
    "governance.fatigue",
    "operation.steering",
    "governance.sensing",
    "governance.alerting",
)
"""The mechanisms, in the order of the day: the one list of them, each by folder and file.

The day calls the ``step(t, day)`` of each: ``t`` are the community's tables
(:class:`plaza_lab.sim.tables.Tables`), ``day`` is the day of the run, an integer from 0.
"""

SHARED = (
    *_modules(
        "state",
        "run", "prospects", "traits", "opening", "audience", "selling", "archive", "people",
        "places", "lives", "items", "responding", "reply_log", "returns", "answering", "rewards",
        "fund", "following", "sponsoring", "trial",
    ),
    *_modules("recording", "daybook", "health", "shape"),
)  # fmt: skip
"""Modules that declare parameters, levers, state or metrics that no single mechanism owns."""

PARTS = (*SHARED, *MECHANISMS)
"""All modules that declare parameters, levers, state or metrics of their own."""

metrics.gather(PARTS)


DAY = (daybook.open_day, *(mechanism.step for mechanism in MECHANISMS), daybook.close_day)
"""The steps of a day, in order."""


def steps_in_use(policy, world, *others):
    """Steps that have something to do under a policy in a world, in the order of the day.

    A process that can be switched off says so by ``is_on(policy, world)`` beside its step; a step
    that is off would change nothing. Where alerts may move levers while the days go by, every step
    is in use.

    Parameters
    ----------
    policy : Policy or record
        The levers.
    world : World or record
        The parameters.
    *others : Policy or record
        Levers of others who live in the same community, while a trial runs.

    Returns
    -------
    tuple of callable
        Part of :data:`DAY`.
    """
    if policy.alerts.ruleset != RuleSet.DISABLED:
        return DAY
    levers = (policy, *others)
    on = (
        part.step
        for part in MECHANISMS
        if not hasattr(part, "is_on") or any(part.is_on(one, world) for one in levers)
    )
    return (daybook.open_day, *on, daybook.close_day)


def live(t, first, last):
    """Live the days from ``first`` up to ``last``, or until there is no room for newcomers.

    Parameters
    ----------
    t : Tables
        The community's tables.
    first, last : int
        Days, ``last`` excluded.

    Returns
    -------
    int
        The next day to live: ``last``, or an earlier day when the tables must grow first.
    """
    steps = _steps_of(t)
    if jit_is_off():
        with np.errstate(over="ignore"):
            return live_plainly(t, first, last, steps)
    addresses = step_addresses(steps)
    return live_compiled(t, first, last, addresses.ctypes.data, len(addresses))


@compiled()
def has_room(t):
    """Whether the tables have a row for everybody who might join today."""
    return t.people_state[0].n_rows + t.applicants.shape[0] <= t.members.shape[0]


def live_plainly(t, first, last, steps=DAY):
    """Live days as :func:`live`, calling the steps from Python."""
    for day in range(first, last):
        if not has_room(t):
            return day
        for step in steps:
            step(t, np.int64(day))  # 64 bits, as compiled: small fields must not overflow
    return last


@kernel()
def live_compiled(t, first, last, steps, n_steps):
    """Live days by calling compiled steps by address.

    Steps are compiled one by one and called through their addresses, so that the day need not be
    optimised as one huge function each time one of them changes.

    Parameters
    ----------
    first, last : int
        Days, ``last`` excluded.
    steps, n_steps : int
        Address of the list of the addresses of the steps in use, and their number.
    """
    for day in range(first, last):
        if not has_room(t):
            return day
        for k in range(n_steps):
            call_step(steps, k, t, day)
    return last


MOST_KNOWN = 256
_known: dict[bytes, tuple] = {}


def _steps_of(t):
    """Steps in use in a community; worked out once for the levers it has just now."""
    known, in_use = _known, steps_in_use
    if t.own is not None:
        known, in_use = t.own.model.known_steps, t.own.model.ready_steps
    levers = t.policy.tobytes() + t.params.tobytes()
    if levers not in known:
        if len(known) >= MOST_KNOWN:
            known.clear()
        policy, *others = rows_of(t.policy)
        known[levers] = in_use(policy, first_row(t.params), *others)
    return known[levers]
