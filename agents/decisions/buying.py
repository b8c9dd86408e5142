"""Buying and paying: how likely a customer buys on a day, and whether a member pays her dues."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp

BUY = Decision(
    "buy",
    "Buying on a day, for a customer.",
    form=Form.RATE,
    arguments=("m", "price", "t", "policy", "world"),
    order=(
        "stage",
        "trust",
        "reputation",
        "peers",
        "offer",
        "price",
        "second home",
        "alarm",
        "demand",
    ),
    source="science.md A.13; M95, M92",
)


@BUY.base("own rate", source="science.md A.13")
def buy_rate(m, world):
    """How often she buys by herself, more with belonging."""
    return f8(m.buy_rate) * (1.0 + world.purchase.belonging_gain * f8(m.belonging))


@compiled()
def buy_hazard(m, price, t, policy, world):
    """Hazard of a purchase per day while still a customer.

    Parameters
    ----------
    price : float
        Log-hazard of her personal price.
    """
    return buy_rate(m, world) * exp(BUY(m, price, t, policy, world))


SELL = Decision(
    "buy from tactics",
    "Buying on a day, over all else, while the community sells by one of the tactics.",
    form=Form.RATE,
    arguments=("m", "hazard", "saw_offer", "world"),
    order=("offer", "trust", "weariness"),
    source="M122, M28",
)


@SELL.base("own rate", source="M122")
def hazard_without_selling(hazard):
    """What she buys by without the tactic."""
    return hazard


@SELL.term("offer", source="M122")
def offer_seen_sells(saw_offer, world):
    """An offer opened at the last visit sells."""
    return world.selling.offer_pull if saw_offer else 0.0


@SELL.term("trust", source="M122")
def trust_buys(m, world):
    """Who trusts buys."""
    return world.selling.trust_pull * (f8(m.trust) - world.belonging.usual_trust)


@SELL.term("weariness", source="M28")
def weariness_holds_back(m, world):
    """Who is weary of promotion does not."""
    return -world.selling.weariness_drag * f8(m.weariness) / 255.0


ORDER = Decision(
    "buy in the community",
    "Taking a subscription, or goods, on a page of the community.",
    form=Form.SHIFT,
    arguments=("m", "own", "world"),
    order=("trust", "belonging"),
    source="M58",
)


@ORDER.base("own rate", source="M58")
def own_orders(own):
    """What is bought on such a page."""
    return own


@ORDER.term("trust", source="M58")
def trust_orders(m, world):
    """Who trusts buys there."""
    return world.monetising.trust_pull * (f8(m.trust) - world.belonging.usual_trust)


@ORDER.term("belonging", source="M58")
def belonging_orders(m, world):
    """Who belongs buys there."""
    p = world.monetising
    return p.belonging_pull * (f8(m.belonging) - world.belonging.usual_belonging)


LAPSE = Decision(
    "not pay",
    "Not paying dues when they fall due.",
    form=Form.SUM,
    arguments=("m", "t", "world"),
    order=("base", "dues", "belonging", "satisfaction"),
    source="assumption (M55: non-payers leave or lapse)",
)


@LAPSE.base("base", source="assumption (M55)")
def unpaid_base(world):
    """What everybody fails to pay by."""
    return world.dues.unpaid_base


@LAPSE.term("belonging", source="assumption (M55)")
def belonging_pays(m, world):
    """Who belongs pays."""
    return -world.dues.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@LAPSE.term("satisfaction", source="assumption (M55)")
def satisfaction_pays(m, world):
    """Who is satisfied pays."""
    p = world.dues
    return -p.satisfaction_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


@compiled()
def lapse_probability(m, t, world):
    """Chance that a member does not pay her dues when they fall due."""
    return sigmoid(LAPSE(m, t, world))
