"""Buyers: who is a customer, how often and for how much, by lineage; at what price, how likely."""

from __future__ import annotations

import math

import numpy as np
from numpy import float64 as f8

from plaza_lab.agents.decisions.buying import buy_hazard
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import U64, agent_key, beta, day_key, gamma, mix, normal, uniform
from plaza_lab.sim.state import traits, trial

BUYING = np.int64(5)
"""Series of trait draws that belong to buying."""


@compiled()
def buying_key(t, uid):
    """Key of the draws that make a person a customer; traits used rarely are drawn when needed."""
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, BUYING), uid)
    return mix(key + U64(77))


@compiled()
def buy_quit_of(t, uid):
    """Chance that a person is lost as a customer after a purchase (BG/NBD)."""
    p = t.params[0].purchase
    return beta(mix(buying_key(t, uid) + U64(2)), p.dropout_a, p.dropout_b)


@compiled()
def capacity_of(t, uid):
    """What a person can spend relative to the mean, heavy-tailed (W20); 1 where all are alike."""
    sd = t.run_state[0].spend_ln_sd
    if sd <= 0.0:
        return 1.0
    z = normal(uniform(buying_key(t, uid), U64(9)))
    return exp(sd * z - 0.5 * sd * sd)


@compiled()
def spend_rate_of(t, uid):
    """Rate of a person's gamma spend, 1/yuan (Gamma-Gamma, or by what she can spend)."""
    p = t.params[0].purchase
    if t.run_state[0].spend_ln_sd > 0.0:
        # half of a person's capacity shows in the rate of purchases, half in their size
        mean_rate = (p.spend_mix - 1.0) / p.spend_scale_yuan
        return max(1e-6, mean_rate / math.sqrt(capacity_of(t, uid)))
    rate = gamma(mix(buying_key(t, uid) + U64(3)), p.spend_mix) / p.spend_scale_yuan
    return max(1e-6, rate)


@compiled()
def draw_buying(t, i, key):
    """Draw the purchase law of a new member (BG/NBD and Gamma-Gamma, science.md A.13)."""
    p = t.params[0].purchase
    m = t.members[i]
    m.buy_rate = 0.0
    if uniform(key, U64(0)) < p.buyer_share:
        m.buy_rate = buy_rate_of(t, key)
        if t.run_state[0].spend_ln_sd > 0.0:
            rate = p.rate_shape / p.rate_weeks / 7.0
            m.buy_rate = rate * math.sqrt(capacity_of(t, t.fate[i].uid))


@compiled()
def buy_rate_of(t, key):
    """Rate of purchases a day of whoever is a customer; ``key`` is her buying key."""
    p = t.params[0].purchase
    return gamma(mix(key + U64(1)), p.rate_shape) / p.rate_weeks / 7.0


@compiled()
def is_customer(t, uid):
    """Whether a person buys from the brand, known from lineage alone."""
    return uniform(buying_key(t, uid), U64(0)) < t.params[0].purchase.buyer_share


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
    """Hazard of a purchase of member ``i`` per day, at her price; 0 for who is no customer.

    Parameters
    ----------
    i : int
        Row of a member who has not left.
    """
    m = t.members[i]
    if f8(m.buy_rate) <= 0.0:
        return 0.0
    return buy_hazard(m, price_pull(t, i), t, t.policy[trial.arm(t, i)], t.params[0])
