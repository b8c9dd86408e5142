"""Opening: whether a reader opens what she is shown, and reads it to the end.

The chances depend on a few yes-or-no facts about reader and item, so they are computed once a week
into a small table; a reader looks hers up and draws.
"""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.reading import COMPLETE, OPEN
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.elementary import log
from plaza_lab.sim import draw_ids
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import ALWAYS, day_key, two_uniforms
from plaza_lab.sim.state import items

LEVELS = 4
"""Steps of weariness that the table distinguishes."""
ROWS = 8
"""Kinds of item: institutional or not, about the brand or not, promotion or not."""
COLUMNS = 8 * LEVELS
"""Kinds of reader before an item: fits, suits, timely, and the level of weariness."""
PARTS = 3
"""Parts of the day: morning, midday, evening."""


@params()
class Params:
    """What makes a reader open an item (world group ``opening``)."""

    is_on: bool = quantity(
        False, "flag", source="M28 (off: everything within the reading budget is read)"
    )
    """Whether readers choose what to open."""
    open_base: float = quantity(0.55, "1", (0.001, 0.999), "assumption")
    """Chance of opening an item when all terms are 0."""
    complete_base: float = quantity(0.6, "1", (0.001, 0.999), "assumption")
    """Chance of reading an opened item to its end when all terms are 0."""
    partial_use: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Use of an item that is left half-way."""
    skim_minutes: float = quantity(0.05, "minutes", (0.0, 10.0), "assumption")
    """Time spent on an item that is shown and not opened."""
    fit_weight: float = quantity(0.5, "log-odds", (0.0, 5.0), "assumption (M28)")
    """For a topic of one's own; as much against one that is not."""
    centred_weight: float = quantity(
        3.0, "log-odds", (0.0, 10.0), "assumption (M28, F30: most goes unseen)"
    )
    """Against an item about the brand itself."""
    promotion_weight: float = quantity(0.5, "log-odds", (0.0, 10.0), "assumption (M122)")
    """Against an item that sells."""
    form_weight: float = quantity(0.4, "log-odds", (0.0, 5.0), "assumption (M29)")
    """For a form that the reader's segment prefers."""
    hour_weight: float = quantity(0.3, "log-odds", (0.0, 5.0), "assumption (M27)")
    """For an item timed for the reader's part of the day."""
    weariness_weight: float = quantity(2.0, "log-odds", (0.0, 10.0), "assumption (M122: open rate)")
    """Against institutional items, at full weariness of promotion."""
    saturation_day: float = quantity(4.0, "items/day", (0.1, 1000.0), "assumption (M27)")
    """Institutional items a day beyond which more bring load and no reach."""
    saturation_weight: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (M27: above 1 reach falls in the end)"
    )
    """Per e-fold of institutional items beyond saturation."""
    families: list[float] = quantity((0.4, 0.45, 0.15), "share", (0.0, 1.0), "assumption (M29)")
    """Segments that prefer to read, to watch, to listen."""
    parts: list[float] = quantity((0.2, 0.3, 0.5), "share", (0.0, 1.0), "assumption (M27)")
    """Members whose active hours are morning, midday, evening."""


@compiled()
def crowding_of(t):
    """Log of the institution's daily items relative to what readers take, at least 0."""
    policy = t.policy[0]
    per_day = policy.content.brand_posts_day
    if policy.selling.tactic > 0:
        per_day += policy.selling.posts_day
    return log(max(1.0, per_day / t.params[0].opening.saturation_day))


@compiled()
def work_out(t):
    """Fill the table of chances from the weights and the publishing frequency of the policy."""
    world = t.params[0]
    p = world.opening
    crowding = crowding_of(t)
    base = log(p.open_base / (1.0 - p.open_base))
    complete = log(p.complete_base / (1.0 - p.complete_base))
    for row in range(ROWS):
        is_ours = row >> 2 & 1
        for column in range(COLUMNS):
            weariness = (column & 3) / (LEVELS - 1.0) if is_ours else 0.0
            fits = column >> 4 & 1
            suits = column >> 3 & 1
            pull = OPEN(
                fits, suits, column >> 2 & 1, row >> 1 & 1, row & 1, weariness,
                crowding if is_ours else 0.0, world,
            )  # fmt: skip
            t.opening[row, column] = sigmoid(base + pull)
            t.completing[row, column] = sigmoid(complete + COMPLETE(fits, suits, world))


@compiled()
def look_of(t, i):
    """What a reader brings to every item: segment, part of the day and weariness; never 0."""
    p = t.params[0].opening
    key = day_key(t.run_state[0].seed_key, draw_ids.SEGMENT, ALWAYS)
    u, v = two_uniforms(key, t.fate[i].uid)
    family = 0 if u < p.families[0] else (1 if u < p.families[0] + p.families[1] else 2)
    part = 0 if v < p.parts[0] else (1 if v < p.parts[0] + p.parts[1] else 2)
    level = (i8(t.members[i].weariness) * (LEVELS - 1) + 127) // 255
    return 1 + (family * PARTS + part) * LEVELS + level


@inlined()
def taken_apart(look):
    """Weariness, part of the day and segment that :func:`look_of` put into one number."""
    rest = (look - 1) // LEVELS
    return (look - 1) % LEVELS, rest % PARTS, rest // PARTS


@inlined()
def opens(t, item, topic, look, own):
    """Draw whether an item shown to a reader is opened and finished.

    Parameters
    ----------
    item : record of ITEM
        What is shown.
    topic, look : int
        Main interest of the reader, and what :func:`look_of` said.
    own : uint64
        Key of the visit.

    Returns
    -------
    tuple of int
        Whether she opens it, and whether she finishes it.
    """
    item.impressions += 1
    level, part, family = taken_apart(look)
    row = (
        (4 if items.is_institutional(item.source) else 0)
        + (2 if item.is_centred else 0)
        + (1 if item.is_promotion else 0)
    )
    column = (
        level
        + (4 if item.slot == part else 0)
        + (8 if item.format // 2 == family else 0)
        + (16 if item.topic == topic else 0)
    )
    u, v = two_uniforms(own, item.uid)
    return i8(u < t.opening[row, column]), i8(v < t.completing[row, column])
