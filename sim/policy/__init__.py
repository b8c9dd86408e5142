"""Policies: what a strategist chooses, one frozen dataclass per lever group.

A policy has no behaviour. What its levers do is in the process that reads them.
"""

from __future__ import annotations

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
    distribution: Distribution = field(default_factory=Distribution)
    moderation: Moderation = field(default_factory=Moderation)
    stewarding: Stewarding = field(default_factory=Stewarding)
    acquisition: Acquisition = field(default_factory=Acquisition)
    koc: Koc = field(default_factory=Koc)
    partnership: Partnership = field(default_factory=Partnership)


class IncompatiblePolicy(ValueError):
    """Two lever groups contradict each other."""


def check_policy(policy: Policy) -> None:
    """Refuse combinations that cannot work (validity rules of mechanisms.md 6.1).

    Parameters
    ----------
    policy : Policy
        The policy.

    Raises
    ------
    IncompatiblePolicy
        With one line: the groups, why they clash, and what would be right.
    """
    fund, entry, koc = policy.fund, policy.entry, policy.koc
    has_money = fund.brand_week_cents > 0 or fund.opening_cents > 0
    has_prize_money = (
        fund.has_entry_pool
        or (fund.dues_month_cents > 0 and fund.dues_prize_share > 0)
        or (fund.brand_week_cents > 0 and fund.brand_prize_share > 0)
    )
    rules = (
        (
            policy.incentive.has_prize and not has_prize_money,
            "incentive: a weekly prize needs a fund that pays it; "
            "choose fund=entry_fee, dues, entry_and_dues or brand_funded",
        ),
        (
            fund.has_entry_pool and (entry.gate != Gate.FEE or entry.fee_cents == 0),
            "fund: an entry-fee pool stays empty unless applicants pay a fee; choose entry=fee",
        ),
        (
            entry.gate == Gate.FEE and entry.fee_cents == 0,
            "entry: a fee gate needs entry.fee_cents above 0; choose entry=open for no fee",
        ),
        (
            entry.gate != Gate.FEE and entry.fee_cents > 0,
            "entry: entry.fee_cents is charged only by the fee gate; choose entry=fee",
        ),
        (
            fund.has_renewal and not fund.has_entry_pool,
            "fund: renewal asks for an entry-fee pool; choose fund=entry_fee or entry_and_dues",
        ),
        (
            policy.stewarding.staff == Staff.PAID_ROTATION
            and fund.dues_month_cents == 0
            and not has_money,
            "stewarding: paid stewards need dues or brand money; "
            "choose fund=dues, entry_and_dues or brand_funded",
        ),
        (
            policy.incentive.has_points
            and policy.incentive.point_value_cents > 0
            and not (has_money or fund.has_entry_pool or fund.dues_month_cents > 0),
            "incentive: points worth money need a fund that redeems them; choose a fund, "
            "or incentive.point_value_cents=0",
        ),
        (
            koc.programme == Programme.INCUBATE and koc.cost_week_cents > 0 and not has_money,
            "koc: incubation needs a brand budget; choose fund=brand_funded or set "
            "fund.brand_week_cents",
        ),
        (
            policy.partnership.form != Form.NONE
            and policy.partnership.host_share > 0
            and policy.partnership.budget_week_cents > 0
            and not has_money,
            "partnership: the host's share of the campaign needs a brand budget; "
            "choose fund=brand_funded or partnership.host_share=0",
        ),
        (
            policy.acquisition.referral_reward_cents > 0 and not has_money,
            "acquisition: referral rewards need a brand budget; choose fund=brand_funded",
        ),
        (
            policy.acquisition.media_week_cents > 0 and not has_money,
            "acquisition: paid media need a brand budget; choose fund=brand_funded",
        ),
        (
            policy.content.item_cost_cents > 0 and not has_money,
            "content: paid brand items need a brand budget; choose fund=brand_funded",
        ),
    )
    for is_broken, line in rules:
        if is_broken:
            raise IncompatiblePolicy(line)


__all__ = [
    "Acquisition",
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
    "Split",
    "Staff",
    "Stewarding",
    "check_policy",
]
