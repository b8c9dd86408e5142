"""Voice: small circles are heard first in a ranked feed, unless exposure is capped or rotated."""

from __future__ import annotations

from plaza_lab.engine.elementary import log
from plaza_lab.sim.declaring import levers, params, quantity
from plaza_lab.sim.state import items, trial
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.stepping import compiled, f8, i8, kernel

SOURCE = "M123; mechanisms.md 2.3"


@levers("rules")
class Levers:
    """Limits to the loudest voices."""

    exposure_cap: bool = quantity(False, "flag", source="M123")
    """A ranked feed shows at most a few items of one author."""
    rotation: bool = quantity(False, "flag", source="M123")
    """A ranked feed begins with authors who were little seen."""


@params()
class Params:
    """How circles push, and how the cap and the rotation work."""

    circle_weight: float = quantity(0.0, "1", (0.0, 10.0), "assumption (M123; 1 in the full world)")
    """Score an item gains per log of the strong ties its author can count on."""
    most_places: int = quantity(2, "items", (1, 64), "assumption (M123)")
    """Items of one author on a board under the exposure cap."""
    rotation_weight: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M123)")
    """Score an item loses per log of the views its author has had, under rotation."""


def is_on(policy, world):
    """Whether places in the feed are shared out."""
    return bool(
        policy.distribution.feed != Feed.CHRONOLOGICAL
        and (world.voice.circle_weight > 0.0 or policy.rules.rotation or policy.rules.exposure_cap)
    )


@kernel()
def step(t, day):
    """Re-rank the boards of the feed."""
    rules = t.policy[0].rules
    p = t.params[0].voice
    is_moved = p.circle_weight > 0.0 or rules.rotation
    if t.policy[trial.with_feed(t)].distribution.feed == Feed.CHRONOLOGICAL:
        return
    if not is_moved and not rules.exposure_cap:
        return
    for board in range(items.TOPICS + 1):
        if is_moved:
            _score_anew(t, board, rules.rotation, p)
        if rules.exposure_cap:
            _cap(t, board, p.most_places)


@compiled()
def _author(t, number):
    return i8(t.items[number & (t.items.shape[0] - 1)].author)


@compiled()
def _score_anew(t, board, is_rotated, p):
    """Add what circles push and rotation holds back, and sort by insertion."""
    for k in range(t.hot_size[board]):
        number = t.hot[board, k]
        score = t.hot_score[board, k]
        author = _author(t, number)
        if author >= 0:
            m = t.members[author]
            score += p.circle_weight * log(1.0 + f8(m.n_strong))
            if is_rotated:
                seen = f8(m.exposures) + t.items[number & (t.items.shape[0] - 1)].views
                score -= p.rotation_weight * log(1.0 + seen)
        place = k
        while place > 0 and t.hot_score[board, place - 1] < score:
            t.hot[board, place] = t.hot[board, place - 1]
            t.hot_score[board, place] = t.hot_score[board, place - 1]
            place -= 1
        t.hot[board, place] = number
        t.hot_score[board, place] = score


@compiled()
def _cap(t, board, most):
    """Take down what an author has on a board beyond the cap; the rest moves up."""
    kept = 0
    for k in range(t.hot_size[board]):
        number = t.hot[board, k]
        author = _author(t, number)
        places = 0
        for earlier in range(kept):
            places += i8(_author(t, t.hot[board, earlier]) == author)
        if author < 0 or places < most:
            t.hot[board, kept] = number
            t.hot_score[board, kept] = t.hot_score[board, k]
            kept += 1
    t.hot_size[board] = kept
