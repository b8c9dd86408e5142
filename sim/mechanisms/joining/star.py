"""Star: once the seed has proved itself, a known expert is asked, comes, draws others, and goes.

The community must live without one: nothing here is needed by any other process. A star who comes
is a member like others, only more able, more often there, and followed by many.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.partnering import COME, GO, star_accepts
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Kind, Route, Status
from plaza_lab.agents.star import Fame, star_loop
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, lineage, normal, uniform
from plaza_lab.sim.state import people, prospects
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M08, M52; mechanisms.md 1.2"
METRICS = (Metric("stars", "members", "stars present", "M08"),)
STATE: tuple[Var, ...] = (
    Var("star_asked", "i8", "stars", "stars asked so far", "M08"),
    Var("star_cohesion", "f8", "log-hazard", "hold of a star who is present, else 0", "M08"),
    Var("star_calm", "f8", "log-odds", "calm that a star brings to disputes, else 0", "M08"),
    Var("star_gone", "f8", "flag", "whether a star has left and none is present", "M08"),
)


@levers("acquisition")
class Levers:
    """Winning a star, and keeping calm around her."""

    star_attempts: int = quantity(0, "stars", (0, 1000), "M08")
    """Stars asked at most, one a week, once the seed has proved itself; 0 for none."""
    star_seed: int = quantity(50, "members", (1, 1_000_000), "M08 (seed cohort; F12)")
    """Members from which a star is asked."""
    star_followers: float = quantity(5_000.0, "persons", (0.0, 1e8), "assumption (M08)")
    """Median following of the stars who are asked."""
    star_cohesion: float = quantity(
        0.4, "log-hazard", (0.0, 5.0), "assumption (M08; scaled by the calibration switch)"
    )
    """Hold a star who is present has on members."""
    star_calm: float = quantity(
        0.5, "log-odds", (0.0, 5.0), "assumption (M08; scaled by the calibration switch)"
    )
    """Calm a star who is present brings to disputes."""


ASKING_DAY = 3
STARS = U64(1_000_007)
"""Line of the persons who are known outside."""


@params()
class Params:
    """Whether stars come, what they draw, and whether they stay."""

    loop_speed: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption")
    """Speed at which what a star gets out of the community follows the weeks."""
    accept_base: float = quantity(-1.5, "log-odds", (-20.0, 20.0), "assumption (M08)")
    """A star who is asked comes, at 40 % active members and a loop of 0.3."""
    activity_weight: float = quantity(
        3.0, "log-odds", (0.0, 20.0), "assumption (M08: odds rise in demonstrated activity)"
    )
    """Per unit of the active share."""
    loop_weight: float = quantity(3.0, "log", (0.0, 20.0), "assumption (M08, M52)")
    """Per unit of what the star gets: log-odds of coming, log-hazard of going."""
    audience_value: float = quantity(
        0.5, "1", (0.0, 1.0), "assumption (mechanisms.md 1.2: new followers)"
    )
    """Value of a large community to a star."""
    audience_members: float = quantity(200.0, "members", (1.0, 1e7), "assumption")
    """Members of whom most of that value comes."""
    insight_value: float = quantity(0.4, "1", (0.0, 1.0), "assumption (mechanisms.md 1.2: insight)")
    """Value of a community that solves every problem."""
    time_cost: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M120: busy experts leave first)")
    """Value lost to a star at full overload."""
    going_week: float = quantity(0.01, "1/week", (0.0, 1.0), "assumption (M52)")
    """Hazard that a star withdraws, at a loop of 0.3."""
    followers_ln_sd: float = quantity(0.8, "1", (0.0, 3.0), "assumption")
    """Spread of the log following."""
    follow_share: float = quantity(0.02, "share", (0.0, 1.0), "assumption (M08: bulk inflow)")
    """Part of the following that comes to the gate, sooner or later."""
    follow_day: float = quantity(0.05, "1/day", (0.0, 1.0), "assumption")
    """Hazard at which these come."""
    follower_loss: float = quantity(
        0.7, "log-hazard", (0.0, 10.0), "assumption (follower tie, mechanisms.md 1.5)"
    )
    """Exit hazard of those who followed a star, once the star has gone."""
    visit_weight: float = quantity(0.3, "1", (0.0, 10.0), "assumption (M08)")
    """Visiting that a star moves, as part of the hold on membership."""
    visit_rate: float = quantity(0.5, "1/day", (0.0, 3.0), "assumption")
    """Base hazard of a star's visits."""
    skill: float = quantity(0.95, "1", (0.0, 1.0), "assumption (E07)")
    """Skill of a star."""
    usual_activity: float = quantity(0.4, "share", (0.0, 1.0), "assumption")
    """Members active in 28 days at which they move no star."""
    usual_loop: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """What a star gets out of it at which it moves no star."""


@COME.base("base", source="M08")
def come_base(p):
    """Log-odds that a star who is asked comes."""
    return p.accept_base


@COME.term("activity", source="M08")
def activity_calls(activity, p):
    """Log-odds of coming where more is going on."""
    return p.activity_weight * (activity - p.usual_activity)


@GO.base("base", source="M08")
def going_rate(p):
    """What stars withdraw by."""
    return p.going_week


@GO.term("loop", source="M52")
def loop_keeps(loop, p):
    """Log-hazard of withdrawing that what there is to get out of it takes away."""
    return -p.loop_weight * (loop - p.usual_loop)


