"""Returns: what visits have brought a member lately, and how far it keeps her coming.

One running mean a member, fed by whatever she really receives: something to read, answers to what
she wrote, a request solved, a prize or a tip. Behaviour follows it by the matching law.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.packed import as_part, part
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log
from plaza_lab.sim.levers import params

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
    """Log of what visits bring a member, relative to the usual.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    world : record of World
        Usual value and floor.

    Returns
    -------
    float
        0 at the usual value.
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
    """Add something else that a member received, or was denied, to what her visits bring.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    value : float
        Its value; negative for a disappointment.
    p : record of Params
        Speed.
    """
    m.returns = as_part(part(m.returns) + p.speed * value)
