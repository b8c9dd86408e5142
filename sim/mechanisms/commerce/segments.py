"""Segments: members are sorted, offers go to segments, and aims shift when health falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import int64 as i8

from plaza_lab.agents.member import Contact, Segment, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.policy.crm import Scheme
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, profiles, shop

SOURCE = "M93; E02, T30, T43"
READS = (
    "clock.n_rows",
    "clock.spend_ln_sd",
    "fate.uid",
    "fate.status",
    "members.last_buy",
    "members.last_visit",
    "members.last_act",
    "members.buys",
    "members.spent",
    "members.reputation",
    "members.buy_rate",
    "members.belonging",
    "members.trust",
    "members.n_strong",
    "members.stage",
    "daily.active_share",
    "balances",
)
WRITES = (
    "members.segment",
    "members.contact",
    "fate.buy_hazard",
    "portrait",
    "centres",
    "clock.retarget",
    "clock.staff_hours",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.segment_ordinary",
    "daily.segment_core",
    "daily.segment_vip",
    "daily.segment_at_risk",
    "daily.targeting_accuracy",
    "daily.offers_ordinary",
    "daily.offers_core",
    "daily.offers_vip",
    "daily.offers_at_risk",
    "daily.fund_out_yuan",
    "daily.policy_stops",
)


SEGMENTS = np.array((mt.SEGMENT_ORDINARY, mt.SEGMENT_CORE, mt.SEGMENT_VIP, mt.SEGMENT_AT_RISK))
"""Columns of the segments, in their order."""

OFFERS = np.array((mt.OFFERS_ORDINARY, mt.OFFERS_CORE, mt.OFFERS_VIP, mt.OFFERS_AT_RISK))
"""Columns of the offers to them."""


@dataclass(frozen=True)
class Params:
    """How members are sorted."""

    vip_share: float = quantity(
        0.05,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (E02: VIP, core, ordinary)",
        doc="Members in the best segment, where ranks decide.",
    )
    core_share: float = quantity(
        0.15,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (E02)",
        doc="Members in the second segment, where ranks decide.",
    )
    idle_days: int = quantity(
        28,
        unit="days",
        low=1,
        high=364,
        source="assumption (E02: likely to leave)",
        doc="Days without a visit from which a member of some value counts as at risk.",
    )
    least_value: float = quantity(
        0.4,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Mean rank from which an idle member is worth an own segment.",
    )
    rounds: int = quantity(
        6, unit="rounds", low=1, high=50, source="assumption", doc="Rounds of finding clusters."
    )


def is_on(policy, world):
    """Whether members are sorted into segments."""
    return bool(policy.crm.scheme != Scheme.NONE)


@kernel()
def step(t, day):
    """Sort members every few weeks, send offers every week.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].crm
    if lever.scheme == Scheme.NONE or day % WEEK != WEEK - 1:
        return
    if (day // WEEK) % lever.refresh_weeks == 0:
        _retarget(t, day, lever)
        _sort(t, day, lever)
    if lever.offer_week_cents > 0:
        _send_offers(t, day, lever)


@compiled()
def _retarget(t, day, lever):
    """Move weight toward members at risk while the active share lies below the trigger."""
    clock = t.clock[0]
    if t.daily[day - 1, mt.ACTIVE_SHARE] < lever.retarget_trigger:
        clock.retarget += lever.retarget_step
    else:
        clock.retarget = max(0.0, clock.retarget - lever.retarget_step)


@compiled()
def _sort(t, day, lever):
    """Put every member into a segment; some are put wrongly."""
    p = t.params[0].segments
    profiles.learn_ranks(t, day)
    core, vip = 0.0, 0.0
    if lever.scheme == Scheme.CLUSTER:
        profiles.learn_clusters(t, day, p.rounds)
    else:
        core, vip = profiles.learn_cuts(t, day, p.vip_share, p.core_share)
    key = day_key(t.clock[0].seed_key, decisions.MISLABEL, day)
    row = t.daily[day]
    for s in range(4):
        row[SEGMENTS[s]] = 0.0
    right = 0
    n = 0
    for i in range(t.clock[0].n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        true = _belongs_to(t, i, day, core, vip, lever, p)
        draws = agent_key(key, t.fate[i].uid)
        said = true
        if uniform(draws, U64(0)) >= lever.accuracy:
            said = 1 + i8(4.0 * uniform(draws, U64(1)))
        t.members[i].segment = said
        row[SEGMENTS[said - 1]] += 1.0
        right += 1 if said == true else 0
        n += 1
    if n > 0:
        row[mt.TARGETING_ACCURACY] = right / n


@compiled()
def _belongs_to(t, i, day, core, vip, lever, p):
    value = profiles.value_of(t, i, day)
    if day - t.members[i].last_visit >= p.idle_days and value >= p.least_value:
        return Segment.AT_RISK.value
    if lever.scheme == Scheme.CLUSTER:
        return 1 + profiles.nearest(t, i, day)
    return profiles.segment_from(value, core, vip)


@compiled()
def _weight(t, segment, lever):
    """Offers per member of a segment, relative to the others."""
    if segment == Segment.ORDINARY:
        return lever.ordinary_weight
    if segment == Segment.CORE:
        return lever.core_weight
    if segment == Segment.VIP:
        return lever.vip_weight
    return lever.at_risk_weight + t.clock[0].retarget


@compiled()
def _send_offers(t, day, lever):
    """Share the week's budget out by segment and draw who gets an offer."""
    wanted = 0.0
    for segment in range(1, 5):
        heads = t.daily[day, SEGMENTS[segment - 1]]
        wanted += heads * _weight(t, segment, lever)
    money = min(lever.offer_week_cents, fund.available(t, fund.BRAND_POOL, fund.OFFER))
    if wanted <= 0.0:
        return
    per_weight = money / lever.offer_cents / wanted
    key = day_key(t.clock[0].seed_key, decisions.OFFER, day)
    most = money // lever.offer_cents
    hours = t.params[0].staffing.contact_hours
    sent = fund.NOTHING
    for i in range(t.clock[0].n_rows):
        m = t.members[i]
        had = m.contact & Contact.OFFERED
        m.contact &= 127 - Contact.OFFERED
        if t.fate[i].status != Status.LEFT and m.segment > 0 and sent < most:
            chance = per_weight * _weight(t, m.segment, lever)
            if uniform(key, t.fate[i].uid) < chance and fund.takes_staff(t, hours):
                m.contact |= Contact.OFFERED
                sent += 1
                t.daily[day, OFFERS[m.segment - 1]] += 1.0
        if had != m.contact & Contact.OFFERED and t.fate[i].status != Status.LEFT:
            t.fate[i].buy_hazard = shop.hazard_of(t, i)
    cents = sent * lever.offer_cents
    fund.pay(t, day, fund.OFFER, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
    short = lever.offer_week_cents - money
    if short > 0:
        fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, short, fund.NOBODY)
