"""Charter: members vote on the rules, and keep what they have made their own."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.member import Ballot, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.policy.rules import Charter
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, normal, uniform
from plaza_lab.sim.recording import metrics as mt

SOURCE = "M68; F77"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.n_members",
    "clock.n_rows",
    "fate",
    "members.belonging",
    "members.joined",
)
WRITES = (
    "members.ballot",
    "members.fairness",
    "clock.votes_cast",
    "clock.votes_yes",
    "clock.charter_position",
    "clock.charter_version",
    "clock.charter_legitimacy",
    "daily.turnout",
    "daily.charters",
)
MONDAY, SUNDAY = 0, 6


@dataclass(frozen=True)
class Params:
    """Who votes, how, and what a charter of one's own is worth."""

    turnout_base: float = quantity(
        -1.5,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption (M68: turnout cost)",
        doc="Voting on a visit during the week of a ballot, at belonging 0.3.",
    )
    turnout_belonging: float = quantity(
        3.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M68)",
        doc="Per unit of belonging.",
    )
    owner_weight: float = quantity(
        1.2,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="F77 (over 90 %), scaled by calibration",
        doc="By how much those who voted for the charter break the rules less.",
    )
    norm_weight: float = quantity(
        1.0,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="F77 (over 90 %), scaled by calibration",
        doc="By how much everybody does, under a fully legitimate charter.",
    )
    outvoted_loss: float = quantity(
        0.08,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M68: majority may suppress minorities)",
        doc="Fairness the outvoted lose.",
    )
    failed_legitimacy: float = quantity(
        0.7,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M68)",
        doc="Legitimacy left after a ballot without quorum or majority.",
    )


def is_on(policy, world):
    """Whether rules are voted on."""
    return bool(policy.rules.charter >= Charter.VOTED)


@kernel()
def step(t, day):
    """Hold a ballot in the weeks that have one.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    rules = t.policy[0].rules
    if rules.charter < Charter.VOTED:
        return
    week = day // 7
    if week % rules.vote_weeks != rules.vote_weeks // 2:
        return
    clock = t.clock[0]
    if day % 7 == MONDAY:
        clock.votes_cast = 0
        clock.votes_yes = 0
    proposal = _proposal(t, week)
    _vote(t, day, proposal)
    if day % 7 == SUNDAY:
        _count(t, day, proposal)


@compiled()
def _taste(t, uid):
    """Where a member stands between free and strict; known from lineage alone."""
    return normal(uniform(day_key(t.clock[0].seed_key, decisions.PROPOSAL, ALWAYS), uid))


@compiled()
def _proposal(t, week):
    """What is put to the vote: a member's own wish, or what an algorithm takes for the middle."""
    z = normal(uniform(day_key(t.clock[0].seed_key, decisions.PROPOSAL, week + 1), U64(0)))
    return 0.2 * z if t.policy[0].rules.algorithmic_proposals else z


@compiled()
def _vote(t, day, proposal):
    clock = t.clock[0]
    p = t.params[0].charter
    key = day_key(clock.seed_key, decisions.VOTE, day)
    # before the first charter there is no position to keep: far from everybody
    standing = clock.charter_position if clock.charter_version > 0 else 2.5
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        has_voted = m.ballot == Ballot.YES or m.ballot == Ballot.NO
        if has_voted or day - m.joined < t.policy[0].rules.franchise_days:
            continue
        wish = p.turnout_base + p.turnout_belonging * (f8(m.belonging) - 0.3)
        if uniform(key, t.fate[i].uid) >= sigmoid(wish):
            continue
        taste = _taste(t, t.fate[i].uid)
        is_yes = abs(taste - proposal) < abs(taste - standing)
        m.ballot = Ballot.YES if is_yes else Ballot.NO
        clock.votes_cast += 1
        clock.votes_yes += i8(is_yes)


@compiled()
def _count(t, day, proposal):
    """Close the ballot: quorum, majority, and what is left of the old charter's authority."""
    clock = t.clock[0]
    p = t.params[0].charter
    cast = f8(clock.votes_cast)
    turnout = cast / max(1, clock.n_members)
    t.daily[day, mt.TURNOUT] = turnout
    is_adopted = (
        turnout >= t.policy[0].rules.quorum
        and clock.votes_cast > 0
        and 2 * clock.votes_yes > clock.votes_cast
    )
    if is_adopted:
        agreement = clock.votes_yes / cast
        clock.charter_position = proposal
        clock.charter_version += 1
        clock.charter_legitimacy = min(1.0, turnout) ** 0.5 * agreement
        t.daily[day, mt.CHARTERS] += 1.0
    else:
        clock.charter_legitimacy *= p.failed_legitimacy
    _settle(t, is_adopted, p)


@compiled()
def _settle(t, is_adopted, p):
    """Turn this ballot's papers into memory; those of an older charter lapse with a new one."""
    for i in range(t.clock[0].n_rows):
        m = t.members[i]
        ballot = m.ballot
        if not is_adopted:
            if ballot == Ballot.YES or ballot == Ballot.NO:
                m.ballot = Ballot.NONE
        elif ballot == Ballot.YES:
            m.ballot = Ballot.OWNER
        elif ballot == Ballot.NO:
            m.ballot = Ballot.OUTVOTED
            if t.fate[i].status != Status.LEFT:
                m.fairness = f8(m.fairness) * (1.0 - p.outvoted_loss)
        else:
            m.ballot = Ballot.NONE
