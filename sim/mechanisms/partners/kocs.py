"""KOCs: found among the active, trained within a budget, active, worn out, lapsed.

A KOC agrees week by week, by what is asked of her, for what, and how worn out she is. Who refuses
asks for more, and gives the role up in the end. Readers of her items become followers, who hold a
tie to her; when she leaves the community, they feel it.
"""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.joining import GRADUATE
from plaza_lab.agents.koc import Programme, Stage, credit, score_by
from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.elementary import power
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import following, fund, items, people, sponsoring
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M50, M51; science.md A.12; F103, F104"
METRICS = (
    Metric("koc_items", "items", "items of KOCs", "T35"),
    Metric("kocs", "members", "active KOCs", "T62", True),
    Metric("incubating", "members", "KOCs in incubation", "T62", True),
    Metric("koc_graduates", "members", "KOCs who completed incubation", "T62"),
    Metric("koc_dropouts", "members", "KOCs who broke incubation off", "T62"),
    Metric("koc_refusals", "refusals", "candidates and KOCs who would not write, by week", "T62"),
    Metric("koc_quits", "members", "KOCs who gave the role up", "T62"),
)
STATE: tuple[Var, ...] = (Var("n_kocs", "i8", "rows", "KOC rows in use", "M50"),)


class Select(enum.IntEnum):
    """What candidates are selected by."""

    MIXED = 0
    INFLUENCE = 1
    QUALITY = 2
    CENTRALITY = 3


@levers("koc")
class Levers:
    """Programme, slots and cost."""

    programme: Programme = quantity(Programme.DISABLED, "programme", source="M50")
    """disabled, organic (recognised, no resources), incubate (trained)."""
    slots: int = quantity(22, "members", (0, 500), "mechanisms.md 6.3")
    """Places at once."""
    weeks: int = quantity(8, "weeks", (1, 52), "mechanisms.md 6.3")
    """Length of incubation."""
    is_cohort: bool = quantity(False, "flag", source="M50 (mechanisms.md 6.3: cohorts)")
    """Whether all places are filled together and stay as they are until the cohort ends."""
    graduation_rate: float = quantity(1.0, "share", (0.05, 1.0), "mechanisms.md 6.3 (0.8, 0.4-0.9)")
    """Trainees of median belonging who see incubation through; the rest drop out."""
    select: Select = quantity(Select.MIXED, "rule", source="M50")
    """mixed (influence, quality, fit), influence, quality, centrality (ties held)."""
    target: int = quantity(0, "members", (0, 10_000), "F103 (50)")
    """Graduates planned, by which the path is judged; 0 for no plan."""
    target_weeks: int = quantity(26, "weeks", (1, 520), "F104 (6 months)")
    """Time of the plan."""
    cost_week_cents: int = quantity(20_000, "cents/week", (0, 10_000_000), "assumption")
    """Resources given to each KOC in incubation a week."""
    fee_item_cents: int = quantity(10_000, "cents/item", (0, 10_000_000), "assumption")
    """Fee for a sponsored item of an active KOC."""
    sponsored_week: float = quantity(0.5, "items/week", (0.0, 14.0), "assumption")
    """Sponsored items asked of each active KOC."""
    workload_cap: float = quantity(14.0, "items/week", (0.0, 14.0), "M51")
    """Most sponsored items that may be asked of a KOC in a week."""
    raise_most: float = quantity(0.5, "share", (0.0, 10.0), "assumption (M51)")
    """How far above the fee the brand goes for a KOC who asks for more."""
    distribution_share: float = quantity(0.0, "share", (0.0, 1.0), "M07")
    """Part of sponsored items that KOCs post outside too, as an invitation."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        costs = self.programme == Programme.INCUBATE and self.cost_week_cents > 0
        yield (
            costs and not policy.fund.has_brand_money,
            "incubation needs a brand budget; choose fund=brand_funded or set "
            "fund.brand_week_cents",
        )
        yield (
            self.target > 0 and self.programme != Programme.INCUBATE,
            "a plan of graduates needs incubation; choose koc=incubate_50, or koc.target=0",
        )


CHOOSING_DAY = 1


@params()
class Params:
    """Selection and career of KOCs."""

    influence_weight: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M50)")
    """Weight of reputation."""
    quality_weight: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M50)")
    """Weight of skill."""
    belonging_weight: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M50)")
    """Weight of belonging."""
    reputation_half: float = quantity(5.0, "points", (0.1, 1e4), "assumption")
    """Reputation that counts half."""
    least_score: float = quantity(0.9, "1", (0.0, 10.0), "assumption")
    """Lowest score accepted."""
    recognition: float = quantity(0.1, "1", (0.0, 1.0), "assumption (E06)")
    """Belonging that being chosen adds."""
    proof_days: int = quantity(14, "days", (1, 90), "assumption")
    """A trainee graduates only when active within these days."""
    lapse_days: int = quantity(28, "days", (1, 364), "assumption")
    """Days without an act after which a KOC lapses."""
    fatigue_item: float = quantity(0.05, "1", (0.0, 1.0), "science A.12 (.02-.1)")
    """Fatigue of a sponsored item."""
    fatigue_rest: float = quantity(0.03, "1/day", (0.0, 1.0), "science A.12 (decay 30 d)")
    """Share of fatigue lost a day."""
    sponsored_quality: float = quantity(0.6, "1", (0.0, 1.0), "assumption")
    """Quality of a sponsored item."""
    stay_belonging: float = quantity(
        2.0, "log-odds", (0.0, 20.0), "assumption (M50: some drop out)"
    )
    """On seeing incubation through, per unit of belonging above 0.3."""
    audience: float = quantity(500.0, "persons", (0.0, 1e7), "assumption (M07)")
    """Audience outside of a KOC's invitation, at full standing."""
    conversion: float = quantity(
        0.01, "1", (0.0, 1.0), "assumption (M07: near and credible, so above an influencer's)"
    )
    """Part of that audience that comes to the gate."""


