"""Founding: the people, ties, brands and money of day 0."""

from __future__ import annotations

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Flag, Route, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.agents.packed import as_part
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.mechanisms.joining import entry
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.randomness import (
    ALWAYS,
    U64,
    agent_key,
    day_key,
    exponential,
    gamma,
    lineage,
    mix,
    normal,
    poisson,
    run_key,
    uniform,
)
from plaza_lab.sim.state import candidates, fund, groups, lives, people, prospects, ties, traits
from plaza_lab.sim.state.prospects import ROUTES

FOUNDER_SKILL = 0.8
"""Accuracy of the founder's judgement; assumption (E09)."""

TENURE_BELONGING = 0.25
"""Belonging that long tenure adds on day 0; assumption."""

LAST_DRAW = U64(1 << 40)
"""Index of the draw of a tenure, beyond those of the life."""

FIRST_DAY = np.int64(0)
NOBODY = np.int64(-1)
TRIES = 64
"""Persons tried for a founder's place before one who has just joined takes it."""

NO_WORTH = 0.3
"""Worth of the last visit before the run, neither good nor bad; assumption."""


@kernel()
def found(t, seed, replicate, initial_members, tenure_days, mean_ties):
    """Set up day 0.

    Parameters
    ----------
    t : Tables
        Freshly allocated tables.
    seed, replicate : int
        Address of the run.
    initial_members : int
        Members of day 0; there must be room for them.
    tenure_days : float
        Mean tenure, where given; 0 leaves it to the age of the community (``run_state.age_days``).
    mean_ties : float
        Mean number of ties each member brings.
    """
    run_state = t.run_state[0]
    people_state = t.people_state[0]
    prospects_state = t.prospects_state[0]
    run_state.seed_key = run_key(seed, replicate)
    lever = t.policy[0]
    t.dues_state[0].dues_share = lever.fund.dues_month_cents / t.params[0].churn.fair_dues_cents
    for route in range(1, ROUTES):
        key = day_key(run_state.seed_key, draw_ids.ARRIVE, route)
        prospects_state.threshold[route] = exponential(uniform(key, U64(0)))
    for d in range(t.fading.shape[0]):
        t.fading[d] = exp(-t.params[0].ties.decay * d)
    groups.open_groups(t)
    for k in range(initial_members):
        uid = lineage(U64(Route.FOUNDING), k)
        if tenure_days <= 0.0 and run_state.age_days > 0.0:
            _admit_survivor(t, uid)
        else:
            _admit_founder(t, uid, tenure_days)
    run_state.n_founders = people_state.n_rows
    prospects.fill(t)
    for i in range(people_state.n_rows):
        _bring_ties(t, i, mean_ties)
    _appoint_founder(t)
    if lever.partnership.form != Form.NONE:
        candidates.gather(t)
    for i in range(people_state.n_rows):
        ties.prune(t, i, FIRST_DAY)
        belonging.set_hazards(t, i, FIRST_DAY)
    fund.transfer(
        t,
        FIRST_DAY,
        fund.BRAND_SUBSIDY,
        fund.BRAND,
        fund.BRAND_POOL,
        lever.fund.opening_cents,
        fund.NOBODY,
    )
    if tenure_days <= 0.0 and not run_state.has_paid:
        entry.charge_founders(t, FIRST_DAY)


@compiled()
def _admit_founder(t, uid, tenure_days):
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 4), uid)
    tenure = FIRST_DAY
    if tenure_days > 0.0:
        tenure = 1 + min(3000, i8(tenure_days * exponential(uniform(key, U64(0)))))
    i = people.admit(t, uid, Route.FOUNDING.value, NOBODY, -tenure)
    m = t.members[i]
    m.worth = as_part(NO_WORTH)
    if uniform(key, U64(1)) < t.params[0].activity.bout_share:
        t.fate[i].circles |= Flag.BOUT
    grown = TENURE_BELONGING * (1.0 - exp(-tenure / 180.0))
    feelings.raise_belonging(m, grown)


