"""Partnering: whether a partner ends a deal, a star comes and goes again, and a rival draws people.

A rival community draws who goes there instead of here, and who is at home in both.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log

END = Decision(
    "end the partnership",
    "Ending the partnership, for a partner.",
    form=Form.RATE,
    per="month",
    arguments=("trust", "surplus_share", "fit", "around", "p"),
    order=("surplus", "trust", "fit", "dispute", "rivals", "dying", "cascade"),
    source="partners.md 1, exit",
    decider="partner",
)
"""``around`` holds months since signing, 1 after a dispute in half a year, later partners of the
same category, active members relative to the day of signing, and partners who left in 91 days;
``p`` are the parameters of contracts."""

AGE, DISPUTED, RIVALS, KEPT, GONE = range(5)
"""Places in ``around``."""


@END.base("base", source="science.md A.15 (half end in 3-5 years); Deeds & Rothaermel 2003")
def end_hazard(around, p):
    """What partnerships end by: a honeymoon, a crisis after it, and ripeness."""
    age = around[AGE] / p.crisis_months
    return p.exit_hazard_month * (1.0 + age * exp(1.0 - age))


@END.term("surplus", source="science.md A.15")
def surplus_holds(surplus_share, p):
    """Log-hazard of ending that the partner's surplus over its other chances takes away."""
    surplus = max(-1.0, min(p.surplus_cap, surplus_share))
    return -p.surplus_weight * (surplus - p.usual_surplus)


@END.term("trust", source="science.md A.15; M103")
def partner_trust_holds(trust, p):
    """Log-hazard of ending that the partner's trust takes away."""
    return -p.trust_weight * (trust - p.usual_trust)


@END.term("fit", source="Jensen & Cornwell 2017 (congruence -70.6 %)")
def fit_holds(fit, p):
    """Log-hazard of ending that fit takes away."""
    return -p.fit_holds * (fit - p.usual_fit)


@END.term("dispute", source="assumption (partners.md 1)")
def dispute_drives_out(around, p):
    """Log-hazard of ending in the half year after a dispute."""
    return p.dispute_weight * around[DISPUTED]


@END.term("rivals", source="Jensen & Cornwell 2017 (+46.7 % a sponsor added)")
def rivals_drive_out(around, p):
    """Log-hazard of ending that later partners of the same category add."""
    return p.rival_weight * around[RIVALS]


@END.term("dying", source="assumption (partners.md 1)")
def dying_host_drives_out(around, p):
    """Log-hazard of ending where the host's active members are fewer than at the signing."""
    return -p.dying_weight * log(max(0.001, around[KEPT]))


@END.term("cascade", source="assumption (partners.md 1; Plenti lost five partners in months)")
def leavers_draw_along(around, p):
    """Log-hazard of ending that other partners' leaving adds."""
    return p.cascade_weight * around[GONE]


@compiled()
def stays(trust, surplus_share, fit, around, months, p, u):
    """Whether the partner stays for another while (partners.md 1, exit).

    Parameters
    ----------
    trust : float
        Trust toward the host, 0 to 1.
    surplus_share : float
        What it believes to gain over its other chances, relative to its stake, -1 upward.
    fit : float
        Fit with the host, 0 to 1.
    around : tuple of float
        As for :data:`END`.
    months : float
        How long.
    p : record of ``plaza_lab.sim.mechanisms.partners.contract.Params``
        Weights.
    u : float
        Uniform.
    """
    hazard = end_hazard(around, p) * exp(END(trust, surplus_share, fit, around, p))
    return u >= 1.0 - exp(-hazard * months)


COME = Decision(
    "come as a star",
    "Coming into the community, for a star who is asked.",
    form=Form.SUM,
    arguments=("activity", "loop", "p"),
    order=("base", "activity", "loop"),
    source="M08",
    decider="star",
)
"""``activity`` is the share of members active in 28 days, ``loop`` what the star would get out of
it, 0 to 1; ``p`` are the parameters of stars."""


@compiled()
def star_accepts(activity, loop, p):
    """Chance that a star who is asked comes: more is going on, and more to get out of it (M08).

    Parameters
    ----------
    activity : float
        Share of members active in 28 days.
    loop : float
        What the star would get out of it, 0 to 1.
    """
    return 1.0 / (1.0 + exp(-COME(activity, loop, p)))


GO = Decision(
    "go as a star",
    "Withdrawing from the community, for a star who is here.",
    form=Form.RATE,
    per="week",
    arguments=("loop", "p"),
    order=("loop",),
    source="M08, M52",
    decider="star",
)
"""As :data:`COME`."""


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