@COME.term("loop", source="M08, M52")
def loop_calls(loop, p):
    """Log-odds of coming where there is more to get out of it."""
    return p.loop_weight * (loop - p.usual_loop)


@VISIT.term("star", source="M08")
def star_draws(t, world):
    """Log-hazard of visiting that a star among the members adds."""
    return world.star.visit_weight * t.star_state[0].star_cohesion


@EXIT.term("star", source="M08")
def star_holds(m, t, world):
    """Log-hazard of leaving that a star takes away; who came with one follows one who is gone."""
    return (
        world.star.follower_loss * t.star_state[0].star_gone - t.star_state[0].star_cohesion
        if m.route == Route.STAR
        else -t.star_state[0].star_cohesion
    )


def is_on(policy, world):
    """Whether stars are asked."""
    return bool(policy.acquisition.star_attempts > 0)


@kernel()
def step(t, day):
    """Ask a star, let one in, let followers come, let one go."""
    lever = t.policy[0].acquisition
    if lever.star_attempts <= 0:
        return
    p = t.params[0].star
    present = 0
    for k in range(min(t.star_state[0].star_asked, t.stars.shape[0])):
        star = t.stars[k]
        if star.fame == Fame.COMING:
            _find(t, star, day, p)
        if star.fame == Fame.PRESENT:
            _shine(t, star, day, p)
        present += i8(star.fame == Fame.PRESENT)
    if day % 7 == ASKING_DAY and day > 0:
        _ask(t, day, lever, p)
    _hold(t, day, present, lever)


@compiled()
def _ask(t, day, lever, p):
    """One star a week is asked, while none is here, by a community that has proved itself."""
    state = t.star_state[0]
    people_state = t.people_state[0]
    n = state.star_asked
    if people_state.n_members < lever.star_seed or n >= min(lever.star_attempts, t.stars.shape[0]):
        return
    for k in range(n):
        if t.stars[k].fame == Fame.COMING or t.stars[k].fame == Fame.PRESENT:
            return
    star = t.stars[n]
    star.uid = lineage(STARS, n)
    star.member = -1
    star.since = day
    star.come = 0.0
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.STAR, ALWAYS), star.uid)
    spread = exp(p.followers_ln_sd * normal(uniform(key, U64(1))))
    star.followers = lever.star_followers * spread * p.follow_share
    star.loop = star_loop(people_state.n_members, t.settlement_state[0].answered_share, 0.0, p)
    activity = t.daily[day - 1, mt.ACTIVE_28D] / max(1, people_state.n_members)
    state.star_asked = n + 1
    star.fame = Fame.DECLINED
    if uniform(key, U64(0)) >= star_accepts(activity, f8(star.loop), p):
        return
    is_out = prospects.left(t, day) >= 1.0
    if is_out and prospects.line_up(t, star.uid, Route.STAR.value, prospects.NOBODY):
        guest = t.applicants[t.prospects_state[0].n_applicants - 1]
        guest.guest = prospects.Guest.FREE
        prospects.take(t, Route.STAR.value, day)
        guest.skill = p.skill
        star.fame = Fame.COMING


@compiled()
def _find(t, star, day, p):
    """Look whether a star who said yes has come in since."""
    for i in range(t.first_row[star.since], t.people_state[0].n_rows):
        if t.fate[i].uid == star.uid:
            m = t.members[i]
            star.member = i
            star.fame = Fame.PRESENT
            star.since = day
            t.fate[i].kind = Kind.CORE
            m.visit_rate = p.visit_rate
            m.post_rate = 0.5
            m.quit = as_part(t.params[0].activity.core_dropout)
            m.attention = people.MOST_READ
            return


@compiled()
def _shine(t, star, day, p):
    """A star who is here draws followers, weighs once a week what it brings, and may go."""
    i = i8(star.member)
    if t.fate[i].status == Status.LEFT:
        _go(star, day)
        return
    waiting = max(0.0, f8(star.followers) - f8(star.come))
    now = waiting * p.follow_day
    star.come = f8(star.come) + now
    come = now * prospects.response(t, Route.STAR.value, day)
    prospects.come(t, Route.STAR.value, come, day, 0.0, prospects.Aim.INTERESTED.value)
    if (day - star.since) % 7 != 6:
        return
    week = star_loop(
        t.people_state[0].n_members, t.settlement_state[0].answered_share, f8(t.members[i].load), p
    )
    star.loop = (1.0 - p.loop_speed) * f8(star.loop) + p.loop_speed * week
    hazard = p.going_week * exp(GO(f8(star.loop), p))
    key = day_key(t.run_state[0].seed_key, draw_ids.STAR_STAY, day)
    if uniform(key, star.uid) < 1.0 - exp(-hazard):
        people.leave(t, i, day)
        _go(star, day)


@compiled()
def _go(star, day):
    star.fame = Fame.GONE
    star.since = day


@compiled()
def _hold(t, day, present, lever):
    """What a star does to all others, while there is one."""
    state = t.star_state[0]
    scale = t.params[0].calibration.scale
    is_here = 1.0 if present > 0 else 0.0
    state.star_cohesion = is_here * scale * lever.star_cohesion
    state.star_calm = is_here * scale * lever.star_calm
    was_here = 0.0
    for k in range(min(state.star_asked, t.stars.shape[0])):
        if t.stars[k].fame == Fame.GONE:
            was_here = 1.0
    state.star_gone = was_here * (1.0 - is_here)
    t.daily[day, mt.STARS] = present
