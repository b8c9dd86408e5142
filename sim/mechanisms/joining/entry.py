"""Entry: the gate between applicants and members; fees are posted, friends become ties."""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.joining import JOIN
from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import Flag, Route, Stance
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import (
    buyers,
    fund,
    groups,
    people,
    places,
    prospects,
    ties,
    traits,
)
from plaza_lab.sim.state.prospects import Gate, Seeks
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M01, M02, M04, M06, M09, M10, M11; science.md A.3 stage 1"
METRICS = (
    Metric("joins", "members", "joins of the day", "T02"),
    Metric("joins_organic", "members", "joins by own finding", "T02"),
    Metric("joins_word_of_mouth", "members", "joins by word of mouth", "T02"),
    Metric("joins_referral", "members", "joins by invitation", "T02"),
    Metric("joins_partner", "members", "joins through partner brands", "T02"),
    Metric("joins_paid", "members", "joins through paid reach", "T02"),
    Metric("joins_content", "members", "joins from items shared outside", "T02"),
    Metric("joins_offline", "members", "joins from shops and events", "T02"),
    Metric("joins_influencer", "members", "joins from posts of influencers and KOCs", "T02"),
    Metric("joins_star", "members", "a star and those who followed", "T02"),
    Metric("joins_challenge", "members", "experts who came by a challenge", "T02"),
    Metric("joins_reward", "members", "joins of those who heard of a reward", "T02"),
    Metric("joins_insider", "members", "people of the brand, a partner or a supplier", "M134"),
    Metric("applicants", "persons", "persons at the gate", "M10"),
    Metric("invited_joins", "members", "invitations that led to a join", "T37"),
    Metric("refused", "persons", "persons who wished to join and were not let in", "M09"),
)
STATE: tuple[Var, ...] = (
    Var("admit_credit", "f8", "members", "admissions that the owner's hours still allow", "M04"),
    Var("asked", "f8", "persons", "who lately wished to come in, fading", "M09"),
    Var("refused", "f8", "persons", "who of them was refused, fading", "M09"),
)


class Ticket(enum.IntEnum):
    """What an exclusive community asks of those who come in."""

    OWNERS = 0
    ENTHUSIASTS = 1
    FANS = 2


@levers("entry")
class Levers:
    """The gate and its price."""

    gate: Gate = quantity(Gate.FEE, "gate", source="M04 M09 M10 M11; F01")
    """Kind of gate."""
    fee_cents: int = quantity(20_000, "cents", (0, 10_000_000), "F01")
    """Entry fee, paid once; 0 where the gate asks for none."""
    admits_day: int = quantity(1_000_000_000, "members/day", (0, 1_000_000_000), "M04")
    """Most applicants admitted in a day."""
    least_interest: float = quantity(-10.0, "1", (-10.0, 5.0), "M04 (any_with_review)")
    """Interest, in standard deviations, that a look at applicants asks for; -10 for none."""
    ticket: Ticket = quantity(Ticket.OWNERS, "ticket", source="M09")
    """What the exclusive gate asks for: owners (of the product), enthusiasts (interest above the
    median), fans (of the brand's own topic)."""
    status_bonus: float = quantity(0.0, "1", (0.0, 1.0), "assumption (M09)")
    """Belonging and trust that coming in gives where everybody else is refused."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_challenge = self.gate == Gate.FEE_PLUS_CHALLENGE
        yield (
            self.gate == Gate.FEE and self.fee_cents == 0,
            "a fee gate needs entry.fee_cents above 0; choose entry=open for no fee",
        )
        yield (
            has_challenge and self.fee_cents == 0,
            "a challenge wins a free entry, so it needs entry.fee_cents above 0; "
            "choose entry=open for no fee",
        )
        yield (
            self.fee_cents > 0 and self.gate != Gate.FEE and not has_challenge,
            "entry.fee_cents is charged only by a fee gate; choose entry=fee, or set it to 0",
        )


MONTH = 28.0
STANDING_START = 5.0
"""Wishes by which a new club's standing is held down at first (assumption)."""


