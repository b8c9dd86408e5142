"""Living a run again and noting one member's days."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.agents.member import Status
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.explaining.terms import terms_now
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.setting import Setting

if TYPE_CHECKING:
    import pandas as pd

ACTS = ("visits", "posts", "replies", "answers", "wins", "purchases")
COUNTED = {"posts": "posts", "answers": "answers", "wins": "wins", "purchases": "buys"}
STATES = ("belonging", "satisfaction", "trust", "motive", "load", "points")


class Diary:
    """What is noted of one member, day by day.

    Parameters
    ----------
    uid : int
        Her identity, which twin runs share.
    """

    def __init__(self, uid: int = -1) -> None:
        self.uid = uid
        self.rows: list[dict[str, Any]] = []
        self.terms: list[dict[tuple[str, str], float]] = []
        self.left: int | None = None
        self._before = dict.fromkeys(COUNTED, 0)

    def note(self, community: Community) -> None:
        """Note the day that was just lived."""
        tables, day = community.tables, community.day - 1
        here = np.flatnonzero(tables.fate["uid"][: int(tables.people_state[0].n_rows)] == self.uid)
        if not here.size or self.left is not None:
            return
        row = int(here[0])
        m, fate = tables.members[row], tables.fate[row]
        is_here = fate.status != Status.LEFT
        visited = int(m.last_visit) == day
        counts = {name: int(m[field]) for name, field in COUNTED.items()}
        acts = {name: counts[name] - self._before[name] for name in COUNTED}
        self._before = counts
        acts |= {"visits": int(visited), "replies": int(m.replies_today) if visited else 0}
        status = Status(int(fate.status)).name.lower()
        states = {name: float(m[name]) for name in STATES}
        self.rows.append({"day": day, "status": status} | {k: acts[k] for k in ACTS} | states)
        if is_here:
            found = terms_now(tables, row, day)
            self.terms.append({(d, t): v for d, own in found.items() for t, v in own.items()})
        else:
            self.left = day
            self.terms.append({})

    def frame(self) -> pd.DataFrame:
        """Return one row a day: acts, states, and columns ``decision: term``."""
        import pandas as pd

        table = pd.DataFrame(self.rows)
        named = [{f"{d}: {t}": v for (d, t), v in own.items()} for own in self.terms]
        return pd.concat([table, pd.DataFrame(named, index=table.index)], axis=1)


def live_again(
    setting: Setting, seed: int, weeks: int, member: int, uid: int = -1,
    on_day: Callable[[int], None] = lambda day: None,
) -> Diary:  # fmt: skip
    """Live a run day by day and note one member.

    Parameters
    ----------
    setting : Setting
        Policy, world and population.
    seed, weeks : int
        The run.
    member : int
        Her number, from 1, in order of joining; 0 to find her by `uid`.
    uid : int
        Her identity, where she has no number.
    on_day : callable
        Told of every day lived.

    Returns
    -------
    Diary
        Her days; none if she never joined.

    Raises
    ------
    UserError
        If nobody of that number was ever a member.
    """
    community = Community(setting, seed=seed, days=7 * weeks)
    diary = Diary(uid)
    # one who joins later has no row yet: her identity is looked up once she has
    if member and member <= setting.population.initial_members:
        diary.uid = int(community.tables.fate["uid"][member - 1])
    elif member:
        diary.uid = _identity(setting, seed, weeks, member)

    def hook(lived: Community) -> None:
        diary.note(lived)
        on_day(lived.day)

    community.on_day(hook)
    community.run()
    return diary


def _identity(setting: Setting, seed: int, weeks: int, member: int) -> int:
    """Find who gets a number after day 0, by living the run once without looking."""
    community = Community(setting, seed=seed, days=7 * weeks)
    community.run()
    last = int(community.tables.people_state[0].n_rows)
    if member > last:
        raise UserError(f"member={member}: this run has members 1 to {last:,}")
    return int(community.tables.fate["uid"][member - 1])
