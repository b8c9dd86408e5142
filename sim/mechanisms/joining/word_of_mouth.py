"""Word of mouth: members tell friends outside of the community, for good or ill (M02).

A member who is glad of the community mentions it to a friend, who may come to the gate; one who is
unhappy warns a friend off, and what is said there is heard at the gate by others too. Nobody pays
for it and nobody asks for it: that is what sets it apart from an invitation.
"""

from __future__ import annotations

from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.decisions.joining import HEAR, JOIN
from plaza_lab.agents.member import Route
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, lineage, uniform
from plaza_lab.sim.state import fetching, prospects, traits
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M02; F36; mechanisms.md 6.3"
METRICS = (
    Metric("told", "persons", "friends told of the community unasked", "T37"),
    Metric("warned", "persons", "friends warned off", "T37"),
)
STATE: tuple[Var, ...] = (Var("bad_word", "f8", "tellings", "contacts warned off, fading", "M02"),)


@levers("acquisition")
class Levers:
    """Members who tell others."""

    peer_vs_ad_weight: float = quantity(0.0, "1", (0.0, 1.0), "M01")
    """How far members' reviews are shown beside what is advertised; 0 for not at all."""
    tell_week: float = quantity(0.0, "contacts/week", (0.0, 7.0), "M02 (mechanisms.md 6.3: .05)")
    """Friends whom a glad member tells a week, where the brand lets members talk; 0: none."""
    tell_negative: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M02)")
    """How much more, or less, unhappy members talk than glad ones."""


@params("telling")
class Params:
    """Telling and hearing."""

    glad_above: float = quantity(
        0.45, "1", (0.0, 1.0), "assumption (F36: 70 % of active members would recommend)"
    )
    """Mean of satisfaction, trust and belonging from which a member recommends."""
    unhappy_below: float = quantity(0.3, "1", (0.0, 1.0), "assumption (F67: some 12 % speak ill)")
    """The same mean, below which a member warns others."""
    accept_base: float = quantity(-1.8, "log-odds", (-20.0, 20.0), "science A.2 (.02-.35 by tie)")
    """Chance that a friend who hears of it comes to the gate."""
    tie_weight: float = quantity(
        1.5, "log-odds", (0.0, 20.0), "science A.2 (weak tie .02-.10, strong .10-.35)"
    )
    """From the most distant friend to the closest."""
    reputation_weight: float = quantity(0.5, "log-odds", (0.0, 20.0), "assumption (M02)")
    """For a teller of great reputation."""
    interest_weight: float = quantity(0.8, "log-odds", (0.0, 20.0), "assumption (M02: high fit)")
    """Per standard deviation of the friend's interest."""
    warned_weight: float = quantity(
        2.0, "log-odds", (0.0, 20.0), "assumption (M02; losses weigh twice)"
    )
    """At the gate, per contact warned off lately and member."""
    fading_days: float = quantity(28.0, "days", (1.0, 1e4), "assumption")
    """Days over which a warning is forgotten, e-fold."""
    usual_closeness: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Closeness of a friend at which it moves nobody."""


@HEAR.base("base", source="science.md A.2")
def telling_base(world):
    """Log-odds that a friend who is told comes."""
    return world.telling.accept_base


@HEAR.term("tie", source="science.md A.2 (tie)")
def closeness_persuades(closeness, world):
    """Log-odds of coming when a close friend tells."""
    return world.telling.tie_weight * (closeness - world.telling.usual_closeness)


@HEAR.term("reputation", source="M02")
def name_persuades(m, world):
    """Log-odds of coming when somebody with a name tells."""
    standing = f8(m.reputation) / (f8(m.reputation) + world.kocs.reputation_half)
    return world.telling.reputation_weight * standing


@JOIN.term("warnings", source="M02")
def warnings_deter(t, world):
    """Log-odds of joining that bad word takes away."""
    warned = min(1.0, t.word_of_mouth_state[0].bad_word / max(1, t.people_state[0].n_members))
    return -world.telling.warned_weight * warned


def is_on(policy, world):
    """Whether members tell friends."""
    return bool(policy.acquisition.tell_week > 0.0)


@kernel()
def step(t, day):
    """Let visitors tell their friends."""
    lever = t.policy[0].acquisition
    if lever.tell_week <= 0.0:
        return
    p = t.params[0].telling
    t.word_of_mouth_state[0].bad_word *= exp(-1.0 / p.fading_days)
    key = day_key(t.run_state[0].seed_key, draw_ids.TELL, day)
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        mood = advocacy(m)
        is_glad = mood >= p.glad_above
        is_unhappy = mood < p.unhappy_below
        if not is_glad and not is_unhappy:
            continue
        # a chance per visit that makes up the contacts of a week
        chance = lever.tell_week / 7.0 / max(0.02, f8(t.fate[i].visit_hazard))
        if is_unhappy:
            chance *= lever.tell_negative
        if uniform(key, t.fate[i].uid) < min(1.0, chance):
            _tell(t, i, day, is_glad, p)


@compiled()
def _tell(t, i, day, is_glad, p):
    """Tell the next friend in the member's line; a friend is told or invited once."""
    m = t.members[i]
    uid = t.fate[i].uid
    known = i8(m.told) + i8(m.invited)
    friends = traits.friends_of(t, uid)
    if known >= 30_000 or (friends > 0 and known >= friends):
        return
    friend = lineage(uid, known)
    m.told += 1
    if not is_glad:
        t.word_of_mouth_state[0].bad_word += 1.0
        t.daily[day, mt.WARNED] += 1.0
        return
    t.daily[day, mt.TOLD] += 1.0
    interest = traits.interest_of(t, friend)
    close = traits.closeness_of(t, friend)
    logit = HEAR(m, interest, close, t, t.policy[0], t.params[0])
    # the more have come, the more often the friend is one of them
    chance = sigmoid(logit) * prospects.still_out(t, Route.WORD_OF_MOUTH.value, day)
    heard = uniform(day_key(t.run_state[0].seed_key, draw_ids.HEAR, ALWAYS), friend) < chance
    is_out = prospects.left(t, day) >= 1.0
    if heard and is_out and prospects.line_up(t, friend, Route.WORD_OF_MOUTH.value, i):
        prospects.take(t, Route.WORD_OF_MOUTH.value, day)
