"""Network: introductions, meetings in person, opportunities among those who know each other well.

What passes between members beyond the feed: the operator proposes them to each other, contacts
meet face to face, strong ties bring deals and jobs, and where helping is the norm people trust.
"""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import log
from plaza_lab.engine.prefetch import NEAR, prefetch
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import fetching, ties
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, inlined, kernel, mt

SOURCE = "M99, M100; F69, C26"
METRICS = (
    Metric("introductions", "proposals", "introductions proposed", "M99"),
    Metric("introductions_accepted", "proposals", "introductions taken up", "M99"),
    Metric("meetings", "meetings", "contacts who met face to face by themselves", "E31"),
    Metric("opportunities", "opportunities", "deals and jobs on strong ties", "M100"),
)
STATE: tuple[Var, ...] = (
    Var("helping_norm", "f8", "1", "how usual it is to help, 0 to 1", "M100"),
)


class Matching(enum.IntEnum):
    """By what two members are proposed to each other."""

    RANDOM = 0
    INTEREST_MATCH = 1
    NEED_SKILL_MATCH = 2


@levers("network")
class Levers:
    """Introductions that the operator arranges."""

    matching: Matching = quantity(Matching.RANDOM, "matching", source="M99")
    """Anybody, somebody of like interest, or somebody skilled in what one is interested in."""
    proposals_week: float = quantity(0.0, "proposals/week", (0.0, 7.0), "M99")
    """Introductions proposed to a member who comes by; 0 proposes none."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.matching != Matching.RANDOM and self.proposals_week <= 0.0,
            "a match without proposals matches nobody; set proposals_week above 0, or choose "
            "network=random",
        )


@params()
class Params:
    """What ties bring, and how they are brought about."""

    accept: float = quantity(0.4, "1", (0.0, 1.0), "assumption (M99)")
    """Chance that two who have nothing in common take up a proposal."""
    match_odds: float = quantity(1.47, "odds ratio", (0.1, 10.0), "F69 (1.0-1.6)")
    """Odds of taking it up when interests, or need and skill, match; scaled by the calibration."""
    candidates: int = quantity(8, "members", (1, 64), "assumption (M99)")
    """Visitors of today among whom a match is looked for."""
    proposal_contact: float = quantity(
        1.0, "contacts", (0.0, 100.0), "mechanisms.md 1.5 (weak tie by profile)"
    )
    """Contact that an introduction makes."""
    in_person_visit: float = quantity(
        0.0, "1/visit", (0.0, 1.0), "assumption (E31); 0 leaves meetings to events"
    )
    """Chance that a visitor meets one of her contacts face to face."""
    in_person_contact: float = quantity(1.5, "contacts", (0.0, 100.0), "assumption (M18)")
    """Contact that a meeting face to face makes."""
    opportunity_visit: float = quantity(
        0.0, "1/visit", (0.0, 0.1), "M100; rate is an assumption; 0 leaves opportunities out"
    )
    """Chance of a deal or job on one strong tie of a visitor."""
    opportunity_gain: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M100)")
    """Part of what is missing to full trust and belonging that an opportunity adds."""
    norm_weight: float = quantity(
        0.0, "log-odds", (0.0, 10.0), "M100; strength is an assumption; 0 leaves the norm out"
    )
    """Willingness to answer per unit of the helping norm above one half."""
    norm_growth: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption (M100)")
    """Speed at which the helping norm follows the share of requests solved."""
    norm_trust: float = quantity(
        0.0, "1/visit", (0.0, 1.0), "M100; strength is an assumption; 0 leaves it out"
    )
    """Trust gained on a visit where helping is the norm."""
    usual_norm: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Helping norm at which it moves nobody's answering."""


@ANSWER.term("helping norm", source="M100")
def helping_is_usual(t, world):
    """Log-odds of answering where answering is what one does."""
    return world.network.norm_weight * (t.network_state[0].helping_norm - world.network.usual_norm)


def is_on(policy, world):
    """Whether networks do more than talk."""
    return bool(
        world.network.norm_weight > 0.0
        or world.network.norm_trust > 0.0
        or policy.network.proposals_week > 0.0
        or world.network.in_person_visit > 0.0
        or world.network.opportunity_visit > 0.0
    )


@kernel()
def step(t, day):
    """Introduce visitors, let contacts meet, let strong ties bear fruit."""
    state = t.network_state[0]
    p = t.params[0].network
    has_norm = p.norm_weight > 0.0 or p.norm_trust > 0.0
    if has_norm and day % WEEK == 0:
        state.helping_norm += p.norm_growth * (
            t.settlement_state[0].answered_share - state.helping_norm
        )
    lever = t.policy[0].network
    if p.norm_trust > 0.0:
        _trust(t, p.norm_trust * state.helping_norm)
    if lever.proposals_week > 0.0:
        _introduce(t, day, lever, p)
    if p.in_person_visit > 0.0:
        _meet_in_person(t, day, p)
    if p.opportunity_visit > 0.0:
        _bear_fruit(t, day, p)


@compiled()
def _trust(t, gain):
    """Visitors trust where information is shared and help is given (M100)."""
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        feelings.raise_trust(t.members[i8(t.visitors[k])], gain)


