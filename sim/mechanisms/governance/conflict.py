"""Conflict: opposed opinions and bad moods make quarrels; witnesses suffer; mediation ends them."""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.engine.elementary import power
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import cases
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M65, M08; science.md A.11"
METRICS = (
    Metric("quarrels", "quarrels", "quarrels that broke out", "M65"),
    Metric("quarrels_open", "quarrels", "open quarrels", "M65"),
    Metric("quarrels_mediated", "quarrels", "quarrels ended by mediation", "M65"),
    Metric("witnesses", "members", "visitors who saw a quarrel", "M65"),
)
STATE: tuple[Var, ...] = (Var("n_quarrels", "i8", "rows", "open quarrels", "M65"),)


@levers("climate")
class Levers:
    """Mediation of quarrels."""

    mediates: bool = quantity(False, "flag", source="M65")
    """Quarrels are mediated."""
    mediation_day: float = quantity(2.0, "quarrels/day", (0.0, 1000.0), "assumption (M65)")
    """Quarrels that can be heard in a day."""
    mediation_success: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M65)")
    """Chance that a hearing ends a quarrel, without a charter's authority."""


@params()
class Params:
    """How quarrels arise, spread and end."""

    has_quarrels: bool = quantity(False, "flag", source="M65")
    """Members quarrel."""
    spark: float = quantity(
        0.004, "1/reply", (0.0, 1.0), "assumption (science A.11: few start most conflicts)"
    )
    """Chance that a reply in the usual mood turns into a quarrel between opposites."""
    mood_weight: float = quantity(2.0, "log-odds", (0.0, 10.0), "assumption (M65)")
    """Per unit of bad mood."""
    opposite: float = quantity(2.0, "1", (0.1, 10.0), "assumption (M65)")
    """Distance of opinions, in standard deviations, at which the chance is full."""
    clash: float = quantity(0.4, "1", (0.0, 2.0), "assumption")
    """Mood both parties lose."""
    witnesses_day: float = quantity(6.0, "members/day", (0.0, 1000.0), "assumption (M65)")
    """Visitors who see an open quarrel in a day."""
    witness_mood: float = quantity(0.15, "1", (0.0, 2.0), "assumption (M65)")
    """Mood a witness loses."""
    witness_harm: float = quantity(0.3, "1", (0.0, 1.0), "assumption (M65)")
    """Harm of seeing a quarrel, beside what was read."""
    spread_day: float = quantity(
        0.06, "1/day", (0.0, 1.0), "assumption (M65: unresolved ones spread)"
    )
    """Chance that a witness takes sides and a further quarrel opens."""
    fade_day: float = quantity(0.12, "1/day", (0.0, 1.0), "assumption (M65)")
    """Chance that a quarrel ends by itself."""
    authority_weight: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (M65: authority of the charter)"
    )
    """By how much a fully legitimate charter helps a mediator."""
    making_up: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M65)")
    """Part of the parties' bad mood that a mediated end takes away."""


def is_on(policy, world):
    """Whether members quarrel."""
    return bool(world.conflict.has_quarrels)


@kernel()
def step(t, day):
    """Let quarrels run, be heard, and break out."""
    p = t.params[0].conflict
    if not p.has_quarrels:
        return
    if t.policy[0].climate.mediates:
        _mediate(t, day, p)
    _run(t, day, p)
    _break_out(t, day, p)
    t.daily[day, mt.QUARRELS_OPEN] = t.conflict_state[0].n_quarrels


@compiled()
def _opinion(t, uid):
    """Where a member stands in the community's disputes; known from lineage alone."""
    return normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.QUARREL, ALWAYS), uid))


@compiled()
def _break_out(t, day, p):
    """Everybody who replied may have clashed with a contact or with another visitor."""
    people_state = t.people_state[0]
    star_state = t.star_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.QUARREL, day)
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            prefetch(t.members.replies_today, i8(t.visitors[k + AHEAD]))
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.replies_today == 0:
            continue
        draws = agent_key(key, t.fate[i].uid)
        chance = shift_probability(p.spark, -p.mood_weight * f8(m.mood) - star_state.star_calm)
        chance = 1.0 - power(1.0 - chance, f8(m.replies_today))
        if uniform(draws, U64(0)) >= chance:
            continue
        j = i8(t.visitors[i8(people_state.n_visitors * uniform(draws, U64(1)))])
        n = i8(m.n_ties)
        if n > 0 and uniform(draws, U64(2)) < 0.5:
            j = i8(t.ties[i, i8(n * uniform(draws, U64(1)))].other)
        if j == i:
            continue
        gap = abs(_opinion(t, t.fate[i].uid) - _opinion(t, t.fate[j].uid))
        if uniform(draws, U64(3)) * p.opposite < gap:
            _open(t, draws, i, j, day, p)


@compiled()
def _open(t, uid, i, j, day, p):
    if cases.open_quarrel(t, uid, i, j, day):
        t.daily[day, mt.QUARRELS] += 1.0
        feelings.shift_mood(t.members[i], -p.clash)
        feelings.shift_mood(t.members[j], -p.clash)


@compiled()
def _mediate(t, day, p):
    """Hear the quarrels at the head of the list, as many as a day allows."""
    climate = t.policy[0].climate
    key = day_key(t.run_state[0].seed_key, draw_ids.MEDIATE, day)
    odds = p.authority_weight * t.charter_state[0].charter_legitimacy
    success = shift_probability(climate.mediation_success, odds)
    heard = min(t.conflict_state[0].n_quarrels, i8(climate.mediation_day + uniform(key, U64(0))))
    for k in range(heard - 1, -1, -1):
        row = t.quarrels[k]
        if uniform(key, row.uid) < success:
            _make_up(t, i8(row.one), p)
            _make_up(t, i8(row.other), p)
            cases.close_quarrel(t, k)
            t.daily[day, mt.QUARRELS_MEDIATED] += 1.0


@compiled()
def _make_up(t, i, p):
    m = t.members[i]
    if m.mood < 0.0:
        feelings.fade_mood(m, 1.0 - p.making_up)


@compiled()
def _run(t, day, p):
    """Open quarrels hurt those who see them, draw some of them in, or end by themselves."""
    people_state = t.people_state[0]
    if people_state.n_visitors == 0:
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.WITNESS, day)
    for k in range(t.conflict_state[0].n_quarrels - 1, -1, -1):
        row = t.quarrels[k]
        draws = agent_key(key, row.uid)
        if uniform(draws, U64(0)) < p.fade_day:
            cases.close_quarrel(t, k)
            continue
        n = i8(math.floor(p.witnesses_day + uniform(draws, U64(1))))
        for w in range(min(n, people_state.n_visitors)):
            i = i8(t.visitors[i8(people_state.n_visitors * uniform(draws, U64(3 + w)))])
            m = t.members[i]
            feelings.shift_mood(m, -p.witness_mood)
            m.harm = as_part(part(m.harm) + p.witness_harm)
            t.daily[day, mt.WITNESSES] += 1.0
            if w == 0 and uniform(draws, U64(2)) < p.spread_day and i != row.one:
                _open(t, draws, i, i8(row.one), day, p)
