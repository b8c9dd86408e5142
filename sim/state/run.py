"""What a run is opened with and keeps: its key, its mixture of people, and belief in uplifts."""

from __future__ import annotations

from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.sim.levers import params

STATE: tuple[Var, ...] = (
    Var("seed_key", "u8", "1", "key of the run's draws", "design 5"),
    Var("n_founders", "i8", "members", "members of day 0", "T21"),
    Var("spend_ln_sd", "f8", "1", "spread of what members can spend", "W20"),
    Var("professional_share", "f8", "share", "professionals among those who join", "E02"),
    Var("age_days", "f8", "days", "age of the community on day 0", "science A.14"),
    Var("has_paid", "i8", "flag", "members of day 0 paid the entry fee before", "M56"),
    Var("enthusiast_share", "f8", "share", "enthusiasts among those who join", "E02"),
)


@params("calibration")
class Params:
    """Belief in claimed uplifts (world group ``calibration``)."""

    scale: float = quantity(0.5, "1", (0.0, 1.0), "P36 (literal 1, discounted 0.5, neutral 0)")
    """Scale of every claimed uplift, on the log-odds or log-hazard scale."""