@compiled()
def _introduce(t, day, lever, p):
    """Propose visitors to each other; who takes it up holds a weak tie (M99)."""
    key = day_key(t.run_state[0].seed_key, draw_ids.PROPOSE, day)
    lift = t.params[0].calibration.scale * log(p.match_odds)
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        if k + NEAR < t.people_state[0].n_visitors:
            _fetch_candidates(t, i8(t.visitors[k + NEAR]), key, lever, p)
        i = i8(t.visitors[k])
        draws = agent_key(key, t.fate[i].uid)
        if uniform(draws, U64(0)) >= _chance(t.fate[i], lever):
            continue
        j = _candidate(t, i, draws, lever, p)
        if j < 0:
            continue
        t.daily[day, mt.INTRODUCTIONS] += 1.0
        suits = _is_alike(t, i, j) or _can_help(t, i, j)
        accept = shift_probability(p.accept, lift) if suits else p.accept
        if uniform(draws, U64(1)) < accept:
            t.daily[day, mt.INTRODUCTIONS_ACCEPTED] += 1.0
            origin = ties.Origin.PROFILE.value
            ties.strengthen_from(t, i, j, p.proposal_contact, day, origin)
            ties.strengthen_from(t, j, i, p.proposal_contact, day, origin)


@inlined()
def _chance(fate, lever):
    """Chance of a proposal on a visit that makes up the weekly number."""
    return min(1.0, lever.proposals_week / 7.0 / max(0.02, f8(fate.visit_hazard)))


@inlined()
def _fetch_candidates(t, i, key, lever, p):
    """Ask for those to whom a visitor, whose rows have come, may be introduced."""
    draws = agent_key(key, t.fate[i].uid)
    if uniform(draws, U64(0)) < _chance(t.fate[i], lever):
        prefetch(t.ties, i)
        n = t.people_state[0].n_visitors
        for look in range(p.candidates):
            prefetch(t.members.topic, i8(t.visitors[i8(n * uniform(draws, U64(2 + look)))]))


@compiled()
def _candidate(t, i, draws, lever, p):
    """Visitor of the same group who suits ``i``; else any of the group; -1 for none."""
    n = t.people_state[0].n_visitors
    for look in range(p.candidates):
        j = i8(t.visitors[i8(n * uniform(draws, U64(2 + look)))])
        if _suits(t, i, j, lever) and _is_new_to(t, i, j):
            return j
    for look in range(p.candidates - 1, -1, -1):
        j = i8(t.visitors[i8(n * uniform(draws, U64(2 + look)))])
        if _is_new_to(t, i, j):
            return j
    return i8(-1)


@compiled()
def _is_new_to(t, i, j):
    """Whether ``j`` is another one of the same group, with whom ``i`` has no tie."""
    return j != i and t.members[j].group == t.members[i].group and not ties.holds(t, i, j)


@compiled()
def _suits(t, i, j, lever):
    if lever.matching == Matching.INTEREST_MATCH:
        return _is_alike(t, i, j)
    if lever.matching == Matching.NEED_SKILL_MATCH:
        return _can_help(t, i, j)
    return lever.matching == Matching.RANDOM


@compiled()
def _is_alike(t, i, j):
    return t.members[i].topic == t.members[j].topic


@compiled()
def _can_help(t, i, j):
    """Whether ``j`` is skilled in what ``i`` is interested in."""
    return t.members[i].topic == t.members[j].skill_topic


@compiled()
def _meet_in_person(t, day, p):
    """A visitor now and then meets one of her contacts, who counts it as she does."""
    key = day_key(t.run_state[0].seed_key, draw_ids.IN_PERSON, day)
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        draws = agent_key(key, t.fate[i].uid)
        if uniform(draws, U64(0)) >= p.in_person_visit:
            continue
        n = i8(t.members[i].n_ties)
        if n == 0:
            continue
        j = i8(t.ties[i, i8(n * uniform(draws, U64(1)))].other)
        if t.fate[j].status == Status.ENGAGED:
            t.daily[day, mt.MEETINGS] += 1.0
            ties.meet(t, i, j, p.in_person_contact, day, ties.Origin.MEETING.value)


@compiled()
def _bear_fruit(t, day, p):
    """Deals and jobs come on strong ties with people who can still cooperate (M100)."""
    key = day_key(t.run_state[0].seed_key, draw_ids.OPPORTUNITY, day)
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        n = i8(t.members[i].n_ties)
        draws = agent_key(key, t.fate[i].uid)
        if n == 0 or uniform(draws, U64(0)) >= p.opportunity_visit * n:
            continue
        tie = t.ties[i, i8(n * uniform(draws, U64(1)))]
        if ties.is_strong(t, tie, day) and t.fate[tie.other].status == Status.ENGAGED:
            t.daily[day, mt.OPPORTUNITIES] += 1.0
            _gain(t.members[i], p.opportunity_gain)
            _gain(t.members[tie.other], p.opportunity_gain)


@compiled()
def _gain(m, part):
    feelings.raise_trust(m, part)
    feelings.raise_belonging(m, part)
