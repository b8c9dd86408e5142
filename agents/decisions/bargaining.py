"""Bargaining: what a deal is worth to a side, what it offers, accepts and puts in, and trust.

Each rule is a closed form; who knows what, and when it is asked, is the business of
``sim/mechanisms/partners``. All of it: Plaza's ``partners.md`` 1.
"""

from __future__ import annotations

import math

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log, power

DISCOUNT = 0.985
"""Worth of a month later, relative to now; assumption (A.15)."""
ROUND_STEP, ROUND_FALL = 0.3, 0.6
"""First step back from the own demand, and what is left of it a round later; assumption."""


@compiled()
def annuity(months):
    """Worth today of 1 a month for some months."""
    return (1.0 - power(DISCOUNT, months)) / (1.0 - DISCOUNT)


@compiled()
def proposes(worth, outside):
    """Chance a week that a partner in the pool asks for a deal of some worth, in yuan."""
    if worth <= outside:
        return 0.0
    return 1.0 - exp(-0.03 * (worth - outside) / (outside + 1000.0))


@compiled()
def demand(own_patience, other_patience):
    """Share of the surplus that the side which offers first can ask for (Rubinstein 1982)."""
    return (1.0 - other_patience) / (1.0 - own_patience * other_patience)


@compiled()
def offer(star, number):
    """Share offered to the other side in a round, from 0, that could get ``star`` in the end."""
    return star - ROUND_STEP * power(ROUND_FALL, number)


@compiled()
def accepts(share, width):
    """Chance that a share of the surplus is accepted.

    Parameters
    ----------
    share : float
        Offered to the one who is asked.
    width : float
        How far minds differ: .11 among persons, .05 among firms.

    Returns
    -------
    float
        0 for a loss; .84 at .4 and .46 at .2 among persons (Oosterbeek et al. 2004).
    """
    if share < 0.0:
        return 0.0
    return 1.0 / (1.0 + exp(-(share - 0.22) / width))


@compiled()
def effort(own_share, worth, trust):
    """Effort of a side, 0 to 1: its share of what effort brings, by trust (Holmstrom 1982).

    Parameters
    ----------
    own_share : float
        Share of what its effort brings that comes back to it.
    worth : float
        What full effort brings, relative to what it costs.
    trust : float
        Toward the other side.
    """
    return min(1.0, own_share * worth) * math.sqrt(max(0.0, trust))


@compiled()
def learned(belief, variance, seen, noise):
    """Belief and its variance after a noisy look at what a month brought.

    Parameters
    ----------
    belief, variance : float
        Cents a month, and squared.
    seen : float
        What was seen, net of cost.
    noise : float
        Relative spread of what is seen.

    Returns
    -------
    tuple of float
        Belief and variance (scalar Kalman filter).
    """
    error = (noise * belief) * (noise * belief)
    gain = variance / (variance + error) if variance + error > 0.0 else 0.0
    return belief + gain * (seen - belief), (1.0 - gain) * variance


@compiled()
def trust_after(trust, kept, openness, excess, p):
    """Trust after a review.

    Parameters
    ----------
    trust : float
        Before, 0 to 1.
    kept : float
        Share of the promises that was kept.
    openness : float
        Of open books, meetings and joint reports: how many.
    excess : float
        Deviation of shares beyond what is tolerated.
    p : record of ``plaza_lab.sim.mechanisms.partners.contract.Params``
        Gain and loss.

    Returns
    -------
    float
        0 to 1. A breach costs ten times what a kept promise gains.
    """
    after = trust
    if kept >= 0.95:
        after += p.trust_gain * (1.0 - trust) * (1.0 + 0.5 * openness)
    else:
        after -= p.trust_loss * trust * (0.95 - kept)
    after -= p.trust_loss * trust * max(0.0, excess)
    return min(1.0, max(0.0, after))


@compiled()
def dispute_hazard(excess, trust, p):
    """Hazard a month of a dispute over shares, see :func:`trust_after`."""
    return p.dispute_month * exp(15.0 * max(0.0, excess) - 2.0 * (trust - 0.5))


@compiled()
def mends(is_mediated, openness, trust):
    """Chance that a frozen deal is mended."""
    lift = -0.5 + 1.2 * is_mediated + 0.8 * openness + 2.0 * (trust - 0.5)
    return 1.0 / (1.0 + exp(-lift))


@compiled()
def look(active, share, incidents, promotion, rivals):
    """How good the host looks from outside, 1 for an ordinary one.

    Parameters
    ----------
    active : float
        Members active in 28 days.
    share : float
        Of all members.
    incidents : float
        Incidents of the last year.
    promotion : float
        Share of promotion in what is shown.
    rivals : float
        Rivals among its partners.
    """
    score = 0.8 * log(max(1.0, active) / 500.0) + 0.5 * log(max(0.01, share) / 0.3)
    score -= 0.7 * incidents + 5.0 * (promotion - 0.2) + rivals
    return 2.0 / (1.0 + exp(-score))


@compiled()
def kept_after_split(own, other, share, transferable):
    """What a side has once the split is settled in money, as far as it can be.

    Parameters
    ----------
    own, other : float
        What each side has got so far.
    share : float
        Of all, for this side.
    transferable : float
        Part of a side's benefit that can be passed on.

    Returns
    -------
    float
        ``own``, and what it gets or gives.
    """
    gap = share * (own + other) - own
    if gap > 0.0:
        return own + min(gap, transferable * max(0.0, other))
    return own - min(-gap, transferable * max(0.0, own))