@params()
class Params:
    """How applicants decide at the gate."""

    join_base: float = quantity(0.0, "log-odds", (-20.0, 20.0), "assumption")
    """Joining of an applicant of median interest, without a fee."""
    interest_weight: float = quantity(0.8, "log-odds", (0.0, 10.0), "assumption")
    """Per standard deviation of interest."""
    free_only: float = quantity(
        0.5,
        "share",
        (0.0, 1.0),
        "Cohen & Dupas 2010; Bates et al. 2012 (a small charge: log-odds of joining -1.2)",
    )
    """Persons who wish to join only where it costs nothing at all."""
    fee_median_yuan: float = quantity(
        200.0, "yuan", (0.01, 1e6), "assumption (F01: half of those who pay at all pay the usual)"
    )
    """Median willingness to pay for entry, of those who would pay at all."""
    fee_ln_sd: float = quantity(0.8, "1", (0.0, 5.0), "assumption")
    """Spread of the log willingness to pay."""
    agreed_yuan: float = quantity(200.0, "yuan", (0.0, 1e6), "F01")
    """Entry fee that the founders have agreed to; asked more, they judge it as others do."""
    fee_interest: float = quantity(
        0.6, "1", (0.0, 1.0), "assumption (M10: payers are self-selected)"
    )
    """Correlation of willingness to pay with interest."""
    friend_tie: float = quantity(3.0, "contacts", (0.0, 100.0), "mechanisms.md 1.5")
    """Strength of the tie an invited newcomer brings."""
    owner_adds_hour: float = quantity(10.0, "members/hour", (0.0, 1000.0), "assumption (M04)")
    """Members an owner looks at and adds in an hour, where only the owner adds."""
    screen_noise: float = quantity(0.7, "1", (0.0, 10.0), "assumption (M04)")
    """Error of judging an applicant's interest."""
    review_weight: float = quantity(3.0, "log-odds", (0.0, 20.0), "assumption (M01)")
    """Per unit of members' mood as their reviews show it, where reviews count fully."""
    ad_discount: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M01)")
    """Persuasion an advertisement loses where reviews count fully."""


@JOIN.base("base", source="science.md A.3 stage 1")
def join_base(world):
    """Log-odds that an applicant wishes to join."""
    return world.entry.join_base


@JOIN.term("reviews", source="M01")
def reviews_persuade(t, policy, world):
    """Log-odds of joining that the word of members adds, as peers gain weight and are believed."""
    weight = policy.acquisition.peer_vs_ad_weight * (1.0 - t.insiders_state[0].disbelief)
    return (
        weight
        * world.entry.review_weight
        * (t.arrival_state[0].word - world.arrival.advocacy_neutral)
    )


@JOIN.term("advertised", source="M01")
def advertising_persuades_less(route, policy, world):
    """Log-odds of joining that advertisements lose, as peers gain weight."""
    is_ad = route == Route.PAID or route == Route.INFLUENCER
    weight = policy.acquisition.peer_vs_ad_weight
    return -weight * world.entry.ad_discount if is_ad else 0.0


