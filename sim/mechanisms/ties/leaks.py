"""Leaks: records of the directory get out; trust is lost and members are drawn away.

It strikes in the morning, so that whoever has been drawn away does not come by any more.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.calendar import YEAR
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.randomness import U64, day_key, uniform
from plaza_lab.sim.state import directory, people
from plaza_lab.sim.state.directory import Directory
from plaza_lab.sim.stepping import compiled, draw_ids, kernel, mt

SOURCE = "M12, M125; C23"
METRICS = (
    Metric("leaks", "leaks", "leaks of the directory", "M125"),
    Metric("leak_harm", "records", "records leaked, masked ones by their residual harm", "M125"),
    Metric("poached", "members", "members drawn away after a leak", "M12"),
)


@params()
class Params:
    """How often records leak, and what that does."""

    leak_year: float = quantity(
        0.0, "1/year", (0.0, 1.0), "mechanisms.md 6.3 (2 %, 0-20 %); 0 leaves leaks out"
    )
    """Chance of a leak of a shared directory in a year."""
    leak_day: int = quantity(-1, "day", (-1, 30_000), "M125")
    """Day of a leak that is set beforehand; -1 for none."""
    private_scope: float = quantity(
        0.25, "1", (0.0, 1.0), "assumption (M125: hazard rises with sharing)"
    )
    """Hazard of a leak of records that only the owner sees, relative to shared ones."""
    residual_harm: float = quantity(
        0.1, "share", (0.0, 1.0), "C23 (residual re-identification, 10 %)"
    )
    """Harm of a masked record relative to a full one."""
    leak_trust: float = quantity(0.4, "share", (0.0, 1.0), "assumption (M125)")
    """Trust that those lose whose full record has leaked."""
    poach: float = quantity(0.02, "share", (0.0, 1.0), "assumption (M12: poaching)")
    """Of those whose full record has leaked, who are hired or drawn away."""


def is_on(policy, world):
    """Whether profiles can leak."""
    return bool(
        policy.onboarding.directory != Directory.NONE
        and (world.leaks.leak_year > 0.0 or world.leaks.leak_day >= 0)
    )


@kernel()
def step(t, day):
    """Let the records leak, by chance or on the day that was set."""
    p = t.params[0].leaks
    if p.leak_year <= 0.0 and p.leak_day < 0:
        return
    if t.policy[0].onboarding.directory == Directory.NONE:
        return
    scope = 1.0 if directory.is_shared(t) else p.private_scope
    hazard = -log(1.0 - min(0.999999, p.leak_year)) * scope / YEAR
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.LEAK, day), U64(0))
    if u < 1.0 - exp(-hazard) or day == p.leak_day:
        _leak(t, day, p)


@compiled()
def _leak(t, day, p):
    """Records get out: trust is lost and members are drawn away, less so when masked."""
    harm = p.residual_harm if directory.is_masked(t) else 1.0
    key = day_key(t.run_state[0].seed_key, draw_ids.POACH, day)
    t.daily[day, mt.LEAKS] += 1.0
    t.partnership_state[0].leak_day = day
    t.partnership_state[0].leak_by = -1
    for i in range(t.people_state[0].n_rows):
        fate = t.fate[i]
        if fate.status == Status.LEFT or not fate.circles & Flag.PROFILE:
            continue
        m = t.members[i]
        feelings.lower_trust(m, p.leak_trust * harm)
        t.daily[day, mt.LEAK_HARM] += harm
        if uniform(key, fate.uid) < p.poach * harm:
            t.daily[day, mt.POACHED] += 1.0
            people.leave(t, i, day)