def is_on(policy, world):
    """Whether there is a KOC programme."""
    return bool(policy.koc.programme != Programme.DISABLED)


@kernel()
def step(t, day):
    """Review KOCs weekly, let active ones publish what the brand asks for."""
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
        following.count_reach(t)
    _count(t, day)


@compiled()
def _review(t, day, lever, p):
    for k in range(t.kocs_state[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage != Stage.INCUBATING and koc.stage != Stage.ACTIVE:
            continue
        m = t.members[koc.member]
        idle = day - m.last_act
        is_gone = t.fate[koc.member].status == Status.LEFT
        is_trainee = koc.stage == Stage.INCUBATING
        is_lost = is_gone or idle > p.lapse_days
        if is_gone:
            following.take_along(t, i8(koc.member), day)
        if is_trainee and not is_lost and day > koc.since:
            is_lost = not _sees_it_through(t, koc, day, lever)
        if is_lost:
            _move(t, k, Stage.LAPSED.value, day)
            t.daily[day, mt.KOC_DROPOUTS] += 1.0 if is_trainee else 0.0
        elif is_trainee and day - koc.since >= 7 * lever.weeks:
            is_proven = idle <= p.proof_days
            _move(t, k, Stage.ACTIVE.value if is_proven else Stage.LAPSED.value, day)
            t.daily[day, mt.KOC_GRADUATES if is_proven else mt.KOC_DROPOUTS] += 1.0
        elif not is_trainee and lever.programme == Programme.INCUBATE:
            _decide(t, k, day, lever)


@compiled()
def _decide(t, k, day, lever):
    """A KOC agrees to the week, or refuses and asks for more; in the end she gives it up."""
    terms = t.params[0].sponsoring
    koc = t.kocs[k]
    i = i8(koc.member)
    koc.fee_cents = max(i8(koc.fee_cents), i8(lever.fee_item_cents))
    koc.agrees = sponsoring.agrees(t, i, f8(koc.fee_cents), f8(koc.fatigue), lever)
    if koc.agrees:
        koc.refused = 0
        return
    t.daily[day, mt.KOC_REFUSALS] += 1.0
    koc.refused += 1
    most = i8(lever.fee_item_cents * (1.0 + lever.raise_most))
    koc.fee_cents = min(most, i8(koc.fee_cents * (1.0 + terms.ask_step)))
    if koc.refused > terms.patience_weeks:
        _move(t, k, Stage.LAPSED.value, day)
        t.daily[day, mt.KOC_QUITS] += 1.0
        m = t.members[i]
        feelings.lower_belonging(m, terms.let_down)
        feelings.lower_satisfaction(m, terms.let_down)


@compiled()
def _sees_it_through(t, koc, day, lever):
    """Whether a trainee stays another week: the rate of a whole term, by belonging."""
    if lever.graduation_rate >= 1.0:
        return True
    week = power(lever.graduation_rate, 1.0 / lever.weeks)
    shift = GRADUATE(t.members[koc.member], week, t.params[0])
    key = day_key(t.run_state[0].seed_key, draw_ids.KOC_STAY, day)
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
    asking = free > 0 and is_trained
    while free > 0 and t.kocs_state[0].n_kocs < t.kocs.shape[0]:
        i = _best_candidate(t, day, lever, p, asking)
        asking = False
        if i < 0:
            return
        _enrol(t, i, day, is_trained, p)
        free -= 1


@compiled()
def _best_candidate(t, day, lever, p, asking):
    """Row of the best visitor who would do it, -1 for none; refusals are counted when ``asking``.

    Who is asked hears at once what will be wanted of her for which fee.
    """
    best = -1
    best_score = p.least_score
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        if t.fate[i].circles & Flag.KOC or _is_enrolled(t, i):
            continue
        score = score_by(t.members[i], lever.select, p)
        if score <= p.least_score:
            continue
        if lever.programme == Programme.INCUBATE and not sponsoring.agrees(
            t, i, f8(lever.fee_item_cents), 0.0, lever
        ):
            t.daily[day, mt.KOC_REFUSALS] += 1.0 if asking else 0.0
            continue
        if score > best_score:
            best_score = score
            best = i
    return best


@compiled()
def _is_enrolled(t, i):
    for k in range(t.kocs_state[0].n_kocs):
        if t.kocs[k].member == i and t.kocs[k].stage != Stage.LAPSED:
            return True
    return False


@compiled()
def _enrol(t, i, day, is_trained, p):
    state = t.kocs_state[0]
    koc = t.kocs[state.n_kocs]
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
    koc.fee_cents = t.policy[0].koc.fee_item_cents
    koc.agrees = 1
    koc.refused = 0
    state.n_kocs += 1
    stage = Stage.INCUBATING.value if is_trained else Stage.ACTIVE.value
    _move(t, state.n_kocs - 1, stage, day)
    m = t.members[i]
    feelings.raise_belonging(m, p.recognition)


@compiled()
def _publish(t, day, lever, p):
    """Sponsored items of active KOCs who agree, as far as the budget pays their fees."""
    key = day_key(t.run_state[0].seed_key, draw_ids.KOC_POST, day)
    for k in range(t.kocs_state[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage != Stage.ACTIVE or t.fate[koc.member].status != Status.ENGAGED:
            continue
        koc.fatigue = f8(koc.fatigue) * (1.0 - p.fatigue_rest)
        if not koc.agrees:
            continue
        draws = agent_key(key, t.fate[koc.member].uid)
        n = poisson(uniform(draws, U64(0)), sponsoring.asked(lever) / 7.0)
        fee = i8(koc.fee_cents)
        written = n
        if fee > 0:
            written = min(n, fund.available(t, fund.BRAND_POOL, fund.KOC_FEE) // fee)
        for j in range(written):
            _sponsored_item(t, k, day, agent_key(draws, U64(j + 1)), lever, p)
        if fee > 0 and n > 0:
            sponsoring.pay_fee(t, i8(koc.member), day, n * fee, written * fee)


@compiled()
def _sponsored_item(t, k, day, uid, lever, p):
    koc = t.kocs[k]
    i = i8(koc.member)
    m = t.members[i]
    quality = p.sponsored_quality * (1.0 - 0.5 * f8(koc.fatigue))
    source, topic = items.Source.KOC.value, i8(m.topic)
    m.last_item = items.add(
        t, day, uid, i, topic, source, quality, 0.0, items.NO, items.YES, items.NO
    )
    people.mark_act(t, i, day)
    koc.sponsored += 1
    koc.fatigue = f8(koc.fatigue) + p.fatigue_item * (1.0 - f8(koc.fatigue))
    t.daily[day, mt.KOC_ITEMS] += 1.0
    following.win(t, i, day, uid, quality)
    if lever.distribution_share > 0.0:
        # an invitation outside, as credible as the KOC (M07)
        standing = f8(m.reputation) / (f8(m.reputation) + p.reputation_half)
        moved = p.audience * p.conversion * standing * max(0.0, credit(f8(koc.doubt)))
        t.outreach_state[0].pending_reach += lever.distribution_share * moved


@compiled()
def _in_stage(t, stage):
    n = 0
    for k in range(t.kocs_state[0].n_kocs):
        if t.kocs[k].stage == stage:
            n += 1
    return n


@compiled()
def _count(t, day):
    t.daily[day, mt.KOCS] = _in_stage(t, Stage.ACTIVE.value)
    t.daily[day, mt.INCUBATING] = _in_stage(t, Stage.INCUBATING.value)
