"""Reposting: once a week the strongest items go to other channels, adapted to each."""

from __future__ import annotations

from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import fund, items
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M34"
METRICS = (Metric("reposts", "items", "items reposted to other channels", "T31"),)


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


WEEKDAY = 4
"""Day of the week on which items are reposted."""
NONE = i8(-1)


@params()
class Params:
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


def is_on(policy, world):
    """Whether there are channels to repost to."""
    return bool(policy.distribution.channels > 0)


@kernel()
def step(t, day):
    """Repost the strongest items of the days on show."""
    lever = t.policy[0].distribution
    if lever.channels <= 0 or day % 7 != WEEKDAY:
        return
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
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.REPOST, day), item.uid)
    t.daily[day, mt.REPOSTS] += 1.0
    visits = poisson(uniform(key, U64(0)), p.visits * f8(item.quality) * audience)
    t.outreach_state[0].outside_visits += visits
