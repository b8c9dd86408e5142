"""The shop: personal prices, and how likely a purchase is at them."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.buying import buy_hazard
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log
from plaza_lab.sim.state import traits, trial


@compiled()
def price_of(t, uid):
    """Price a person is asked relative to the list price: more of those who mind less (M95)."""
    spread = t.policy[0].monetisation.dynamic_price
    if spread <= 0.0:
        return 1.0
    return 1.0 + spread * (2.0 * traits.tolerance_of(t, uid) - 1.0)


@compiled()
def price_pull(t, i):
    """Log-hazard of buying at the personal price of member ``i``, 0 at the list price (M95)."""
    if t.policy[0].monetisation.dynamic_price <= 0.0:
        return 0.0
    p = t.params[0].purchase
    uid = t.fate[i].uid
    care = 2.0 * (1.0 - traits.tolerance_of(t, uid))
    return -p.price_elasticity * care * log(price_of(t, uid))


@compiled()
def hazard_of(t, i):
    """Hazard of a purchase of member ``i`` per day, at her price.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i : int
        Row of a member who has not left.

    Returns
    -------
    float
        Hazard per day, 0 for those who are no customers.
    """
    m = t.members[i]
    if f8(m.buy_rate) <= 0.0:
        return 0.0
    return buy_hazard(m, price_pull(t, i), t, t.policy[trial.arm(t, i)], t.params[0])
