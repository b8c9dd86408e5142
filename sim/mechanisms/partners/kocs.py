"""KOCs: found among the active, trained within a budget, active, worn out, lapsed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.koc import Stage, credit, score_by
from plaza_lab.agents.member import Flag, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.policy.koc import Programme
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, items, people

SOURCE = "M50, M51; science.md A.12; F103, F104"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.item_head",
    "fate",
    "members.skill",
    "members.belonging",
    "members.reputation",
    "members.last_act",
    "members.n_ties",
    "members.posts",
    "members.n_strong",
    "balances",
    "members.topic",
)
WRITES = (
    "kocs",
    "clock.n_kocs",
    "clock.pending_reach",
    "fate.circles",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "members.belonging",
    "members.last_item",
    "members.last_act",
    "acts",
    "daily.kocs",
    "daily.incubating",
    "daily.koc_items",
    "daily.koc_graduates",
    "daily.koc_dropouts",
    *items.ADDING,
    "daily.policy_stops",
    "daily.fund_out_yuan",
)
CHOOSING_DAY = 1
BOUNDLESS = np.int64(1 << 60)


@dataclass(frozen=True)
class Params:
    """Selection and career of KOCs."""

    influence_weight: float = quantity(
        1.0, unit="1", low=0.0, high=10.0, source="assumption (M50)", doc="Weight of reputation."
    )
    quality_weight: float = quantity(
        1.0, unit="1", low=0.0, high=10.0, source="assumption (M50)", doc="Weight of skill."
    )
    belonging_weight: float = quantity(
        0.5, unit="1", low=0.0, high=10.0, source="assumption (M50)", doc="Weight of belonging."
    )
    reputation_half: float = quantity(
        5.0,
        unit="points",
        low=0.1,
        high=1e4,
        source="assumption",
        doc="Reputation that counts half.",
    )
    least_score: float = quantity(
        0.9, unit="1", low=0.0, high=10.0, source="assumption", doc="Lowest score accepted."
    )
    recognition: float = quantity(
        0.1,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (E06)",
        doc="Belonging that being chosen adds.",
    )
    proof_days: int = quantity(
        14,
        unit="days",
        low=1,
        high=90,
        source="assumption",
        doc="A trainee graduates only when active within these days.",
    )
    lapse_days: int = quantity(
        28,
        unit="days",
        low=1,
        high=364,
        source="assumption",
        doc="Days without an act after which a KOC lapses.",
    )
    fatigue_item: float = quantity(
        0.05,
        unit="1",
        low=0.0,
        high=1.0,
        source="science A.12 (.02-.1)",
        doc="Fatigue of a sponsored item.",
    )
    fatigue_rest: float = quantity(
        0.03,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="science A.12 (decay 30 d)",
        doc="Share of fatigue lost a day.",
    )
    sponsored_quality: float = quantity(
        0.6, unit="1", low=0.0, high=1.0, source="assumption", doc="Quality of a sponsored item."
    )
    stay_belonging: float = quantity(
        2.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M50: some drop out)",
        doc="On seeing incubation through, per unit of belonging above 0.3.",
    )
    audience: float = quantity(
        500.0,
        unit="persons",
        low=0.0,
        high=1e7,
        source="assumption (M07)",
        doc="Audience outside of a KOC's invitation, at full standing.",
    )
    conversion: float = quantity(
        0.01,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M07: near and credible, so above an influencer's)",
        doc="Part of that audience that comes to the gate.",
    )


def is_on(policy, world):
    """Whether there is a KOC programme."""
    return bool(policy.koc.programme != Programme.DISABLED)


@kernel()
def step(t, day):
    """Review KOCs weekly, let active ones publish what the brand asks for.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].koc
    if lever.programme == Programme.DISABLED:
        return
    p = t.params[0].kocs
    if day % 7 == CHOOSING_DAY:
        _review(t, day, lever, p)
        _support(t, day, lever)
        _choose(t, day, lever, p)
    if lever.programme == Programme.INCUBATE:
        _publish(t, day, lever, p)
    if day % MONTH == MONTH - 1:
        _count_reach(t)
    _count(t, day)


