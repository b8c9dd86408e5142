"""Lives: what has become of a person who joined so many days ago, told in one go.

A community that has already lived is made of those who are left of all who ever came. If people
came at an even pace for ``age`` days, the tenure of a member has a density proportional to the
chance of being a member still after so long (renewal theory). So a founder's tenure is drawn evenly
over the age of the community, her life is lived through, and another person takes the place of one
who has left on the way: what is left over has the traits of survivors, their tenure, and their part
of silent members, without any of the three being assumed.

A life is lived by the law of :mod:`plaza_lab.sim.mechanisms.visiting.churn`, with feelings at rest
and no policy: the members of day 0 are the same persons under every policy. Between two changes of
state hazards are constant, so a life takes a few draws and not a draw a day.
"""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.member import Kind
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import U64, exponential, uniform
from plaza_lab.sim.state.traits import bout_factor

SPAN = 28.0
"""Days over which hazards of a life are held constant: those of being new."""

LEFT, ENGAGED, SILENT = (i8(state) for state in range(3))
"""States of a life; as :class:`plaza_lab.agents.member.Status`."""

REST = "measured at rest: default world, days 364 to 540, 16 seeds"


@params()
class Params:
    """What members meet with, and feel, in a community at rest (world group ``lives``)."""

    contact_read: float = quantity(0.11, "contacts/visit", (0.0, 100.0), REST)
    """Contact on a visit of who never posts, as belonging takes it."""
    contact_write: float = quantity(2.75, "contacts/visit", (0.0, 100.0), REST)
    """Contact that a post on each visit adds to one, answers that come later among it."""
    speak_share: float = quantity(0.75, "share", (0.0, 1.0), REST)
    """Chance of a reply or answer on a visit without a post, as part of the chance of a post."""
    react_share: float = quantity(0.35, "share", (0.0, 1.0), "assumption")
    """Chance that somebody who writes nothing on a visit reacts to something."""
    satisfaction: float = quantity(0.4, "1", (0.0, 1.0), REST)
    """Satisfaction of active members."""
    satisfaction_silent: float = quantity(0.47, "1", (0.0, 1.0), REST)
    """Satisfaction of silent members."""
    satisfaction_core: float = quantity(0.14, "1", (0.0, 1.0), REST)
    """Satisfaction of the core, whose many visits bring many disappointments."""
    trust: float = quantity(0.53, "1", (0.0, 1.0), REST)
    """Trust."""
    trust_core: float = quantity(0.72, "1", (0.0, 1.0), REST)
    """Trust of the core."""
    expectation: float = quantity(0.32, "1", (0.0, 1.0), REST)
    """What is expected of a visit."""
    worth: float = quantity(0.16, "1", (0.0, 1.0), REST)
    """Worth of the last visit."""
    load: float = quantity(0.41, "1", (0.0, 1.0), REST)
    """Overload of the last visit."""
    load_core: float = quantity(0.28, "1", (0.0, 1.0), REST)
    """Overload of the core, who come often."""
    mood: float = quantity(-0.1, "1", (-1.0, 1.0), REST)
    """Mood of active members, where moods are felt."""
    mood_silent: float = quantity(-0.07, "1", (-1.0, 1.0), REST)
    """Mood of silent members."""
    mood_core: float = quantity(-0.19, "1", (-1.0, 1.0), REST)
    """Mood of the core."""
    surroundings: float = quantity(0.22, "log-hazard", (-5.0, 5.0), REST)
    """Leaving that roles and company add (terms of EXIT)."""


@compiled()
def live_through(key, tenure, traits, frailty, world):
    """Live a person's life from her first day to day 0.

    Parameters
    ----------
    key : uint64
        Of her draws.
    tenure : int
        Days since she joined, at least 1.
    traits : tuple of int and three floats
        What :func:`plaza_lab.sim.state.traits.activity_of` returns.
    frailty : float
        Factor on her hazard of leaving.
    world : record of World
        The law.

    Returns
    -------
    state : int
        ``LEFT``, ``ENGAGED`` or ``SILENT``.
    idle : int
        Days since her last visit.
    belonging : float
        On day 0.
    is_bout : bool
        Whether her next visit belongs to the bout of the last one.
    """
    belonging = world.activity.first_belonging
    chance = posting_chance(traits, belonging, True, world)
    state = ENGAGED
    n = 1
    if uniform(key, U64(0)) < silence_chance(traits, chance, belonging, world):
        state = SILENT
    silent_since = 0.0
    now = 0.0
    visits = visit_hazard_at_rest(traits[0], traits[1], belonging, world)
    while now < tenure:
        end = min(now - now % SPAN + SPAN, f8(tenure))
        exit_hazard = exit_hazard_at_rest(traits[0], frailty, belonging, now < SPAN, state, world)
        visits = visit_hazard_at_rest(traits[0], traits[1], belonging, world)
        if state == ENGAGED:
            chance = posting_chance(traits, belonging, False, world)
            change = (1.0 - exp(-visits)) * silence_chance(traits, chance, belonging, world)
        else:
            p = world.churn
            idle = now - silent_since + 0.5 * (end - now)
            change = p.return_hazard * exp(-idle / p.return_days)
        leaving = exponential(uniform(key, U64(n))) / max(exit_hazard, 1e-12)
        changing = exponential(uniform(key, U64(n + 1))) / max(change, 1e-12)
        n += 2
        if leaving < min(changing, end - now):
            return LEFT, i8(0), belonging, False
        spent = min(changing, end - now)
        belonging = belonging_after(spent, belonging, traits, visits, state, world)
        now += spent
        if changing <= spent:
            state = SILENT if state == ENGAGED else ENGAGED
            silent_since = now
    idle = tenure - silent_since
    is_bout = False
    if state == ENGAGED:
        law = world.activity
        is_bout = uniform(key, U64(n)) < part_in_bouts(law)
        pace = bout_factor(is_bout, law) * max(visits, 1e-6)
        idle = min(idle, exponential(uniform(key, U64(n + 1))) / pace)
    return state, i8(min(f8(tenure), max(1.0, math.ceil(idle)))), belonging, is_bout


