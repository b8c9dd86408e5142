"""Making a member's hazards follow states that were changed by hand, between days."""

from __future__ import annotations

import numpy as np
from numpy import int64 as i8

from plaza_lab.agents.member import Status
from plaza_lab.engine.compiled import kernel
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.tables import Tables

INPUTS = frozenset(
    (
        "status", "joined", "last_visit", "visit_rate", "frailty", "buy_rate", "belonging",
        "satisfaction", "trust", "load", "n_strong", "stage", "reputation", "contact", "channel",
        "affect", "answers", "buys", "exchange", "fairness", "habit", "investment", "level",
        "matches", "mood", "motive", "native_motive", "points", "post_rate", "posts", "quit",
        "route", "skill", "solved", "stance", "tokens", "topic", "weariness", "circles", "returns",
        "honour", "hurt", "unsolved",
    )
)  # fmt: skip
"""Fields of a member on which her hazards depend, or may under some policy."""

COUNTED = frozenset(("status", "points", "last_act"))
"""Fields of a member of which the community keeps totals."""

FEW = 200
"""Up to so many members plain Python is quicker than getting a kernel ready."""


@kernel()
def _follow(t, rows, day):
    for k in range(rows.shape[0]):
        if t.fate[rows[k]].status != Status.LEFT:
            belonging.set_hazards(t, i8(rows[k]), day)


def set_hazards(tables: Tables, rows: np.ndarray, day: int) -> None:
    """Write the hazards of members for the days to come, from their present state.

    Parameters
    ----------
    tables : Tables
        The community's tables.
    rows : numpy.ndarray
        int64, member rows; those who have left are passed over.
    day : int
        Last day lived, at least 0.
    """
    kernel = _follow if tables.own is None else tables.own.model.varied(_follow)
    follow = plain(kernel) if len(rows) <= FEW else kernel
    follow(tables, np.ascontiguousarray(rows, np.int64), np.int64(day))


def recount(tables: Tables) -> None:
    """Bring the totals kept over members into line with their rows.

    Parameters
    ----------
    tables : Tables
        The community's tables; ``people_state``, ``points_state``, ``groups`` and ``acts``
        are written.
    """
    people_state = tables.people_state[0]
    rows = int(people_state.n_rows)
    status = tables.fate["status"][:rows]
    is_here = status != Status.LEFT
    people_state.n_members = np.count_nonzero(is_here)
    group = tables.members["group"][:rows][is_here]
    tables.groups.n_members[:] = np.bincount(group, minlength=len(tables.groups))
    people_state.n_silent = np.count_nonzero(status == Status.SILENT)
    tables.points_state[0].points_held = tables.members["points"][:rows].sum(dtype=np.int64)
    last = tables.members["last_act"][:rows][is_here].astype(np.int64)
    acted = np.clip(last[last >= -HISTORY] + HISTORY, 0, len(tables.acts) - 1)
    tables.acts[:] = np.bincount(acted, minlength=len(tables.acts))
