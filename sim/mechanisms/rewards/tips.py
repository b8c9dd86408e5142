"""Tips: what was tipped today changes hands, and the norm of tipping grows with use."""

from __future__ import annotations

from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import fund, trial
from plaza_lab.sim.stepping import i8, kernel, mt

SOURCE = "M44"
METRICS = (
    Metric("tips", "tips", "answers tipped", "M44"),
    Metric("tips_yuan", "yuan", "tips from member to member", "M44"),
    Metric("tip_norm", "1", "norm of paying for knowledge", "M44"),
)
STATE: tuple[Var, ...] = (
    Var("tip_norm", "f8", "1", "norm of paying for knowledge", "M44"),
    Var("tips_today", "i8", "tips", "tips given today", "M44"),
    Var("tip_cents_today", "i8", "cents", "tips given today", "M44"),
    Var("tippable_today", "i8", "answers", "answers of today that readers could tip", "M44"),
)


@levers("incentive")
class Levers:
    """Tips from readers to answerers."""

    has_tips: bool = quantity(False, "flag", source="M44")
    """Readers can tip an answer; members pay members."""
    tip_norm0: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M44)")
    """Norm of paying for knowledge at the start: chance of tipping a perfect answer."""
    tip_mean_cents: int = quantity(500, "cents", (1, 1_000_000), "assumption")
    """Mean of a tip."""


@params()
class Params:
    """How the norm moves."""

    growth: float = quantity(0.05, "1/day", (0.0, 1.0), "assumption (M44: the norm grows with use)")
    """Growth of the norm on a day on which every answer is tipped."""
    fade: float = quantity(0.005, "1/day", (0.0, 1.0), "assumption (M44)")
    """Return of the norm to where it began."""
    gratitude: float = quantity(0.02, "1", (0.0, 1.0), "assumption (science A.10: feedback)")
    """Motive that a tip, as thanks, gives the answerer."""


def is_on(policy, world):
    """Whether members tip each other."""
    return bool(policy.incentive.has_tips)


@kernel()
def step(t, day):
    """Post today's tips and move the norm."""
    lever = t.policy[i8(0) if t.policy[0].incentive.has_tips else trial.last(t)].incentive
    if not lever.has_tips:
        return
    state = t.tips_state[0]
    p = t.params[0].tips
    if state.tip_norm == 0.0:
        state.tip_norm = lever.tip_norm0
    if state.tippable_today > 0:
        used = state.tips_today / state.tippable_today
        state.tip_norm += p.growth * used * (1.0 - state.tip_norm)
    state.tip_norm += p.fade * (lever.tip_norm0 - state.tip_norm)
    # from member to member: the fund sees it pass and neither gains nor loses
    fund.transfer(t, day, fund.TIP, fund.MEMBERS, fund.MEMBERS, state.tip_cents_today, fund.NOBODY)
    t.daily[day, mt.TIPS] = state.tips_today
    t.daily[day, mt.TIPS_YUAN] = state.tip_cents_today / 100.0
    t.daily[day, mt.TIP_NORM] = state.tip_norm
    state.tips_today = 0
    state.tip_cents_today = 0
    state.tippable_today = 0
