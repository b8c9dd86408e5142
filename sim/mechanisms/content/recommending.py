"""Recommending: beside the feed, a few items a recommender thinks the visitor would open."""

from __future__ import annotations

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.reading import CLICK
from plaza_lab.engine.elementary import log
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, two_uniforms, uniform
from plaza_lab.sim.state import fetching, items
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M33; F70, F71"
METRICS = (
    Metric("recommended", "impressions", "recommendations shown", "T31"),
    Metric("recommended_clicks", "clicks", "recommendations opened", "T31"),
)


@levers("distribution")
class Levers:
    """Recommendations."""

    explore_share: float = quantity(0.15, "share", (0.0, 1.0), "science A.6 (eps .05-.3)")
    """Share of ranked slots filled at random."""
    accuracy: float = quantity(0.6, "share", (0.0, 1.0), "assumption")
    """Chance that the personalised feed knows a member's interest."""
    recommended: int = quantity(0, "items/visit", (0, 20), "M33")
    """Recommendations shown beside the feed."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.recommended > 0 and policy.distribution.feed != Feed.PERSONALISED,
            "recommendations need a feed that knows its readers; choose feed=personalised",
        )


@params()
class Params:
    """Clicks on recommendations."""

    click_base: float = quantity(0.08, "1", (0.001, 0.9), "F70")
    """Chance of a click on a recommendation that does not fit."""
    click_tuned: float = quantity(0.18, "1", (0.001, 0.9), "F71")
    """Claimed chance of a click on one that fits; scaled by the calibration."""
    click_worth: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M33)")
    """Part of an item's use that a click adds to the worth of the visit."""
    relief: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M33: effective load falls)")
    """Overload that a recommendation of full use which is opened takes away."""


@CLICK.base("own rate", source="F70")
def click_base(world):
    """What a recommendation is clicked by."""
    return world.recommending.click_base


@CLICK.term("fit", source="F70, F71")
def click_log_odds(fits, world):
    """Log-odds that knowing the reader's interest adds to the click on a recommendation.

    Parameters
    ----------
    fits : bool
        Whether the recommended item is of the reader's main interest.
    world : record of World
        Click rates before and after tuning, and the calibration's scale.

    Returns
    -------
    float
        Log-odds. Source: F70, F71 (8 to 18 %), scaled by the calibration.
    """
    if not fits:
        return 0.0
    p = world.recommending
    before = log(p.click_base / (1.0 - p.click_base))
    after = log(p.click_tuned / (1.0 - p.click_tuned))
    return world.calibration.scale * (after - before)


def is_on(policy, world):
    """Whether items are recommended."""
    return bool(policy.distribution.recommended > 0)


@kernel()
def step(t, day):
    """Show recommendations to visitors."""
    lever = t.policy[0].distribution
    if lever.recommended <= 0:
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.RECOMMEND, day)
    base, world = t.params[0].recommending.click_base, t.params[0]
    fitting = shift_probability(base, CLICK(True, world))
    others = shift_probability(base, CLICK(False, world))
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        own = agent_key(key, t.fate[i].uid)
        for place in range(lever.recommended):
            _recommend(t, i, day, place, own, lever, fitting, others)


@compiled()
def _recommend(t, i, day, place, own, lever, fitting, others):
    number = _choose(t, i, place, own, lever)
    if number < 0:
        return
    item = t.items[number & (t.items.shape[0] - 1)]
    if item.shown != items.Shown.PUBLISHED or item.author == i:
        return
    world = t.params[0]
    p = world.recommending
    m = t.members[i]
    t.daily[day, mt.RECOMMENDED] += 1.0
    if uniform(own, item.uid) >= (fitting if item.topic == m.topic else others):
        return
    t.daily[day, mt.RECOMMENDED_CLICKS] += 1.0
    use = f8(item.quality) * items.fit(item.topic, m.topic)
    gain = p.click_worth * use * (1.0 - part(m.worth))
    m.worth = as_part(part(m.worth) + gain)
    m.load = f8(m.load) * (1.0 - p.relief * use)
    item.views += 1
    t.daily[day, mt.VALUE] += gain
    t.daily[day, mt.MINUTES] += world.interaction.minutes_per_item


@compiled()
def _choose(t, i, place, own, lever):
    """Number of the item recommended in a place; -1 for none."""
    items_state = t.items_state[0]
    alive = items_state.item_head - items_state.item_tail
    if alive <= 0:
        return i8(-1)
    u, v = two_uniforms(own, U64(2 * place))
    if u < lever.explore_share:
        return items_state.item_tail + i8(v * alive)
    board = i8(items.TOPICS)
    if v < t.incidents_state[0].feed_accuracy:
        board = i8(t.members[i].topic)
    if place >= t.hot_size[board]:
        return i8(-1)
    return i8(t.hot[board, place])
