"""Reading: what a member opens, finishes, shares and clicks of what is in front of her."""

from __future__ import annotations

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

OPEN = Decision(
    "open",
    "Opening an item that is shown.",
    form=Form.SHIFT,
    arguments=(
        "fits", "suits", "is_timely", "is_centred", "is_promotion", "weariness", "crowding",
        "world",
    ),
    order=("fit", "about the brand", "promotion", "form", "hour", "weariness", "saturation"),
    source="M27, M28, M29, M122",
)  # fmt: skip
"""``fits``, ``suits`` and ``is_timely`` say whether the topic is the reader's, the form one her
segment prefers, the hour hers; ``is_centred`` and ``is_promotion`` whether the item is about the
brand, and whether it sells. ``weariness`` is the reader's of promotion, 0 to 1, and counts for what
the institution publishes; ``crowding`` the log of the institution's daily items relative to what
readers take, at least 0."""


@OPEN.base("own rate", source="M27")
def open_base(world):
    """What an item is opened by."""
    return world.opening.open_base


@OPEN.term("fit", source="M29")
def fit_opens(fits, world):
    """One opens what is about one's topic."""
    return world.opening.fit_weight if fits else -world.opening.fit_weight


@OPEN.term("about the brand", source="M28")
def brand_centred_bores(is_centred, world):
    """One opens less of what is about the brand itself."""
    return -world.opening.centred_weight if is_centred else 0.0


@OPEN.term("promotion", source="M28, M122")
def promotion_bores(is_promotion, world):
    """One opens less of what sells."""
    return -world.opening.promotion_weight if is_promotion else 0.0


@OPEN.term("form", source="M29")
def form_opens(suits, world):
    """One opens forms one's segment prefers."""
    return world.opening.form_weight if suits else 0.0


@OPEN.term("hour", source="M27")
def hour_opens(is_timely, world):
    """One opens what comes at one's hour."""
    return world.opening.hour_weight if is_timely else 0.0


@OPEN.term("weariness", source="M28")
def weariness_closes(weariness, world):
    """Who is weary of promotion opens less."""
    return -world.opening.weariness_weight * weariness


@OPEN.term("saturation", source="M27")
def saturation_closes(crowding, world):
    """Of much that is published, each is opened less."""
    return -world.opening.saturation_weight * crowding


COMPLETE = Decision(
    "read to the end",
    "Reading an opened item to its end.",
    form=Form.SHIFT,
    arguments=("fits", "suits", "world"),
    order=("fit", "form"),
    source="M29",
)


@COMPLETE.base("own rate", source="M29")
def complete_base(world):
    """What an opened item is finished by."""
    return world.opening.complete_base


@COMPLETE.term("fit", source="M29")
def fit_is_finished(fits, world):
    """One finishes what is about one's topic."""
    return world.opening.fit_weight if fits else -world.opening.fit_weight


@COMPLETE.term("form", source="M29")
def form_is_finished(suits, world):
    """One finishes forms one's segment prefers."""
    return world.opening.form_weight if suits else 0.0


SHARE = Decision(
    "share",
    "Sharing an item that one has seen.",
    form=Form.SHIFT,
    arguments=("quality", "emotion", "is_member_made", "is_weak_tie", "world"),
    order=("quality", "emotion", "member-made", "weak tie"),
    source="M35; F63",
)
"""``is_weak_tie`` says whether the item came by a weak tie, from where one has not heard it yet."""


CLICK = Decision(
    "click",
    "Clicking on a recommendation.",
    form=Form.SHIFT,
    arguments=("fits", "world"),
    order=("fit",),
    source="F70, F71",
)
