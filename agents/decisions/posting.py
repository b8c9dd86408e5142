"""Posting: whether a member who is here posts, and whether a post breaks the rules."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

POST = Decision(
    "post",
    "Posting on a visit.",
    form=Form.SHIFT,
    arguments=("m", "prize", "is_responder", "t", "policy", "world"),
    order=(
        "motive", "belonging", "load", "prize", "points", "grade", "reputation", "token", "role",
        "fairness", "mood", "threshold", "cooling", "prompt", "calls", "shown rules", "review",
        "onlookers", "practice", "company",
    ),
    source="M31, mechanisms.md 2.0 item 1",
)  # fmt: skip


@POST.base("own rate", source="science.md A.4; M31")
def post_rate(m):
    """Share of her visits on which she posts by herself."""
    return f8(m.post_rate)


@POST.term("motive", source="mechanisms.md 2.0 item 1")
def motive_posts(m, world):
    """Who has lost, or gained, motive posts less, or more, than by nature."""
    return world.posting.motive_weight * (f8(m.motive) - f8(m.native_motive))


@POST.term("belonging", source="mechanisms.md 2.0 item 1")
def belonging_posts(m, world):
    """Who belongs posts more."""
    return world.posting.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@POST.term("load", source="mechanisms.md 2.0 item 1")
def load_silences(m, world):
    """Overload leaves nothing to say."""
    return -world.posting.load_weight * f8(m.load)


VIOLATE = Decision(
    "break the rules",
    "Breaking the rules with a post.",
    form=Form.SHIFT,
    arguments=("m", "own", "t", "policy", "world"),
    order=("shown rules", "charter", "mood", "heat", "hints", "removal", "example"),
    source="science.md A.11, s(tau_i + peer_tox + heat - norm); M67, M68",
)


@VIOLATE.base("own rate", source="science.md A.11")
def own_violations(own):
    """Share of her posts that break the rules by her nature."""
    return own
