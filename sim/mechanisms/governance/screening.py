"""Screening: an automatic filter looks at every new post, and errs both ways."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.state import items
from plaza_lab.sim.state.items import Review
from plaza_lab.sim.stepping import compiled, draw_ids, kernel, mt

SOURCE = "M60; mechanisms.md 2.3 (false positives)"
METRICS = (
    Metric("blocked", "items", "items blocked by the automatic filter", "T50"),
    Metric("false_blocked", "items", "harmless items blocked by the filter", "T50"),
)
STATE: tuple[Var, ...] = (
    Var("screened_to", "i8", "item", "next item for the automatic filter", "M60"),
)


@levers("moderation")
class Levers:
    """The automatic filter."""

    filter_recall: float = quantity(0.8, "share", (0.0, 1.0), "assumption (M60)")
    """Violating items that the filter finds."""
    filter_false_positive: float = quantity(0.02, "share", (0.0, 1.0), "assumption (M60)")
    """Harmless items that the filter takes for violating ones."""


@params()
class Params:
    """What being blocked does to an author."""

    false_block_trust: float = quantity(
        0.05, "1", (0.0, 1.0), "assumption (M60: false positives annoy)"
    )
    """Trust an author loses when a harmless post is blocked."""


def is_on(policy, world):
    """Whether a filter looks at items."""
    return bool(policy.moderation.review >= Review.FILTER_QUEUE)


@kernel()
def step(t, day):
    """Let the filter judge what was written since it last looked."""
    lever = t.policy[0].moderation
    if lever.review < Review.FILTER_QUEUE:
        return
    items_state = t.items_state[0]
    state = t.screening_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.FILTER, ALWAYS)
    for number in range(max(state.screened_to, items_state.item_tail), items_state.item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.author < 0:
            continue
        rate = lever.filter_recall if item.is_violation else lever.filter_false_positive
        if uniform(key, item.uid) < rate:
            _act(t, day, item, lever)
    state.screened_to = items_state.item_head


@compiled()
def _act(t, day, item, lever):
    """Hold a suspected item back for people, or block it for good."""
    if lever.review == Review.ASSISTED:
        item.shown = items.Shown.QUEUED
        return
    item.shown = items.Shown.REMOVED
    t.daily[day, mt.BLOCKED] += 1.0
    m = t.members[item.author]
    m.violations = min(120, m.violations + 1)
    if not item.is_violation:
        t.daily[day, mt.FALSE_BLOCKED] += 1.0
        feelings.fade_trust(m, exp(-t.params[0].screening.false_block_trust))
