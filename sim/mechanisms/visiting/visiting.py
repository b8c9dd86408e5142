"""Visiting: who comes by today; the one look at everybody that a day takes.

One lot for every member and day, whatever the policy: this is what makes paired runs pair. The lot
is first compared with the hazard itself, an upper bound of the probability, so that the exponential
is taken for the few who pass. Who may buy or leave later in the day is marked on the way.

People come in bouts: after each visit chance decides whether the next one belongs to the same bout,
when it comes soon, or to a later one. So gaps are a mixture of two exponential laws with the mean
that they would have without bouts.
"""

from __future__ import annotations

from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import daily_draw
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "science.md A.4; M15"
METRICS = (Metric("visits", "members", "members who visited", "T10"),)


VISIT = daily_draw.PLACE[draw_ids.VISIT]
BUY = daily_draw.PLACE[draw_ids.BUY]
EXIT = daily_draw.PLACE[draw_ids.EXIT]


@params()
class Params:
    """Weights of the visit hazard."""

    belonging_weight: float = quantity(1.0, "log-hazard", (0.0, 10.0), "assumption (M15)")
    """Per unit of belonging."""
    satisfaction_weight: float = quantity(1.0, "log-hazard", (0.0, 10.0), "assumption (M15)")
    """Per unit of satisfaction."""
    load_weight: float = quantity(0.3, "log-hazard", (0.0, 10.0), "assumption (M120)")
    """Per unit of overload at the last visit."""
    expert_weight: float = quantity(
        0.0,
        "log-hazard",
        (0.0, 10.0),
        "assumption (M120: experts' time is worth more; 0 leaves it out)",
    )
    """Per unit of overload at the last visit, for a full expert."""
    activity_factor: float = quantity(1.0, "1", (0.0, 10.0), "assumption")
    """Factor on everybody's visit hazard, for sensitivity and pairing tests."""


@kernel()
def step(t, day):
    """Find today's visitors."""
    people_state = t.people_state[0]
    n = _look_at_everybody(t, day, i8(t.first_row[day]))
    # whoever has just joined looks around, and has no lot yet
    for i in range(t.first_row[day], people_state.n_rows):
        t.visitors[n] = i
        n += 1
        daily_draw.mark(t.buying, i)
        daily_draw.mark(t.leaving, i)
    people_state.n_visitors = n
    t.daily[day, mt.VISITS] = n
    bout_key = day_key(t.run_state[0].seed_key, draw_ids.BOUT, day)
    for k in range(n):
        if k + AHEAD < n:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members.posts_today, coming)
        _arrive(t, i8(t.visitors[k]), bout_key)


@compiled()
def _look_at_everybody(t, day, n_rows):
    """Cast everybody's lot: list who comes by, mark who may buy or leave; returns how many come."""
    people_state = t.people_state[0]
    rhythm = t.params[0].activity.weekday[day % 7] * t.params[0].visiting.activity_factor
    key = day_key(t.run_state[0].seed_key, draw_ids.LOT, day)
    daily_draw.clear(t.buying, people_state.n_rows)
    daily_draw.clear(t.leaving, people_state.n_rows)
    n = 0
    for i in range(n_rows):
        fate = t.fate[i]
        lot = daily_draw.lots_of(key, fate.uid)
        hazard = f8(fate.visit_hazard) * rhythm
        may_visit = daily_draw.coarse(lot, VISIT) < hazard * daily_draw.LOTS
        may_buy = daily_draw.coarse(lot, BUY) < f8(fate.buy_hazard) * daily_draw.LOTS
        may_leave = (
            daily_draw.coarse(lot, EXIT)
            < max(daily_draw.ALERT, f8(fate.exit_hazard)) * daily_draw.LOTS
        )
        if not may_visit | may_buy | may_leave:  # one question for nearly everybody
            continue
        if may_visit:
            u = daily_draw.draw(t, day, draw_ids.VISIT, VISIT, fate.uid)
            if u < hazard and u < 1.0 - exp(-hazard):
                t.visitors[n] = i
                n += 1
        if may_buy:
            daily_draw.mark(t.buying, i)
        if may_leave:
            daily_draw.mark(t.leaving, i)
    return n


@compiled()
def _arrive(t, i, bout_key):
    m = t.members[i]
    fate = t.fate[i]
    fate.circles &= ~Flag.BOUT
    if uniform(bout_key, fate.uid) < t.params[0].activity.bout_share:
        fate.circles |= Flag.BOUT
    m.posts_today = 0
    m.to_say = 0
    m.replies_today = 0
    m.answers_today = 0
    if t.fate[i].status == Status.SILENT:
        t.fate[i].status = Status.ENGAGED
        t.people_state[0].n_silent -= 1
