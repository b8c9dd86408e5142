"""Referral: satisfied members invite friends; rewards vest when the friend has stayed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.member import Flag, Lifecycle, Route, Stance, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import ALWAYS, day_key, lineage, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, prospects, rewards, traits

SOURCE = "science.md A.2; M02, M03, M51"
READS = (
    "visitors",
    "clock.n_visitors",
    "fate",
    "first_row",
    "members.satisfaction",
    "members.trust",
    "members.belonging",
    "members.inviter",
    "members.route",
    "members.told",
    "members.posts",
    "members.answers",
    "clock.koc_credit",
    "clock.told_here",
    "clock.n_founders",
    "members.stance",
    "members.stage",
    "balances",
)
WRITES = (
    "applicants",
    "clock.n_applicants",
    "clock.slots",
    "members.invited",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.invitations",
    "daily.rewards_yuan",
    "daily.farmed_yuan",
    "daily.policy_stops",
    "daily.fund_out_yuan",
)


@dataclass(frozen=True)
class Params:
    """Inviting and accepting."""

    invite_visit: float = quantity(
        0.02,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="science A.2 (.02-.5 per 28 days)",
        doc="Invitations on a visit at full advocacy.",
    )
    referred_factor: float = quantity(
        0.45,
        unit="1",
        low=0.0,
        high=5.0,
        source="science A.2 (Gershon & Jiang 2024: +31-57 %)",
        doc="Extra inviting of members who were invited themselves.",
    )
    reward_gain: float = quantity(
        0.6,
        unit="1",
        low=0.0,
        high=5.0,
        source="science A.2 (g .2-1.5)",
        doc="Extra inviting under a large reward.",
    )
    reward_yuan: float = quantity(
        50.0,
        unit="yuan",
        low=0.01,
        high=1e6,
        source="assumption (science A.2: r0)",
        doc="Reward at which most of that is reached.",
    )
    accept_base: float = quantity(
        -1.8,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="science A.2 (.02-.35 by tie)",
        doc="Acceptance of an invitation from a neutral friend.",
    )
    accept_trust: float = quantity(
        2.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="science A.2 (b3)",
        doc="Per unit of the inviter's trust.",
    )
    accept_koc: float = quantity(
        0.5, unit="log-odds", low=0.0, high=5.0, source="M51", doc="When a KOC invites."
    )
    accept_rewarded: float = quantity(
        -0.3,
        unit="log-odds",
        low=-5.0,
        high=5.0,
        source="assumption (M03: lower fit)",
        doc="When the inviter is paid.",
    )
    obliging: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M03: rewarded invitees fit less); 0 leaves it out",
        doc="Part of a friend's own interest that no longer counts when the inviter is paid.",
    )
    obliged: float = quantity(
        0.8,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption (M03)",
        doc="Acceptance for the inviter's sake, at full obligingness.",
    )


def is_on(policy, world):
    """Whether referrals are asked for."""
    return bool(policy.acquisition.has_referral)


@kernel()
def step(t, day):
    """Send invitations and pay rewards that have vested.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].acquisition
    if not lever.has_referral:
        return
    clock = t.clock[0]
    p = t.params[0].referral
    key = day_key(clock.seed_key, decisions.INVITE, day)
    reward = lever.referral_reward_cents / 100.0
    gain = 1.0 + p.reward_gain * (1.0 - math.exp(-reward / p.reward_yuan))
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members, coming)
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.invited >= lever.referral_cap:
            continue
        rate = p.invite_visit * gain * advocacy(m)
        if m.route == Route.REFERRAL:
            rate *= 1.0 + p.referred_factor
        if m.stage == Lifecycle.RECOMMENDATION:
            rate *= 1.0 + t.params[0].funnel.advocate_gain
        if uniform(key, t.fate[i].uid) < rate:
            _invite(t, i, day, reward > 0.0, p)
    if lever.referral_reward_cents > 0:
        _pay_vested(t, day, lever)


@compiled()
def _invite(t, i, day, is_rewarded, p):
    """Invite the next friend in the member's line; the friend decides by her own address."""
    clock = t.clock[0]
    m = t.members[i]
    known = i8(m.invited) + i8(m.told)
    friends = traits.friends_of(t, t.fate[i].uid)
    if friends > 0 and known >= friends:
        return
    friend = lineage(t.fate[i].uid, known)
    m.invited += 1
    t.daily[day, mt.INVITATIONS] += 1.0
    logit = p.accept_base + p.accept_trust * (f8(m.trust) - 0.5)
    own = 0.5 * (1.0 - p.obliging) if is_rewarded else 0.5
    logit += own * traits.interest_of(t, friend)
    if t.fate[i].circles & Flag.KOC:
        logit += p.accept_koc * clock.koc_credit
    if is_rewarded:
        logit += p.accept_rewarded + p.obliged * p.obliging
    key = day_key(clock.seed_key, decisions.ACCEPT, ALWAYS)
    if uniform(key, friend) >= sigmoid(logit):
        return
    is_out = not t.params[0].prospects.is_shared or prospects.left(t, day) >= 1.0
    if is_out and prospects.line_up(t, friend, Route.REFERRAL.value, i):
        clock.slots[3] += 1


@compiled()
def _pay_vested(t, day, lever):
    """Pay for invited members who joined just the vesting time ago and are still here."""
    then = day - lever.referral_vest_days
    if then < 0:
        return
    n = 0
    for i in range(t.first_row[then], t.first_row[then + 1]):
        m = t.members[i]
        if m.route != Route.REFERRAL or t.fate[i].status == Status.LEFT:
            continue
        if i8(m.posts) + i8(m.answers) >= lever.referral_least_acts:
            if t.members[m.inviter].stance & Stance.CAUGHT:
                continue
            n += 1
            rewards.note_reward(t, day, i8(m.inviter), lever.referral_reward_cents / 100.0)
    cents = n * lever.referral_reward_cents
    fund.pay(t, day, fund.REFERRAL_REWARD, fund.BRAND_POOL, fund.MEMBERS, cents, fund.NOBODY)
