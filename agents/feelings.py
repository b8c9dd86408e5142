"""Feelings: the one place where what a member feels is changed.

A feeling is raised, by a part of what it lacks to 1; lowered, by a part of itself; it fades, until
a part of it is left; it settles, by a part of the way to a level; it shifts, by an amount and
within its bounds; or it is set. Gains, losses, speeds and what is left are parts, 0 to 1. Mood lies
between -1 and 1, the others between 0 and 1.

``m`` is the row of a member; trust may be a partner's as well. Source of the forms: science.md A.9,
A.16 (gains that saturate, losses in proportion); of the sizes: the mechanism that calls.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp

FEELINGS = ("belonging", "satisfaction", "trust", "motive", "fairness", "mood")
"""Fields of a member that nothing outside this file sets."""

USUAL = 0.5
"""Satisfaction, trust and fairness of one who has just come. Source: assumption."""


@compiled()
def raised(value, gain):
    """A state between 0 and 1, raised by a part of what it lacks to 1."""
    return value + gain * (1.0 - value)


@compiled()
def lowered(value, loss):
    """A state, lowered by a part of itself."""
    return value * (1.0 - loss)


@compiled()
def moved(value, step):
    """A state between 0 and 1, raised by a gain above 0 or lowered by a loss below."""
    return raised(value, step) if step > 0.0 else lowered(value, -step)


@compiled()
def heard(m, p):
    """How far a member is heard since her last visit, 0 to 1; ``p`` are those of belonging."""
    if m.unread_replies + m.unread_reactions == 0:  # nearly everybody
        return 0.0
    replies = f8(m.unread_replies) + p.heard_reaction * f8(m.unread_reactions)
    return 1.0 - exp(-replies / p.heard_replies)


@compiled()
def begin(m, belonging, satisfaction, trust):
    """Give a member the feelings that she comes with."""
    m.belonging = belonging
    m.satisfaction = satisfaction
    m.trust = trust
    m.fairness = USUAL


@compiled()
def begin_motive(m):
    """Start a member's motive from her native one."""
    m.motive = m.native_motive


@compiled()
def set_belonging(m, value):
    """Set belonging."""
    m.belonging = value


@compiled()
def raise_belonging(m, gain):
    """Raise belonging."""
    m.belonging = raised(f8(m.belonging), gain)


@compiled()
def lower_belonging(m, loss):
    """Lower belonging."""
    m.belonging = lowered(f8(m.belonging), loss)


@compiled()
def fade_belonging(m, left):
    """Let belonging fade."""
    m.belonging = f8(m.belonging) * left


@compiled()
def raise_satisfaction(m, gain):
    """Raise satisfaction."""
    m.satisfaction = raised(f8(m.satisfaction), gain)


@compiled()
def lower_satisfaction(m, loss):
    """Lower satisfaction."""
    m.satisfaction = lowered(f8(m.satisfaction), loss)


@compiled()
def move_satisfaction(m, step):
    """Raise satisfaction by a step above 0, or lower it by one below."""
    m.satisfaction = moved(f8(m.satisfaction), step)


@compiled()
def shift_satisfaction(m, change):
    """Shift satisfaction."""
    m.satisfaction = min(1.0, max(0.0, f8(m.satisfaction) + change))


@compiled()
def fade_satisfaction(m, left, usual):
    """Let what satisfaction is above or below its usual level fade."""
    m.satisfaction = usual + (f8(m.satisfaction) - usual) * left


@compiled()
def set_trust(m, value):
    """Set trust."""
    m.trust = value


@compiled()
def raise_trust(m, gain):
    """Raise trust."""
    m.trust = raised(f8(m.trust), gain)


@compiled()
def lower_trust(m, loss):
    """Lower trust."""
    m.trust = lowered(f8(m.trust), loss)


@compiled()
def fade_trust(m, left):
    """Let trust fade."""
    m.trust = f8(m.trust) * left


@compiled()
def move_trust(m, step):
    """Raise trust by a step above 0, or lower it by one below."""
    m.trust = moved(f8(m.trust), step)


@compiled()
def set_motive(m, value):
    """Set the intrinsic motive."""
    m.motive = value


@compiled()
def raise_motive(m, gain):
    """Raise the intrinsic motive."""
    m.motive = raised(f8(m.motive), gain)


@compiled()
def lower_motive(m, loss):
    """Lower the intrinsic motive."""
    m.motive = lowered(f8(m.motive), loss)


@compiled()
def fade_motive(m, left):
    """Let the intrinsic motive fade."""
    m.motive = f8(m.motive) * left


@compiled()
def settle_motive(m, speed):
    """Let the motive settle toward the native one."""
    m.motive = f8(m.motive) + speed * (f8(m.native_motive) - f8(m.motive))


@compiled()
def lower_fairness(m, loss):
    """Lower the fairness that governance is seen to have."""
    m.fairness = lowered(f8(m.fairness), loss)


@compiled()
def settle_fairness(m, level, speed):
    """Let perceived fairness settle toward the level that governance deserves."""
    m.fairness = f8(m.fairness) + speed * (level - f8(m.fairness))


@compiled()
def set_mood(m, value):
    """Set the mood."""
    m.mood = value


@compiled()
def shift_mood(m, change):
    """Shift the mood."""
    m.mood = min(1.0, max(-1.0, f8(m.mood) + change))


@compiled()
def fade_mood(m, left):
    """Let the mood fade to the usual one, 0."""
    m.mood = f8(m.mood) * left
