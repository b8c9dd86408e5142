"""Worth: what a visit was worth, with what load and what harm."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.packed import as_part
from plaza_lab.agents.packed import part as part_of
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import returns
from plaza_lab.sim.state.requests import Protocol

METRICS = (
    Metric("views", "views", "items read", "T31"),
    Metric("value", "points", "value received by readers", "T19"),
    Metric("minutes", "minutes", "minutes spent reading", "T19"),
    Metric("impressions", "impressions", "items shown to readers, opened or not", "T31"),
    Metric("promo_views", "impressions", "promotional items shown to readers", "T68"),
)


@compiled()
def sum_up(t, i, day, total, official, harm, promo, opened, n, inflow, budget):
    """Turn what was read into the worth of the visit, its overload and its harm.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i, day : int
        Row of the reader, and today.
    total, official, harm : float
        Sums of use, of that of the institution's items, and of harm over what was read.
    promo, opened, n, inflow, budget : int
        Promotion among what was shown; items opened; shown; new; and how many she has time for.
    """
    p = t.params[0].interaction
    stewarding_state = t.stewarding_state[0]
    m = t.members[i]
    load = 0.0
    if inflow > budget:
        load = 1.0 - f8(budget) / f8(inflow)
    worth = total / opened if opened > 0 else 0.0
    minutes = p.minutes_per_item * opened
    if opened < n:
        minutes += t.params[0].opening.skim_minutes * (n - opened)
    if p.novelty_weight > 0.0:
        worth *= 1.0 + p.novelty_weight * (t.publishing_state[0].variety - 0.5)
    if (
        t.policy[0].comms.protocol == Protocol.STRUCTURED_DIGEST
        and stewarding_state.digest_quality > 0.0
    ):
        part = p.digest_weight * stewarding_state.digest_quality
        worth = worth * (1.0 - part) + part * max(worth, stewarding_state.digest_quality)
        load *= 1.0 - p.digest_relief * stewarding_state.digest_quality
        minutes *= 1.0 - part
        minutes *= 1.0 - p.digest_compression * stewarding_state.digest_quality
    fill = 0.0
    if t.policy[0].comms.protocol == Protocol.STRUCTURED_DIGEST:
        fill = p.digest_weight * stewarding_state.digest_quality
    worth = max(0.0, worth - p.overload_cost * load - p.minute_cost * minutes)
    promo_share = f8(promo) / n if n > 0 else 0.0
    harm_seen = harm / opened if opened > 0 else 0.0
    m.harm = as_part(harm_seen + p.promo_harm * max(0.0, promo_share - p.promo_tolerance))
    m.worth = as_part(worth)
    returns.read(m, total, official, part_of(m.harm), fill, t.params[0].returns)
    m.load = load
    t.daily[day, mt.VIEWS] += opened
    t.daily[day, mt.IMPRESSIONS] += n
    t.daily[day, mt.PROMO_VIEWS] += promo
    t.daily[day, mt.VALUE] += worth * max(opened, 1)
    t.daily[day, mt.MINUTES] += minutes
