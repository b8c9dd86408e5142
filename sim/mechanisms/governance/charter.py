"""Charter: members vote on the rules, and keep what they have made their own."""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.posting import VIOLATE
from plaza_lab.agents.decisions.serving import VOTE
from plaza_lab.agents.member import Ballot, Charter, Status
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, normal, uniform
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M68; F77"
METRICS = (
    Metric("turnout", "share", "turnout of the last ballot, of all members", "M68", True),
    Metric("charters", "charters", "charters adopted by vote", "M68"),
)
STATE: tuple[Var, ...] = (
    Var("votes_cast", "i8", "votes", "votes of the running ballot", "M68"),
    Var("votes_yes", "i8", "votes", "votes in favour", "M68"),
    Var("charter_position", "f8", "1", "where the charter stands on the members' scale", "M68"),
    Var("charter_version", "i8", "1", "charters adopted by vote", "M68"),
    Var("charter_legitimacy", "f8", "1", "turnout and agreement behind the charter", "M68"),
)


@levers("rules")
class Levers:
    """Who makes the charter."""

    charter: Charter = quantity(Charter.STATIC, "charter", source="M67 M68")
    """Fixed by the brand, moved by an engine, voted on, or both."""
    vote_weeks: int = quantity(13, "weeks", (1, 104), "F96")
    """Weeks between two votes."""
    quorum: float = quantity(0.05, "share", (0.0, 1.0), "M68")
    """Least turnout, of all members."""
    franchise_days: int = quantity(0, "days", (0, 364), "M68")
    """Tenure that gives a vote."""
    algorithmic_proposals: bool = quantity(False, "flag", source="M68")
    """Proposals aim at the middle of the membership instead of a member's own wish."""

    @property
    def is_adaptive(self) -> bool:
        """Whether an engine moves the thresholds."""
        return self.charter in (Charter.ADAPTIVE, Charter.ADAPTIVE_VOTED)


MONDAY, SUNDAY = 0, 6


@params()
class Params:
    """Who votes, how, and what a charter of one's own is worth."""

    turnout_base: float = quantity(
        -1.5, "log-odds", (-20.0, 20.0), "assumption (M68: turnout cost)"
    )
    """Voting on a visit during the week of a ballot, at belonging 0.3."""
    turnout_belonging: float = quantity(3.0, "log-odds", (0.0, 20.0), "assumption (M68)")
    """Per unit of belonging."""
    owner_weight: float = quantity(
        1.2, "log-odds", (0.0, 10.0), "F77 (over 90 %), scaled by calibration"
    )
    """By how much those who voted for the charter break the rules less."""
    norm_weight: float = quantity(
        1.0, "log-odds", (0.0, 10.0), "F77 (over 90 %), scaled by calibration"
    )
    """By how much everybody does, under a fully legitimate charter."""
    algorithm_spread: float = quantity(0.2, "1", (0.0, 10.0), "assumption (M68)")
    """Spread of what an algorithm puts to the vote, where members' own wishes spread by 1."""
    first_position: float = quantity(2.5, "1", (0.0, 10.0), "assumption (far from everybody)")
    """Position to keep before the first charter, in spreads of members' wishes."""
    outvoted_loss: float = quantity(
        0.08, "1", (0.0, 1.0), "assumption (M68: majority may suppress minorities)"
    )
    """Fairness the outvoted lose."""
    failed_legitimacy: float = quantity(0.7, "share", (0.0, 1.0), "assumption (M68)")
    """Legitimacy left after a ballot without quorum or majority."""


@VOTE.base("base", source="M68")
def vote_base(world):
    """Log-odds of voting on a visit."""
    return world.charter.turnout_base


@VIOLATE.term("charter", source="M68")
def charter_is_kept(m, t, world):
    """Log-odds of breaking the rules that rules of one's own take away."""
    charter = world.charter
    owned = charter.owner_weight if m.ballot == Ballot.OWNER else 0.0
    owned += charter.norm_weight * t.charter_state[0].charter_legitimacy
    return -world.calibration.scale * owned


def is_on(policy, world):
    """Whether rules are voted on."""
    return bool(policy.rules.charter >= Charter.VOTED)


@kernel()
def step(t, day):
    """Hold a ballot in the weeks that have one."""
    rules = t.policy[0].rules
    if rules.charter < Charter.VOTED:
        return
    week = day // 7
    if week % rules.vote_weeks != rules.vote_weeks // 2:
        return
    state = t.charter_state[0]
    if day % 7 == MONDAY:
        state.votes_cast = 0
        state.votes_yes = 0
    proposal = _proposal(t, week)
    _vote(t, day, proposal)
    if day % 7 == SUNDAY:
        _count(t, day, proposal)


@compiled()
def _taste(t, uid):
    """Where a member stands between free and strict; known from lineage alone."""
    return normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.PROPOSAL, ALWAYS), uid))


@compiled()
def _proposal(t, week):
    """What is put to the vote: a member's own wish, or what an algorithm takes for the middle."""
    z = normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.PROPOSAL, week + 1), U64(0)))
    spread = t.params[0].charter.algorithm_spread
    return spread * z if t.policy[0].rules.algorithmic_proposals else z


@compiled()
def _vote(t, day, proposal):
    state = t.charter_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.VOTE, day)
    # before the first charter there is no position to keep
    first = t.params[0].charter.first_position
    standing = state.charter_position if state.charter_version > 0 else first
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        has_voted = m.ballot == Ballot.YES or m.ballot == Ballot.NO
        if has_voted or day - m.joined < t.policy[0].rules.franchise_days:
            continue
        if uniform(key, t.fate[i].uid) >= sigmoid(VOTE(m, t.params[0])):
            continue
        taste = _taste(t, t.fate[i].uid)
        is_yes = abs(taste - proposal) < abs(taste - standing)
        m.ballot = Ballot.YES if is_yes else Ballot.NO
        state.votes_cast += 1
        state.votes_yes += i8(is_yes)


@compiled()
def _count(t, day, proposal):
    """Close the ballot: quorum, majority, and what is left of the old charter's authority."""
    state = t.charter_state[0]
    p = t.params[0].charter
    cast = f8(state.votes_cast)
    turnout = cast / max(1, t.people_state[0].n_members)
    t.daily[day, mt.TURNOUT] = turnout
    is_adopted = (
        turnout >= t.policy[0].rules.quorum
        and state.votes_cast > 0
        and 2 * state.votes_yes > state.votes_cast
    )
    if is_adopted:
        agreement = state.votes_yes / cast
        state.charter_position = proposal
        state.charter_version += 1
        state.charter_legitimacy = math.sqrt(min(1.0, turnout)) * agreement
        t.daily[day, mt.CHARTERS] += 1.0
    else:
        state.charter_legitimacy *= p.failed_legitimacy
    _settle(t, is_adopted, p)


@compiled()
def _settle(t, is_adopted, p):
    """Turn this ballot's papers into memory; those of an older charter lapse with a new one."""
    for i in range(t.people_state[0].n_rows):
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
                feelings.lower_fairness(m, p.outvoted_loss)
        else:
            m.ballot = Ballot.NONE
