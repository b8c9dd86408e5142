"""Churn: some fall silent after an active day, some leave the membership."""

from __future__ import annotations

from plaza_lab.agents.decisions.leaving import quit_probability
from plaza_lab.agents.member import Kind, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import daily_draw, fetching, people, trial
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel

SOURCE = "science.md A.4 (BG/NBD), A.14; M15; W18"


EXIT = daily_draw.PLACE[draw_ids.EXIT]


@params()
class Params:
    """Hazards of silence and of leaving."""

    established_hazard: float = quantity(
        6.1e-4, "1/day", (0.0, 1.0), "W18 from F40 (0.43 % a week)"
    )
    """Exit hazard of an established member in a neutral mood."""
    newcomer_days: int = quantity(28, "days", (0, 364), "mechanisms.md 6.3")
    """Length of being new."""
    newcomer_factor: float = quantity(4.0, "1", (0.01, 100.0), "mechanisms.md 6.3 (2-8)")
    """Exit hazard of a newcomer relative to an established member."""
    belonging_weight: float = quantity(
        1.5, "log-hazard", (0.0, 10.0), "assumption (science A.14: b_B)"
    )
    """Per unit of belonging."""
    satisfaction_weight: float = quantity(
        1.5, "log-hazard", (0.0, 10.0), "assumption (science A.14: b_S)"
    )
    """Per unit of satisfaction."""
    trust_weight: float = quantity(0.8, "log-hazard", (0.0, 10.0), "assumption (M15)")
    """Per unit of trust."""
    strong_tie_weight: float = quantity(
        0.15, "log-hazard/tie", (0.0, 5.0), "assumption (M18, M100)"
    )
    """Per strong tie."""
    strong_tie_cap: float = quantity(4.0, "ties", (0.0, 100.0), "mechanisms.md 2.0 item 2")
    """Strong ties that count."""
    expert_weight: float = quantity(
        0.0,
        "log-hazard",
        (0.0, 10.0),
        "assumption (M120: experts' time is worth more; 0 leaves it out)",
    )
    """Per unit of overload at the last visit, for a full expert."""
    load_weight: float = quantity(0.4, "log-hazard", (0.0, 10.0), "assumption (science A.14: b_o)")
    """Per unit of overload."""
    dues_weight: float = quantity(0.3, "log-hazard", (0.0, 10.0), "assumption (M55)")
    """For dues at the fair level, for a member without belonging."""
    fair_dues_cents: float = quantity(1000.0, "cents/month", (1.0, 1e7), "F07")
    """Dues a median member finds fair."""
    silent_weight: float = quantity(0.7, "log-hazard", (0.0, 10.0), "assumption")
    """Extra exit hazard of silent members."""
    return_hazard: float = quantity(0.002, "1/day", (0.0, 1.0), "science A.14 (.2-1 %)")
    """Hazard of coming back from silence."""
    return_days: float = quantity(120.0, "days", (1.0, 1e6), "assumption (science A.14: decaying)")
    """Days of absence over which that hazard falls e-fold."""
    lurker_quit: float = quantity(0.05, "1", (0.0, 1.0), "assumption")
    """A reading visit's part of the dropout of a posting day."""


@kernel()
def step(t, day):
    """Let members fall silent, and leave."""
    people_state = t.people_state[0]
    p = t.params[0].churn
    quit_key = day_key(t.run_state[0].seed_key, draw_ids.QUIT, day)
    for k in range(people_state.n_visitors):
        fetching.visitor(t, k)
        _may_fall_silent(t, i8(t.visitors[k]), quit_key, p)
    i = daily_draw.next_marked(t.leaving, 0, people_state.n_rows)
    while i < people_state.n_rows:
        hazard = f8(t.fate[i].exit_hazard)
        u = daily_draw.draw(t, day, draw_ids.EXIT, EXIT, t.fate[i].uid)
        if u < hazard and u < 1.0 - exp(-hazard):
            people.leave(t, i, day)
        i = daily_draw.next_marked(t.leaving, i + 1, people_state.n_rows)


@compiled()
def _may_fall_silent(t, i, quit_key, p):
    m = t.members[i]
    fate = t.fate[i]
    if fate.status != Status.ENGAGED:
        return
    part = 1.0
    if m.posts_today + m.answers_today + m.replies_today == 0:
        part = p.lurker_quit if fate.kind != Kind.CORE else 0.0
    u = uniform(quit_key, fate.uid)
    if u < part and u < part * quit_probability(m, t, t.policy[trial.arm(t, i)], t.params[0]):
        fate.status = Status.SILENT
        fate.visit_hazard = p.return_hazard
        t.people_state[0].n_silent += 1
