"""Rivalling: who goes to a rival community instead of this one, and who is at home in both."""

from __future__ import annotations

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

PICK = Decision(
    "go to the rival",
    "Joining a rival community instead, for an applicant who compares the two.",
    form=Form.SUM,
    arguments=("share", "t", "world"),
    order=("quality", "promotion", "friends"),
    source="partners.md 3 (rivals)",
    decider="applicant",
)
"""``share`` is the part of the people she knows of in either who are in the rival, 0 to 1."""


@PICK.base("quality", source="assumption (partners.md 3)")
def rival_is_as_good(world):
    """Log-odds by what the rival is, before what either gives."""
    return world.rivals.quality


SHARE = Decision(
    "join the rival too",
    "Joining a rival community as a second home.",
    form=Form.RATE,
    arguments=("hazard", "share", "m", "t", "world"),
    order=("belonging", "satisfaction", "promotion", "friends"),
    source="partners.md 3 (rivals); M132",
)
"""``hazard`` is that by which anybody of the market joins the rival, ``share`` the part of her ties
who are there."""


@SHARE.base("own rate", source="science.md A.1 (as everybody of the market)")
def rival_is_found(hazard):
    """What anybody who is like her joins the rival by."""
    return hazard
