"""Spreading: shares reach the contacts of whoever shares, and people outside; some share on.

Once a week the strongest items go to other channels, adapted to each.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.reading import SHARE
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import log
from plaza_lab.engine.prefetch import NEAR, SOON, prefetch
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, two_uniforms, uniform
from plaza_lab.sim.state import fetching, fund, items, responding
from plaza_lab.sim.state import ties as contacts
from plaza_lab.sim.stepping import compiled, decisions, f8, i8, kernel, mt

SOURCE = "M35, M34, M31, M05; F63"
METRICS = (
    Metric("shares", "shares", "shares, by readers and by those they reached", "T33"),
    Metric("reshares", "shares", "of these: caused by an earlier share", "T37"),
    Metric("shared_views", "views", "views of items that a contact had shared", "T31"),
    Metric("reposts", "items", "items reposted to other channels", "T31"),
)
ROUNDS = 30
"""Most generations followed outside, where nobody has a row."""


@levers("distribution")
class Levers:
    """Channels outside, and what is carried there."""

    channels: int = quantity(0, "channels", (0, 10), "M34")
    """Other channels to which strong items are reposted."""
    reposts_week: int = quantity(2, "items/week", (0, 50), "assumption (M34)")
    """Items reposted."""
    adapt_cost_cents: int = quantity(0, "cents/item", (0, 10_000_000), "M34")
    """Cost of adapting an item to one channel."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.adapt_cost_cents > 0 and self.channels > 0 and not policy.fund.has_brand_money,
            "adapting items to channels costs money; choose fund=brand_funded",
        )


REPOSTING_DAY = 4
"""Day of the week on which items are reposted."""
NONE = i8(-1)


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


@params("reposting")
class Reposting:
    """Audiences of other channels."""

    visits: float = quantity(40.0, "visits", (0.0, 1e7), "assumption (M34)")
    """Visits that an item of full quality brings from the first channel."""
    overlap: float = quantity(
        0.3,
        "share",
        (0.0, 1.0),
        "assumption (M34: reach adds across audiences that do not overlap)",
    )
    """Part of a channel's audience that earlier channels have reached already."""


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
    """Whether items are shared on, or there are channels to repost to."""
    return bool(world.spreading.is_on or policy.distribution.channels > 0)


@kernel()
def step(t, day):
    """Follow today's shares to their ends, and repost the strongest items of the days on show."""
    if t.params[0].spreading.is_on:
        _follow_all(t, day)
    lever = t.policy[0].distribution
    if lever.channels > 0 and day % WEEK == REPOSTING_DAY:
        _repost_strongest(t, day, lever)


@compiled()
def _follow_all(t, day):
    """Follow today's shares to their ends."""
    responding_state = t.responding_state[0]
    key = day_key(t.run_state[0].seed_key, decisions.SHARE, day)
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


@compiled()
def _repost_strongest(t, day, lever):
    """Repost the strongest items, one after the other."""
    above = NONE
    for _ in range(lever.reposts_week):
        above = _next_strongest(t, above)
        if above < 0:
            return
        _repost(t, day, t.items[above & (t.items.shape[0] - 1)], lever)


@compiled()
def _strength(item):
    """How strong an item is by what readers made of it, then by its quality."""
    return item.reactions + 2.0 * item.replies + 3.0 * item.shares + f8(item.quality)


@compiled()
def _next_strongest(t, above):
    """Number of the strongest item weaker than number ``above``; -1 when there is none."""
    limit = 1e300
    if above >= 0:
        limit = _strength(t.items[above & (t.items.shape[0] - 1)])
    best = NONE
    best_strength = -1.0
    for number in range(t.items_state[0].item_tail, t.items_state[0].item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.shown != items.Shown.PUBLISHED:
            continue
        now = _strength(item)
        if now < limit and now > best_strength:
            best = number
            best_strength = now
    return best


@compiled()
def _repost(t, day, item, lever):
    p = t.params[0].reposting
    channels = lever.channels
    if lever.adapt_cost_cents > 0:
        afforded = max(0, t.balances[fund.BRAND_POOL]) // lever.adapt_cost_cents
        channels = min(lever.channels, afforded)
        cents = channels * lever.adapt_cost_cents
        fund.pay(t, day, fund.CHANNELS, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
        if channels < lever.channels:
            short = (lever.channels - channels) * lever.adapt_cost_cents
            fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, short, fund.NOBODY)
    if channels == 0:
        return
    audience = 0.0
    new = 1.0
    for _ in range(channels):
        audience += new
        new *= 1.0 - p.overlap
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.REPOST, day), item.uid)
    t.daily[day, mt.REPOSTS] += 1.0
    visits = poisson(uniform(key, U64(0)), p.visits * f8(item.quality) * audience)
    t.outreach_state[0].outside_visits += visits
