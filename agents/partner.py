"""Partner brands: what they bring, what they get, and whether they stay."""

from __future__ import annotations

import enum
import math

from numpy import float64 as f8

from plaza_lab.agents.record import SHARE, Var
from plaza_lab.engine.compiled import compiled


class Deal(enum.IntEnum):
    """States of a partnership deal (mechanisms.md 1.4)."""

    POOL = 0
    NEGOTIATING = 1
    ACTIVE = 2
    ENDED = 3


PARTNER: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
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
    Var("trust", "f4", "1", "trust toward the host, 0 to 1", "M103", 0.6, bounds=SHARE),
    Var("deal", "i1", "Deal", "pool, negotiating, active or ended", "M103"),
    Var("since", "i2", "day", "first day of the present state", "M103"),
    Var("until", "i2", "day", "last day of the contract", "M103"),
    Var("campaigns", "i2", "weeks", "campaign weeks run; drives wear-out", "M105"),
    Var("given_cents", "i8", "cents", "contributed since the last review", "M113"),
    Var("received_cents", "i8", "cents", "benefit received since the last review", "M113"),
    Var("host_given_cents", "i8", "cents", "host's contribution since the last review", "M113"),
    Var("host_received_cents", "i8", "cents", "host's benefit since the last review", "M113"),
    Var("joins", "i4", "members", "joins attributed", "T64"),
    Var("exposures", "i4", "views", "views of partner items since the last review", "T64"),
    Var("shown", "i4", "persons", "persons of its audience reached so far", "M105"),
)


@compiled()
def conversion(partner, p):
    """Chance that one person reached considers joining: grows with fit, falls with wear-out.

    Parameters
    ----------
    partner : record of PARTNER
        The partner.
    p : record of ``plaza_lab.sim.mechanisms.partners.partnership.Params``
        Base rate, fit weight and wear.

    Returns
    -------
    float
        Probability. Source: science.md A.15 (visit lift with fit; wear ``exp(-wear n)``).
    """
    lift = math.exp(p.fit_weight * (f8(partner.fit) - 0.5))
    return p.base_conversion * lift * math.exp(-p.wear * f8(partner.campaigns))
