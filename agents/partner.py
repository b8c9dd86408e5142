"""Partners: what they are, what they bring, what they want, and how one of their deals stands."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from plaza_lab.agents.record import SHARE, Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log


class Deal(enum.IntEnum):
    """States of a partnership deal (mechanisms.md 1.4); a partner without one is in the pool."""

    POOL = 0
    PROPOSED = 1
    NEGOTIATING = 2
    ACTIVE = 3
    IN_REVIEW = 4
    DISPUTED = 5
    FROZEN = 6
    RENEWED = 7
    ENDED = 8


class Goal(enum.IntEnum):
    """What a side of a deal wants of it."""

    MEMBERS = 0
    SALES = 1
    IMAGE = 2
    KNOWLEDGE = 3


class PartnerClass(enum.IntEnum):
    """Classes of partners (M102); the class sets the resource that comes in."""

    ANY = 0
    BRAND = 1
    CREATOR = 2
    VALUE_CHAIN = 3
    UNIVERSITY = 4
    GOVERNMENT = 5
    NON_PROFIT = 6
    PLATFORM = 7
    COMMUNITY = 8


N_GOALS = len(Goal)
N_CLASSES = len(PartnerClass)

# a line a class, from BRAND on; all assumptions: partners.md 1, class means
AUDIENCE = (1.0, 1.0, 0.6, 0.2, 0.1, 0.5, 0.3, 5.0, 0.4)
"""Audience, relative to a brand's."""
CREDIBILITY = (0.0, 0.0, 0.4, 0.0, 0.5, 0.3, 0.3, 0.0, 0.2)
"""Log-odds that its word adds to a visit."""
CASH = (1.0, 1.0, 0.0, 0.5, 0.1, 0.3, 0.0, 0.5, 0.0)
"""Own money, relative to a brand's."""
ITEMS = (0.5, 0.5, 2.0, 0.2, 0.3, 0.1, 0.3, 0.0, 1.0)
"""Items a week beside those of a form."""
LEAKINESS = (1.0, 1.0, 0.5, 1.2, 0.7, 0.5, 0.8, 1.5, 1.0)
"""Chance of a leak on its side, relative to a brand's."""
PATIENCE = (0.95, 0.95, 0.90, 0.97, 0.98, 0.99, 0.97, 0.98, 0.95)
"""Worth of a round of talks later, relative to now."""
DEPARTMENTS = (3, 3, 1, 3, 5, 7, 2, 5, 1)
"""Departments that have a say."""
GOALS = (
    (0.3, 0.4, 0.2, 0.1), (0.3, 0.4, 0.2, 0.1), (0.5, 0.3, 0.2, 0.0), (0.1, 0.6, 0.1, 0.2),
    (0.1, 0.0, 0.3, 0.6), (0.1, 0.0, 0.6, 0.3), (0.2, 0.0, 0.6, 0.2), (0.5, 0.3, 0.1, 0.1),
    (0.6, 0.1, 0.1, 0.2),
)  # fmt: skip
"""Mean weights of members, sales, image and knowledge."""

PARTNER: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("kind", "i1", "PartnerClass", "class of partner", "M102"),
    Var(
        "fit",
        "f4",
        "1",
        "fit of image, audience and category, 0 to 1",
        "M102, science A.15",
        bounds=SHARE,
    ),
    Var("overlap", "f4", "1", "share of the audience already in the market reached", "M109"),
    Var("audience", "f4", "persons", "size of the partner's audience", "E18"),
    Var("goals", f"({N_GOALS},)f4", "1", "weights of what it wants; they sum to 1", "M102"),
    Var("culture", "f4", "1", "distance of its culture from the host's, 0 to 3", "M124"),
    Var(
        "complement", "f4", "1", "how far it has what the host lacks, 0 to 1", "M102", bounds=SHARE
    ),
    Var("security", "f4", "1", "care it takes of data, 0 to 1", "M110", bounds=SHARE),
    Var("image", "f4", "1", "image, 0 to 100", "M102"),
    Var("category", "i1", "1", "category of its goods", "M102"),
    Var("taste", "f4", "rad", "whom its audience is like: an angle", "M102"),
    Var("budget_cents", "i8", "cents/year", "what it can spend on partners in a year", "M102"),
    Var("purse_cents", "i8", "cents", "its money for the running deal", "M56"),
    Var("trust", "f4", "1", "trust toward the host, 0 to 1", "M103", 0.6, bounds=SHARE),
    Var("deal", "i1", "Deal", "how its deal stands", "M103"),
    Var("slot", "i2", "row", "its deal, -1 for none", "M103", -1),
    Var("since", "i2", "day", "first day of the present state", "M103"),
    Var("until", "i2", "day", "last day of the contract, or of its rest from the host", "M103"),
    Var("campaigns", "i2", "weeks", "campaign weeks run; drives wear-out", "M105"),
    Var("joins", "i4", "members", "joins attributed", "T64"),
    Var("exposures", "i4", "views", "views of partner items since the last review", "T64"),
    Var("shown", "f4", "persons", "persons of its audience reached so far", "M105"),
    Var("pilots", "i2", "deals", "deals it has had with the host", "M102"),
)


@compiled()
def conversion(partner, extra, p):
    """Chance that one person reached comes to look: grows with fit, falls with wear-out.

    Parameters
    ----------
    partner : record of PARTNER
        The partner.
    extra : float
        Log-odds that shared data and the like add.
    p : record of ``plaza_lab.sim.mechanisms.partners.partnership.Params``
        Base chance, fit weight and wear.

    Returns
    -------
    float
        Probability. Source: science.md A.15 (visit lift with fit; wear per week).
    """
    base = log(p.base_conversion / (1.0 - p.base_conversion)) if p.base_conversion > 0 else -99
    lift = p.fit_weight * (f8(partner.fit) - 0.5) + CREDIBILITY[partner.kind] + extra
    return 1.0 / (1.0 + exp(-(base + lift - p.wear * f8(partner.campaigns))))
