"""Curation: the best items of the day go on the hot list, the poorest off show."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, two_uniforms
from plaza_lab.sim.state import items
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M32"
METRICS = (
    Metric("promoted", "items", "items put on the hot list", "T31"),
    Metric("suppressed", "items", "items taken off show for low quality", "T34"),
    Metric("wrong_suppressed", "items", "suppressed items that deserved to stay", "T34"),
)


@levers("distribution")
class Levers:
    """The hot list, and what is pushed down."""

    top_share: float = quantity(0.0, "share", (0.0, 0.5), "M32")
    """Share of items that curation puts on the hot list."""
    suppress_below: float = quantity(0.0, "1", (0.0, 1.0), "M32")
    """Judged quality below which an item is taken off show."""
    curation_error: float = quantity(
        0.1, "share", (0.0, 1.0), "assumption (M32: human or automated)"
    )
    """Items that curation judges at random."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_curating = self.top_share > 0.0 and policy.distribution.feed == Feed.CHRONOLOGICAL
        yield (
            is_curating,
            "a hot list needs a ranked feed; choose feed=curated or feed=personalised",
        )


BINS = i8(50)
"""Steps in which judged quality is counted to find the hot list's threshold."""


@params()
class Params:
    """What being picked does to an author."""

    promoted_reputation: float = quantity(0.3, "points", (0.0, 10.0), "assumption (M32)")
    """Reputation an author gains when an item is put on the hot list."""
    annoyance: float = quantity(
        0.05, "1", (0.0, 1.0), "assumption (M32: false positives annoy authors)"
    )
    """Trust an author loses when a good item is suppressed."""


def is_on(policy, world):
    """Whether items are put forward or taken off show."""
    return bool(policy.distribution.top_share > 0.0 or policy.distribution.suppress_below > 0.0)


@kernel()
def step(t, day):
    """Judge the items that came on show since the last look."""
    lever = t.policy[0].distribution
    if lever.top_share <= 0.0 and lever.suppress_below <= 0.0:
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.CURATE, ALWAYS)
    bar = _bar(t, key, lever)
    for number in range(t.items_state[0].item_tail, t.items_state[0].item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.shown != items.Shown.PUBLISHED or item.pick != items.Pick.UNJUDGED:
            continue
        judged = _judged(item, key, lever.curation_error)
        if judged < lever.suppress_below:
            _suppress(t, item, day, lever)
        elif judged >= bar:
            item.pick = items.Pick.PROMOTED
            t.daily[day, mt.PROMOTED] += 1.0
            if item.author >= 0:
                author = t.members[item.author]
                gain = t.params[0].curation.promoted_reputation
                author.reputation = f8(author.reputation) + gain
        else:
            item.pick = items.Pick.KEPT


@compiled()
def _judged(item, key, error):
    """Quality as curation sees it: the true one, or with an error a number out of the air."""
    u, v = two_uniforms(key, item.uid)
    return v if u < error else f8(item.quality)


@compiled()
def _bar(t, key, lever):
    """Judged quality that only the top share of what is on show reaches."""
    if lever.top_share <= 0.0:
        return 2.0
    on_show = 0
    for number in range(t.items_state[0].item_tail, t.items_state[0].item_head):
        if t.items[number & (t.items.shape[0] - 1)].shown == items.Shown.PUBLISHED:
            on_show += 1
    bar = BINS
    while bar > 0 and _at_least(t, key, lever, bar / f8(BINS)) < lever.top_share * on_show:
        bar -= 1
    # the last step went past the share
    return (bar + 1) / f8(BINS)


@compiled()
def _at_least(t, key, lever, quality):
    n = 0
    for number in range(t.items_state[0].item_tail, t.items_state[0].item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.shown == items.Shown.PUBLISHED:
            n += i8(_judged(item, key, lever.curation_error) >= quality)
    return n


@compiled()
def _suppress(t, item, day, lever):
    """Take an item off show; an author whose item was good enough is annoyed."""
    item.pick = items.Pick.SUPPRESSED
    item.shown = items.Shown.SUPPRESSED
    t.daily[day, mt.SUPPRESSED] += 1.0
    if f8(item.quality) < lever.suppress_below:
        return
    t.daily[day, mt.WRONG_SUPPRESSED] += 1.0
    if item.author >= 0:
        author = t.members[item.author]
        feelings.fade_trust(author, exp(-t.params[0].curation.annoyance))
