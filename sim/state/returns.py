"""Returns: what visits have brought a member lately, and how far it keeps her coming.

One running mean a member, fed by whatever she really receives: something to read, answers to what
she wrote, a request solved, a prize or a tip. Behaviour follows it by the matching law. What a
visit was worth, with what load and what harm, is summed up here as well.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.packed import as_part, part
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log
from plaza_lab.sim.levers import params
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state.archive import Protocol

METRICS = (
    Metric("views", "views", "items read", "T31"),
    Metric("value", "points", "value received by readers", "T19"),
    Metric("minutes", "minutes", "minutes spent reading", "T19"),
    Metric("impressions", "impressions", "items shown to readers, opened or not", "T31"),
    Metric("promo_views", "impressions", "promotional items shown to readers", "T68"),
)

SOURCE = "Baum 1979; Pirolli & Card 1999; M15, M52"


@params("returns")
class Params:
    """What a visit is worth to a member, and what that does."""

    visit_weight: float = quantity(
        0.8, "log-hazard", (0.0, 5.0), "Baum 1979 (sensitivity of matching about .8)"
    )
    """Visits per log of what visits bring, relative to the usual."""
    exit_weight: float = quantity(
        0.8, "log-hazard", (0.0, 5.0), "Baum 1979 (the same choice, between here and elsewhere)"
    )
    """Leaving, and falling silent, per log of what visits bring, relative to the usual."""
    usual: float = quantity(
        0.25, "value", (0.01, 1.0), "mean of the default community at work, at which nothing moves"
    )
    """What a visit usually brings."""
    floor: float = quantity(0.03, "value", (0.001, 1.0), "assumption")
    """What a visit that brings nothing still is worth: one has looked."""
    speed: float = quantity(
        0.3, "1/visit", (0.0, 1.0), "assumption (learning from reward, .1-.5 a trial)"
    )
    """Speed at which a member learns what visits bring."""
    reading: float = quantity(
        0.25, "value", (0.0, 1.0), "assumption (as much as being answered, world.belonging)"
    )
    """Value of having read one's fill."""
    enough: float = quantity(
        1.0, "use", (0.01, 100.0), "assumption (diminishing returns: Pirolli & Card 1999)"
    )
    """Use read on a visit, in items of full use, that gives half of that."""
    official: float = quantity(
        0.25,
        "1",
        (0.0, 1.0),
        "Goh, Heng & Lin 2013 (members' information moves, the brand's hardly); share assumed",
    )
    """What an item of brand or partner counts for, of a member's."""
    harm: float = quantity(
        0.5, "value", (0.0, 5.0), "science A.9 (losses weigh twice; Kahneman & Tversky 1979)"
    )
    """Value lost when all one sees does harm."""
    reward: float = quantity(0.25, "value", (0.0, 1.0), "assumption (as much as being answered)")
    """Value of a substantial reward."""


@compiled()
def felt(m, world):
    """Log of what visits bring a member, relative to the usual, at which it is 0.

    Parameters
    ----------
    world : record of World
        Usual value and floor.
    """
    p = world.returns
    return log((part(m.returns) + p.floor) / (p.usual + p.floor))


@VISIT.term("returns", source="Baum 1979 (generalised matching law)")
def returns_draw(m, world):
    """Log-hazard of visiting by what visits have brought lately."""
    return world.returns.visit_weight * felt(m, world)


@QUIT.term("returns", source="Baum 1979 (generalised matching law)")
@EXIT.term("returns", source="Baum 1979 (generalised matching law)")
def returns_hold(m, world):
    """Log-hazard of leaving, and log-odds of falling silent, that good visits take away."""
    return -world.returns.exit_weight * felt(m, world)


@compiled()
def read(m, total, official, harm, digest, p):
    """Take in what was read on a visit; the rest of the visit is added by :func:`receive`.

    Parameters
    ----------
    m : record of MEMBER
        The reader.
    total, official : float
        Use read, in items of full use, and the part of it that the institution published.
    harm : float
        Harm seen, mean over what was shown, 0 to 1.
    digest : float
        What a digest alone would give of one's fill, 0 to 1.
    p : record of Params
        Values.
    """
    use = total - (1.0 - p.official) * official
    fill = max(digest, use / (use + p.enough))
    value = p.reading * fill - p.harm * harm
    kept = part(m.returns)
    m.returns = as_part(kept + p.speed * (value - kept))


@compiled()
def receive(m, value, p):
    """Add something else that a member received, or was denied (below 0), to what visits bring."""
    m.returns = as_part(part(m.returns) + p.speed * value)


@compiled()
def sum_up(t, i, day, total, official, harm, promo, opened, n, inflow, budget):
    """Turn what was read into the worth of the visit, its overload and its harm.

    Parameters
    ----------
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
        digest = p.digest_weight * stewarding_state.digest_quality
        worth = worth * (1.0 - digest) + digest * max(worth, stewarding_state.digest_quality)
        load *= 1.0 - p.digest_relief * stewarding_state.digest_quality
        minutes *= 1.0 - digest
        minutes *= 1.0 - p.digest_compression * stewarding_state.digest_quality
    fill = 0.0
    if t.policy[0].comms.protocol == Protocol.STRUCTURED_DIGEST:
        fill = p.digest_weight * stewarding_state.digest_quality
    worth = max(0.0, worth - p.overload_cost * load - p.minute_cost * minutes)
    promo_share = f8(promo) / n if n > 0 else 0.0
    harm_seen = harm / opened if opened > 0 else 0.0
    m.harm = as_part(harm_seen + p.promo_harm * max(0.0, promo_share - p.promo_tolerance))
    m.worth = as_part(worth)
    read(m, total, official, part(m.harm), fill, t.params[0].returns)
    m.load = load
    t.daily[day, mt.VIEWS] += opened
    t.daily[day, mt.IMPRESSIONS] += n
    t.daily[day, mt.PROMO_VIEWS] += promo
    t.daily[day, mt.VALUE] += worth * max(opened, 1)
    t.daily[day, mt.MINUTES] += minutes
