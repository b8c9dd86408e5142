"""Spreading: shares reach the contacts of whoever shares, and people outside; some share on."""

from __future__ import annotations

from plaza_lab.agents.decisions.reading import SHARE
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import log
from plaza_lab.engine.prefetch import NEAR, SOON, prefetch
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, two_uniforms
from plaza_lab.sim.state import fetching, responding
from plaza_lab.sim.state import ties as contacts
from plaza_lab.sim.stepping import compiled, draw_ids, i8, kernel, mt

SOURCE = "M35, M31, M05; F63"
METRICS = (
    Metric("shares", "shares", "shares, by readers and by those they reached", "T33"),
    Metric("reshares", "shares", "of these: caused by an earlier share", "T37"),
    Metric("shared_views", "views", "views of items that a contact had shared", "T31"),
)
ROUNDS = 30
"""Most generations followed outside, where nobody has a row."""


@params()
class Params:
    """What makes people share, and how far a share reaches."""

    is_on: bool = quantity(True, "flag", source="M35")
    """Whether items are shared on."""
    share_base: float = quantity(0.01, "1", (0.0, 0.5), "assumption (M35)")
    """Chance that a view leads to a share, when all terms are 0."""
    quality_weight: float = quantity(2.0, "log-odds", (0.0, 10.0), "assumption (M35)")
    """Per unit of quality above the middle."""
    emotion_weight: float = quantity(1.0, "log-odds", (0.0, 10.0), "assumption (M35)")
    """Per unit of how moving the item is, above the middle."""
    member_made_odds: float = quantity(1.35, "odds ratio", (1.0, 5.0), "F63")
    """Odds of sharing a member-made item over one of an institution, before calibration."""
    weak_tie_bonus: float = quantity(
        0.3, "log-odds", (-5.0, 5.0), "assumption (M35; weak ties carry what is new)"
    )
    """For an item that came by a weak tie."""
    reach: float = quantity(0.3, "1", (0.0, 1.0), "assumption (M35)")
    """Chance that a contact of the sharer looks at what was shared."""
    outside_reach: float = quantity(2.0, "visits/share", (0.0, 100.0), "assumption (M35)")
    """Visits from outside that a share brings."""
    outside_share: float = quantity(0.02, "1", (0.0, 0.5), "assumption (M35)")
    """Chance that a visitor from outside shares on."""
    usual_quality: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Quality at which it moves no sharing."""
    usual_emotion: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Emotion at which it moves no sharing."""


@SHARE.base("own rate", source="M35")
def share_base(world):
    """What an item is shared by."""
    return world.spreading.share_base


@SHARE.term("quality", source="M35")
def quality_is_shared(quality, world):
    """Log-odds of sharing what is good."""
    return world.spreading.quality_weight * (quality - world.spreading.usual_quality)


@SHARE.term("emotion", source="M35")
def emotion_is_shared(emotion, world):
    """Log-odds of sharing what moves."""
    return world.spreading.emotion_weight * (emotion - world.spreading.usual_emotion)


@SHARE.term("member-made", source="F63")
def member_made_is_shared(is_member_made, world):
    """Log-odds of sharing what members made, scaled by the calibration."""
    claimed = world.calibration.scale * log(world.spreading.member_made_odds)
    return claimed if is_member_made else 0.0


@SHARE.term("weak tie", source="M35")
def news_is_shared(is_weak_tie, world):
    """Log-odds of sharing what came by a weak tie, from where one has not heard it yet."""
    return world.spreading.weak_tie_bonus if is_weak_tie else 0.0


def is_on(policy, world):
    """Whether items are shared on."""
    return bool(world.spreading.is_on)


@kernel()
def step(t, day):
    """Follow today's shares to their ends."""
    if not t.params[0].spreading.is_on:
        return
    responding_state = t.responding_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.SHARE, day)
    done = 0
    # the list grows while it is walked: a share on is followed like any other
    while done < responding_state.n_shared:
        if done + NEAR < responding_state.n_shared:
            coming = i8(t.shared[done + NEAR].sharer)
            prefetch(t.fate, coming)
            prefetch(t.members.n_ties, coming)
            prefetch(t.ties, coming)
            number = i8(t.shared[done + NEAR].number)
            prefetch(t.items, number & (t.items.shape[0] - 1))
        if done + SOON < responding_state.n_shared:
            fetching.contacts(t, i8(t.shared[done + SOON].sharer))
        _follow(t, day, done, key)
        done += 1
    if done > 0:
        t.passed[:] = 0
    responding_state.n_shared = 0


@compiled()
def _follow(t, day, place, key):
    row = t.shared[place]
    number = i8(row.number)
    sharer = i8(row.sharer)
    generation = i8(row.generation)
    item = t.items[number & (t.items.shape[0] - 1)]
    item.shares += 1
    t.daily[day, mt.SHARES] += 1.0
    if generation > 0:
        t.daily[day, mt.RESHARES] += 1.0
    own = agent_key(agent_key(key, t.fate[sharer].uid), item.uid)
    for k in range(i8(t.members[sharer].n_ties)):
        _show(t, day, item, number, t.ties[sharer, k], generation, own)
    _go_outside(t, day, own)


@compiled()
def _show(t, day, item, number, tie, generation, own):
    """A contact may look at what was shared, and share it on."""
    p = t.params[0].spreading
    j = i8(tie.other)
    if t.fate[j].status == Status.LEFT or item.author == j:
        return
    looks, shares = two_uniforms(own, t.fate[j].uid)
    if looks >= p.reach:
        return
    item.views += 1
    t.daily[day, mt.SHARED_VIEWS] += 1.0
    is_weak = i8(contacts.strength(t, tie, day) < t.params[0].ties.strong_at)
    if shares < responding.share_chance(t, item, is_weak):
        responding.pass_on(t, day, number, j, generation + 1)


@compiled()
def _go_outside(t, day, own):
    """Visits from outside, those they bring in turn, and who wants to join."""
    p = t.params[0].spreading
    visits = 0
    shares = 1
    for generation in range(ROUNDS):
        if shares == 0:
            break
        u, v = two_uniforms(own, U64(generation))
        came = poisson(u, p.outside_reach * shares)
        shares = min(came, poisson(v, p.outside_share * came))
        visits += came
        t.daily[day, mt.SHARES] += shares
        t.daily[day, mt.RESHARES] += shares
    t.outreach_state[0].outside_visits += visits
