"""Turning over: what follows from levers is worked out anew on the day on which they change."""

from __future__ import annotations

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.engine.compiled import kernel
from plaza_lab.sim.mechanisms.engagement import assembly
from plaza_lab.sim.mechanisms.joining import insiders
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.state import candidates, groups


@kernel()
def turn_over(t, was, day):
    """Bring what founding and visits have derived from levers in line with those of today.

    Hazards that the old and the new levers make alike stay as they are, so that a change of one
    lever touches nothing else.

    Parameters
    ----------
    t : Tables
        The community's tables, with today's levers.
    was : Tables
        The same with the levers so far; all but the policy is shared.
    day : int
        Today, before its first step.
    """
    dues_state = t.dues_state[0]
    founder = t.moderators[0]
    hours = groups.founder_hours(t)
    if founder.duty == Duty.FOUNDER and hours != groups.founder_hours(was):
        founder.hours_day = hours
        t.operator[0].founder_hours_day = hours
    if t.policy[0].partnership.form != Form.NONE and t.partners[0].uid == 0:
        candidates.gather(t)
    insiders.part_with(t, day)
    if t.policy[0].assembly.orders_month <= 0.0:
        assembly.break_up(t, day)
    dues_before = dues_state.dues_share
    dues = t.policy[0].fund.dues_month_cents / t.params[0].churn.fair_dues_cents
    for i in range(t.people_state[0].n_rows):
        fate = t.fate[i]
        if fate.status == Status.LEFT:
            continue
        visit, leave, buy = fate.visit_hazard, fate.exit_hazard, fate.buy_hazard
        dues_state.dues_share = dues_before
        belonging.set_hazards(was, i, day)
        old_visit, old_leave, old_buy = fate.visit_hazard, fate.exit_hazard, fate.buy_hazard
        dues_state.dues_share = dues
        belonging.set_hazards(t, i, day)
        if fate.visit_hazard == old_visit:
            fate.visit_hazard = visit
        if fate.exit_hazard == old_leave:
            fate.exit_hazard = leave
        if fate.buy_hazard == old_buy:
            fate.buy_hazard = buy
    dues_state.dues_share = dues