@compiled()
def _count_reach(t):
    """Credit KOCs with the views of their items, before the day book starts counting anew."""
    for k in range(t.clock[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage == Stage.ACTIVE or koc.stage == Stage.INCUBATING:
            koc.reach += t.members[koc.member].exposures


@compiled()
def _review(t, day, lever, p):
    for k in range(t.clock[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage != Stage.INCUBATING and koc.stage != Stage.ACTIVE:
            continue
        m = t.members[koc.member]
        idle = day - m.last_act
        is_gone = t.fate[koc.member].status == Status.LEFT
        is_trainee = koc.stage == Stage.INCUBATING
        is_lost = is_gone or idle > p.lapse_days
        if is_trainee and not is_lost and day > koc.since:
            is_lost = not _sees_it_through(t, koc, day, lever, p)
        if is_lost:
            _move(t, k, Stage.LAPSED.value, day)
            t.daily[day, mt.KOC_DROPOUTS] += 1.0 if is_trainee else 0.0
        elif is_trainee and day - koc.since >= 7 * lever.weeks:
            is_proven = idle <= p.proof_days
            _move(t, k, Stage.ACTIVE.value if is_proven else Stage.LAPSED.value, day)
            t.daily[day, mt.KOC_GRADUATES if is_proven else mt.KOC_DROPOUTS] += 1.0


@compiled()
def _sees_it_through(t, koc, day, lever, p):
    """Whether a trainee stays another week: the rate of a whole term, by belonging."""
    if lever.graduation_rate >= 1.0:
        return True
    week = lever.graduation_rate ** (1.0 / lever.weeks)
    shift = p.stay_belonging * (f8(t.members[koc.member].belonging) - 0.3)
    key = day_key(t.clock[0].seed_key, decisions.KOC_STAY, day)
    return uniform(key, t.fate[koc.member].uid) < shift_probability(week, shift)


@compiled()
def _move(t, k, stage, day):
    koc = t.kocs[k]
    koc.stage = stage
    koc.since = day
    if stage == Stage.ACTIVE:
        t.fate[koc.member].circles |= Flag.KOC
    if stage == Stage.LAPSED:
        t.fate[koc.member].circles &= 127 - Flag.KOC


@compiled()
def _support(t, day, lever):
    """Pay this week's resources of everybody in incubation."""
    if lever.programme == Programme.INCUBATE:
        n = _in_stage(t, Stage.INCUBATING.value)
        wanted = n * lever.cost_week_cents
        fund.pay(t, day, fund.KOC_SUPPORT, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)


@compiled()
def _choose(t, day, lever, p):
    """Fill free places with today's best visitors; a trained place needs money for its weeks."""
    is_trained = lever.programme == Programme.INCUBATE
    busy = _in_stage(t, Stage.INCUBATING.value if is_trained else Stage.ACTIVE.value)
    if lever.is_cohort and busy > 0:
        return
    free = lever.slots - busy
    if is_trained and lever.cost_week_cents > 0:
        affordable = fund.available(t, fund.BRAND_POOL, fund.KOC_SUPPORT)
        affordable //= lever.cost_week_cents * lever.weeks
        free = min(free, affordable)
    while free > 0 and t.clock[0].n_kocs < t.kocs.shape[0]:
        i = _best_candidate(t, lever, p)
        if i < 0:
            return
        _enrol(t, i, day, is_trained, p)
        free -= 1


@compiled()
def _best_candidate(t, lever, p):
    best = -1
    best_score = p.least_score
    for k in range(t.clock[0].n_visitors):
        i = i8(t.visitors[k])
        if t.fate[i].circles & Flag.KOC or _is_enrolled(t, i):
            continue
        score = score_by(t.members[i], lever.select, p)
        if score > best_score:
            best_score = score
            best = i
    return best


@compiled()
def _is_enrolled(t, i):
    for k in range(t.clock[0].n_kocs):
        if t.kocs[k].member == i and t.kocs[k].stage != Stage.LAPSED:
            return True
    return False


@compiled()
def _enrol(t, i, day, is_trained, p):
    clock = t.clock[0]
    koc = t.kocs[clock.n_kocs]
    koc.member = i
    koc.fatigue = 0.0
    koc.sponsored = 0
    # views before the role do not count
    koc.reach = -i8(t.members[i].exposures)
    koc.joins = 0
    koc.written = t.members[i].posts
    koc.bought = 0.0
    koc.counted = 0
    koc.doubt = 0.0
    clock.n_kocs += 1
    stage = Stage.INCUBATING.value if is_trained else Stage.ACTIVE.value
    _move(t, clock.n_kocs - 1, stage, day)
    m = t.members[i]
    m.belonging = f8(m.belonging) + p.recognition * (1.0 - f8(m.belonging))


@compiled()
def _publish(t, day, lever, p):
    """Sponsored items of active KOCs, as far as the budget pays their fees."""
    key = day_key(t.clock[0].seed_key, decisions.KOC_POST, day)
    fee = lever.fee_item_cents
    affordable = BOUNDLESS
    if fee > 0:
        affordable = fund.available(t, fund.BRAND_POOL, fund.KOC_FEE) // fee
    published = fund.NOTHING
    wanted = fund.NOTHING
    for k in range(t.clock[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage != Stage.ACTIVE or t.fate[koc.member].status != Status.ENGAGED:
            continue
        koc.fatigue = f8(koc.fatigue) * (1.0 - p.fatigue_rest)
        draws = agent_key(key, t.fate[koc.member].uid)
        asked = min(lever.sponsored_week, lever.workload_cap)
        n = poisson(uniform(draws, U64(0)), asked / 7.0)
        wanted += n
        for j in range(min(n, affordable - published)):
            _sponsored_item(t, k, day, agent_key(draws, U64(j + 1)), lever, p)
            published += 1
    # one entry a day for all of them
    fund.pay(t, day, fund.KOC_FEE, fund.BRAND_POOL, fund.MEMBERS, published * fee, fund.NOBODY)
    if wanted > published:
        short = (wanted - published) * fee
        fund.stop(t, day, fund.BRAND_POOL, fund.MEMBERS, short, fund.NOBODY)


@compiled()
def _sponsored_item(t, k, day, uid, lever, p):
    koc = t.kocs[k]
    i = i8(koc.member)
    m = t.members[i]
    quality = p.sponsored_quality * (1.0 - 0.5 * f8(koc.fatigue))
    m.last_item = items.add(
        t,
        day,
        uid,
        i,
        i8(m.topic),
        items.Source.KOC.value,
        quality,
        0.0,
        items.NO,
        items.YES,
        items.NO,
    )
    people.mark_act(t, i, day)
    koc.sponsored += 1
    koc.fatigue = f8(koc.fatigue) + p.fatigue_item * (1.0 - f8(koc.fatigue))
    t.daily[day, mt.KOC_ITEMS] += 1.0
    if lever.distribution_share > 0.0:
        # an invitation outside, as credible as the KOC (M07)
        standing = f8(m.reputation) / (f8(m.reputation) + p.reputation_half)
        moved = p.audience * p.conversion * standing * max(0.0, credit(f8(koc.doubt)))
        t.clock[0].pending_reach += lever.distribution_share * moved


@compiled()
def _in_stage(t, stage):
    n = 0
    for k in range(t.clock[0].n_kocs):
        if t.kocs[k].stage == stage:
            n += 1
    return n


@compiled()
def _count(t, day):
    t.daily[day, mt.KOCS] = _in_stage(t, Stage.ACTIVE.value)
    t.daily[day, mt.INCUBATING] = _in_stage(t, Stage.INCUBATING.value)
