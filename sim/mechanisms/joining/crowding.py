"""Crowding: newcomers beyond what the community can absorb dilute what it is."""

from __future__ import annotations

from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Flag, Status
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Var, levers, params, quantity
from plaza_lab.sim.state.groups import GrowthCap
from plaza_lab.sim.stepping import f8, kernel

SOURCE = "M119; T27, A24"
STATE: tuple[Var, ...] = (
    Var("newcomer_share", "f8", "share", "joiners of the last 28 days / members", "T27"),
    Var("dilution", "f8", "1", "newcomers beyond what can be absorbed", "M119"),
)


@levers("onboarding")
class Levers:
    """The brake on growth."""

    growth_cap: GrowthCap = quantity(GrowthCap.NONE, "growth_cap", source="M119")
    """What brakes growth at the gate."""
    absorption_capacity: float = quantity(
        0.25, "share", (0.01, 1.0), "mechanisms.md 6.3 (25 %, 10-50 %)"
    )
    """Share of newcomers of the last 28 days above which the gate waits, under
    growth_cap=absorption."""


@params()
class Params:
    """What happens when too many come at once."""

    dilution: float = quantity(
        0.0, "1", (0.0, 4.0), "M119; strength is an assumption; 0 leaves dilution out"
    )
    """Strength of what newcomers beyond the limit do."""
    absorption_limit: float = quantity(
        0.25, "share", (0.0, 0.95), "mechanisms.md 6.3 (25 %, 10-50 %)"
    )
    """Share of newcomers that a community can absorb."""
    guided_weight: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M13, M119)")
    """How much a newcomer who was guided counts against the limit."""
    quality_loss: float = quantity(
        0.3, "1", (0.0, 1.0), "assumption (M119: lower interaction quality)"
    )
    """Quality that a newcomer's items lack under full dilution."""
    unclear: float = quantity(0.3, "1", (0.0, 1.0), "assumption (M119: lower search success)")
    """Difficulty that a newcomer's requests gain under full dilution."""
    estrangement: float = quantity(
        1.0, "log-hazard", (0.0, 10.0), "assumption (M119: core members disengage)"
    )
    """Visits lost under full dilution, per unit of belonging."""


@VISIT.term("crowding", source="M119")
def crowding_estranges(m, t, world):
    """Log-hazard of visiting that those who belong lose to a crowd of newcomers."""
    return -world.crowding.estrangement * t.crowding_state[0].dilution * f8(m.belonging)


@kernel()
def step(t, day):
    """Count newcomers once a week, and how far they go beyond the limit."""
    if day % WEEK != 0:
        return
    state = t.crowding_state[0]
    people_state = t.people_state[0]
    p = t.params[0].crowding
    newcomers = 0.0
    weight = 0.0
    first = t.run_state[0].n_founders if day < MONTH else t.first_row[day - MONTH + 1]
    for i in range(first, people_state.n_rows):
        fate = t.fate[i]
        if fate.status != Status.LEFT:
            newcomers += 1.0
            weight += p.guided_weight if fate.circles & Flag.WELCOMED else 1.0
    n = max(1, people_state.n_members)
    state.newcomer_share = newcomers / n
    excess = max(0.0, weight / n - p.absorption_limit) / (1.0 - p.absorption_limit)
    state.dilution = p.dilution * excess