@compiled()
def _admit_survivor(t, uid):
    """Admit one of those who are left of all who came over the age of the community."""
    run_state = t.run_state[0]
    world = t.params[0]
    base = day_key(run_state.seed_key, draw_ids.LIFE, ALWAYS)
    person = uid
    for attempt in range(TRIES):
        key = agent_key(base, person)
        tenure = 1 + i8(run_state.age_days * uniform(key, LAST_DRAW))
        own = traits.key_of(t, person)
        nature = traits.activity_of(own, traits.interest_of(t, person), world.activity)
        frailty = traits.frailty_of(own, world.activity)
        state, idle, belonging, is_bout = lives.live_through(key, tenure, nature, frailty, world)
        if state != lives.LEFT:
            i = people.admit(t, person, Route.FOUNDING.value, NOBODY, -tenure)
            _settle(t, i, state, idle, belonging)
            if is_bout:
                t.fate[i].circles |= Flag.BOUT
            return
        person = lineage(uid, attempt)
    people.admit(t, uid, Route.FOUNDING.value, NOBODY, FIRST_DAY)


@compiled()
def _settle(t, i, state, idle, belonging):
    """Give a founder the state that her life has left her in, with feelings at rest."""
    _rest(t, i, state, belonging)
    t.members[i].last_visit = -idle
    if state == lives.SILENT:
        t.fate[i].status = Status.SILENT
        t.people_state[0].n_silent += 1
    _note_last_act(t, i, idle)


@compiled()
def _rest(t, i, state, belonging):
    """Give a founder feelings at rest, and the belonging of her life."""
    rest = t.params[0].lives
    m = t.members[i]
    kind = t.fate[i].kind
    satisfaction = lives.satisfaction_at_rest(kind, state, t.params[0])
    feelings.begin(m, belonging, satisfaction, lives.trust_at_rest(kind, t.params[0]))
    feelings.set_mood(m, lives.mood_at_rest(kind, state, t.params[0]))
    m.expectation = rest.expectation
    m.load = lives.load_at_rest(kind, t.params[0])
    m.worth = as_part(rest.worth)


@kernel()
def rest_known(t, n_known, n_members):
    """Give members whose histories are known their rates, and what such a life leaves in them.

    Rates are drawn around what a history tells. Belonging comes by its closed form, other feelings
    at rest, and the bout that so long a silence still allows; then their hazards.

    Parameters
    ----------
    t : Tables
        Founded, with presence, tenure and last visits as known. The hazards of visiting and of
        leaving hold active days a week and the spread of their logarithm.
    n_known, n_members : int
        Rows whose last visit is known, and rows of members altogether; the known ones come first.
    """
    world = t.params[0]
    law = world.activity
    key = day_key(t.run_state[0].seed_key, draw_ids.LIFE, 1)
    for i in range(n_members):
        m = t.members[i]
        is_known = i < n_known
        fate = t.fate[i]
        _draw_known_rates(t, i, agent_key(key, fate.uid), is_known)
        nature = (i8(fate.kind), f8(m.visit_rate), f8(m.post_rate), 0.0)
        quiet = f8(-m.last_visit - 1) if is_known else 0.0  # days without an act
        is_silent = fate.status == Status.SILENT
        engaged = f8(-m.joined)
        if is_silent:
            engaged = max(0.0, engaged - quiet)
        belonging_now = law.first_belonging
        lived = 0.0
        visits = lives.visit_hazard_at_rest(nature[0], nature[1], belonging_now, world)
        while lived < engaged:
            days = min(lives.SPAN, engaged - lived)
            belonging_now = lives.belonging_after(
                days, belonging_now, nature, visits, lives.ENGAGED, world
            )
            visits = lives.visit_hazard_at_rest(nature[0], nature[1], belonging_now, world)
            lived += days
        state = lives.ENGAGED
        if is_silent:
            state = lives.SILENT
            belonging_now = lives.belonging_after(
                quiet, belonging_now, nature, visits, lives.SILENT, world
            )
        _rest(t, i, state, belonging_now)
        chance = lives.part_in_bouts(law)
        if is_known:
            within = law.bout_share * exp(-traits.bout_factor(True, law) * visits * quiet)
            between = exp(-traits.bout_factor(False, law) * visits * quiet)
            chance = within / max(1e-300, within + (1.0 - law.bout_share) * between)
        fate.circles &= 127 - Flag.BOUT
        if uniform(agent_key(key, fate.uid), U64(2)) < chance:
            fate.circles |= Flag.BOUT
        belonging.set_hazards(t, i, FIRST_DAY)


