"""Entry: the gate between applicants and members; fees are posted, friends become ties."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import int64 as i8

from agents.choices import sigmoid
from agents.compiled import compiled, kernel
from agents.koc import Stage
from agents.member import Flag, Route
from agents.quantity import quantity
from sim import decisions
from sim.policy.entry import Gate
from sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from sim.recording import metrics as mt
from sim.world import fund, groups, people, ties, traits

SOURCE = "M04, M10; science.md A.3 stage 1"
READS = (
    "applicants",
    "clock.n_groups",
    "clock.n_founders",
    "groups",
    "clock.seed_key",
    "clock.item_head",
    "clock.dilution",
    "clock.presence",
    "balances",
    "clock.n_kocs",
    "fading",
    "kocs.member",
    "kocs.stage",
)
WRITES = (
    "fate",
    "members",
    "ties",
    "clock.n_rows",
    "clock.n_members",
    "groups.n_members",
    "clock.n_applicants",
    "clock.n_journal",
    "clock.journal_lost",
    "applicants",
    "kocs.joins",
    "journal",
    "balances",
    "fee_weeks",
    "first_row",
    "daily.joins",
    "daily.joins_organic",
    "daily.joins_word_of_mouth",
    "daily.joins_referral",
    "daily.joins_partner",
    "daily.joins_paid",
    "daily.invited_joins",
    "daily.fund_in_yuan",
)


@dataclass(frozen=True)
class Params:
    """How applicants decide at the gate."""

    join_base: float = quantity(
        0.0,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption",
        doc="Joining of an applicant of median interest, without a fee.",
    )
    interest_weight: float = quantity(
        0.8,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption",
        doc="Per standard deviation of interest.",
    )
    fee_median_yuan: float = quantity(
        150.0,
        unit="yuan",
        low=0.01,
        high=1e6,
        source="assumption",
        doc="Median willingness to pay for entry.",
    )
    fee_ln_sd: float = quantity(
        0.8,
        unit="1",
        low=0.0,
        high=5.0,
        source="assumption",
        doc="Spread of the log willingness to pay.",
    )
    fee_interest: float = quantity(
        0.6,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M10: payers are self-selected)",
        doc="Correlation of willingness to pay with interest.",
    )
    friend_tie: float = quantity(
        3.0,
        unit="contacts",
        low=0.0,
        high=100.0,
        source="mechanisms.md 1.5",
        doc="Strength of the tie an invited newcomer brings.",
    )


@kernel()
def step(t, day):
    """Take applicants in order until today's admissions or the room are used up.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    lever = t.policy[0].entry
    t.first_row[day] = clock.n_rows
    admitted = 0
    done = 0
    while done < clock.n_applicants:
        if admitted >= lever.admits_day or clock.n_rows >= t.members.shape[0]:
            break
        if not groups.takes_one_more(t, day):
            break
        applicant = t.applicants[done]
        done += 1
        if _passes(t, applicant, lever):
            _welcome_in(t, applicant, day)
            admitted += 1
    _shift_queue(t, done)
    t.first_row[day + 1] = clock.n_rows
    t.daily[day, mt.JOINS] += admitted
    # the prize of this week is announced already: what comes now counts from the next
    charge_entry(t, day, admitted, day // 7 + 1)


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
def _passes(t, applicant, lever):
    """Whether an applicant joins: interested enough, let in, and willing to pay."""
    p = t.params[0].entry
    key = agent_key(day_key(t.clock[0].seed_key, decisions.GATE, ALWAYS), applicant.uid)
    interest = traits.interest_of(t, applicant.uid)
    wish = sigmoid(p.join_base + p.interest_weight * interest)
    if uniform(key, U64(0)) >= wish:
        return False
    if lever.gate == Gate.INVITE:
        return applicant.route == Route.REFERRAL or applicant.route == Route.PARTNER
    if lever.gate == Gate.FEE:
        own = normal(uniform(key, U64(1)))
        mixed = p.fee_interest * interest + math.sqrt(1.0 - p.fee_interest**2) * own
        return p.fee_median_yuan * math.exp(p.fee_ln_sd * mixed) * 100.0 >= lever.fee_cents
    return True


@compiled()
def _welcome_in(t, applicant, day):
    route = i8(applicant.route)
    inviter = i8(applicant.inviter)
    i = people.admit(t, applicant.uid, route, inviter, day)
    if route == Route.ORGANIC:
        t.daily[day, mt.JOINS_ORGANIC] += 1.0
    elif route == Route.WORD_OF_MOUTH:
        t.daily[day, mt.JOINS_WORD_OF_MOUTH] += 1.0
    elif route == Route.PARTNER:
        t.daily[day, mt.JOINS_PARTNER] += 1.0
    elif route == Route.PAID:
        t.daily[day, mt.JOINS_PAID] += 1.0
    elif route == Route.REFERRAL:
        t.daily[day, mt.JOINS_REFERRAL] += 1.0
        t.daily[day, mt.INVITED_JOINS] += 1.0
        _befriend(t, i, inviter, day)


@compiled()
def _befriend(t, i, inviter, day):
    strong = t.params[0].entry.friend_tie
    origin = ties.Origin.FRIEND.value
    ties.strengthen_from(t, i, inviter, strong, day, origin)
    ties.strengthen_from(t, inviter, i, strong, day, origin)
    if t.fate[inviter].circles & Flag.KOC:
        for k in range(t.clock[0].n_kocs):
            koc = t.kocs[k]
            if koc.member == inviter and koc.stage == Stage.ACTIVE:
                koc.joins += 1


@compiled()
def _shift_queue(t, done):
    clock = t.clock[0]
    for k in range(done, clock.n_applicants):
        waiting = t.applicants[k]
        slot = t.applicants[k - done]
        slot.uid = waiting.uid
        slot.route = waiting.route
        slot.inviter = waiting.inviter
    clock.n_applicants -= done
