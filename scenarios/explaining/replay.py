"""Living a run again, noting one member's days, and where twin runs part."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.agents.decisions.decision import Decision, decisions
from plaza_lab.agents.decisions.term import Form
from plaza_lab.agents.member import Status
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.explaining.moments import MOMENTS, arguments_now
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.tables import Tables

if TYPE_CHECKING:
    import pandas as pd


OWN = "own rate"
"""Name of a base rate that terms move, rather than being one of them."""
OTHERS = ("partner", "star")
"""Who decides what is none of a member's."""


def shown_decisions() -> tuple[Decision, ...]:
    """Return the decisions that are a member's, a friend's of hers, or hers as an applicant."""
    return tuple(one for one in decisions() if one.decider not in OTHERS)


def terms_now(tables: Tables, row: int, day: int) -> dict[str, dict[str, float]]:
    """Return the terms of a member's decisions as her state stands after a day, from 0.

    Decision to term to number; the first term is the base rate. Decisions for which the day has no
    moment are left out.
    """
    found = {}
    for decision in shown_decisions():
        given = arguments_now(decision, tables, row, day)
        if given is not None:
            terms = decision.each(*given)
            if decision.form is not Form.SUM:
                terms = {OWN: _scaled(decision, decision.base_rate(*given)), **terms}
            found[decision.name] = terms
    return found


def moment_said(decision: Decision) -> str:
    """Return at which moment a decision is shown; empty where none need be said."""
    return MOMENTS[decision.name].when


def _scaled(decision: Decision, base: float) -> float:
    """Put a base rate on the scale of the terms."""
    if base <= 0.0:
        return -math.inf
    if decision.form is Form.RATE:
        return math.log(base)
    return math.log(base / (1.0 - base)) if base < 1.0 else math.inf


ACTS = ("visits", "posts", "replies", "answers", "wins", "purchases")
COUNTED = {"posts": "posts", "answers": "answers", "wins": "wins", "purchases": "buys"}
STATES = ("belonging", "satisfaction", "trust", "motive", "load", "points")


class Diary:
    """What is noted of one member, day by day; twin runs share her identity `uid`."""

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


LEAST = 1e-9


@dataclass(frozen=True)
class Parting:
    """The first day on which a member's twin runs differ, and the first act that does.

    Days are from 0, -1 if they never part; ``decision`` and ``term`` say what differs most that
    day, empty if an act came first, ``first`` and ``second`` that term in both runs;
    ``act_first`` and ``act_second`` how often she then does ``act``.
    """

    day: int = -1
    decision: str = ""
    term: str = ""
    first: float = 0.0
    second: float = 0.0
    act_day: int = -1
    act: str = ""
    act_first: int = 0
    act_second: int = 0


def parting(first: Diary, second: Diary) -> Parting:
    """Find where twin runs part for a member; days on which she is one in both are compared."""
    days = {row["day"]: place for place, row in enumerate(second.rows)}
    found = Parting()
    for place, row in enumerate(first.rows):
        other = days.get(row["day"])
        if other is None:
            continue
        if found.day < 0:
            found = replace(found, **_terms_of(row["day"], first.terms[place], second.terms[other]))
        if found.act_day < 0:
            twin = second.rows[other]
            for act in ACTS:
                if row[act] != twin[act]:
                    found = replace(found, act_day=row["day"], act=act, act_first=row[act],
                                    act_second=twin[act])  # fmt: skip
                    break
        if found.day >= 0 and found.act_day >= 0:
            break
    return found


def _terms_of(
    day: int, first: dict[tuple[str, str], float], second: dict[tuple[str, str], float]
) -> dict[str, Any]:
    gaps = {key: abs(first[key] - second[key]) for key in first.keys() & second.keys()
            if first[key] != second[key]}  # fmt: skip
    if not gaps or max(gaps.values()) <= LEAST:
        return {}
    decision, term = key = max(sorted(gaps), key=lambda one: gaps[one])
    return {"day": day, "decision": decision, "term": term, "first": first[key],
            "second": second[key]}  # fmt: skip


def gaps_of(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return first minus second, indexed by day, on the days and for the numbers both have."""
    a, b = (frame.set_index("day").select_dtypes("number") for frame in (first, second))
    both = a.index.intersection(b.index)
    return a.loc[both] - b.loc[both]
