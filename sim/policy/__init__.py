"""Policies: what a strategist chooses, one frozen dataclass per lever group.

A policy has no behaviour. What its levers do is in the process that reads them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from plaza_lab.sim.policy.acquisition import Acquisition
from plaza_lab.sim.policy.alerts import Alerts, RuleSet
from plaza_lab.sim.policy.climate import Climate
from plaza_lab.sim.policy.comms import Comms, Protocol
from plaza_lab.sim.policy.content import Content
from plaza_lab.sim.policy.crm import Crm, Offer, Scheme
from plaza_lab.sim.policy.culture import Culture
from plaza_lab.sim.policy.data_policy import Consent, DataPolicy
from plaza_lab.sim.policy.distribution import Distribution, Feed
from plaza_lab.sim.policy.entry import Entry, Gate, Ticket
from plaza_lab.sim.policy.events import Events
from plaza_lab.sim.policy.feedback import Channel, Feedback
from plaza_lab.sim.policy.fund import Fund, LapseRule, PayoutRule
from plaza_lab.sim.policy.game import Game
from plaza_lab.sim.policy.groups import Groups, Kinds, Placement
from plaza_lab.sim.policy.incentive import Incentive, Judge, Tier
from plaza_lab.sim.policy.koc import Koc, Programme, Select
from plaza_lab.sim.policy.moderation import Moderation, Review
from plaza_lab.sim.policy.monetisation import Monetisation
from plaza_lab.sim.policy.network import Matching, Network
from plaza_lab.sim.policy.onboarding import Directory, GrowthCap, Onboarding
from plaza_lab.sim.policy.partnership import Form, Partnership, Split
from plaza_lab.sim.policy.programme import Schedule, StageProgramme
from plaza_lab.sim.policy.roles import Roles
from plaza_lab.sim.policy.rules import Charter, Rules
from plaza_lab.sim.policy.selling import Selling, Tactic
from plaza_lab.sim.policy.service import Service
from plaza_lab.sim.policy.stewarding import Staff, Stewarding


@dataclass(frozen=True)
class Policy:
    """All levers of one policy."""

    incentive: Incentive = field(default_factory=Incentive)
    fund: Fund = field(default_factory=Fund)
    entry: Entry = field(default_factory=Entry)
    onboarding: Onboarding = field(default_factory=Onboarding)
    groups: Groups = field(default_factory=Groups)
    network: Network = field(default_factory=Network)
    comms: Comms = field(default_factory=Comms)
    content: Content = field(default_factory=Content)
    selling: Selling = field(default_factory=Selling)
    distribution: Distribution = field(default_factory=Distribution)
    moderation: Moderation = field(default_factory=Moderation)
    stewarding: Stewarding = field(default_factory=Stewarding)
    acquisition: Acquisition = field(default_factory=Acquisition)
    koc: Koc = field(default_factory=Koc)
    partnership: Partnership = field(default_factory=Partnership)
    roles: Roles = field(default_factory=Roles)
    rules: Rules = field(default_factory=Rules)
    climate: Climate = field(default_factory=Climate)
    data_policy: DataPolicy = field(default_factory=DataPolicy)
    feedback: Feedback = field(default_factory=Feedback)
    crm: Crm = field(default_factory=Crm)
    monetisation: Monetisation = field(default_factory=Monetisation)
    events: Events = field(default_factory=Events)
    game: Game = field(default_factory=Game)
    service: Service = field(default_factory=Service)
    culture: Culture = field(default_factory=Culture)
    programme: StageProgramme = field(default_factory=StageProgramme)
    alerts: Alerts = field(default_factory=Alerts)


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
    "Alerts",
    "Channel",
    "Charter",
    "Clash",
    "Climate",
    "Comms",
    "Consent",
    "Content",
    "Crm",
    "Culture",
    "DataPolicy",
    "Directory",
    "Distribution",
    "Entry",
    "Events",
    "Feed",
    "Feedback",
    "Form",
    "Fund",
    "Game",
    "Gate",
    "Groups",
    "GrowthCap",
    "Incentive",
    "IncompatiblePolicy",
    "Judge",
    "Kinds",
    "Koc",
    "LapseRule",
    "Matching",
    "Moderation",
    "Monetisation",
    "Network",
    "Offer",
    "Onboarding",
    "Partnership",
    "PayoutRule",
    "Placement",
    "Policy",
    "Programme",
    "Protocol",
    "Review",
    "Roles",
    "RuleSet",
    "Rules",
    "Schedule",
    "Scheme",
    "Select",
    "Selling",
    "Service",
    "Split",
    "Staff",
    "StageProgramme",
    "Stewarding",
    "Tactic",
    "Ticket",
    "Tier",
    "check_policy",
]
