"""Policies: what a strategist chooses, one frozen dataclass per lever group.

A policy has no behaviour. What its levers do is in the process that reads them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from sim.policy.acquisition import Acquisition
from sim.policy.comms import Comms, Protocol
from sim.policy.content import Content
from sim.policy.distribution import Distribution, Feed
from sim.policy.entry import Entry, Gate
from sim.policy.fund import Fund, PayoutRule
from sim.policy.incentive import Incentive
from sim.policy.koc import Koc, Programme
from sim.policy.moderation import Moderation, Review
from sim.policy.onboarding import Onboarding
from sim.policy.partnership import Form, Partnership, Split
from sim.policy.selling import Selling, Tactic
from sim.policy.stewarding import Staff, Stewarding


@dataclass(frozen=True)
class Policy:
    """All levers of one policy."""

    incentive: Incentive = field(default_factory=Incentive)
    fund: Fund = field(default_factory=Fund)
    entry: Entry = field(default_factory=Entry)
    onboarding: Onboarding = field(default_factory=Onboarding)
    comms: Comms = field(default_factory=Comms)
    content: Content = field(default_factory=Content)
    selling: Selling = field(default_factory=Selling)
    distribution: Distribution = field(default_factory=Distribution)
    moderation: Moderation = field(default_factory=Moderation)
    stewarding: Stewarding = field(default_factory=Stewarding)
    acquisition: Acquisition = field(default_factory=Acquisition)
    koc: Koc = field(default_factory=Koc)
    partnership: Partnership = field(default_factory=Partnership)


Clash = tuple[bool, str]
"""Whether a rule is broken, and one line that says why and what would be right."""


class IncompatiblePolicy(ValueError):
    """Two lever groups contradict each other."""


def check_policy(policy: Policy) -> None:
    """Refuse combinations that cannot work (validity rules of mechanisms.md 6.1).

    Each lever group says in its method ``clashes`` what it cannot go with.

    Parameters
    ----------
    policy : Policy
        The policy.

    Raises
    ------
    IncompatiblePolicy
        With one line: the group, why it clashes, and what would be right.
    """
    for group in dataclasses.fields(policy):
        levers = getattr(policy, group.name)
        for is_broken, line in levers.clashes(policy) if hasattr(levers, "clashes") else ():
            if is_broken:
                raise IncompatiblePolicy(f"{group.name}: {line}")


__all__ = [
    "Acquisition",
    "Clash",
    "Comms",
    "Content",
    "Distribution",
    "Entry",
    "Feed",
    "Form",
    "Fund",
    "Gate",
    "Incentive",
    "IncompatiblePolicy",
    "Koc",
    "Moderation",
    "Onboarding",
    "Partnership",
    "PayoutRule",
    "Policy",
    "Programme",
    "Protocol",
    "Review",
    "Selling",
    "Split",
    "Staff",
    "Stewarding",
    "Tactic",
    "check_policy",
]