@compiled()
def _draw_known_rates(t, i, key, is_known):
    """Rates of a known member around what her history tells; of others, those of who only reads."""
    law = t.params[0].activity
    z = normal(uniform(key, U64(3)))
    if is_known:
        spread = f8(t.fate[i].exit_hazard)
        days_week = f8(t.fate[i].visit_hazard) * exp(spread * z - 0.5 * spread * spread)
        read = 0.0
    else:
        days_week = gamma(mix(key + U64(4)), law.rate_shape) / law.rate_weeks * law.lurker_posting
        read = law.read_rate * exp(law.read_ln_sd * z)
    t.members[i].visit_rate, t.members[i].post_rate = traits.visits_of(days_week, read, law)


@compiled()
def _note_last_act(t, i, idle):
    """Days since a founder's last act: after her last visit, those before it count as well."""
    m = t.members[i]
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.LIFE, 1), t.fate[i].uid)
    nature = (i8(t.fate[i].kind), f8(m.visit_rate), f8(m.post_rate), 0.0)
    world = t.params[0]
    posts = lives.posting_chance(nature, f8(m.belonging), False, world)
    speaks = world.lives.speak_share * posts
    acts = posts + (1.0 - posts) * (speaks + (1.0 - speaks) * world.lives.react_share)
    visits = lives.visit_hazard_at_rest(nature[0], nature[1], f8(m.belonging), world)
    since = f8(idle)
    if uniform(key, U64(0)) >= acts:
        since += exponential(uniform(key, U64(1))) / max(1e-6, visits * acts)
    if since < f8(-m.joined):
        people.mark_act(t, i, -i8(since))


@compiled()
def _bring_ties(t, i, mean_ties):
    """Ties to other founders, more often to those of like interest."""
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.FOUNDING_TIE, ALWAYS), t.fate[i].uid)
    n = min(ties.SLOTS, poisson(uniform(key, U64(0)), mean_ties))
    for k in range(n):
        for attempt in range(3):
            draw = uniform(key, U64(1 + 3 * k + attempt))
            j = i8(t.people_state[0].n_rows * draw)
            is_alike = t.members[j].topic == t.members[i].topic
            is_alike = is_alike and t.members[j].group == t.members[i].group
            if j != i and (is_alike or attempt == 2):
                weight = 1.0 + 2.0 * uniform(key, U64(100 + k))
                if t.run_state[0].age_days > 0.0:
                    weight = _faded(t, weight, uniform(key, U64(200 + k)))
                ties.strengthen_from(t, i, j, weight, FIRST_DAY, ties.Origin.FRIEND.value)
                break


@compiled()
def _faded(t, weight, u):
    """Strength of a tie of even age, between new and forgotten: fading is exponential."""
    least = t.params[0].ties.forget_below
    return least * power(weight / least, u) if least > 0.0 else weight


@compiled()
def _appoint_founder(t):
    founder = t.moderators[0]
    founder.member = -1
    founder.duty = Duty.FOUNDER
    founder.until = 32767
    founder.skill = FOUNDER_SKILL
    founder.hours_day = groups.founder_hours(t)
    t.operator[0].founder_hours_day = founder.hours_day
    t.team_state[0].n_moderators = 1
