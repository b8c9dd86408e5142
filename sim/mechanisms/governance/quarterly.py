"""Quarterly review: goals are compared with what came, and targets, routes and offer are set anew.

A missed goal of growth has three answers: money moves from the route that brings the fewest members
for it to the one that brings the most, all routes get more of it, and the brand's items turn to
what members want. The goal of activity becomes one that can be reached from where the community is.
"""

from __future__ import annotations

from plaza_lab.engine.elementary import power
from plaza_lab.sim.calendar import MONTH, WEEK, YEAR
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import agreement, fund
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "M116; F95, F96"
METRICS = (
    Metric("yearly_growth", "1/year", "growth of the quarter, over a year; at reviews", "M116"),
    Metric("goals_missed", "reviews", "reviews at which growth was short of its goal", "M116"),
    Metric("budget_moved_yuan", "yuan/week", "moved from the poorest route to the best", "M116"),
)
STATE: tuple[Var, ...] = (
    Var("n_missed", "i8", "reviews", "reviews at which growth was short of its goal", "M116"),
)


@levers("programme")
class Levers:
    """The review of goals, and what it may change."""

    review_weeks: int = quantity(0, "weeks", (0, 104), "M116 (F96: 13)")
    """Weeks between reviews of goals; 0 for none."""
    growth_goal: float = quantity(0.30, "1/year", (-1.0, 1000.0), "F95")
    """Growth of the membership in a year that a review asks for."""
    shift_share: float = quantity(0.25, "share", (0.0, 1.0), "assumption (M116)")
    """Part of the poorest route's money that a review moves to the best route."""


@params()
class Params:
    """What a review changes, and what it takes."""

    step: float = quantity(0.25, "share", (0.0, 1.0), "assumption (M116)")
    """By which a missed goal raises the money of all routes, and turns items to members."""
    aim: float = quantity(0.05, "share", (0.0, 0.5), "assumption (M116: re-targeting)")
    """Paid messages that are aimed better after a missed goal."""
    ratchet: float = quantity(0.5, "share", (0.0, 1.0), "assumption (Weitzman 1980)")
    """Part of the way from a goal to what was reached that the next goal goes."""
    hours: float = quantity(20.0, "hours", (0.0, 1000.0), "assumption")
    """Staff hours a review takes."""
    hour_cents: int = quantity(5000, "cents/hour", (0, 1_000_000), "assumption (M57)")
    """Pay of one, where the brand has a budget."""


ROUTES = 3
AREAS = agreement.areas_of("acquisition", "fund", "content")
"""Fields that a review touches: who buys reach, who pays, who makes items."""
REVIEW = 1000
"""Number of the decision of a review, beside those of alerts."""
MEDIA, INFLUENCERS, OFFLINE = range(ROUTES)


def is_on(policy, world):
    """Whether goals are reviewed."""
    return bool(policy.programme.review_weeks > 0)


@kernel()
def step(t, day):
    """Hold the review that is due."""
    every = WEEK * i8(t.policy[0].programme.review_weeks)
    if every <= 0:
        return
    asked = day // every * every
    if asked == 0 or day - asked != agreement.wait_of(t, AREAS, asked, REVIEW):
        return
    if agreement.is_lost(t, AREAS, asked, REVIEW):
        t.daily[day, mt.DECISIONS_LOST] += 1.0
    else:
        _review(t, day, every)


@compiled()
def _review(t, day, every):
    """Compare the quarter with its goals, and set what follows from it."""
    p = t.params[0].quarterly
    state = t.quarterly_state[0]
    wages = i8(p.hours * p.hour_cents)
    fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, wages, fund.NOBODY)
    before = f8(t.run_state[0].n_founders)
    if day > every:
        before = t.daily[day - 1 - every, mt.MEMBERS]
    growth = yearly(t.daily[day - 1, mt.MEMBERS], before, every)
    t.daily[day, mt.YEARLY_GROWTH] = growth
    _shift(t, day, every)
    _aim_at_what_can_be_reached(t, day, p)
    if growth >= t.policy[0].programme.growth_goal:
        return
    state.n_missed += 1
    t.daily[day, mt.GOALS_MISSED] = 1.0
    for route in range(ROUTES):
        _set_budget(t, route, (1.0 + p.step) * budget_of(t, route))
    acquisition = t.policy[0].acquisition
    if acquisition.media_week_cents > 0:
        acquisition.targeting_accuracy = min(1.0, acquisition.targeting_accuracy + p.aim)
    content = t.policy[0].content
    content.brand_centricity = content.brand_centricity * (1.0 - p.step)
    content.promo_share = content.promo_share * (1.0 - p.step)


@compiled()
def yearly(now, before, days):
    """Growth of some days as growth of a year: 7 % in 91 days are 31 %.

    Parameters
    ----------
    now, before : float
        Members.
    days : int
        Between the two.

    Returns
    -------
    float
        -1 for nobody left; 0 without a base.
    """
    return power(now / before, YEAR / days) - 1.0 if before > 0.0 else 0.0


@compiled()
def budget_of(t, route):
    """Money that a route is planned to take in a week, cents."""
    lever = t.policy[0].acquisition
    if route == MEDIA:
        return f8(lever.media_week_cents)
    if route == INFLUENCERS:
        return lever.influencer_posts_week * lever.influencer_fee_cents
    price = lever.media_cost_cents * (1.0 - lever.offline_saving * t.params[0].calibration.scale)
    return lever.offline_traffic_week * lever.offline_capture * price


@compiled()
def _set_budget(t, route, cents):
    """Plan other money for a route that has some already."""
    now = budget_of(t, route)
    if now <= 0.0:
        return
    lever = t.policy[0].acquisition
    if route == MEDIA:
        lever.media_week_cents = i8(cents + 0.5)
    elif route == INFLUENCERS:
        lever.influencer_posts_week = min(100.0, lever.influencer_posts_week * cents / now)
    else:
        lever.offline_traffic_week = lever.offline_traffic_week * cents / now


@compiled()
def _joined_by(t, route, day, every):
    """Members whom a route has brought since the last review, as the host counts them."""
    column = (mt.JOINS_PAID, mt.JOINS_INFLUENCER, mt.JOINS_OFFLINE)[route]
    return total(t, column, day - every, day)


@compiled()
def _shift(t, day, every):
    """Move money from the route that brings fewest for it to the one that brings most."""
    best, worst = -1, -1
    most, least = 0.0, 0.0
    for route in range(ROUTES):
        cents = budget_of(t, route)
        if cents <= 0.0:
            continue
        found = _joined_by(t, route, day, every) / cents
        if best < 0 or found > most:
            best, most = route, found
        if worst < 0 or found < least:
            worst, least = route, found
    if best < 0 or most <= least:
        return
    moved = t.policy[0].programme.shift_share * budget_of(t, worst)
    _set_budget(t, best, budget_of(t, best) + moved)
    _set_budget(t, worst, budget_of(t, worst) - moved)
    t.daily[day, mt.BUDGET_MOVED_YUAN] = moved / 100.0


@compiled()
def _aim_at_what_can_be_reached(t, day, p):
    """Set the goal of activity anew, between the last one and what was reached."""
    lever = t.policy[0].programme
    now = t.daily[day - 1, mt.ACTIVE_28D] / max(1.0, t.daily[day - 1, mt.MEMBERS])
    if day >= MONTH:
        lever.active_goal = lever.active_goal + p.ratchet * (now - lever.active_goal)
