"""Willingness to pay for entry: a trait of the person, the same under every policy."""

from __future__ import annotations

import math

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import erfc, exp, log
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform


@compiled()
def would_pay(t, key, interest):
    """Yuan that a person would pay for entry: nothing for many, else log-normal, with interest."""
    p = t.params[0].entry
    if uniform(key, U64(2)) < p.free_only:
        return 0.0
    own = normal(uniform(key, U64(1)))
    mixed = p.fee_interest * interest + math.sqrt(1.0 - p.fee_interest * p.fee_interest) * own
    return p.fee_median_yuan * exp(p.fee_ln_sd * mixed)


@compiled()
def agrees_to(t, i):
    """Yuan that a founder would pay, given that she would pay the usual fee."""
    p = t.params[0].entry
    if p.fee_ln_sd <= 0.0:
        return max(p.agreed_yuan, p.fee_median_yuan)
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.GATE, ALWAYS), t.fate[i].uid)
    least = log(p.agreed_yuan / p.fee_median_yuan) / p.fee_ln_sd
    above = 0.5 * erfc(least / math.sqrt(2.0))
    # the upper tail of a standard normal, cut at the usual fee
    z = -normal(above * uniform(key, U64(1)))
    return p.fee_median_yuan * exp(p.fee_ln_sd * z)