@kernel()
def step(t, day):
    """Take applicants in order until today's admissions or the room are used up."""
    people_state = t.people_state[0]
    prospects_state = t.prospects_state[0]
    lever = t.policy[0].entry
    t.first_row[day] = people_state.n_rows
    t.daily[day, mt.APPLICANTS] = prospects_state.n_applicants
    most = _room(t, lever)
    admitted, free, done = 0, 0, 0
    while done < prospects_state.n_applicants:
        if admitted >= most or people_state.n_rows >= t.members.shape[0]:
            break
        if not groups.takes_one_more(t, day):
            break
        applicant = t.applicants[done]
        done += 1
        if _passes(t, applicant, day, lever):
            free += i8(applicant.guest == prospects.Guest.FREE)
            _welcome_in(t, applicant, day, lever)
            admitted += 1
        elif applicant.seeks != Seeks.FAKE:
            prospects_state.n_lost += 1
    _shift_queue(t, done)
    t.first_row[day + 1] = people_state.n_rows
    t.daily[day, mt.JOINS] += admitted
    if lever.gate == Gate.OWNER_ONLY or places.owner_adds(t):
        t.entry_state[0].admit_credit -= admitted
    # the prize of this week is announced already: what comes now counts from the next
    charge_entry(t, day, admitted - free, day // 7 + 1)


@compiled()
def _room(t, lever):
    """Most persons admitted today; where only the owner adds, as far as the hours reach (M04)."""
    state = t.entry_state[0]
    if lever.gate == Gate.EXCLUSIVE:
        state.asked *= 1.0 - 1.0 / MONTH
        state.refused *= 1.0 - 1.0 / MONTH
    if lever.gate != Gate.OWNER_ONLY and not places.owner_adds(t):
        return i8(lever.admits_day)
    today = t.operator[0].founder_hours_day * t.params[0].entry.owner_adds_hour
    # hours not needed are kept for a week at most
    state.admit_credit = min(state.admit_credit + today, max(1.0, 7.0 * today))
    return min(i8(lever.admits_day), i8(state.admit_credit))


@compiled()
def charge_entry(t, day, n, week):
    """Post the entry fees of ``n`` members, into the pool or to the brand.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    n : int
        Members who pay.
    week : int
        First week in which their fees can be paid out.
    """
    cents = n * t.policy[0].entry.fee_cents
    if t.policy[0].fund.has_entry_pool:
        fund.transfer(t, day, fund.ENTRY_FEE, fund.MEMBERS, fund.ENTRY_POOL, cents, fund.NOBODY)
        t.fee_weeks[week] += cents
    else:
        fund.transfer(t, day, fund.ENTRY_FEE, fund.MEMBERS, fund.BRAND, cents, fund.NOBODY)


@compiled()
def _passes(t, applicant, day, lever):
    """Whether an applicant joins: interested enough, let in, and willing to pay."""
    if applicant.guest != prospects.Guest.NO:
        return True
    p = t.params[0].entry
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.GATE, ALWAYS), applicant.uid)
    interest = traits.interest_of(t, applicant.uid)
    route = i8(applicant.route)
    wish = JOIN(interest, route, f8(applicant.pull), t, t.policy[0], t.params[0])
    # an account that a farmer sets up is there to be let in
    if applicant.seeks != Seeks.FAKE and uniform(key, U64(0)) >= sigmoid(wish):
        return False
    if _is_let_in(t, applicant, key, interest, lever, p):
        return True
    t.daily[day, mt.REFUSED] += 1.0
    return False


@compiled()
def _is_let_in(t, applicant, key, interest, lever, p):
    """Whether the gate lets somebody in who wishes to join."""
    if lever.least_interest > -10.0:
        own = normal(
            uniform(day_key(t.run_state[0].seed_key, draw_ids.SCREEN, ALWAYS), applicant.uid)
        )
        if interest + p.screen_noise * own < lever.least_interest:
            return False
    if lever.gate == Gate.MEMBER_INVITE:
        # who heard of it from a member has somebody who may ask her in
        is_told = applicant.route == Route.REFERRAL or applicant.route == Route.WORD_OF_MOUTH
        return is_told or applicant.route == Route.PARTNER
    if lever.gate == Gate.EXCLUSIVE:
        return _holds_ticket(t, applicant.uid, lever)
    if lever.gate == Gate.FEE or lever.gate == Gate.FEE_PLUS_CHALLENGE:
        return 100.0 * traits.would_pay(t, key, interest) >= lever.fee_cents
    return True