@compiled()
def part_in_bouts(law):
    """Part of the time that lies within bouts: short gaps are many, and take little time."""
    return law.bout_share / (law.bout_share + (1.0 - law.bout_share) * law.bout_pace)


@compiled()
def satisfaction_at_rest(kind, state, world):
    """Satisfaction of members of a class in a state of life."""
    if state == SILENT:
        return world.lives.satisfaction_silent
    return world.lives.satisfaction_core if kind == Kind.CORE else world.lives.satisfaction


@compiled()
def trust_at_rest(kind, world):
    """Trust of members of a class."""
    return world.lives.trust_core if kind == Kind.CORE else world.lives.trust


@compiled()
def load_at_rest(kind, world):
    """Overload of the last visit of members of a class."""
    return world.lives.load_core if kind == Kind.CORE else world.lives.load


@compiled()
def mood_at_rest(kind, state, world):
    """Mood of members of a class in a state of life; 0 where moods are not felt."""
    if not world.mood.is_felt:
        return 0.0
    if state == SILENT:
        return world.lives.mood_silent
    return world.lives.mood_core if kind == Kind.CORE else world.lives.mood


@compiled()
def visit_hazard_at_rest(kind, own, belonging, world):
    """Hazard of visiting with feelings at rest (terms of VISIT)."""
    p = world.visiting
    satisfaction = satisfaction_at_rest(kind, ENGAGED, world)
    pull = p.belonging_weight * (belonging - world.belonging.usual_belonging)
    pull += p.satisfaction_weight * (satisfaction - world.belonging.usual_satisfaction)
    pull += world.mood.visit_weight * mood_at_rest(kind, ENGAGED, world)
    return own * exp(pull - p.load_weight * load_at_rest(kind, world))


@compiled()
def posting_chance(traits, belonging, is_first_day, world):
    """Chance of a post on a visit with feelings at rest (terms of POST)."""
    p = world.posting
    pull = p.belonging_weight * (belonging - world.belonging.usual_belonging)
    pull += world.mood.post_weight * mood_at_rest(traits[0], ENGAGED, world)
    chance = shift_probability(traits[2], pull - p.load_weight * load_at_rest(traits[0], world))
    if is_first_day and traits[0] != Kind.LURKER:
        return max(chance, p.first_day)
    return chance


@compiled()
def silence_chance(traits, posts, belonging, world):
    """Chance of falling silent after a visit with feelings at rest (terms of QUIT)."""
    p = world.churn
    pull = -p.belonging_weight * (belonging - world.belonging.usual_belonging)
    satisfaction = satisfaction_at_rest(traits[0], ENGAGED, world)
    pull -= p.satisfaction_weight * (satisfaction - world.belonging.usual_satisfaction)
    acts = posts + (1.0 - posts) * world.lives.speak_share * posts
    part = acts if traits[0] == Kind.CORE else acts + (1.0 - acts) * p.lurker_quit
    return part * shift_probability(traits[3], pull)


@compiled()
def exit_hazard_at_rest(kind, frailty, belonging, is_new, state, world):
    """Hazard of leaving with feelings at rest (terms of EXIT)."""
    p = world.churn
    usual = world.belonging
    felt = satisfaction_at_rest(kind, state, world)
    pull = -p.belonging_weight * (belonging - usual.usual_belonging)
    pull -= p.satisfaction_weight * (felt - usual.usual_satisfaction)
    pull -= p.trust_weight * (trust_at_rest(kind, world) - usual.usual_trust)
    pull += p.load_weight * load_at_rest(kind, world) + world.lives.surroundings
    pull -= world.mood.exit_weight * mood_at_rest(kind, state, world)
    if is_new:
        pull += log(p.newcomer_factor)
    if state == SILENT:
        pull += p.silent_weight
    return frailty * p.established_hazard * exp(pull)


@compiled()
def belonging_after(days, belonging, traits, visits, state, world):
    """Belonging after some days in a state: it goes to its fixed point exponentially.

    ``dB/dt = g (1 - B) - d B``, with a gain ``g`` from contact, none in silence, and decay ``d``.
    """
    p = world.belonging
    gain = 0.0
    if state == ENGAGED:
        rest = world.lives
        chance = posting_chance(traits, belonging, False, world)
        contact = rest.contact_read + rest.contact_write * chance
        gain = (1.0 - exp(-visits)) * p.belonging_gain * contact
    pace = gain + p.belonging_decay
    if pace <= 0.0:
        return belonging
    home = gain / pace
    return home + (belonging - home) * exp(-pace * days)