@compiled()
def charge_founders(t, day):
    """Ask the entry fee of founders who begin with the community; who will not pay it is gone.

    They have agreed to the usual fee. What they would pay above is drawn by the same law as for
    everybody, among those who would pay that much.
    """
    p = t.params[0].entry
    lever = t.policy[0].entry
    if lever.fee_cents <= 0:
        return
    payers = 0
    for i in range(t.run_state[0].n_founders):
        if lever.fee_cents <= 100.0 * p.agreed_yuan or 100.0 * traits.agrees_to(t, i) >= (
            lever.fee_cents
        ):
            payers += 1
        else:
            people.leave(t, i, day)
    charge_entry(t, day, payers, day)


@compiled()
def _holds_ticket(t, uid, lever):
    """Whether a person has what the club asks for; remembers who was refused (M09)."""
    state = t.entry_state[0]
    holds = False
    if lever.ticket == Ticket.OWNERS:
        holds = buyers.is_customer(t, uid)
    elif lever.ticket == Ticket.ENTHUSIASTS:
        holds = traits.interest_of(t, uid) > 0.0
    else:
        holds = traits.topic_of(t, uid) == 0
    state.asked += 1.0
    if not holds:
        state.refused += 1.0
    return holds


@compiled()
def _welcome_in(t, applicant, day, lever):
    route = i8(applicant.route)
    inviter = i8(applicant.inviter)
    i = people.admit(t, applicant.uid, route, inviter, day)
    m = t.members[i]
    t.daily[day, _joined_by(route)] += 1.0
    if route == Route.REFERRAL:
        t.daily[day, mt.INVITED_JOINS] += 1.0
    if inviter >= 0:
        _befriend(t, i, inviter, day)
    if route == Route.OFFLINE and f8(m.buy_rate) <= 0.0:
        # who was met in a shop is a customer already (M06)
        m.buy_rate = buyers.buy_rate_of(t, buyers.buying_key(t, applicant.uid))
    if applicant.seeks == Seeks.FAKE:
        m.stance |= Stance.FAKE
        t.prospects_state[0].n_fakes += 1
    elif applicant.seeks == Seeks.GAIN:
        m.stance |= Stance.FARMER
    if f8(applicant.skill) > 0.0:
        m.skill = applicant.skill
    if lever.gate == Gate.EXCLUSIVE:
        # what is refused to others is worth more to those who are in
        state = t.entry_state[0]
        gain = lever.status_bonus * state.refused / (state.asked + STANDING_START)
        feelings.raise_belonging(m, gain)
        feelings.raise_trust(m, gain)


@compiled()
def _befriend(t, i, inviter, day):
    strong, origin = t.params[0].entry.friend_tie, ties.Origin.FRIEND.value
    ties.strengthen_from(t, i, inviter, strong, day, origin)
    ties.strengthen_from(t, inviter, i, strong, day, origin)
    if t.fate[inviter].circles & Flag.KOC:
        for k in range(t.kocs_state[0].n_kocs):
            koc = t.kocs[k]
            if koc.member == inviter and koc.stage == Stage.ACTIVE:
                koc.joins += 1


@compiled()
def _shift_queue(t, done):
    prospects_state = t.prospects_state[0]
    for k in range(done, prospects_state.n_applicants):
        waiting = t.applicants[k]
        slot = t.applicants[k - done]
        slot.uid = waiting.uid
        slot.route = waiting.route
        slot.inviter = waiting.inviter
        slot.guest = waiting.guest
        slot.pull = waiting.pull
        slot.skill = waiting.skill
        slot.seeks = waiting.seeks
    prospects_state.n_applicants -= done


@compiled()
def _joined_by(route):
    """Column of the joins by a route; founders, route 0, are not counted there."""
    return (
        mt.JOINS, mt.JOINS_ORGANIC, mt.JOINS_WORD_OF_MOUTH, mt.JOINS_REFERRAL, mt.JOINS_PARTNER,
        mt.JOINS_PAID, mt.JOINS_CONTENT, mt.JOINS_OFFLINE, mt.JOINS_INFLUENCER, mt.JOINS_STAR,
        mt.JOINS_CHALLENGE, mt.JOINS_REWARD, mt.JOINS_INSIDER,
    )[route]  # fmt: skip
